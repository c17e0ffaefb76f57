"""What becomes of a point: its kelurahan, its name, what the incident says of it; and whose it is when only a number is told."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.casework import amend
from tanggap.incident import store as rows
from tanggap.incident.model import ENDING, Actor, IncidentState, Report, ReportState
from tanggap.incident.refusals import NotFound, WrongState
from tanggap.incident.service import record
from tanggap.incident.timeline.model import Kind
from tanggap.intake.model import Changes, Contact, normal_number
from tanggap.location.around import label_of
from tanggap.location.estimate import Fix, Heard
from tanggap.location.service import located
from tanggap.location.sources import service as sources
from tanggap.location.sources import waiting
from tanggap.location.sources.store import Link, Told
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.secrets import Unreadable
from tanggap.scene import Scene


class NoNumberError(Exception):
    """A location without a number: nobody could be told whose it is."""


def completed(scene: Scene, contact: Contact) -> Contact:
    """What the catalogue knows of a contact: its point's kelurahan, and whether there is such a category."""
    place = contact.location
    if place is not None and place.area is None:
        whole = located(scene.catalogue, place.lat, place.lon, place.uncertainty_m, place.source, place.label)
        contact = msgspec.structs.replace(contact, location=whole)
    if contact.category is not None and contact.category not in scene.catalogue.categories_by_code:
        contact = msgspec.structs.replace(contact, category=None, flags=(*contact.flags, "unknown_category"))
    return contact


def with_area(scene: Scene, changes: Changes) -> Changes:
    """Changes with the kelurahan of the point they set, if they do; one set by hand is called by what stands nearest."""
    fields = dict(changes.fields)
    if fields.get("lat") is None or fields.get("lon") is None:
        return changes
    lat, lon, source = float(fields["lat"]), float(fields["lon"]), str(fields.get("location_source") or "map")
    label = str(fields.get("place_label") or "") or (label_of(scene.gazetteer, lat, lon) if source == "map" else "")
    place = located(scene.catalogue, lat, lon, float(fields.get("uncertainty_m") or 50.0), source, label)
    fields |= {
        "area": place.area,
        "location_source": place.source,
        "uncertainty_m": place.uncertainty_m,
        "place_label": place.label,
    }
    return Changes(fields, changes.was)


async def amend_from_report(tx: Transaction, scene: Scene, before: Report, after: Report, by: Actor, now: datetime) -> None:
    """Say of the incident, if there is one, what its first report says now, where nobody has said otherwise."""
    if before.incident is None or after.rev == before.rev:
        return
    incident = await rows.lock_incident(tx, scene.city, before.incident)
    same = {"words": "summary", "address_words": "address_words", "place_label": "place_label", "lat": "lat", "lon": "lon",
            "uncertainty_m": "uncertainty_m", "area": "area", "category": "category"}  # fmt: skip
    changes: dict[str, Any] = {
        column: getattr(after, name)
        for name, column in same.items()
        if getattr(after, name) != getattr(before, name) and getattr(incident, column) == getattr(before, name)
    }
    if after.priority is not None and after.priority != before.priority and incident.priority == before.priority:
        changes["priority"] = after.priority.value
    if changes and incident.state is not IncidentState.CLOSED:
        await amend(tx, scene, incident.id, changes, by, now)


def body_of(told: Told, heard: Heard, takes: bool) -> dict[str, Any]:
    """What the timeline says of a location that a device or a network told."""
    body: dict[str, Any] = {"origin": told.origin, "flaws": list(told.flaws), "taken": takes}
    if told.civic:
        body["address"] = ", ".join(part for name, part in told.civic.items() if name != "country")
    if heard.fix is not None:
        body |= {"lat": heard.fix.lat, "lon": heard.fix.lon, "metres": round(heard.fix.uncertainty_m)}
    return body


async def tell_location(tx: Transaction, scene: Scene, report_id: UUID, heard: Heard, by: Actor, now: datetime) -> Told:
    """Keep what was told of a report, on its timeline too, and let the report take its point where it may."""
    report = await rows.lock_report(tx, scene.city, report_id)
    told = await sources.keep(tx, scene.city, scene.keyring, report, heard, by, now)
    takes = heard.fix is not None and may_take(report, heard.fix)
    await record(tx, scene.city, Kind.LOCATED, by, now, report=report, body=body_of(told, heard, takes))
    if heard.fix is not None and takes:
        await take_point(tx, scene, report, heard.fix, by, now)
    return told


async def device_located_by_number(
    tx: Transaction, scene: Scene, number: str, heard: Heard, by: Actor, now: datetime
) -> UUID | None:
    """A phone of which only the number is known says where it is: its report is told; without one, the location waits.

    Returns the report, or None while it waits (`waiting.WAITS`): the worker joins it within a second after a report came.
    The number stands in the database as a keyed hash only.

    Raises:
        NoNumberError: it has no digit.
    """
    normal = normal_number(number)
    if not normal:
        raise NoNumberError
    number_hash = scene.keyring.hash("caller", normal)
    report = await waiting.report_of(tx, scene.city, number_hash, now)
    if report is None:
        await waiting.keep(tx, scene.city, scene.keyring, number_hash, heard, by, now)
    else:
        await tell_location(tx, scene, report, heard, by, now)
    return report


async def join_waiting(tx: Transaction, scene: Scene, now: datetime) -> int:
    """Give the locations that waited to the reports that have come, and forget those whose time is over. How many were given."""
    come = await waiting.come(tx, scene.city, now)
    for one in come:
        try:
            heard = waiting.heard_of(one, scene.keyring)
        except Unreadable:
            continue
        await tell_location(tx, scene, one.report, heard, waiting.sender_of(one), now)
    await waiting.forget(tx, scene.city, [one.id for one in come], now)
    return len(come)


async def take_point(tx: Transaction, scene: Scene, report: Report, fix: Fix, by: Actor, now: datetime) -> None:
    """Make a device's point the report's, and its incident's where that has the same."""
    place = located(scene.catalogue, fix.lat, fix.lon, fix.uncertainty_m, "device")
    after = await rows.change_report(
        tx, scene.city, report.id, lat=place.lat, lon=place.lon, uncertainty_m=place.uncertainty_m, area=place.area,
        location_source=place.source, place_label=place.label, flags=[flag for flag in report.flags if flag != "no_place"],
    )  # fmt: skip
    await amend_from_report(tx, scene, report, after, by, now)


def may_take(report: Report, fix: Fix) -> bool:
    """Whether a device's point becomes the report's: when it has none, or a less sure one of a device."""
    if is_over(report):
        return False
    place = report.location
    return place is None or (place.source == "device" and fix.uncertainty_m < place.uncertainty_m)


def is_over(report: Report) -> bool:
    """Whether nobody goes for it any more. A report that became an incident may still be told where it is."""
    return report.state is ReportState.CLOSED and report.disposition in ENDING


async def link_for_point(tx: Transaction, scene: Scene, report_id: UUID, by: Actor, now: datetime) -> Link:
    """The link at which the caller of a report sends a point; on the timeline when it is a new one.

    Raises:
        WrongState: the report came to nothing.
    """
    report = await rows.lock_report(tx, scene.city, report_id)
    if is_over(report):
        raise WrongState(now=report.state.value, to="asked")
    link, is_new = await sources.make_link(tx, scene.city, scene.keyring, report_id, by, now)
    if is_new:
        await record(tx, scene.city, Kind.LINK_MADE, by, now, report=report)
    return link


async def report_of_link(conn: Connection, scene: Scene, token: str, now: datetime) -> Report:
    """The report for which a link's token asks for a point.

    Raises:
        NotFound: a token of nobody, or its time is over, or the report came to nothing.
    """
    link = await sources.link_of(conn, scene.city, token)
    if link is None or link.expires_at <= now:
        raise NotFound(kind="link")
    report = await rows.report(conn, scene.city, link.report)
    if is_over(report):
        raise NotFound(kind="link")
    return report
