"""What the supervisor's pages show, gathered from the rooms."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.evaluation import store as evaluation
from tanggap.evaluation.left_lying import store as left_lying
from tanggap.incident import store as rows
from tanggap.incident.model import Incident, IncidentState, Report, ReportState
from tanggap.incident.photos import store as photo_rows
from tanggap.incident.timeline import store as timelines
from tanggap.notification import store as notification
from tanggap.people import signing_in
from tanggap.platform.database import Connection
from tanggap.platform.i18n import Locale, translator
from tanggap.routing.escalation.store import next_steps
from tanggap.routing.service import propose
from tanggap.scene import Scene
from tanggap.triage.model import Nearby
from tanggap.triage.service import nearby
from tanggap.verification.weather import service as weather
from tanggap.verification.weather.model import PERIL_WORDS
from tanggap.web import words
from tanggap.web.supervisor import store
from tanggap.web.timeline import sentence

#: Entries and reports that one page shows; an incident of a whole city's flood has more.
MOST_ENTRIES = 200
MOST_REPORTS = 60


class Line(msgspec.Struct, frozen=True):
    """One line of a timeline, ready to be read."""

    at: datetime
    said: str
    kind: str


async def board(conn: Connection, scene: Scene, now: datetime) -> dict[str, Any]:
    """Everything that is live: each statement over an index."""
    city = scene.city
    contacts = await store.contacts(conn, city)
    counts = await store.contact_counts(conn, city)
    live = await evaluation.live_counts(conn, city, now)
    cases = await store.cases(conn, city)
    return {
        "waiting": [contact for contact in contacts if contact.state is ReportState.WAITING],
        "active": [contact for contact in contacts if contact.state is ReportState.ACTIVE],
        "waiting_total": counts.get("waiting", 0),
        "active_total": counts.get("active", 0),
        "attention": await store.needing_attention(conn, city),
        "cases": cases,
        "steps": await next_steps(conn, city, [case.id for case in cases]),
        "lying": await left_lying.total(conn, city, now),
        "by_priority": {priority: live.get(priority.value, 0) for priority in Priority},
        "open_total": sum(live.get(priority.value, 0) for priority in Priority),
        "overdue": live.get("overdue", 0),
        "resolved": await store.resolved_lately(conn, city),
        "online": await signing_in.online(conn, city, now),
        "calls": await store.live_calls(conn, city),
        "to_call_back": await store.to_call_back(conn, city),
        "undelivered": await notification.undelivered(conn, city),
        "notices": await notification.on_screen(conn, city, None, now),
        "weather": await weather.shown(conn, city, now),
        "peril_words": PERIL_WORDS,
    }


def names(catalogue: Catalogue, locale: Locale) -> dict[str, Any]:
    """The functions and tables by which templates say codes in words."""
    return {
        "category_name": lambda code: words.category_name(catalogue, code, locale),
        "agency_name": lambda code: words.agency_name(catalogue, code),
        "area_name": lambda code: words.area_name(catalogue, code),
        "number_of": lambda number: words.number_of(catalogue.city, number),
        "incident_words": words.INCIDENT_WORDS,
        "assignment_words": words.ASSIGNMENT_WORDS,
        "attention_sentences": words.ATTENTION_SENTENCES,
        "role_words": words.ROLE_WORDS,
    }


async def incident_page(conn: Connection, scene: Scene, incident_id: UUID, locale: Locale, now: datetime) -> dict[str, Any]:
    """One incident with all that hangs on it. Raises NotFound."""
    city, catalogue = scene.city, scene.catalogue
    incident = await rows.incident(conn, city, incident_id)
    assignments = await rows.assignments_of(conn, city, incident_id)
    reports = await rows.reports_of(conn, city, incident_id)
    callers = [report.caller for report in reports[:MOST_REPORTS] if report.caller]
    photos = await photo_rows.photos_of(conn, city, incident=incident_id)
    is_open = incident.state is not IncidentState.CLOSED and incident.merged_into is None
    proposal = propose(catalogue, incident.category)
    live = {assignment.agency for assignment in assignments if assignment.is_live}
    proposed = [code for code in (proposal.lead, *proposal.support) if code and code not in live]
    return {
        "incident": incident,
        "is_open": is_open,
        "can_reopen": incident.state in (IncidentState.RESOLVED, IncidentState.CLOSED) and incident.merged_into is None,
        "assignments": assignments,
        "steps": await next_steps(conn, city, [incident_id]),
        "reports": reports[:MOST_REPORTS],
        "report_total": len(reports),
        "masked": await store.masked_of(conn, city, callers),
        "photos": photos,
        "lines": lines_of(await timelines.of_incident(conn, city, incident_id, MOST_ENTRIES), catalogue, locale),
        "nearby": await near(conn, scene, incident, reports, now) if is_open else [],
        "merged_into": await store.number_of(conn, city, incident.merged_into) if incident.merged_into else None,
        "proposed": proposed,
        "askable": sorted(
            (agency for agency in catalogue.agencies if agency.active and agency.code not in live),
            key=lambda agency: (agency.code not in proposed, agency.short),
        ),
        "agencies": [agency for agency in catalogue.agencies if agency.active],
        "categories": sorted((entry for entry in catalogue.categories if entry.active), key=lambda entry: entry.name(locale)),
        "kelurahan": sorted(catalogue.kelurahan, key=lambda area: area.name),
    }


async def near(conn: Connection, scene: Scene, incident: Incident, reports: list[Report], now: datetime) -> list[Nearby]:
    """Other unfinished incidents that may be the same thing."""
    if not reports:
        return []
    stand_in = msgspec.structs.replace(
        reports[0], lat=incident.lat, lon=incident.lon, area=incident.area, category=incident.category, incident=incident.id
    )
    return [one for one in await nearby(conn, scene.catalogue, stand_in, now, most=8) if one.incident is not None]


async def report_page(conn: Connection, scene: Scene, report_id: UUID, locale: Locale) -> dict[str, Any]:
    """One report that waits or is being handled, with its desk. Raises NotFound."""
    report = await rows.report(conn, scene.city, report_id)
    masked = await store.masked_of(conn, scene.city, [report.caller]) if report.caller else {}
    return {
        "report": report,
        "masked": masked.get(report.caller) if report.caller else None,
        "holder": await store.holder_of(conn, scene.city, report.claimed_by) if report.claimed_by else None,
        "number": await store.number_of(conn, scene.city, report.incident) if report.incident else None,
        "photos": await photo_rows.photos_of(conn, scene.city, report=report_id),
        "lines": lines_of(await timelines.of_report(conn, scene.city, report_id, MOST_ENTRIES), scene.catalogue, locale),
    }


def lines_of(entries: list[Any], catalogue: Catalogue, locale: Locale) -> list[Line]:
    """A timeline as sentences, the newest first."""
    translate = translator(locale)
    said = [Line(entry.at, sentence(entry, catalogue, translate, locale), entry.kind.value) for entry in entries]
    return said[::-1]
