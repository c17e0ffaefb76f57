"""Keeping what devices say, the links by which they are asked, and one estimate of everything that is known of a report."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tanggap.city.boundaries import index_of
from tanggap.city.model import Catalogue
from tanggap.incident.model import Actor, Report
from tanggap.location.estimate import Estimate, Heard, Origin, Source, Spot
from tanggap.location.fusion import estimate
from tanggap.location.model import Found
from tanggap.location.outside import outside
from tanggap.location.sources import store
from tanggap.location.sources.store import Link, Told
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.platform.text import clean_text

#: How long a link asks for a point.
LINK_LASTS = timedelta(hours=2)
#: A link that is good for this long still is given again, rather than a second one.
LINK_AGAIN = timedelta(minutes=30)
#: A fix that was measured before it was sent is less sure by a walker's pace, m/s, for at most this long.
WALKING_M_S = 1.4
OLDEST_FIX = timedelta(hours=2)
#: How far back a caller's other reports and open incidents say anything about this one.
CALLER_SINCE = timedelta(days=180)
INCIDENTS_SINCE = timedelta(hours=6)
#: Candidates of the words that are weighed, the best ones.
MOST_CANDIDATES = 5
LONGEST_RAW = 200_000


async def keep(tx: Transaction, city: str, keyring: Keyring, report: Report, heard: Heard, by: Actor, now: datetime) -> Told:
    """Write a message down as it came: its text sealed, its point beside it."""
    fix = heard.fix
    told = Told(
        id=new_id(),
        report=report.id,
        at=now,
        origin=heard.origin.value,
        lat=fix.lat if fix else None,
        lon=fix.lon if fix else None,
        uncertainty_m=fix.uncertainty_m if fix else None,
        stated_m=fix.stated_m if fix else None,
        confidence=fix.confidence if fix else None,
        shape=fix.shape if fix else None,
        measured_at=heard.measured_at,
        flaws=heard.flaws,
        civic=_printable(heard.civic),
        more=_printable(heard.more),
    )
    sealed = keyring.encrypt("location", heard.raw[:LONGEST_RAW])
    await store.insert(tx, city, told, sealed, by.id, by.name, report.is_example)
    return told


async def estimate_of(
    conn: Connection, catalogue: Catalogue, report: Report, found: Found | None, now: datetime
) -> Estimate | None:
    """One estimate of all that is known of where a report is; None when nothing is.

    `found` is what its words may mean, where they may say anything. Beside a device only words that are sure of themselves count:
    half an address is typed in every call.
    """
    city = catalogue.city.code
    phones = _phones(await store.of_report(conn, city, report.id))
    sources = [*_own(report), *phones]
    if found is not None and (found.confident or not sources):
        sources.append(_words(found))
    if any(len(one.spots) > 1 for one in sources):
        sources += await _hints(conn, city, report, now)
    is_chosen = report.location is not None and report.location_source in ("words", "area")
    known = estimate(sources, index_of(catalogue), is_chosen=is_chosen)
    if known is None or not known.is_outside:
        return known
    beyond = outside(catalogue, known.lat, known.lon, known.uncertainty_m)
    return msgspec.structs.replace(known, warnings=(*known.warnings, beyond.reason)) if beyond else known


def may_words_say(report: Report) -> bool:
    """Whether a report's words may still say where it is: nobody has chosen a point yet, at most a device has given one."""
    return report.location is None or report.location_source == Origin.DEVICE


def _words(found: Found) -> Source:
    best = found.candidates[:MOST_CANDIDATES]
    return Source(Origin.WORDS, tuple(Spot(one.lat, one.lon, one.uncertainty_m, one.p, one.name) for one in best))


def _own(report: Report) -> list[Source]:
    """The point that stands on the report, by whoever set it."""
    place = report.location
    if place is None:
        return []
    origins = {"map": Origin.MAP, "device": Origin.DEVICE}
    origin = origins.get(place.source, Origin.WORDS)
    label = place.label if origin is not Origin.DEVICE else ""
    return [Source(origin, (Spot(place.lat, place.lon, place.uncertainty_m, label=label),))]


def _phones(told: Sequence[Told]) -> list[Source]:
    """Of each kind of message the surest one, taking into account how old its fix was."""
    best: dict[str, Source] = {}
    for one in told:
        if one.lat is None or one.lon is None or one.uncertainty_m is None:
            continue
        radius_m = one.uncertainty_m + _walked_m(one)
        before = best.get(one.origin)
        if before is None or radius_m < before.spots[0].uncertainty_m:
            best[one.origin] = Source(Origin(one.origin), (Spot(one.lat, one.lon, radius_m),))
    return list(best.values())


def _walked_m(told: Told) -> float:
    age = min(told.at - told.measured_at, OLDEST_FIX) if told.measured_at else timedelta(0)
    return max(0.0, age.total_seconds()) * WALKING_M_S


async def _hints(conn: Connection, city: str, report: Report, now: datetime) -> list[Source]:
    """What shifts the odds between several places: this caller's other reports, and what is open now."""
    before = await store.caller_points(conn, city, report.caller, report.id, now - CALLER_SINCE) if report.caller else []
    open_now = await store.open_incidents(conn, city, report.incident, now - INCIDENTS_SINCE)
    hints = ((Origin.CALLER, before), (Origin.INCIDENT, open_now))
    return [
        Source(origin, (Spot(row["lat"], row["lon"], row["uncertainty_m"] or 100.0, label=row["place_label"]),))
        for origin, rows in hints
        for row in rows
    ]


# ── links ──


def link_token(keyring: Keyring, link: UUID) -> str:
    """The unguessable part of a link's address, derived from its id: it is stored nowhere."""
    return keyring.sign("location link", str(link))


def token_hash(token: str) -> bytes:
    """What the database knows of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


async def make_link(tx: Transaction, city: str, keyring: Keyring, report: UUID, by: Actor, now: datetime) -> tuple[Link, bool]:
    """The link of a report, and whether it is a new one: one that is good for a while is given again."""
    known = await store.live_link(tx, city, report, now + LINK_AGAIN)
    if known is not None:
        return known, False
    link = Link(new_id(), report, now, now + LINK_LASTS)
    await store.insert_link(tx, city, link, token_hash(link_token(keyring, link.id)), by.id)
    return link, True


async def link_of(conn: Connection, city: str, token: str) -> Link | None:
    """The link that a token opens, also when its time is over; None for a token of nobody."""
    return await store.link_of_token(conn, city, token_hash(token))


def _printable(said: Mapping[str, str]) -> dict[str, str]:
    """What may go into a row: few, short, printable."""
    return {clean_text(name, 40).text: clean_text(value, 200).text for name, value in list(said.items())[:60]}
