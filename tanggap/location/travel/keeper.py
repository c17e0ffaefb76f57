"""Keeps the travel of one process: the same object until other roads are put in force, which it sees within two seconds."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from tanggap.location.travel.model import StraightTravel, Travel
from tanggap.location.travel.roads import roads_named, travel_of
from tanggap.platform.logs import Log

log = Log("roads")

#: A process looks at most this often, in seconds, which roads are in force; so two know new ones within two seconds.
CHECK_EVERY_S = 1.0


class TravelKeeper:
    """How one gets about a city, in one process. `home`: TANGGAP_HOME, where `tanggap import roads` leaves them."""

    def __init__(self, home: Path, city: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._home = home
        self._city = city
        self._clock = clock
        self._held: Travel | None = None
        self._named: str | None = None
        self._checked_at = 0.0
        self._lock = asyncio.Lock()

    async def get(self) -> Travel:
        """By the roads in force, else straight; at most a second old. While one task looks, others are given the older one."""
        held = self._held
        if held is not None and (self._lock.locked() or self._is_fresh()):
            return held
        async with self._lock:
            if self._held is None or not self._is_fresh():
                self._held = await asyncio.to_thread(self._look, self._held)
                self._checked_at = self._clock()
            return self._held

    def _is_fresh(self) -> bool:
        return self._clock() - self._checked_at < CHECK_EVERY_S

    def _look(self, held: Travel | None) -> Travel:
        """What is held while the same roads are in force. Of roads that cannot be read, those before them serve on."""
        named = roads_named(self._home, self._city)
        if held is not None and named == self._named:
            return held
        self._named = named
        try:
            found = travel_of(self._home, self._city)
        except (OSError, RuntimeError, msgspec.MsgspecError) as error:
            log.error("the roads in force cannot be read", roads=named, error=type(error).__name__)
            return held or StraightTravel()
        if held is not None:
            log.info("other roads are in force", roads=named)
        return found
