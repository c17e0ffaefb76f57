"""The open report with everything that stands beside it: who calls, what is alike, what it may be, who is asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.city.categories import Category
from tanggap.city.kinds import Priority
from tanggap.city.model import Agency, Catalogue
from tanggap.incident import store as rows
from tanggap.incident.model import Assignment, AssignmentState, Disposition, Incident, Report, ReportState
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind, Recorded
from tanggap.intake import store as intake
from tanggap.location.sources import service as sources
from tanggap.location.travel.bases import Nearest, nearest
from tanggap.notification.model import Channel, DeliveryState
from tanggap.people.model import Person
from tanggap.platform.database import Connection
from tanggap.platform.i18n import Locale, translator
from tanggap.routing.service import propose
from tanggap.scene import Scene
from tanggap.triage.duplicates import GROUPED
from tanggap.triage.model import Nearby, Suggestion
from tanggap.triage.service import nearby
from tanggap.verification.model import Ledger
from tanggap.verification.order import SilentStep, silent_steps
from tanggap.verification.service import ledgers
from tanggap.web.console import store
from tanggap.web.console.opinion import Opinion, opinion_of
from tanggap.web.console.witness import Witness, witness
from tanggap.web.recordings.shown import ShownRecording, recordings_shown
from tanggap.web.texts import ShownText, has_written, sentences, texts_shown
from tanggap.web.timeline import sentence
from tanggap.web.words import number_of

#: Timeline entries beside a report; the whole stands on the incident's own page.
MOST_ENTRIES = 60
#: Lines written within a call that stand among them; the whole conversation stands in the report.
MOST_WRITTEN = 30
MOST_EARLIER = 8
#: What may be the same thing: three are shown, and a burst is joined whole.
MOST_ALIKE = 40

#: How an entry stands out: what agencies do, what ends well, what needs somebody.
LOOKS: Mapping[Kind, str] = {
    Kind.SENT: "act", Kind.ACKNOWLEDGED: "act", Kind.EN_ROUTE: "act", Kind.ON_SCENE: "act", Kind.OPENED: "act",
    Kind.DONE: "good", Kind.RESOLVED: "good", Kind.CONFIRMED: "good",
    Kind.REJECTED: "bad", Kind.EXPIRED: "bad", Kind.ESCALATED: "bad", Kind.NOT_DONE: "bad", Kind.REOPENED: "bad",
}  # fmt: skip


class Toggle(msgspec.Struct, frozen=True):
    """An agency that may be asked, and whether it is ticked."""

    agency: Agency
    is_lead: bool
    is_proposed: bool
    base: Nearest | None = None  # from which it would come soonest


class Asked(msgspec.Struct, frozen=True):
    """An assignment with its agency, and the clock that runs on it."""

    assignment: Assignment
    agency: str
    since: datetime
    due_at: datetime | None

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is awaited."""
        return self.assignment.state is AssignmentState.SENT


class Moment(msgspec.Struct, frozen=True):
    """One line of the timeline."""

    at: datetime
    text: str
    look: str  # "" | act | good | bad


class ShownLink(msgspec.Struct, frozen=True):
    """The link at which the caller sends a point: its path on this site, and until when it is good."""

    path: str
    expires_at: datetime


class ShownSent(msgspec.Struct, frozen=True):
    """The last message with such a link to the caller."""

    state: DeliveryState
    channel: Channel
    at: datetime


class Sheet(msgspec.Struct, frozen=True):
    """One report on the screen."""

    report: Report
    masked: str | None
    name: str
    holder: str | None
    is_mine: bool
    category: Category | None
    priority: Priority | None
    area_name: str
    district_name: str
    suggestions: tuple[Suggestion, ...]
    near: tuple[Nearby, ...]
    ledger: Ledger
    silent: tuple[tuple[SilentStep, bool], ...]
    earlier: tuple[Report, ...]
    toggles: tuple[Toggle, ...]
    more: tuple[Agency, ...]
    incident: Incident | None
    number: str | None
    asked: tuple[Asked, ...]
    timeline: tuple[Moment, ...]
    raise_to: Priority | None
    opinion: Opinion | None
    link: ShownLink | None
    sent: ShownSent | None
    witness: Witness | None
    recordings: tuple[ShownRecording, ...]
    texts: tuple[ShownText, ...]

    @property
    def is_unverified(self) -> bool:
        """Sent already, and not yet said to be real: a P1 on its way."""
        return self.report.state is not ReportState.CLOSED and self.incident is not None

    @property
    def joinable(self) -> Nearby | None:
        """The incident that one key joins this report to."""
        if self.incident is not None or self.report.state is ReportState.CLOSED:
            return None
        return next((near for near in self.near if near.incident is not None), None)

    @property
    def burst(self) -> tuple[Nearby, ...]:
        """Waiting reports that are most probably about the same thing: one act joins them all."""
        return tuple(near for near in self.near if near.is_waiting and near.p >= GROUPED)

    @property
    def can_part(self) -> bool:
        """Whether this report was joined to what others told of, and may be taken out again."""
        return self.incident is not None and self.report.disposition is Disposition.DUPLICATE and self.incident.report_count > 1


async def sheet(conn: Connection, scene: Scene, report_id: UUID, person: Person, locale: Locale, now: datetime) -> Sheet:
    """Read a report and all that stands beside it. Raises NotFound."""
    catalogue, city = scene.catalogue, scene.city
    report = await rows.report(conn, city, report_id)
    told = await store.told_by(conn, city, report)
    history = await intake.caller_history(conn, city, report.caller) if report.caller else []
    earlier = tuple(one for one in history if one.id != report.id)
    alike = await nearby(conn, catalogue, report, now, most=MOST_ALIKE)
    weighed = (await ledgers(conn, catalogue, [report.id], scene.hear, now))[report.id]
    handed = await store.handed(conn, city, report.incident) if report.incident else None
    entries = await _entries(conn, city, report)
    category = catalogue.categories_by_code.get(report.category or "")
    priority = report.priority or (category.priority_for(report.answers) if category else None)
    reading = scene.suggester.read(report.words) if report.words else None
    suggestions = scene.suggester.by_keywords(report.words) if reading is None else scene.suggester.suggestions(reading)
    incident = handed.incident if handed else None
    texts = await texts_shown(conn, scene, report)
    area = catalogue.areas_by_code.get(report.area or "")
    toggles, more = _toggles(catalogue, report.category, report.answers, handed.assignments if handed else ())
    toggles = tuple(msgspec.structs.replace(one, base=_base(scene, one.agency, report)) for one in toggles)
    return Sheet(
        report=report,
        masked=told.masked,
        name=scene.keyring.decrypt("name", told.name_sealed) if told.name_sealed else "",
        holder=told.holder,
        is_mine=report.claimed_by == person.id,
        category=category,
        priority=priority,
        area_name=area.name if area else "",
        district_name=catalogue.kecamatan_of(area.code).name if area else "",
        suggestions=tuple(suggestions),
        near=tuple(alike),
        ledger=weighed,
        silent=() if has_written(texts) else _silent(report, weighed, told.sent_state not in (None, DeliveryState.DEAD), entries),
        earlier=earlier[:MOST_EARLIER],
        toggles=toggles,
        more=more,
        incident=incident,
        number=number_of(catalogue.city, incident.number) if incident else None,
        asked=tuple(_asked(one, catalogue) for one in handed.assignments) if handed else (),
        timeline=tuple(reversed(_moments(entries, texts, catalogue, locale))),
        raise_to=_raise_to(incident, category, report.answers),
        opinion=opinion_of(report, category, reading) if report.disposition is None else None,
        link=_link(told, scene, now),
        sent=_sent(told),
        recordings=await recordings_shown(conn, city, report, person, now),
        texts=texts,
        witness=await witness(conn, scene, report, translator(locale), now),
    )


def _link(told: store.Told, scene: Scene, now: datetime) -> ShownLink | None:
    if told.link is None or told.link_until is None or told.link_until <= now:
        return None
    return ShownLink(f"/titik/{sources.link_token(scene.keyring, told.link)}", told.link_until)


def _sent(told: store.Told) -> ShownSent | None:
    if told.sent_state is None or told.sent_by is None or told.sent_at is None:
        return None
    return ShownSent(told.sent_state, told.sent_by, told.sent_at)


async def _entries(conn: Connection, city: str, report: Report) -> list[Recorded]:
    """What happened to a report and, once it is one, to its incident; oldest first."""
    told = await timelines.of_report(conn, city, report.id, MOST_ENTRIES)
    if report.incident is not None:
        told += await timelines.of_incident(conn, city, report.incident, MOST_ENTRIES)
    once = {(entry.subject, entry.seq): entry for entry in told}
    return sorted(once.values(), key=lambda entry: entry.cursor)[-MOST_ENTRIES:]


def _silent(report: Report, weighed: Ledger, link_sent: bool, entries: Sequence[Recorded]) -> tuple[tuple[SilentStep, bool], ...]:
    """The protocol for a contact who says nothing, while it is open and nobody waits to be sent."""
    if not weighed.is_silent or report.state is ReportState.CLOSED or report.category is not None:
        return ()
    called_back = any(item.code.startswith("callback_") for item in weighed.items)
    said = [SilentStep(entry.body["step"]) for entry in entries if entry.kind is Kind.SILENT_STEP and entry.report == report.id]
    return tuple(silent_steps(called_back, link_sent, said))


def _toggles(
    catalogue: Catalogue, category: str | None, answers: Mapping[str, Any], asked: Sequence[Assignment]
) -> tuple[tuple[Toggle, ...], tuple[Agency, ...]]:
    """What the catalogue and the answers propose and was not asked yet, the lead first; and all other agencies."""
    known = catalogue.categories_by_code.get(category or "")
    added = known.added(answers) if known else []
    proposal = propose(catalogue, category)
    live = {one.agency for one in asked if one.is_live}
    proposed = [code for code in (proposal.lead, *proposal.support, *added) if code and code not in live]
    toggles = tuple(
        Toggle(catalogue.agency(code), code == proposal.lead, is_proposed=not asked or code in added)
        for code in dict.fromkeys(proposed)
    )
    others = (agency for agency in catalogue.agencies if agency.active and agency.code not in live)
    return toggles, tuple(agency for agency in others if agency.code not in proposed)


def _base(scene: Scene, agency: Agency, report: Report) -> Nearest | None:
    """The agency's base from which it would be at the report's point soonest; None without a point or a known base."""
    if report.location is None:
        return None
    known = [entry for entry in map(scene.gazetteer.entry, agency.bases) if entry is not None]
    return nearest(known, report.location.lat, report.location.lon, scene.travel)


def _asked(assignment: Assignment, catalogue: Catalogue) -> Asked:
    """The clock of an assignment counts from its last step, and until its answer is due."""
    state = assignment.state
    reached: Mapping[AssignmentState, datetime | None] = {
        AssignmentState.ACKNOWLEDGED: assignment.acknowledged_at,
        AssignmentState.EN_ROUTE: assignment.en_route_at,
        AssignmentState.ON_SCENE: assignment.on_scene_at,
        AssignmentState.DONE: assignment.done_at,
    }
    since = reached.get(state) or assignment.ended_at or assignment.sent_at
    agency = catalogue.agencies_by_code.get(assignment.agency)
    due_at = assignment.answer_due_at if state is AssignmentState.SENT else None
    return Asked(assignment, agency.short if agency else assignment.agency, since, due_at)


def _moments(entries: Sequence[Recorded], texts: Sequence[ShownText], catalogue: Catalogue, locale: Locale) -> list[Moment]:
    told = [
        Moment(entry.at, sentence(entry, catalogue, translator(locale), locale), LOOKS.get(entry.kind, "")) for entry in entries
    ]
    written = [Moment(at, said, "") for at, said in sentences(texts, locale)][-MOST_WRITTEN:]
    return sorted([*told, *written], key=lambda moment: moment.at)[-MOST_ENTRIES:] if written else told


def _raise_to(incident: Incident | None, category: Category | None, answers: Mapping[str, str]) -> Priority | None:
    """The priority that the answers demand, when the incident that went out has a lower one."""
    if incident is None or category is None or incident.category != category.code:
        return None
    demanded = category.priority_for(answers)
    return demanded if demanded < incident.priority else None


async def last_other_hand(conn: Connection, scene: Scene, report: Report, person: Person) -> str | None:
    """Who else wrote on this report last, or has it."""
    entries = await timelines.of_report(conn, scene.city, report.id, MOST_ENTRIES)
    others = [entry.actor_name for entry in entries if entry.actor is not None and entry.actor != person.id]
    if others:
        return others[-1]
    told = await store.told_by(conn, scene.city, report)
    return told.holder if report.claimed_by != person.id else None
