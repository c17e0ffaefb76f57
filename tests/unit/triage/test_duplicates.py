"""What is about the same thing is found, with its reasons, and a burst is put together."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.duplicates import by_groups, by_reference, judged
from tanggap.platform.ids import new_id
from tanggap.triage.duplicates import GROUPED, PROPOSED, Told, alarm_level, grouped, people, same

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
FIRE = Told(new_id(), NOW, "building_fire", "fire", -3.994, 122.49, 60.0, "74.71.07.1001", "rumah terbakar asap tebal")


def like(minutes: float = 2, **other: object) -> Told:
    told = {"id": new_id(), "at": NOW + timedelta(minutes=minutes), "words": "api di rumah"}
    return Told(**({name: getattr(FIRE, name) for name in FIRE.__struct_fields__} | told | other))  # type: ignore[arg-type]


def test_the_same_fire_seen_from_the_next_street_is_the_same() -> None:
    match = same(FIRE, like(lat=-3.9958, uncertainty_m=150.0))
    assert match.p > GROUPED
    assert {reason.sentence for reason in match.because} >= {"{n} m dari sini", "kategori sama"}


def test_what_is_elsewhere_later_or_of_another_kind_is_not() -> None:
    assert same(FIRE, like(lat=-3.95)).p < 0.05
    assert same(FIRE, like(60 * 8)).p < PROPOSED
    assert same(FIRE, like(category="noise", group="public_order")).p < PROPOSED


def test_how_sure_both_points_are_decides_how_far_apart_they_may_be() -> None:
    far = -3.994 - 0.0063  # 700 m
    exact = like(lat=far, uncertainty_m=10.0)
    vague = like(lat=far, uncertainty_m=1_000.0)
    assert same(FIRE, exact).p < same(FIRE, vague).p


def test_without_a_point_the_kelurahan_speaks() -> None:
    no_point = {"lat": None, "lon": None, "uncertainty_m": None}
    assert same(FIRE, like(**no_point)).p > same(FIRE, like(**no_point, area="74.71.07.1002")).p


def test_waste_lies_for_days_and_a_fire_does_not() -> None:
    waste = Told(new_id(), NOW, "waste_pile", "environment", -3.994, 122.49, 60.0)
    again = Told(new_id(), NOW + timedelta(hours=20), "waste_pile", "environment", -3.994, 122.49, 60.0)
    assert same(waste, again).p > PROPOSED > same(FIRE, like(60 * 20)).p


def test_simulated_bursts_are_put_together_better_than_by_a_simple_rule() -> None:
    recall, precision = judged(by_groups, seeds=(21, 22))
    rule_recall, _ = judged(by_reference, seeds=(21, 22))
    assert recall >= 0.95
    assert precision >= 0.90
    assert recall > rule_recall


told = st.builds(
    Told, id=st.builds(new_id), at=st.floats(0, 86_400).map(lambda s: NOW + timedelta(seconds=s)),
    category=st.sampled_from([None, "building_fire", "flood"]), group=st.sampled_from([None, "fire", "disaster"]),
    lat=st.floats(-4.1, -3.9), lon=st.floats(122.4, 122.7), uncertainty_m=st.one_of(st.none(), st.floats(0, 1e5)),
    area=st.sampled_from([None, "a", "b"]), words=st.text(max_size=80),
)  # fmt: skip


@given(st.lists(told, max_size=12))
def test_grouping_loses_nothing_and_names_nothing_twice(reports: list[Told]) -> None:
    members = [member for group in grouped(reports) for member in group.members]
    assert sorted(members) == sorted(report.id for report in reports)


@given(told, told)
def test_being_the_same_goes_both_ways(one: Told, other: Told) -> None:
    assert abs(same(one, other).p - same(other, one).p) < 1e-9
    assert 0 <= same(one, other).p <= 1


def test_the_alarm_rises_with_people_not_with_calls() -> None:
    again = new_id()
    assert people([again, again, again, None, None]) == 3
    assert [alarm_level(n) for n in (0, 1, 3, 4, 9, 10, 300)] == [1, 1, 1, 2, 2, 3, 3]
