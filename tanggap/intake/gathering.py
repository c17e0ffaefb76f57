"""Reports that come in at the same moment, written together: one round trip and one commit for all of them.

There is no timer: a report that comes alone is written at once. While this process is writing, what comes in waits, and is
written together next. So the busier the house, the less a report costs.
"""

import asyncio
from asyncio import Future, Task, TimerHandle
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from tanggap.intake import store
from tanggap.intake.store import NewReport
from tanggap.platform.database import PATIENCE_S, Connection, Database, DatabaseAway
from tanggap.platform.logs import Log

log = Log("intake")

#: Commits under way at once: a second one only while the first is held up, since fewer and larger ones cost less.
MOST_UNDER_WAY = 2
#: Reports in one commit.
MOST_TOGETHER = 64
#: Reports written each by itself at once, after they could not be written together.
MOST_ALONE = 4
#: How often those that wait are looked after, seconds; what has waited for longer is held up.
LOOK_AFTER_S = 0.25


class Waiting(NamedTuple):
    """A report that is not written yet, and whoever waits to hear that it is."""

    new: NewReport
    stored: "Future[UUID]"
    since: float  # by the event loop's clock


class Gathering:
    """One city's intake in one process. Nobody hears anything before the commit of their own report."""

    def __init__(self, db: Database, city: str) -> None:
        """Write to `db`; nothing is opened before the first report."""
        self.city = city
        self._db = db
        self._under_way = 0
        self._waiting: deque[Waiting] = deque()
        self._alone = asyncio.Semaphore(MOST_ALONE)
        self._tasks: set[Task[None]] = set()
        self._watch: TimerHandle | None = None

    async def write(self, new: NewReport) -> UUID:
        """Store a report. Returns its id, or that of the report which came first under the same sender's key.

        Whoever hangs up while waiting takes nothing away from the others, and the report is stored all the same.

        Raises:
            DatabaseAway: it is not stored, or that cannot be known: send it again with the same key.
        """
        loop = asyncio.get_running_loop()
        stored: Future[UUID] = loop.create_future()
        self._waiting.append(Waiting(new, stored, loop.time()))
        if not self._under_way:
            self._start_writing()
        if self._watch is None:
            self._watch = loop.call_later(LOOK_AFTER_S, self._look_after)
        return await stored

    def _start_writing(self) -> None:
        self._under_way += 1
        self._start(self._write_waiting())

    async def _write_waiting(self) -> None:
        """Write until nothing waits; when something spoils a commit, each of its reports by itself."""
        try:
            while together := self._next():
                try:
                    # The connection is kept from commit to commit: giving it back costs turns of a busy event loop.
                    async with self._db.reading(self.city) as conn:
                        while together:
                            await _store(conn, together)
                            together = self._next()
                except Exception as error:
                    self._rescue(together, error)
        finally:
            self._under_way -= 1

    def _next(self) -> list[Waiting]:
        """What is to be committed together, everywhere in the same order, so that no two wait for each other's callers."""
        return sorted((self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))), key=_caller)

    def _rescue(self, together: Sequence[Waiting], error: Exception) -> None:
        """Go on with what is not written, also of those who hung up."""
        left = [one for one in together if not one.stored.done() or one.stored.cancelled()]
        if isinstance(error, DatabaseAway) and not error.is_contended:
            _tell_away(left, error)
            return
        log.warning("reports could not be written together", reports=len(left), kind=type(error).__name__)
        for one in left:
            self._start(self._write_alone(one))

    async def _write_alone(self, one: Waiting) -> None:
        """Write one report; whatever is wrong with it is its own."""
        try:
            async with self._alone, self._db.reading(self.city) as conn:
                _tell(one, await store.receive(conn, one.new))
        except Exception as error:  # told to whoever waits for it
            _tell(one, error)

    def _look_after(self) -> None:
        """Write beside what does not end, if it can be; and tell those that have waited too long."""
        loop = asyncio.get_running_loop()
        self._watch = loop.call_later(LOOK_AFTER_S, self._look_after) if self._under_way else None
        if self._waiting and self._waiting[0].since < loop.time() - LOOK_AFTER_S and self._under_way < MOST_UNDER_WAY:
            self._start_writing()
        while self._waiting and self._waiting[0].since < loop.time() - PATIENCE_S:
            _tell(self._waiting.popleft(), DatabaseAway("the reports before are not written"))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _caller(one: Waiting) -> bytes:
    return one.new.number_hash or b""


async def _store(conn: Connection, together: list[Waiting]) -> None:
    """Write reports in one commit and tell each sender; what is written is taken out of `together`."""
    fresh = await store.receive_many(conn, [one.new for one in together])
    for one in together:
        if one.new.id in fresh:
            _tell(one, one.new.id)
    together[:] = [one for one in together if one.new.id not in fresh]
    await _tell_repeats(conn, together)


async def _tell_repeats(conn: Connection, repeats: Sequence[Waiting]) -> None:
    """Tell those whose key was seen before which report came first."""
    if not repeats:
        return
    keys = [one.new.external_id for one in repeats if one.new.external_id is not None]
    first = await store.by_external_id(conn, repeats[0].new.city, keys)
    for one in repeats:
        _tell(one, first[one.new.external_id or ""])


def _tell_away(waiting: Sequence[Waiting], error: DatabaseAway) -> None:
    for one in waiting:
        _tell(one, DatabaseAway(str(error)))


def _tell(one: Waiting, outcome: UUID | Exception) -> None:
    """Answer whoever waits, unless they have hung up."""
    if one.stored.done():
        return
    if isinstance(outcome, Exception):
        one.stored.set_exception(outcome)
    else:
        one.stored.set_result(outcome)
