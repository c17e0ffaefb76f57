"""The live feed: one reader a process follows the timeline and passes each entry to everybody who may see it."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec

from tanggap.incident.timeline import store
from tanggap.incident.timeline.model import Recorded
from tanggap.platform.database import Database, DatabaseAway

log = logging.getLogger(__name__)

#: How often the timeline is read while somebody listens, seconds: half of it is the mean delay after a commit.
PACE_S = 0.03
#: While nobody listens the reader rests; while the database is away it asks this often.
AWAY_S = 0.5
#: The reader's place counts as today's for this long after it has read everything there was.
FRESH_S = 1.0
#: Entries that the reader takes at once.
BATCH = 500
#: Frames that may wait for one slow listener before it is let go; it comes back with the last id it has.
QUEUE = 2_000
#: Entries that a returning listener is sent one by one; past this it is told to load its page anew.
CATCH_UP = 5_000

Cursor = tuple[int, int]
Sees = Callable[[Recorded], bool]

#: What of an entry's body goes out on the feed: nothing that a citizen said.
_OUT = ("priority", "number", "assignment", "disposition", "attention", "role", "category", "call", "outcome")


class Frame(msgspec.Struct, frozen=True):
    """One entry, and the bytes that every listener of it is sent."""

    entry: Recorded
    wire: bytes


RESET = b"event: reset\ndata: {}\n\n"
BEAT = b": \n\n"


def cursor_text(cursor: Cursor) -> str:
    """A place in the feed as an event id."""
    return f"{cursor[0]}-{cursor[1]}"


def cursor_of(text: str | None) -> Cursor | None:
    """An event id as a place in the feed; None when it is none of ours."""
    transaction, dash, position = (text or "").strip().partition("-")
    if not (dash and transaction.isascii() and position.isascii() and transaction.isdigit() and position.isdigit()):
        return None
    cursor = int(transaction), int(position)
    return cursor if max(cursor) < 2**63 else None


def frame_of(entry: Recorded) -> Frame:
    """An entry as a server-sent event (WHATWG HTML, server-sent events)."""
    told: dict[str, Any] = {
        "kind": entry.kind.value, "subject": entry.subject, "report": entry.report, "incident": entry.incident,
        "agency": entry.agency, "at": entry.at, "seq": entry.seq,
    }  # fmt: skip
    told |= {name: entry.body[name] for name in _OUT if name in entry.body}
    wire = b"id: %s\nevent: tanggap\ndata: %s\n\n" % (cursor_text(entry.cursor).encode(), msgspec.json.encode(told))
    return Frame(entry, wire)


class _Listener:
    def __init__(self, sees: Sees, after: Cursor) -> None:
        self.sees = sees
        self.after = after
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE)
        self.fell_behind = False

    def put(self, frame: Frame) -> None:
        if self.fell_behind or frame.entry.cursor <= self.after or not self.sees(frame.entry):
            return
        try:
            self.queue.put_nowait(frame.wire)
        except asyncio.QueueFull:
            self.fell_behind = True


class Feed:
    """Follows one city's timeline. Start it once a process."""

    def __init__(self, db: Database, city: str) -> None:
        self._db = db
        self._city = city
        self._cursor: Cursor | None = None
        self._listeners: set[_Listener] = set()
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._read_at = float("-inf")

    def start(self) -> None:
        """Begin to read, once somebody listens."""
        self._task = asyncio.create_task(self._follow(), name=f"feed {self._city}")

    async def stop(self) -> None:
        """End every listener's stream and stop reading."""
        for listener in self._listeners:
            listener.fell_behind = True
            with contextlib.suppress(asyncio.QueueFull):
                listener.queue.put_nowait(None)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def is_running(self) -> bool:
        """Whether the reader lives."""
        return self._task is not None and not self._task.done()

    @property
    def listeners(self) -> int:
        """How many streams are open."""
        return len(self._listeners)

    async def place(self) -> Cursor:
        """Where the feed stands: whoever reads the database after this call and listens from here misses nothing.

        From memory while the reader is at work, as it is then a moment behind at most.
        """
        if self._cursor is not None and time.monotonic() - self._read_at < FRESH_S:
            return self._cursor
        async with self._db.reading(self._city) as conn:
            return await store.feed_head(conn, self._city)

    async def listen(self, sees: Sees, after: Cursor | None, beat_s: float = 15.0) -> AsyncIterator[bytes]:
        """What `sees` lets through, from `after` (or from now) on, without a gap or a repetition; a comment when all is quiet.

        Ends when the process stops or the listener falls too far behind: it comes back with its last event id.
        """
        floor, is_strange = after, False
        if after is None or self._cursor is None or after > self._cursor:
            async with self._db.reading(self._city) as conn:
                head = await store.feed_head(conn, self._city)
            self._cursor = self._cursor or head
            is_strange = after is not None and after > max(head, self._cursor)  # an id of another database
            if after is None or is_strange:
                floor = max(head, self._cursor)
        here = self._cursor
        # The reader may stand before `floor`: it rested, or the listener comes from a process whose reader is ahead.
        listener = _Listener(sees, floor or here)
        self._listeners.add(listener)
        self._wanted.set()
        try:
            yield RESET if is_strange else BEAT
            if after is not None and after < here:
                async for missed in self._missed(sees, after, here):
                    yield missed
            while not (listener.fell_behind and listener.queue.empty()):
                try:
                    wire = await asyncio.wait_for(listener.queue.get(), beat_s)
                except TimeoutError:
                    yield BEAT
                    continue
                if wire is None:
                    return
                yield wire
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                self._wanted.clear()

    async def _missed(self, sees: Sees, after: Cursor, until: Cursor) -> AsyncIterator[bytes]:
        async with self._db.reading(self._city) as conn:
            entries = await store.feed_after(conn, self._city, after, CATCH_UP + 1)
        if len(entries) > CATCH_UP:
            yield RESET
            return
        for entry in entries:
            if entry.cursor <= until and sees(entry):
                yield frame_of(entry).wire

    async def _follow(self) -> None:
        while True:
            await self._wanted.wait()
            try:
                await self._read_on()
                await asyncio.sleep(PACE_S)
            except (DatabaseAway, OSError) as error:
                log.warning("the feed waits for the database: %s", type(error).__name__)
                await asyncio.sleep(AWAY_S)
            except Exception:
                log.exception("the feed failed to read")
                await asyncio.sleep(AWAY_S)

    async def _read_on(self) -> None:
        if self._cursor is None:
            return
        asked_at = time.monotonic()
        async with self._db.reading(self._city) as conn:
            entries = await store.feed_after(conn, self._city, self._cursor, BATCH)
        for entry in entries:
            frame = frame_of(entry)
            for listener in self._listeners:
                listener.put(frame)
            self._cursor = entry.cursor
        if len(entries) < BATCH:
            self._read_at = asked_at
