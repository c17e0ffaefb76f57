"""What every page of one process shares: database, keys, feed, and the scene of its city."""

from datetime import datetime

from tanggap.city.service import NoCatalogueError
from tanggap.incident.timeline.feed import Feed
from tanggap.intake.gathering import Gathering
from tanggap.notification.model import Channel
from tanggap.notification.settings import notification_settings, way_to_callers
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings, SettingsError
from tanggap.scene import Scene, Scenes
from tanggap.telephony.edge.render import missing
from tanggap.telephony.recording.keeping import Folder
from tanggap.telephony.settings import FILE, browser_address, recordings_folder, telephony_settings
from tanggap.web.headers import headers_of
from tanggap.web.prepared import Prepared
from tanggap.web.security import TokenMemory


class House:
    """Made once a process, found at `app.state.house`."""

    def __init__(self, settings: Settings, db: Database, keyring: Keyring) -> None:
        self.settings = settings
        self.city = settings.city
        self.db = db
        self.keyring = keyring
        self.scenes = Scenes(db, settings, keyring)
        self.feed = Feed(db, settings.city)
        self.gathering = Gathering(db, settings.city)
        self.telephony = telephony_settings(settings)
        #: The WebSocket of the edge, as browsers reach it.
        self.telephone = browser_address(settings, self.telephony)
        #: Whether browsers can call: not where voice is off, or nothing of it is installed or configured.
        self.takes_calls = settings.telephony != "off" and (not missing() or (settings.home / FILE).exists())
        #: By which channel callers are written to.
        self.way_to_callers = _way(settings)
        self.tokens = TokenMemory()
        self.headers = headers_of(settings, self.telephone)
        self.recordings = Folder(recordings_folder(settings, self.telephony))
        #: Answers made from a catalogue or a gazetteer, by name, with the one they were made from.
        self.prepared: dict[str, tuple[object, Prepared]] = {}

    async def scene(self) -> Scene:
        """The city's scene, made anew when its catalogue or a place has changed. Costs no round trip while it is fresh.

        Raises:
            DatabaseAway: only when no scene was ever made, because the database is away or has no pack yet; an older one serves
                while the database is away.
        """
        try:
            return await self.scenes.get()
        except NoCatalogueError as error:
            raise DatabaseAway(str(error)) from error

    @staticmethod
    def now() -> datetime:
        """The time, from the one clock."""
        return utcnow()


def _way(settings: Settings) -> Channel:
    try:
        return way_to_callers(notification_settings(settings))
    except SettingsError:
        return Channel.SCREEN  # the sender says what is wrong with the file
