"""The ledger says what speaks for and against a report, in numbers that add up."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.city.kinds import Priority
from tanggap.incident.model import Disposition
from tanggap.platform.ids import new_id
from tanggap.verification.ledger import LINES, features, ledger, probability
from tanggap.verification.model import DISPOSITION_KEYS, Alert, Apart, CallBack, CallTold, Earlier, Facts, Leaning, Spoken
from tanggap.verification.spoken import spoken
from tanggap.verification.weather.model import Peril
from tanggap.verification.weights import learnt, shipped

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
QUIET = Spoken()


def facts(**more: object) -> Facts:
    return Facts(**({"report": new_id(), "at": NOW} | more))  # type: ignore[arg-type]


def p(said: Spoken = QUIET, **more: object) -> float:
    return ledger(facts(**more), said, shipped()).p


def test_every_kind_of_evidence_has_a_weight_with_its_source_and_a_sentence() -> None:
    assert set(LINES) == set(shipped().by_code)
    assert all(weight.source for weight in shipped().by_code.values())


def test_the_lines_sum_to_the_probability_and_lie_in_its_range() -> None:
    known = ledger(
        facts(has_place=True, together=2, earlier=(Earlier(Disposition.TEST, NOW - timedelta(days=2)),)),
        Spoken(1.1, ("banjir",)), shipped(),
    )  # fmt: skip
    assert known.p == pytest.approx(probability(sum(item.log_odds for item in known.items)))
    assert known.low < known.p < known.high
    assert [item.leaning for item in known.items if item.code == "together"] == [Leaning.REAL]
    assert next(item for item in known.items if item.code == "words").numbers == {"words": "banjir"}


def test_what_a_caller_did_long_ago_weighs_less() -> None:
    def after(days: int) -> float:
        return p(earlier=(Earlier(Disposition.PRANK, NOW - timedelta(days=days)),), has_number=True)

    assert after(1) < after(30) < after(300) < p(has_number=True)
    half = features(facts(earlier=(Earlier(Disposition.PRANK, NOW - timedelta(days=30)),)), QUIET, 30.0)
    assert half["earlier_unreal"] == pytest.approx(math.log2(1.5))


def test_each_fact_points_where_it_should() -> None:
    base = p()
    for more in (
        {"has_place": True}, {"together": 1}, {"apart": Apart(40.0, 90.0)}, {"callback": CallBack(True, NOW)},
        {"call": CallTold(60.0, keys="1")},
        {"alert": Alert(Peril.RAIN, "Kadia", "18.00")},
    ):  # fmt: skip
        assert p(**more) > base, more
    for more in (
        {"apart": Apart(4_000.0, 90.0)}, {"callback": CallBack(False, NOW)}, {"call": CallTold(3.0, 1.0, True)},
    ):  # fmt: skip
        assert p(**more) < base, more


def test_words_of_trying_speak_against_and_a_need_outweighs_them() -> None:
    assert p(spoken("coba coba, apakah aktif?")) < 0.2
    assert p(spoken("coba kirim damkar, rumah terbakar", ("rumah terbakar",), danger=True)) > 0.5
    assert spoken("") == spoken("12345") == Spoken()
    assert spoken("x" * 100_000) == Spoken()


def test_a_first_call_and_one_without_a_number_are_told_apart() -> None:
    first, unknown = (ledger(facts(has_number=has), QUIET, shipped()) for has in (True, False))
    assert first.items[-1].sentence != unknown.items[-1].sentence
    assert first.p == unknown.p


def test_published_weights_take_the_place_of_the_shipped_ones() -> None:
    own = learnt(3, {"has_place": 2.0}, {"has_place": 0.1})
    assert own.version == 3
    assert own.by_code["has_place"].log_odds == 2.0
    assert own.by_code["together"] == shipped().by_code["together"]


def test_a_silent_contact_is_known_as_one() -> None:
    assert ledger(facts(), QUIET, shipped()).is_silent
    assert ledger(facts(call=CallTold(20.0, 0.95)), QUIET, shipped()).is_silent
    assert not ledger(facts(words="halo"), QUIET, shipped()).is_silent
    assert not ledger(facts(channel="web"), QUIET, shipped()).is_silent


@given(
    st.lists(st.tuples(st.sampled_from(Disposition), st.integers(0, 4_000)), max_size=60),
    st.integers(0, 500), st.floats(-50, 50), st.booleans(), st.one_of(st.none(), st.booleans()),
)  # fmt: skip
def test_whatever_is_known_the_probability_is_one_and_never_proof(
    earlier: list[tuple[Disposition, int]], together: int, words: float, has_place: bool, answered: bool | None
) -> None:
    told = facts(
        earlier=tuple(Earlier(one, NOW - timedelta(hours=hours)) for one, hours in earlier), together=together,
        has_place=has_place, callback=None if answered is None else CallBack(answered, NOW),
    )  # fmt: skip
    known = ledger(told, Spoken(words), shipped())
    assert 0 < known.low <= known.p <= known.high < 1


@given(st.lists(st.sampled_from(Disposition), max_size=50), st.floats(-50, 50), st.booleans())
def test_corroboration_or_a_word_of_danger_lifts_out_of_the_nuisance_lane_at_once(
    earlier: list[Disposition], words: float, by_words: bool
) -> None:
    history = tuple(Earlier(one, NOW - timedelta(hours=1)) for one in earlier)
    told = facts(earlier=history, together=0 if by_words else 1, has_number=True)
    known = ledger(told, Spoken(words, danger=by_words), shipped())
    assert known.is_lifted
    assert not known.is_doubtful
    assert not ledger(facts(earlier=history, priority=Priority.P1), Spoken(words), shipped()).is_doubtful


def test_each_disposition_has_a_key_of_its_own() -> None:
    assert len(set(DISPOSITION_KEYS.values())) == len(DISPOSITION_KEYS)


def test_a_warning_of_the_weather_never_speaks_against_whatever_was_learned() -> None:
    warned = facts(alert=Alert(Peril.RAIN, "", "18.00", is_forecast=True))
    known = ledger(warned, QUIET, shipped())
    (item,) = [item for item in known.items if item.code == "alert"]
    assert item.log_odds == pytest.approx(0.4)
    assert item.numbers == {"area": "Kota", "until": "18.00"}
    wrong = learnt(3, {"alert": -1.0}, {"alert": 0.1})
    assert ledger(warned, QUIET, wrong).p == ledger(facts(), QUIET, wrong).p


def test_silence_counts_from_half_of_the_call_on() -> None:
    spoke, listened = (ledger(facts(call=CallTold(60.0, share)), QUIET, shipped()) for share in (0.5, 0.75))
    assert all(item.code != "silence" for item in spoke.items)
    (item,) = [item for item in listened.items if item.code == "silence"]
    assert item.log_odds == pytest.approx(-0.4)
    assert item.numbers == {"percent": 75}
