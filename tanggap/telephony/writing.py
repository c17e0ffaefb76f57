"""Writing down what happened to calls, in order, without holding a caller while the database is slow or away.

Facts stand in one line in memory; whatever has gathered while one transaction runs is committed by the next. A fact that fails
alone is logged and left out; while the database is away all of them wait, and calls are given out from memory.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from tanggap.platform.database import Database, DatabaseAway, Transaction
from tanggap.platform.logs import Log
from tanggap.scene import Scene

log = Log("telephony")

Answer = TypeVar("Answer")
Fact = Callable[[Transaction, Scene], Awaitable[Any]]

#: Facts in one transaction.
BATCH: Final = 40
#: While the database is away it is asked this often, seconds.
AWAY_S: Final = 0.3


class Writing:
    """One line of facts, one writer."""

    def __init__(self, db: Database, city: str, scene_now: Callable[[], Awaitable[Scene]]) -> None:
        self._db = db
        self._city = city
        self._scene_now = scene_now
        self._line: asyncio.Queue[tuple[Fact, asyncio.Future[Any]]] = asyncio.Queue()

    def put(self, fact: Fact) -> asyncio.Future[Any]:
        """Have a fact written; the future has its answer after the commit, or None where it could not be written."""
        written: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._line.put_nowait((fact, written))
        return written

    async def settle(self) -> None:
        """Wait until everything that was put so far is written."""

        async def nothing(_tx: Transaction, _scene: Scene) -> None:
            return None

        await self.put(nothing)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            batch = [await self._line.get()]
            while len(batch) < BATCH and not self._line.empty():
                batch.append(self._line.get_nowait())
            await self._write(batch)

    async def _write(self, batch: list[tuple[Fact, asyncio.Future[Any]]]) -> None:
        while True:
            try:
                scene = await self._scene_now()
                async with self._db.transaction(self._city) as tx:
                    answers = [await fact(tx, scene) for fact, _ in batch]
            except DatabaseAway:
                log.warning("calls wait for the database", facts=len(batch) + self._line.qsize())
                await asyncio.sleep(AWAY_S)
                continue
            except Exception:
                if len(batch) == 1:
                    log.error("a fact of a call could not be written", exc_info=True)
                    _answer(batch[0][1], None)
                    return
                for one in batch:
                    await self._write([one])
                return
            for (_, written), answer in zip(batch, answers, strict=True):
                _answer(written, answer)
            return


def _answer(written: asyncio.Future[Any], answer: Any) -> None:
    if not written.done():
        written.set_result(answer)
