"""A burst is seen in the list while its callers still ring."""

from datetime import UTC, datetime, timedelta

from tanggap.city.model import Catalogue
from tanggap.incident.model import ReportState
from tanggap.platform.ids import new_id
from tanggap.web.console.bursts import Burst, bursts
from tanggap.web.console.store import Row

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def ringing(seconds: float, lat: float | None, lon: float | None, category: str | None = None) -> Row:
    """A call of which nothing is known but where its phone is."""
    return Row(
        id=new_id(), received_at=NOW + timedelta(seconds=seconds), channel="call", state=ReportState.WAITING, words="",
        address_words="", place_label="", category=category, priority=None, answers={}, disposition=None, disposed_at=None,
        incident=None, number=None, incident_priority=None, caller=None, masked=None, claimed_by=None, claimed_at=None,
        holder=None, earlier=0, unreal=0, in_list=0, lat=lat, lon=lon, uncertainty_m=60.0 if lat is not None else None,
    )  # fmt: skip


def test_twenty_who_ring_from_one_place_are_one_group_and_who_rings_from_elsewhere_is_not(catalogue: Catalogue) -> None:
    fire = [ringing(5 * n, -3.994 + 0.0005 * (n % 5 - 2), 122.49 + 0.0005 * (n % 3 - 1)) for n in range(20)]
    elsewhere, unknown = ringing(30, -3.95, 122.55), ringing(31, None, None)
    found = bursts([*fire, elsewhere, unknown], catalogue)
    assert {found[one.id] for one in fire} == {Burst("A", 20)}
    assert elsewhere.id not in found
    assert unknown.id not in found


def test_two_bursts_at_once_have_two_letters(catalogue: Catalogue) -> None:
    fire = [ringing(n, -3.994, 122.49, "building_fire") for n in range(4)]
    crash = [ringing(60 + n, -3.95, 122.55, "traffic_accident") for n in range(3)]
    found = bursts([*fire, *crash], catalogue)
    assert {found[one.id] for one in fire} == {Burst("A", 4)}
    assert {found[one.id] for one in crash} == {Burst("B", 3)}


def test_two_are_no_burst(catalogue: Catalogue) -> None:
    assert not bursts([ringing(n, -3.994, 122.49) for n in range(2)], catalogue)
