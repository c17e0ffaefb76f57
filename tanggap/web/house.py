"""What every page of one process shares: database, keys, feed, and the scene of its city."""

from datetime import datetime

from tanggap.city.model import Catalogue
from tanggap.city.service import CatalogueCache, NoCatalogueError
from tanggap.incident.feed import Feed
from tanggap.intake.gathering import Gathering
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.scene import Scene, scene_of
from tanggap.web.prepared import Prepared


class House:
    """Made once a process, found at `app.state.house`."""

    def __init__(self, settings: Settings, db: Database, keyring: Keyring) -> None:
        self.settings = settings
        self.city = settings.city
        self.db = db
        self.keyring = keyring
        self.catalogues = CatalogueCache(db)
        self.feed = Feed(db, settings.city)
        self.gathering = Gathering(db, settings.city)
        #: Answers made from a catalogue, by name, with the catalogue they were made from.
        self.prepared: dict[str, tuple[Catalogue, Prepared]] = {}
        self._scene: Scene | None = None

    async def scene(self) -> Scene:
        """The city's scene, made anew when its catalogue has changed. Costs no round trip while it is fresh.

        Raises:
            DatabaseAway: only when no scene was ever made, because the database is away or has no pack yet; an older one serves
                while the database is away.
        """
        try:
            catalogue = await self.catalogues.get(self.city)
        except NoCatalogueError as error:
            raise DatabaseAway(str(error)) from error
        if self._scene is None or self._scene.catalogue is not catalogue:
            self._scene = scene_of(catalogue, self.keyring)
        return self._scene

    @staticmethod
    def now() -> datetime:
        """The time, from the one clock."""
        return utcnow()
