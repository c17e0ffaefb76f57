"""An agency's list and one assignment of it, put together for the page: its own only, and of the reporter what it needs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tanggap.city.categories import Category, Question, QuestionKind
from tanggap.city.model import Catalogue
from tanggap.city.rules.as_of import as_of
from tanggap.incident import store as rows
from tanggap.incident.model import ASSIGNMENT_NEXT, Assignment, AssignmentState, Report
from tanggap.incident.photos import store as photo_rows
from tanggap.incident.photos.model import Photo
from tanggap.incident.refusals import NotFound
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind, Recorded
from tanggap.people.model import Person
from tanggap.platform.database import Connection
from tanggap.platform.i18n import N_, Locale
from tanggap.routing.escalation.model import Step
from tanggap.routing.escalation.store import next_steps
from tanggap.routing.model import AssignmentRole, next_competent
from tanggap.routing.store import Task, live_tasks, past_tasks, task
from tanggap.scene import Scene
from tanggap.web.agency.acts import STEPS
from tanggap.web.timeline import Translate, sentence

#: How far back the list of finished assignments goes.
PAST = timedelta(days=14)

STATE_WORDS: dict[AssignmentState, str] = {
    AssignmentState.SENT: N_("Belum dijawab"),
    AssignmentState.ACKNOWLEDGED: N_("Diterima"),
    AssignmentState.EN_ROUTE: N_("Dalam perjalanan"),
    AssignmentState.ON_SCENE: N_("Di lokasi"),
    AssignmentState.DONE: N_("Selesai"),
    AssignmentState.REJECTED: N_("Ditolak"),
    AssignmentState.EXPIRED: N_("Lewat waktu, belum dijawab"),
    AssignmentState.WITHDRAWN: N_("Ditarik kembali"),
}
STEP_WORDS: dict[str, str] = {
    "terima": N_("Terima"),
    "berangkat": N_("Berangkat"),
    "tiba": N_("Tiba"),
    "selesai": N_("Selesai"),
}
ANSWER_WORDS = {"yes": N_("Ya"), "no": N_("Tidak"), "unknown": N_("Tidak tahu")}
#: What stands on the page when the city's pack names no reasons.
REASONS = (
    N_("Bukan kewenangan kami"),
    N_("Tidak ada regu atau kendaraan yang tersedia"),
    N_("Lokasi di luar wilayah kerja kami"),
)

#: Which act brought an assignment into its state: its entry names who did it.
ANSWERED_BY = {
    AssignmentState.ACKNOWLEDGED: Kind.ACKNOWLEDGED,
    AssignmentState.EN_ROUTE: Kind.EN_ROUTE,
    AssignmentState.ON_SCENE: Kind.ON_SCENE,
    AssignmentState.DONE: Kind.DONE,
    AssignmentState.REJECTED: Kind.REJECTED,
    AssignmentState.EXPIRED: Kind.EXPIRED,
    AssignmentState.WITHDRAWN: Kind.WITHDRAWN,
}


class TaskList(msgspec.Struct, frozen=True):
    """An agency's assignments: those that wait for an answer, those at work, and those that are over."""

    waiting: tuple[Task, ...]
    at_work: tuple[Task, ...]
    past: tuple[Task, ...]
    steps: dict[UUID, Step]  # who is told next of those that wait, by assignment
    older: dict[int, Catalogue] = {}  # of rules that incidents of the list began with, and that are not today's

    @property
    def current(self) -> tuple[Task, ...]:
        """What there is to do, most pressing first."""
        return self.waiting + self.at_work


class Reporter(msgspec.Struct, frozen=True):
    """One of those who told: what they said, and whether a number can be asked for."""

    report: Report
    masked: str


class Said(msgspec.Struct, frozen=True):
    """One line of what happened."""

    at: datetime
    words: str
    kind: Kind
    is_ours: bool


class Present(msgspec.Struct, frozen=True):
    """An assignment's state as a person says it: the word, since when, by whom."""

    word: str
    at: datetime | None
    by: str


class Detail(msgspec.Struct, frozen=True):
    """Everything an agency's page shows of one assignment."""

    task: Task
    category: Category | None
    answers: tuple[tuple[str, str], ...]
    reporters: tuple[Reporter, ...]
    citizen_photos: tuple[Photo, ...]
    agency_photos: tuple[Photo, ...]
    others: tuple[Assignment, ...]
    timeline: tuple[Said, ...]
    present: Present
    steps: tuple[str, ...]
    may_reject: bool
    next_agency: str | None
    escalation: Step | None  # who is told next when nothing happens, and when


async def list_of(conn: Connection, scene: Scene, agency: str, now: datetime, *, with_past: bool = True) -> TaskList:
    """An agency's own assignments."""
    live = await live_tasks(conn, scene.city, agency)
    unanswered = (AssignmentState.SENT, AssignmentState.EXPIRED)
    shown = {found.assignment.id for found in live}
    past = await past_tasks(conn, scene.city, agency, now - PAST) if with_past else []
    begun = {found.incident.catalogue_version for found in live}
    return TaskList(
        waiting=tuple(found for found in live if found.assignment.state in unanswered),
        at_work=tuple(found for found in live if found.assignment.state not in unanswered),
        past=tuple(found for found in past if found.assignment.id not in shown),
        steps=await next_steps(conn, scene.city, [found.incident.id for found in live]),
        older={
            version: await as_of(conn, scene.catalogue, version)
            for version in begun
            if version is not None and version < scene.catalogue.rules_version
        },
    )


async def detail_of(
    conn: Connection, scene: Scene, person: Person, assignment_id: UUID, translate: Translate, locale: Locale
) -> Detail:
    """One assignment of the person's agency. Raises NotFound, also when it is another agency's."""
    found = await task(conn, scene.city, person.agency, assignment_id) if person.agency else None
    if found is None:
        raise NotFound(kind="assignment")
    assignment, incident = found.assignment, found.incident
    catalogue = await as_of(conn, scene.catalogue, incident.catalogue_version)
    category = catalogue.categories_by_code.get(incident.category or "")
    reports = await rows.reports_of(conn, scene.city, incident.id)
    callers = await rows.callers(conn, scene.city, [report.caller for report in reports if report.caller])
    photos = await photo_rows.photos_of(conn, scene.city, incident=incident.id)
    others = await rows.assignments_of(conn, scene.city, incident.id)
    recorded = await timelines.of_incident(conn, scene.city, incident.id)
    entries = [entry for entry in recorded if assignment.agency in entry.audience]
    masked = {caller.id: caller.masked for caller in callers.values()}
    return Detail(
        task=found,
        category=category,
        answers=tuple(_answers(catalogue, category, reports, translate, locale)),
        reporters=tuple(Reporter(report, masked.get(report.caller, "") if report.caller else "") for report in reports),
        citizen_photos=tuple(photo for photo in photos if photo.agency is None),
        agency_photos=tuple(photo for photo in photos if photo.agency is not None),
        others=tuple(other for other in others if other.agency != assignment.agency),
        timeline=tuple(
            Said(entry.at, sentence(entry, scene.catalogue, translate, locale), entry.kind, entry.agency == assignment.agency)
            for entry in reversed(entries)
        ),
        present=present_of(assignment, entries),
        steps=tuple(step for step, state in STEPS.items() if state in ASSIGNMENT_NEXT[assignment.state]),
        may_reject=AssignmentState.REJECTED in ASSIGNMENT_NEXT[assignment.state],
        next_agency=_next_agency(catalogue, assignment, incident.category, others),
        escalation=(await next_steps(conn, scene.city, [incident.id])).get(assignment.id),
    )


def present_of(assignment: Assignment, entries: Sequence[Recorded]) -> Present:
    """The state an assignment is in, since when, and who brought it there."""
    kind = ANSWERED_BY.get(assignment.state)
    last = next((e for e in reversed(entries) if e.kind is kind and e.body.get("assignment") == str(assignment.id)), None)
    at = last.at if last else assignment.sent_at
    return Present(STATE_WORDS[assignment.state], at, last.actor_name if last else "")


def reasons_of(catalogue: Catalogue, locale: Locale, translate: Translate) -> list[str]:
    """The common reasons for «not ours»."""
    named = [phrase.text(locale) for phrase in catalogue.phrases if phrase.kind == "reason" and phrase.active]
    return named or [translate(reason) for reason in REASONS]


def _next_agency(catalogue: Catalogue, assignment: Assignment, category: str | None, others: Sequence[Assignment]) -> str | None:
    """Who would be asked if this agency said «not ours»; None: nobody else is competent, the supervisor decides."""
    if assignment.role != AssignmentRole.LEAD or category is None or category not in catalogue.categories_by_code:
        return None
    given_back = {other.agency for other in others if other.state is AssignmentState.REJECTED} | {assignment.agency}
    return next_competent(catalogue.competent(category), given_back)


def _answers(
    catalogue: Catalogue, category: Category | None, reports: Sequence[Report], translate: Translate, locale: Locale
) -> list[tuple[str, str]]:
    """Questions with what the reporters answered; an answer that two gave differently is shown with both."""
    given: dict[str, list[Any]] = {}
    for report in reports:
        for code, answer in report.answers.items():
            if answer not in (None, "") and answer not in given.setdefault(code, []):
                given[code].append(answer)
    questions: dict[str, Question] = {}
    for source in (*filter(None, [category]), *catalogue.categories):
        for question in source.questions:
            questions.setdefault(question.code, question)
    ordered = sorted(given, key=lambda code: list(questions).index(code) if code in questions else len(questions))
    return [
        (
            questions[code].text(locale) if code in questions else code,
            " / ".join(_answer(questions.get(code), answer, translate, locale) for answer in given[code]),
        )
        for code in ordered
        if given[code]
    ]


def _answer(question: Question | None, answer: Any, translate: Translate, locale: Locale) -> str:
    if question is not None and question.kind is QuestionKind.YES_NO:
        return translate(ANSWER_WORDS.get(str(answer), str(answer)))
    choices = question.choices if question is not None else ()
    return next((choice.text(locale) for choice in choices if choice.value == str(answer)), str(answer))
