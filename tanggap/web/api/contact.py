"""What another system says of a report, read with patience: whatever can be kept is kept, what is odd is flagged."""

import hashlib
import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from tanggap.city.kinds import Priority
from tanggap.city.model import City
from tanggap.incident.model import Location
from tanggap.intake.model import Channel, Contact
from tanggap.people.model import Person
from tanggap.platform.clock import moment_of

#: How sure a point is when its sender does not say, metres.
USUAL_UNCERTAINTY_M = 100.0
#: No point is less sure than half of the Earth's circumference, metres.
MOST_UNCERTAINTY_M = 20_000_000.0
#: A sender's clock may run ahead by this much.
AHEAD = timedelta(minutes=5)
#: Nobody sends reports from before this: an older time is a clock that was never set.
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
#: A key up to this length, in plain characters, is kept as it is; any other is kept as its hash, so that no two become one.
LONGEST_PLAIN_KEY = 100


class ReportIn(msgspec.Struct, frozen=True):
    """What a citizen told you. Nothing is required; what is odd is stored and flagged, not refused. Other fields are ignored."""

    words: str | None = None
    address: str | None = None
    number: str | int | None = None
    name: str | None = None
    lat: float | str | None = None
    lon: float | str | None = None
    uncertainty_m: float | None = None
    category: str | None = None
    priority: str | None = None
    channel: str | None = None
    received_at: str | None = None
    hand_over: bool | None = None


def contact_of(said: ReportIn, city: City, external_id: str | None, now: datetime) -> Contact:
    """The report as the house takes it in, with flags for what was odd."""
    flags: list[str] = []
    location, address = _place(said, city, flags)
    return Contact(
        channel=_channel(said.channel, flags),
        words=said.words or "",
        address_words=address,
        number=str(said.number) if said.number is not None else "",
        name=said.name or "",
        location=location,
        category=said.category or None,
        priority=_priority(said.priority, flags),
        external_id=external_id,
        received_at=_moment(said.received_at, ZoneInfo(city.timezone), now, flags),
        flags=tuple(flags),
    )


def external_id_of(key: str | None, sender: Person) -> str | None:
    """The sender's own key, made the sender's own: two senders may both count from one. Tokens of one name are one sender."""
    if not key or not key.strip():
        return None
    key = key.strip()
    if len(key) > LONGEST_PLAIN_KEY or not (key.isascii() and key.isprintable()):
        key = "sha256 " + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    scope = hashlib.sha256(sender.login.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{scope}:{key}"


def _place(said: ReportIn, city: City, flags: list[str]) -> tuple[Location | None, str]:
    """The point and the words for the place. Coordinates that are no point stay readable among the words."""
    address = said.address or ""
    given = [value for value in (said.lat, said.lon) if value not in (None, "")]
    if not given:
        return None, address
    lat, lon = _degrees(said.lat, 90), _degrees(said.lon, 180)
    if lat is None or lon is None:
        flags.append("odd_place")
        return None, f"{address} (lat {said.lat}, lon {said.lon})".strip()
    if not city.bbox.contains(lat, lon):
        flags.append("outside_city")
    uncertainty_m = said.uncertainty_m
    if uncertainty_m is None or not 0 <= uncertainty_m <= MOST_UNCERTAINTY_M:
        uncertainty_m = USUAL_UNCERTAINTY_M
    return Location(lat, lon, uncertainty_m, "device"), address


def _degrees(said: float | str | None, most: float) -> float | None:
    try:
        value = float(said) if said is not None else math.nan
    except ValueError:
        return None
    return value if -most <= value <= most else None


def _channel(said: str | None, flags: list[str]) -> Channel:
    if not said:
        return Channel.API
    try:
        return Channel(said.strip().lower())
    except ValueError:
        flags.append("unknown_channel")
        return Channel.API


def _priority(said: str | None, flags: list[str]) -> Priority | None:
    if not said:
        return None
    try:
        return Priority(said.strip().upper())
    except ValueError:
        flags.append("unknown_priority")
        return None


def _moment(said: str | None, zone: ZoneInfo, now: datetime, flags: list[str]) -> datetime | None:
    """When the sender took it; a time without a zone is the city's. One that cannot be is left out."""
    if not said:
        return None
    moment = moment_of(said, zone)
    if moment is None or not OLDEST <= moment <= now + AHEAD:
        flags.append("odd_time")
        return None
    return moment
