"""A simulated month is made of what the pack says, the same for the same seed, and calls nobody."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from tanggap.city.pack import Pack, pack_folder, read_pack
from tanggap.city.pack_reading import PackError
from tanggap.evaluation.model import Period
from tanggap.incident.model import Disposition
from tanggap.simulation.examples import UNDIALLABLE
from tanggap.simulation.month.mix import FILE, read_mix
from tanggap.simulation.month.plan import plan
from tanggap.simulation.month.recount import Recount, differences
from tanggap.simulation.month.store import Entry

JANUARY = Period("2026-01", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(pack_folder("kendari"))


def test_kendaris_january_is_as_the_press_told_of_it(pack: Pack) -> None:
    mix = read_mix(pack)
    assert (mix.call_count, mix.ticket_count) == (4336, 289)
    assert sum(mix.calls[kind] for kind in (Disposition.TEST, Disposition.PRANK, Disposition.SILENT)) == 1028
    leads = Counter[str]()
    for category, count in mix.tickets.items():
        leads[next(one.lead for one in pack.categories if one.code == category)] += count
    assert {agency: leads[agency] for agency in ("bpbd", "damkarmat", "dinsos", "dlhk", "dishub")} == {
        "bpbd": 25, "damkarmat": 12, "dinsos": 13, "dlhk": 57, "dishub": 62,
    }  # fmt: skip
    assert sum(done for done, _ in mix.finishes.values()) == 169


def test_a_plan_holds_what_the_mix_says_in_the_order_of_time(pack: Pack) -> None:
    mix = read_mix(pack)
    calls = plan(mix, pack, seed=112)
    assert Counter(call.kind for call in calls) == Counter(mix.calls) + Counter({Disposition.GENUINE: 289})
    assert [call.at for call in calls] == sorted(call.at for call in calls)
    assert {call.at.strftime("%Y-%m") for call in calls} == {"2026-01"}
    assert all(UNDIALLABLE.fullmatch(call.number) for call in calls)
    in_time = sum(call.wait_s <= 15 for call in calls if call.kind is not Disposition.ABANDONED)
    assert 0.85 <= in_time / (len(calls) - mix.calls[Disposition.ABANDONED]) <= 0.95
    assert plan(mix, pack, seed=112) == calls
    assert plan(mix, pack, seed=113) != calls


@pytest.mark.parametrize(
    ("old", "new", "place", "sentence"),
    [
        ("street_light = 55", "street_lihgt = 55", "tickets.street_lihgt", "category that the pack does not have"),
        ("prank = 310", "prank = -1", "calls.prank", "less than nothing"),
        ("bpbd = [23, 25]", "bpbd = [26, 25]", "finishes.bpbd", "not larger"),
        ("others = [89, 120]", "", "finishes", "others"),
        ('month = "2026-01"', 'month = "2026-13"', "month", "2026-01"),
        ("weights = [14, ", "weights = [", "hours.weights", "24 numbers"),
        ("test = 560", "genuine = 560", "calls.genuine", "without a ticket"),
        ("[pace]", "[paec]", "", ""),
    ],
)
def test_a_mix_with_nonsense_is_refused_with_its_place(
    pack: Pack, tmp_path: Path, old: str, new: str, place: str, sentence: str
) -> None:
    text = (pack.folder / FILE).read_text("utf-8")
    assert old in text
    (tmp_path / FILE).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(PackError) as refused:
        read_mix(pack, tmp_path / FILE)
    assert any(place in problem.entry and sentence in problem.sentence for problem in refused.value.problems)


def test_the_recount_follows_the_timeline_line_by_line() -> None:
    report, incident, asked = uuid4(), uuid4(), "a"
    at = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
    due = "2026-01-05T03:02:00+00:00"
    story = [
        ("received", {"channel": "call"}, None), ("call_answered", {"after_s": 1.0, "where": "desk"}, None),
        ("opened", {"category": "flood"}, None),
        ("sent", {"assignment": asked, "answer_due_at": due}, "bpbd"), ("disposed", {"disposition": "genuine"}, None),
        ("acknowledged", {"assignment": asked}, "bpbd"), ("done", {"assignment": asked}, "bpbd"), ("resolved", {}, None),
        ("not_done", {}, None), ("reopened", {}, None),
    ]  # fmt: skip
    recount = Recount()
    of_report = {"received", "call_answered", "disposed", "opened"}
    for position, (kind, body, agency) in enumerate(story):
        told = report if kind in of_report else None
        recount.add(Entry(position, at.replace(second=position), kind, told, incident, agency, body))
    counted = recount.counted(JANUARY)
    assert counted["calls in time"] == counted["bpbd within target"] == counted["reopened"] == 1
    assert (counted["resolved"], counted["bpbd done"], counted["disposition genuine"]) == (0, 1, 1)
    assert counted["bpbd acknowledge median"] == 2.0
    assert differences(counted, counted) == []
    (line,) = differences(counted, {**counted, "reports": 2})
    assert line.startswith("reports: ")


def test_figures_that_only_one_side_has_are_differences() -> None:
    assert differences({"disposition test": 3}, {}) == ["disposition test: the timeline says 3, the figures say 0"]
    assert differences({"x median": 1.4}, {"x median": 1.0}) == []
    assert msgspec.json.encode(differences({}, {"reports": 0})) == b"[]"
