"""Playing a city's examples through the flow, as if they had happened at their own times."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tanggap import casework, flow
from tanggap.incident import store as rows
from tanggap.incident.model import ENDING, Actor, Assignment, AssignmentState, Disposition, Location, ReportState
from tanggap.intake.model import Changes, Contact
from tanggap.platform.database import Transaction
from tanggap.scene import Scene
from tanggap.simulation import store
from tanggap.simulation.examples import Act, Example, Step

#: Seconds that a call taker of the examples needs to see what a call is.
TALK_S = 45
#: Seconds until a message that is no call is taken.
READ_S = 120

PROGRESS = {Act.EN_ROUTE: AssignmentState.EN_ROUTE, Act.ON_SCENE: AssignmentState.ON_SCENE, Act.DONE: AssignmentState.DONE}


class Cast(NamedTuple):
    """Who plays: call takers in turn, one person for each agency."""

    takers: Sequence[Actor]
    agencies: Mapping[str, Actor]

    def agency(self, code: str) -> Actor:
        """The agency's person; the agency itself where it has none."""
        return self.agencies.get(code, Actor(code.upper(), None, code))


class _Event(NamedTuple):
    at: datetime
    order: int
    run: Callable[[datetime], object]


class _Stage:
    """One run: the reports made so far by their example's code."""

    def __init__(self, tx: Transaction, scene: Scene, cast: Cast) -> None:
        self.tx = tx
        self.scene = scene
        self.cast = cast
        self.reports: dict[str, UUID] = {}

    async def receive(self, example: Example, now: datetime) -> None:
        place = _place(example) if example.state is ReportState.WAITING or example.channel != "call" else None
        contact = Contact(
            channel=example.channel, words=example.words, address_words=example.address_words, number=example.number,
            name=example.name, location=place, category=example.category if example.state is ReportState.WAITING else None,
            is_example=True,
        )  # fmt: skip
        self.reports[example.code] = (await flow.receive(self.tx, self.scene, contact, now)).report

    async def take(self, example: Example, by: Actor, now: datetime) -> None:
        report = self.reports[example.code]
        await flow.claim(self.tx, self.scene, report, by, now)
        fields: dict[str, Any] = {"category": example.category, "priority": example.priority, "answers": example.answers}
        place = _place(example)
        if place is not None:
            fields |= {"lat": place.lat, "lon": place.lon, "uncertainty_m": place.uncertainty_m,
                       "location_source": place.source, "place_label": place.label}  # fmt: skip
        said = {name: value for name, value in fields.items() if value}
        if said:
            await flow.describe(self.tx, self.scene, report, Changes(said), by, now)

    async def end(self, example: Example, by: Actor, now: datetime) -> None:
        report = self.reports[example.code]
        if example.joins is not None:
            first = await rows.report(self.tx, self.scene.city, self.reports[example.joins])
            if first.incident is not None:
                await flow.join(self.tx, self.scene, report, first.incident, by, now)
        elif example.disposition is not None and example.disposition in ENDING:
            await flow.dispose(self.tx, self.scene, report, example.disposition, by, now)

    async def step(self, example: Example, step: Step, by: Actor, now: datetime) -> None:
        tx, scene, report_id = self.tx, self.scene, self.reports[example.code]
        if step.act is Act.SENT:
            incident = await flow.hand_over(tx, scene, report_id, step.agencies, by, now)
            report = await rows.report(tx, scene.city, report_id)
            if incident.id == report.incident and report.disposition is None:
                await flow.dispose(tx, scene, report_id, Disposition.GENUINE, by, now)
            return
        report = await rows.report(tx, scene.city, report_id)
        if step.act in (Act.CONFIRMED, Act.RATED):
            await flow.confirm(tx, scene, report, step.stars, step.words, now)
        elif step.act is Act.NOT_DONE:
            await flow.not_done(tx, scene, report, step.words, now)
        elif step.act is Act.CLOSED and report.incident is not None:
            await casework.close(tx, scene, report.incident, step.words, by, now)
        elif report.incident is not None:
            await self._agency_step(report.incident, step, now)

    async def _agency_step(self, incident: UUID, step: Step, now: datetime) -> None:
        agency = step.agencies[0]
        by = self.cast.agency(agency)
        held = _last(await rows.assignments_of(self.tx, self.scene.city, incident), agency)
        if step.act is Act.ACKNOWLEDGED:
            await flow.acknowledge(self.tx, self.scene, held.id, by, now)
        elif step.act is Act.REJECTED:
            await flow.reject(self.tx, self.scene, held.id, step.words, by, now)
        else:
            await flow.progress(self.tx, self.scene, held.id, PROGRESS[step.act], step.words, by, now)


def _last(assignments: Iterable[Assignment], agency: str) -> Assignment:
    return [assignment for assignment in assignments if assignment.agency == agency][-1]


def _place(example: Example) -> Location | None:
    if example.lat is None or example.lon is None:
        return None
    return Location(example.lat, example.lon, example.uncertainty_m or 0.0, "words", example.place_label, example.area)


async def play(tx: Transaction, scene: Scene, examples: Sequence[Example], cast: Cast, now: datetime) -> int:
    """Play all examples in the order in which they happened; nothing when examples stand there already. Returns how many."""
    if await store.has_examples(tx, scene.city):
        return 0
    stage = _Stage(tx, scene, cast)
    events: list[_Event] = []
    seen: Counter[ReportState] = Counter()
    for example in examples:
        by = cast.takers[seen[example.state] % len(cast.takers)]
        seen[example.state] += 1
        at = example.received_at(now)
        taken = at + timedelta(seconds=example.answered_s or READ_S)
        events.append(_Event(at, 0, lambda when, e=example: stage.receive(e, when)))  # type: ignore[misc]
        if example.state is not ReportState.WAITING:
            events.append(_Event(taken, 1, lambda when, e=example, b=by: stage.take(e, b, when)))  # type: ignore[misc]
            ended = taken + timedelta(seconds=TALK_S)
            events.append(_Event(ended, 2, lambda when, e=example, b=by: stage.end(e, b, when)))  # type: ignore[misc]
        for order, step in enumerate(example.steps, start=3):
            when = max(at + timedelta(minutes=step.after_min), taken + timedelta(seconds=TALK_S))
            events.append(_Event(when, order, lambda t, e=example, s=step, b=by: stage.step(e, s, b, t)))  # type: ignore[misc]
    for event in sorted(events, key=lambda event: (event.at, event.order)):
        await event.run(min(event.at, now))  # type: ignore[misc]
    return len(examples)
