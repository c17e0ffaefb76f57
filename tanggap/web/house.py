"""What every page of one process shares: database, keys, feed, and the scene of its city."""

from datetime import datetime

from tanggap.city.service import CatalogueCache
from tanggap.incident.feed import Feed
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.scene import Scene, scene_of


class House:
    """Made once a process, found at `app.state.house`."""

    def __init__(self, settings: Settings, db: Database, keyring: Keyring) -> None:
        self.settings = settings
        self.city = settings.city
        self.db = db
        self.keyring = keyring
        self.catalogues = CatalogueCache(db)
        self.feed = Feed(db, settings.city)
        self._scene: Scene | None = None

    async def scene(self) -> Scene:
        """The city's scene, made anew when its catalogue has changed. Costs no round trip while it is fresh.

        Raises:
            DatabaseAway: only when no scene was ever made; an older one serves while the database is away.
        """
        catalogue = await self.catalogues.get(self.city)
        if self._scene is None or self._scene.catalogue is not catalogue:
            self._scene = scene_of(catalogue, self.keyring)
        return self._scene

    @staticmethod
    def now() -> datetime:
        """The time, from the one clock."""
        return utcnow()
