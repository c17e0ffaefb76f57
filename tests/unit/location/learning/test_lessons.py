"""What a confirmed report teaches: names that were not known, and never anybody's home, name or number."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tanggap.incident.model import Report, ReportState
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.learning.model import Lesson, LessonKind, Proposal, ProposalState
from tanggap.location.learning.service import lesson_of
from tanggap.location.model import Entry
from tanggap.platform.ids import new_id

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LIPPO = Entry("lippo-plaza", "mall", "Lippo Plaza", ("Lippo",), -4.0165, 122.4942, 80.0, "74.71.02.1003", "Baruga")
BRIDGE = Entry("jembatan-teluk", "bridge", "Jembatan Teluk Kendari", (), -3.9755, 122.5867, 200.0, None, "Kendari")
KADIA = Entry("74.71.08", "kecamatan", "Kadia", (), -3.99, 122.50, 1500.0, None, "Kadia")
TWO = tuple(Entry(f"nurul-huda-{n}", "mosque", "Masjid Nurul Huda", (), lat, 122.52, 60.0) for n, lat in ((1, -3.97), (2, -4.01)))
KNOWN = Gazetteer((LIPPO, *TWO, BRIDGE, KADIA))
#: Far from everything that is known.
PIN = (-3.9612, 122.5301)


def report(said: str, lat: float | None = PIN[0], lon: float | None = PIN[1], **more: Any) -> Report:
    given = dict[str, Any](dict.fromkeys(Report.__struct_fields__))
    given |= {
        "id": new_id(), "received_at": NOW, "channel": "call", "state": ReportState.CLOSED, "words": "", "address_words": said,
        "lat": lat, "lon": lon, "uncertainty_m": 30.0, "location_source": "map", "place_label": "", "answers": {}, "flags": (),
        "rev": 1, "is_example": False,
    }  # fmt: skip
    return Report(**given | more)


def taught(said: str, **more: Any) -> Lesson | None:
    return lesson_of(KNOWN, report(said, **more))


def test_a_pin_under_words_that_nobody_knew_is_a_place() -> None:
    found = taught("dpn warung doyan bakso")
    assert found is not None
    assert (found.kind, found.place, (found.lat, found.lon)) == (LessonKind.PLACE, None, PIN)
    assert "doyan" in found.said
    assert found.uncertainty_m > 30.0, "the event is in front of it, so the place lies further than the pin is exact"


def test_another_candidate_than_the_first_is_another_name_of_its_place() -> None:
    said = "masjid nurul huda kubah hijau"
    one = KNOWN.find(said).candidates[1]
    learnt = taught(said, lat=one.lat, lon=one.lon, location_source="words")
    assert learnt is not None
    assert (learnt.kind, learnt.place) == (LessonKind.ALIAS, one.place)
    assert "kubah" in learnt.said


def test_what_was_known_teaches_nothing() -> None:
    at = KNOWN.find("depan lippo plaza").candidates[0]
    assert taught("depan lippo plaza", lat=at.lat, lon=at.lon, location_source="words") is None
    assert taught("depan lippo plaza") is None


@pytest.mark.parametrize("said", [
    "rumah pak budi", "dpn rmh bu rt", "tempat kerja saya", "dpn rumahnya bu ani", "kos putri melati",
    "pak haji darwis", "bu ani yang jual ikan", "0813 4455 6642", "081344556642", "xy", "",
    "antara warung doyan dan toko murah jaya", "saya di jalan tadi lihat orang jatuh dari motor merah",
])  # fmt: skip
def test_homes_people_numbers_and_stories_are_never_learnt(said: str) -> None:
    assert taught(said) is None


def test_numbers_within_a_name_are_left_out() -> None:
    found = taught("warung doyan bakso 0813 4455 6642")
    assert found is not None
    assert not any(letter.isdigit() for letter in found.said)


@pytest.mark.parametrize("more", [{"location_source": "device"}, {"lat": None, "lon": None}, {"is_example": True}])
def test_only_what_somebody_chose_is_learnt(more: dict[str, Any]) -> None:
    assert taught("warung doyan bakso", **more) is None


def proposal(times: int, scatter_m2: float) -> Proposal:
    return Proposal(
        new_id(), "warung doyan", LessonKind.PLACE, None, *PIN, 100.0, scatter_m2, None, times, 1, NOW, NOW,
        ProposalState.PROPOSED, None, None,
    )  # fmt: skip


def test_pins_close_together_narrow_the_place_and_scattered_ones_widen_it() -> None:
    once, often = proposal(1, 0.0).uncertainty_m, proposal(4, 4 * 10.0**2).uncertainty_m
    assert once == pytest.approx(100.0)
    assert often < once / 2
    assert proposal(4, 4 * 150.0**2).uncertainty_m > often
