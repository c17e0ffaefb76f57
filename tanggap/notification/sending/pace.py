"""The rate at which a provider takes messages: who is urgent has the next turn, whoever else has been waiting."""

import asyncio
import heapq
import itertools
from collections.abc import Callable

#: A provider that asks for it is left alone this long, seconds.
REST_S = 2.0
#: A lateness of ours up to this, in seconds, is made up for while messages wait, so that the rate is kept on a busy machine.
MOST_LATE_S = 0.2
#: While a turn is waited for, it is looked this often whether somebody urgent has come, seconds.
LOOK_S = 0.05


class Pace:
    """Turns, at equal distances in time. Nothing is saved up while nobody asks, so a gateway never sees a burst."""

    def __init__(self, per_s: float, clock: Callable[[], float] | None = None) -> None:
        """`per_s` turns in a second."""
        self._every_s = 1 / per_s
        self._clock = clock or asyncio.get_running_loop().time
        self._next_at = self._rest_until = 0.0
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._count = itertools.count()
        self._giving: asyncio.Task[None] | None = None

    async def turn(self, *, is_urgent: bool) -> None:
        """Wait for one's turn: before all that are not urgent, after the urgent ones who asked earlier."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (not is_urgent, next(self._count), mine))
        if self._giving is None or self._giving.done():
            self._next_at = max(self._next_at, self._clock())
            self._giving = asyncio.create_task(self._give())
        await mine

    def rest(self, for_s: float = REST_S) -> None:
        """Give no turn for a while but to who is urgent: that bulk was too fast for a provider is no reason to hold an alert."""
        self._rest_until = max(self._rest_until, self._clock() + for_s)

    async def _give(self) -> None:
        while self._waiting:
            is_bulk, _, first = self._waiting[0]
            from_s = max(self._next_at, self._rest_until) if is_bulk else self._next_at
            wait_s = from_s - self._clock()
            if wait_s > 0:
                await asyncio.sleep(min(wait_s, LOOK_S))  # somebody more urgent may come meanwhile
                continue
            heapq.heappop(self._waiting)
            if first.done():
                continue
            self._next_at = max(self._next_at, self._clock() - MOST_LATE_S) + self._every_s
            first.set_result(None)
            await asyncio.sleep(0)
