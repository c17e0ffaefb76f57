"""Writing what became of attempts: all that ended meanwhile in one transaction, kept in memory while the database is away."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from tanggap.notification.sending import store
from tanggap.notification.sending.store import Outcome
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.logs import Log

log = Log("sending")

#: Outcomes of one transaction.
MOST_AT_ONCE = 200
#: While the database is away it is tried again this often, seconds.
AGAIN_S = 0.5


class Recorder:
    """Takes outcomes one by one, writes them together."""

    def __init__(self, db: Database, city: str, clock: Callable[[], datetime]) -> None:
        self._db, self._city, self._clock = db, city, clock
        self._waiting: list[Outcome] = []
        self._has_some = asyncio.Event()

    def put(self, outcome: Outcome) -> None:
        """Have it written soon."""
        self._waiting.append(outcome)
        self._has_some.set()

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._has_some.wait()
            await self.flush()

    async def flush(self) -> None:
        """Write all that waits."""
        while self._waiting:
            now_written = self._waiting[:MOST_AT_ONCE]
            try:
                async with self._db.transaction(self._city) as tx:
                    await store.record(tx, self._city, now_written, self._clock())
            except DatabaseAway:
                log.warning("outcomes wait for the database", many=len(self._waiting))
                await asyncio.sleep(AGAIN_S)
                continue
            # Written twice by a commit that nobody confirmed changes nothing: only what is still being sent is touched.
            del self._waiting[: len(now_written)]
        self._has_some.clear()
