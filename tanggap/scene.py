"""What every step needs to know of its city, and who acts in it."""

from typing import NamedTuple

from tanggap.city.model import Catalogue
from tanggap.city.service import CatalogueCache, catalogue
from tanggap.incident.model import Actor
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.keeping.keeper import GazetteerKeeper
from tanggap.location.keeping.reading import read_gazetteer
from tanggap.people.model import Person
from tanggap.platform.database import Connection, Database
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.triage.keeper import ReaderKeeper
from tanggap.triage.model import Suggester
from tanggap.triage.reader import Reader


class Scene(NamedTuple):
    """What every step needs to know of its city: the catalogue, the engines made from it, and the keys."""

    catalogue: Catalogue
    gazetteer: Gazetteer
    suggester: Suggester
    keyring: Keyring

    @property
    def city(self) -> str:
        """The city's code, first column of everything."""
        return self.catalogue.city.code


def scene_of(catalogue: Catalogue, gazetteer: Gazetteer, keyring: Keyring, reader: Reader | None = None) -> Scene:
    """The scene of a catalogue and a gazetteer; made anew when one of them changes."""
    return Scene(catalogue, gazetteer, Suggester(catalogue, reader), keyring)


async def read_scene(conn: Connection, keyring: Keyring) -> Scene:
    """The scene as the connection's transaction sees it, for what runs once. Processes that serve keep theirs, see `Scenes`.

    Raises:
        NoCatalogueError: no pack was loaded for the city yet.
    """
    known = await catalogue(conn)
    return scene_of(known, await read_gazetteer(conn, known), keyring)


class Scenes:
    """The scene of one city in one process, made anew when its catalogue or a place has changed."""

    def __init__(self, db: Database, settings: Settings, keyring: Keyring) -> None:
        self._city = settings.city
        self._keyring = keyring
        self.catalogues = CatalogueCache(db)
        self.gazetteers = GazetteerKeeper(db, settings.home / "cache")
        self.readers = ReaderKeeper(settings.home / "cache")
        self._made: Scene | None = None

    async def get(self) -> Scene:
        """The scene. Costs no round trip while it is fresh.

        Raises:
            DatabaseAway: only when no scene was ever made; an older one serves while the database is away.
            NoCatalogueError: no pack was loaded for the city yet.
        """
        known = await self.catalogues.get(self._city)
        gazetteer = await self.gazetteers.get(known)
        reader = await self.readers.get(known)
        made = self._made
        if made is None or made.catalogue is not known or made.suggester.reader is not reader:
            made = scene_of(known, gazetteer, self._keyring, reader)
        elif made.gazetteer is not gazetteer:
            made = made._replace(gazetteer=gazetteer)
        self._made = made
        return made

    async def close(self) -> None:
        """End what is running behind it."""
        await self.gazetteers.close()


def actor_of(person: Person) -> Actor:
    """A person of the team or of an agency, as the timeline names them."""
    return Actor(name=person.name, id=person.id, agency=person.agency)
