"""What the house does by itself: clocks that run out, and the silence of citizens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tanggap import flow
from tanggap.city.service import CatalogueCache
from tanggap.people import service as people
from tanggap.platform.database import Database, Transaction
from tanggap.platform.jobs import Handler
from tanggap.platform.secrets import Keyring
from tanggap.routing.service import ESCALATE
from tanggap.scene import Scene, scene_of


class Duties:
    """The duties of one worker process, with the scene they play in."""

    def __init__(self, db: Database, city: str, keyring: Keyring) -> None:
        self._db = db
        self._city = city
        self._keyring = keyring
        self._catalogues = CatalogueCache(db)
        self._scene: Scene | None = None

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """Who does which job."""
        return {ESCALATE: self.escalate}

    async def escalate(self, tx: Transaction, payload: dict[str, Any], now: datetime) -> None:
        """The time for an agency's answer has run out: unless it came meanwhile, the supervisor must look."""
        await flow.escalate_unanswered(tx, await self._current(), UUID(payload["assignment"]), now)

    async def close_silent(self, db: Database, city: str, now: datetime) -> None:
        """Close what was resolved days ago and about which no citizen said anything."""
        scene = await self._current()
        async with db.transaction(city) as tx:
            await flow.close_silent(tx, scene, now)

    async def forget(self, db: Database, city: str, now: datetime) -> None:
        """Drop sessions and sign-in attempts that are past any use."""
        async with db.transaction(city) as tx:
            await people.forget_old(tx, city, now)

    async def _current(self) -> Scene:
        catalogue = await self._catalogues.get(self._city)
        if self._scene is None or self._scene.catalogue is not catalogue:
            self._scene = scene_of(catalogue, self._keyring)
        return self._scene
