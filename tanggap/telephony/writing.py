"""Writing down what happened to calls, in order, without holding a caller while the database is slow or away.

Facts stand in one line in memory; whatever has gathered while one transaction runs is committed by the next, and the most
frequent ones (`story.Told`) by a few statements however many they are. A fact that fails alone is logged and left out; while the
database is away all of them wait, and calls are given out from memory.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from typing import Any, Final, TypeVar

from tanggap.platform.database import Database, DatabaseAway, Transaction
from tanggap.platform.logs import Log
from tanggap.scene import Scene
from tanggap.telephony import service
from tanggap.telephony.story import Told

log = Log("telephony")

Answer = TypeVar("Answer")
Fact = Callable[[Transaction, Scene], Awaitable[Any]] | Told

#: Facts in one transaction.
BATCH: Final = 80
#: After a transaction of at least so many facts the next one gathers for so long, seconds: decisions have the cores meanwhile.
BUSY: Final = 8
GATHER_S: Final = 0.1
#: While the database is away it is asked this often, seconds.
AWAY_S: Final = 0.3


class Writing:
    """One line of facts, one writer."""

    def __init__(self, db: Database, city: str, scene_now: Callable[[], Awaitable[Scene]], *, gather_s: float = 0) -> None:
        """`gather_s`: how long a busy line gathers between two transactions, where nobody waits for its facts, seconds."""
        self._gather_s = gather_s
        self._db = db
        self._city = city
        self._scene_now = scene_now
        self._line: asyncio.Queue[tuple[Fact, asyncio.Future[Any]]] = asyncio.Queue()
        self._is_writing = False

    @property
    def is_busy(self) -> bool:
        """Whether a fact that is put now waits for another one's transaction first."""
        return self._is_writing or not self._line.empty()

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
            self._is_writing = True
            await self._write(batch)
            self._is_writing = False
            if BUSY <= len(batch) < BATCH and self._gather_s:
                await asyncio.sleep(self._gather_s)

    async def _write(self, batch: list[tuple[Fact, asyncio.Future[Any]]]) -> None:
        while True:
            try:
                scene = await self._scene_now()
                async with self._db.transaction(self._city) as tx:
                    answers = await _written([fact for fact, _ in batch], tx, scene)
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


async def _written(facts: Sequence[Fact], tx: Transaction, scene: Scene) -> list[Any]:
    """Write facts in their order, neighbours that can be written together; what each of them answers."""
    answers: list[Any] = []
    for _, run in groupby(facts, key=lambda fact: isinstance(fact, Told)):
        neighbours = list(run)
        told = [fact for fact in neighbours if isinstance(fact, Told)]
        if told:
            await service.tell(tx, scene, told)
            answers += [None] * len(told)
        answers += [await fact(tx, scene) for fact in neighbours if not isinstance(fact, Told)]
    return answers


def _answer(written: asyncio.Future[Any], answer: Any) -> None:
    if not written.done():
        written.set_result(answer)
