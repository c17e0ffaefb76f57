"""Several witnesses, one estimate: agreement sharpens, disagreement is said and never averaged."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.city.boundaries import AreaFound, NearArea
from tanggap.city.kinds import Provenance
from tanggap.city.territory import Area, AreaKind
from tanggap.location.estimate import Estimate, Origin, Source, Spot
from tanggap.location.fusion import AMBIGUOUS, DISAGREE, HINTS, PHONE, estimate
from tanggap.location.plane import Plane, distance_m
from tanggap.location.uncertainty import radii, radius_95

HOME = Plane(-3.9942, 122.5173)


def area(code: str) -> Area:
    return Area(code, AreaKind.KELURAHAN, code.title(), None, -4, 122.5, -4, 122.5, 2.0, Provenance.PROPOSED, "")


class City:
    """Everything within 20 km is «bende», and «kadia» is next to it."""

    def at(self, lat: float, lon: float) -> AreaFound | None:
        if distance_m(lat, lon, HOME.lat, HOME.lon) > 20_000:
            return None
        return AreaFound(area("bende"), "boundary", True, 0.0, (NearArea(area("kadia"), 40.0),))


def one(origin: Origin, east: float, north: float, radius_m: float, label: str = "") -> Source:
    """A source with a single spot, metres from home."""
    return Source(origin, (Spot(*HOME.degrees(east, north), radius_m, label=label),))


def several(origin: Origin, *spots: tuple[float, float, float, float]) -> Source:
    return Source(origin, tuple(Spot(*HOME.degrees(east, north), radius, p) for east, north, radius, p in spots))


def fused(*sources: Source, is_chosen: bool = False) -> Estimate:
    found = estimate(sources, City(), is_chosen=is_chosen)
    assert found is not None
    return found


def away(found: Estimate, east: float, north: float) -> float:
    x, y = HOME.metres(found.lat, found.lon)
    return math.hypot(x - east, y - north)


def test_one_source_is_believed_as_it_is() -> None:
    found = fused(one(Origin.AML, 0, 0, 50))
    assert away(found, 0, 0) < 0.01
    assert found.uncertainty_m == pytest.approx(50)
    assert (found.used, found.unused, found.warnings) == ((Origin.AML,), (), ())
    assert (found.area, found.kelurahan, [near.name for near in found.near]) == ("bende", "Bende", ["Kadia"])


def test_words_and_device_that_agree_sharpen_each_other() -> None:
    found = fused(one(Origin.WORDS, 0, 0, 100, "Lippo Plaza"), one(Origin.DEVICE, 60, 0, 100))
    assert away(found, 30, 0) < 0.1  # equally sure: in the middle
    assert found.uncertainty_m == pytest.approx(100 / math.sqrt(2))
    assert found.label == "Lippo Plaza"


def test_the_surer_one_weighs_more() -> None:
    found = fused(one(Origin.WORDS, 0, 0, 300), one(Origin.DEVICE, 100, 0, 30))
    assert away(found, 100, 0) < 2


def test_sources_that_disagree_are_not_averaged_and_a_warning_says_by_how_much() -> None:
    found = fused(one(Origin.WORDS, 0, 0, 60), one(Origin.DEVICE, 3000, 0, 30), is_chosen=True)
    assert away(found, 0, 0) < 0.01  # somebody listened to the words; the phone tells where the caller is
    assert (found.used, found.unused) == ((Origin.WORDS,), (Origin.DEVICE,))
    warning = found.warnings[0]
    assert (warning.sentence, warning.filled["metres"]) == (DISAGREE, "3000")


def test_words_that_nobody_confirmed_give_way_to_the_phone() -> None:
    found = fused(one(Origin.WORDS, 0, 0, 60), one(Origin.AML, 3000, 0, 30))
    assert away(found, 3000, 0) < 0.01
    assert found.unused == (Origin.WORDS,)


def test_a_point_set_by_hand_stands_before_everything() -> None:
    sources = [one(Origin.MAP, 0, 0, 400), one(Origin.DEVICE, 5000, 0, 10), one(Origin.WORDS, 9000, 0, 10)]
    found = fused(*sources, is_chosen=True)
    assert away(found, 0, 0) < 0.01
    assert len(found.warnings) == 2


def test_the_phone_chooses_among_the_places_that_the_words_may_mean() -> None:
    words = several(Origin.WORDS, (0, 0, 80, 0.6), (4000, 0, 80, 0.4))
    alone = fused(words)
    assert away(alone, 0, 0) < 0.01
    assert alone.uncertainty_m > 3900  # it may as well be the other one
    assert alone.warnings[0].sentence == AMBIGUOUS
    assert len(alone.spots) == 1
    known = fused(words, one(Origin.DEVICE, 4040, 0, 100))
    assert away(known, 4000, 0) < 40
    assert known.uncertainty_m < 80
    assert (known.warnings, known.spots) == ((), ())


def test_messages_of_one_phone_do_not_sharpen_each_other() -> None:
    found = fused(one(Origin.AML, 0, 0, 40), one(Origin.DEVICE, 10, 0, 25), one(Origin.PIDF_LO, 0, 30, 200))
    assert away(found, 10, 0) < 0.01
    assert found.uncertainty_m == pytest.approx(25)
    assert set(found.used) == {Origin.AML, Origin.DEVICE, Origin.PIDF_LO}


def test_a_wide_cell_hardly_moves_a_good_fix() -> None:
    found = fused(one(Origin.AML, 0, 0, 30), one(Origin.NETWORK, 2000, 0, 5000))
    assert away(found, 0, 0) < 1
    assert found.warnings == ()


def test_hints_shift_the_odds_only() -> None:
    words = several(Origin.WORDS, (0, 0, 80, 0.55), (4000, 0, 80, 0.45))
    hinted = fused(words, one(Origin.CALLER, 4000, 0, 150))
    assert away(hinted, 4000, 0) < 0.01
    assert Origin.CALLER not in hinted.used + hinted.unused
    far = fused(one(Origin.WORDS, 0, 0, 80), one(Origin.INCIDENT, 3000, 0, 50))
    assert away(far, 0, 0) < 0.01
    assert (far.uncertainty_m, far.warnings) == (pytest.approx(80), ())
    assert estimate([one(Origin.CALLER, 0, 0, 50)], City()) is None
    assert estimate([], City()) is None


def test_outside_the_city_is_said() -> None:
    found = fused(one(Origin.DEVICE, 30_000, 0, 20))
    assert found.is_outside
    assert (found.area, found.near) == (None, ())


def test_a_radius_is_told_at_the_confidence_of_the_house() -> None:
    assert radii(0.95) == pytest.approx(2.4477, abs=1e-4)
    assert radii(0.67) == pytest.approx(1.4891, abs=1e-4)
    assert radius_95(100, 0.95) == 100
    assert radius_95(100, 0.67) == pytest.approx(164.4, abs=0.1)


def spots() -> st.SearchStrategy[Spot]:
    metres = st.floats(-6000, 6000)
    return st.builds(
        lambda east, north, radius, p: Spot(*HOME.degrees(east, north), radius, p),
        metres, metres, st.floats(0, 5000), st.floats(0, 1),
    )  # fmt: skip


def sources() -> st.SearchStrategy[list[Source]]:
    single = st.builds(lambda origin, spot: Source(origin, (spot,)), st.sampled_from([*Origin]), spots())
    words = st.builds(lambda many: Source(Origin.WORDS, tuple(many)), st.lists(spots(), min_size=1, max_size=4))
    return st.lists(st.one_of(single, words), max_size=6)


@given(sources(), st.randoms(use_true_random=False), st.booleans())
def test_the_order_in_which_sources_come_does_not_matter(given_: list[Source], random: object, is_chosen: bool) -> None:
    once = estimate(given_, City(), is_chosen=is_chosen)
    shuffled = list(given_)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = estimate(shuffled, City(), is_chosen=is_chosen)
    if once is None or again is None:
        assert once is again
        return
    assert distance_m(once.lat, once.lon, again.lat, again.lon) < 0.01
    assert once.uncertainty_m == pytest.approx(again.uncertainty_m, rel=1e-6)
    assert (once.used, once.unused) == (again.used, again.unused)


@given(sources())
def test_any_sources_have_a_sound_answer(given_: list[Source]) -> None:
    found = estimate(given_, City())
    if found is None:
        assert all(source.origin in HINTS for source in given_)
        return
    assert math.isfinite(found.lat)
    assert math.isfinite(found.lon)
    assert 0 < found.uncertainty_m < 30_000
    assert bool(found.unused) == any(reason.sentence == DISAGREE for reason in found.warnings)


single_origins = st.sampled_from([origin for origin in Origin if origin not in HINTS])


@given(st.lists(st.tuples(single_origins, spots()), min_size=1, max_size=5))
def test_the_estimate_is_never_less_sure_than_the_surest_that_it_uses(said: list[tuple[Origin, Spot]]) -> None:
    given_ = {origin: Source(origin, (spot,)) for origin, spot in said}
    found = estimate(given_.values(), City())
    assert found is not None
    surest = min(max(given_[origin].spots[0].uncertainty_m, 5.0) for origin in found.used)
    assert found.uncertainty_m <= surest * 1.000001
    reach = max(distance_m(found.lat, found.lon, given_[o].spots[0].lat, given_[o].spots[0].lon) for o in found.used)
    assert reach < 17_000


@given(spots(), spots())
def test_two_that_agree_meet_on_the_line_between_them(here: Spot, there: Spot) -> None:
    found = estimate([Source(Origin.MAP, (here,)), Source(Origin.AML, (there,))], City())
    assert found is not None
    apart = distance_m(here.lat, here.lon, there.lat, there.lon)
    to_here = distance_m(found.lat, found.lon, here.lat, here.lon)
    to_there = distance_m(found.lat, found.lon, there.lat, there.lon)
    if found.unused:
        assert to_here < 0.01  # not a metre towards the other
        assert apart > max(here.uncertainty_m, there.uncertainty_m)
    else:
        assert to_here + to_there == pytest.approx(apart, abs=1)


@given(spots(), spots(), st.sampled_from(sorted(PHONE)), st.sampled_from(sorted(PHONE)))
def test_a_phone_that_says_the_same_twice_is_no_surer(words: Spot, phone: Spot, origin: Origin, other: Origin) -> None:
    once = [Source(Origin.WORDS, (words,)), Source(origin, (phone,))]
    alone = fused(*once, is_chosen=True)
    twice = fused(*once, Source(other, (phone,)), is_chosen=True)
    assert (alone.lat, alone.lon, alone.uncertainty_m) == (twice.lat, twice.lon, twice.uncertainty_m)
