"""The left column and the top bar: what waits, what is being handled, what was just ended, and who is on duty."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.evaluation import store as evaluation
from tanggap.evaluation.left_lying import store as left_lying
from tanggap.incident.model import Disposition, ReportState
from tanggap.intake import store as intake
from tanggap.intake.model import Channel
from tanggap.people import signing_in
from tanggap.people.model import Person
from tanggap.people.permissions import Act, may
from tanggap.platform.database import Connection
from tanggap.platform.i18n import Locale
from tanggap.scene import Scene
from tanggap.verification.model import Ledger
from tanggap.verification.order import Waiting, offered
from tanggap.verification.service import ledgers
from tanggap.web.console import store
from tanggap.web.console.bursts import Burst, bursts
from tanggap.web.console.model import ANSWER_CALL_S, ANSWER_OTHER_S
from tanggap.web.console.store import Missed, Row
from tanggap.web.timeline import CHANNEL_WORDS
from tanggap.web.words import number_of

#: How far back «just ended» reaches: a wrong disposition is noticed within a shift's hour or two.
ENDED_FOR = timedelta(hours=2)
#: Callers who were tried as often as the rule says stay on the list for this long.
GIVEN_UP_FOR = timedelta(hours=24)


class Line(msgspec.Struct, frozen=True):
    """One line of a list, ready to be read."""

    id: UUID
    since: datetime
    channel: str
    channel_word: str
    answer_within_s: int | None
    title: str
    place: str
    priority: Priority | None
    masked: str | None
    earlier: int
    unreal: int
    holder: str | None
    is_mine: bool
    incident: str | None
    disposition: Disposition | None
    can_undo: bool
    is_unverified: bool
    together: int = 0  # other callers about the same place and kind, within minutes
    burst: Burst | None = None  # many who wait about one thing
    is_doubtful: bool = False  # the nuisance lane: marked, at most a bounded wait behind, never hidden


class Desk(msgspec.Struct, frozen=True):
    """Everything of the console that is not the open report."""

    waiting: tuple[Line, ...]
    waiting_total: int
    active: tuple[Line, ...]
    others: tuple[Line, ...]
    ended: tuple[Line, ...]
    missed: tuple[Missed, ...]
    by_priority: Mapping[Priority, int]
    lying: int
    present: int
    logged_in: int

    @property
    def missed_total(self) -> int:
        """How many callers are still to be called back."""
        return self.missed[0].in_list if self.missed else 0

    @property
    def longest_since(self) -> datetime | None:
        """Since when the longest waiting contact waits."""
        return min((line.since for line in self.waiting), default=None)


async def desk(conn: Connection, scene: Scene, person: Person, locale: Locale, now: datetime) -> Desk:
    """Read the lists and counters for one person's screen: five statements, and one more where something waits."""
    catalogue, city = scene.catalogue, scene.city
    rows = await store.lists(conn, city, person.id, now - ENDED_FOR)
    counts = await evaluation.live_counts(conn, city, now)
    online = [one for one in await signing_in.online(conn, city, now) if may(one.person, Act.TAKE_CALLS)]
    missed = await store.missed(conn, city, now - GIVEN_UP_FOR)
    alike = bursts([row for row in rows if row.state is ReportState.WAITING], catalogue)
    lines = [(row, _line(row, catalogue, person, locale, alike.get(row.id))) for row in rows]
    waiting = await _in_order(conn, scene, [line for row, line in lines if row.state is ReportState.WAITING], now)
    active = [line for row, line in lines if row.state is ReportState.ACTIVE]
    return Desk(
        waiting=tuple(waiting),
        waiting_total=max((row.in_list for row in rows if row.state is ReportState.WAITING), default=0),
        active=tuple(line for line in active if line.is_mine),
        others=tuple(line for line in active if not line.is_mine),
        ended=tuple(line for row, line in lines if row.state is ReportState.CLOSED),
        missed=tuple(missed),
        by_priority={priority: counts.get(priority.value, 0) for priority in Priority},
        lying=await left_lying.total(conn, city, now),
        present=sum(one.is_present for one in online),
        logged_in=len(online),
    )


async def _in_order(conn: Connection, scene: Scene, waiting: list[Line], now: datetime) -> list[Line]:
    """What waits, the next to be taken first, with what is doubtful marked."""
    if not waiting:
        return waiting
    weighed = await ledgers(conn, scene.catalogue, [line.id for line in waiting], scene.hear, now)
    marked = {line.id: _marked(line, weighed.get(line.id)) for line in waiting}
    return [marked[one.report] for one in offered([_waiting(line, weighed.get(line.id)) for line in waiting])]


def _marked(line: Line, weighed: Ledger | None) -> Line:
    if weighed is None:
        return line
    together = next((int(item.numbers["n"]) for item in weighed.items if item.code == "together"), 0)
    return msgspec.structs.replace(line, is_doubtful=weighed.is_doubtful, together=together)


async def next_waiting(conn: Connection, scene: Scene, now: datetime) -> list[UUID]:
    """What waits in the order in which it is to be taken, that of the list."""
    reports = await intake.waiting(conn, scene.city)
    weighed = await ledgers(conn, scene.catalogue, [report.id for report in reports], scene.hear, now) if reports else {}
    waiting = []
    for report in reports:
        category = scene.catalogue.categories_by_code.get(report.category or "")
        priority = report.priority or (category.priority_for(report.answers) if category else None)
        known = weighed.get(report.id)
        p, is_lifted = (known.p, known.is_lifted) if known else (1.0, False)
        waiting.append(Waiting(report.id, report.received_at, priority, p, is_lifted))
    return [one.report for one in offered(waiting)]


def _waiting(line: Line, weighed: Ledger | None) -> Waiting:
    if weighed is None:
        return Waiting(line.id, line.since, line.priority)
    return Waiting(line.id, line.since, line.priority, weighed.p, weighed.is_lifted)


def _line(row: Row, catalogue: Catalogue, person: Person, locale: Locale, burst: Burst | None = None) -> Line:
    category = catalogue.categories_by_code.get(row.category or "")
    priority = row.incident_priority or row.priority or (category.priority_for(row.answers) if category else None)
    return Line(
        id=row.id,
        since=_since(row),
        channel=row.channel,
        channel_word=CHANNEL_WORDS.get(row.channel, row.channel),
        answer_within_s=_answer_within_s(row),
        title=category.name(locale) if category else row.words,
        place=row.place_label or row.address_words,
        priority=priority,
        masked=row.masked,
        earlier=row.earlier,
        unreal=row.unreal,
        holder=row.holder,
        is_mine=row.claimed_by == person.id,
        incident=number_of(catalogue.city, row.number) if row.number is not None else None,
        disposition=row.disposition,
        can_undo=row.incident is None and row.disposition is not None,
        is_unverified=row.state is ReportState.ACTIVE and row.incident is not None,
        burst=burst,
    )


def _since(row: Row) -> datetime:
    """Since ringing while it waits, since answered while it is handled, since ended afterwards."""
    moments: Sequence[datetime | None] = {
        ReportState.WAITING: (row.received_at,),
        ReportState.ACTIVE: (row.claimed_at, row.received_at),
        ReportState.CLOSED: (row.disposed_at, row.received_at),
    }[row.state]
    return next(at for at in moments if at is not None)


def _answer_within_s(row: Row) -> int | None:
    if row.state is not ReportState.WAITING:
        return None
    return ANSWER_CALL_S if row.channel == Channel.CALL else ANSWER_OTHER_S
