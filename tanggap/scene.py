"""What every step needs to know of its city, and who acts in it."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.city.said import Said
from tanggap.city.service import CatalogueCache, NoCatalogueError, catalogue
from tanggap.incident.model import Actor
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.keeping.keeper import GazetteerKeeper
from tanggap.location.keeping.reading import read_gazetteer
from tanggap.location.travel.keeper import TravelKeeper
from tanggap.location.travel.model import StraightTravel, Travel
from tanggap.people.model import Person
from tanggap.platform.database import Connection, Database, DatabaseAway
from tanggap.platform.logs import Log
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.triage.growth import service as growth
from tanggap.triage.growth.store import in_force as sentences_in_force
from tanggap.triage.keeper import ReaderKeeper
from tanggap.triage.model import Suggester
from tanggap.triage.reader import Reader
from tanggap.verification.model import Hear, Spoken
from tanggap.verification.spoken import MOST_HEARD, spoken
from tanggap.verification.words import words_evidence

log = Log("scene")

#: Texts whose weight is remembered in one process.
MOST_REMEMBERED = 2_048
#: Words that are named as reasons, the first ones found.
MOST_REASONS = 3


class Scene(NamedTuple):
    """What every step needs to know of its city: the catalogue, the engines made from it, and the keys."""

    catalogue: Catalogue
    gazetteer: Gazetteer
    suggester: Suggester
    keyring: Keyring
    travel: Travel = StraightTravel()
    hear: Hear = spoken

    @property
    def city(self) -> str:
        """The city's code, first column of everything."""
        return self.catalogue.city.code


def scene_of(catalogue: Catalogue, gazetteer: Gazetteer, keyring: Keyring, reader: Reader | None = None) -> Scene:
    """The scene of a catalogue and a gazetteer; made anew when one of them changes."""
    suggester = Suggester(catalogue, reader)
    return Scene(catalogue, gazetteer, suggester, keyring, hear=hearing(suggester))


def hearing(suggester: Suggester) -> Hear:
    """Weighs words by the learned reader; while there is none, by the catalogue's phrases and by those of trying the number.

    What was weighed is remembered: each look at a list weighs the words of all that wait.
    """

    @lru_cache(maxsize=MOST_REMEMBERED)
    def hear(words: str) -> Spoken:
        said = words[:MOST_HEARD]
        reading = suggester.read(said)
        if reading is None:
            found = suggester.by_keywords(said, 3)
            because = tuple(dict.fromkeys(word for one in found for word in one.because))[:MOST_REASONS]
            return spoken(words, because, danger=any(one.priority is Priority.P1 for one in found))
        weighed = words_evidence(reading.genuine, reading.why_genuine[:MOST_REASONS], reading.is_p1)
        return Spoken(weighed.log_odds, weighed.because, reading.is_p1) if weighed else Spoken(danger=reading.is_p1)

    return hear


async def read_scene(conn: Connection, keyring: Keyring) -> Scene:
    """The scene as the connection's transaction sees it, for what runs once. Processes that serve keep theirs, see `Scenes`.

    Raises:
        NoCatalogueError: no pack was loaded for the city yet.
    """
    known = await catalogue(conn)
    return scene_of(known, await read_gazetteer(conn, known), keyring)


class Scenes:
    """The scene of one city in one process, made anew when its catalogue, a place or the roads have changed."""

    def __init__(self, db: Database, settings: Settings, keyring: Keyring) -> None:
        self._city = settings.city
        self._db = db
        self._keyring = keyring
        self.catalogues = CatalogueCache(db)
        self.gazetteers = GazetteerKeeper(db, settings.home / "cache")
        self._home = settings.home
        self.travels = TravelKeeper(settings.home, settings.city)
        self.readers = ReaderKeeper(settings.home / "cache")
        self._made: Scene | None = None
        self._grown: tuple[Catalogue | None, tuple[Said, ...]] = (None, ())

    async def get(self) -> Scene:
        """The scene. Costs no round trip while it is fresh. Of rules from which none can be made, the one before serves on.

        Raises:
            DatabaseAway: only when no scene was ever made; an older one serves while the database is away.
            NoCatalogueError: no pack was loaded for the city yet.
        """
        try:
            return await self._current()
        except (DatabaseAway, NoCatalogueError):
            raise
        except Exception:
            if self._made is None:
                raise
            log.error("no scene can be made of the catalogue; the one before it serves", exc_info=True)
            return self._made

    async def _current(self) -> Scene:
        known = await self.catalogues.get(self._city)
        gazetteer = await self.gazetteers.get(known)
        reader = await self.readers.get(known, await self._grown_of(known))
        travel = await self.travels.get()
        made = self._made
        if made is None or made.catalogue is not known or made.suggester.reader is not reader:
            made = scene_of(known, gazetteer, self._keyring, reader)._replace(travel=travel)
        elif made.gazetteer is not gazetteer or made.travel is not travel:
            made = made._replace(gazetteer=gazetteer, travel=travel)
        self._made = made
        return made

    async def learn(self, now: datetime) -> None:
        """Have this machine's triage model learned where it has none, and what the coordinator asked for, aside.

        Raises:
            DatabaseAway, LearningError: it is tried again.
        """
        known = (await self.get()).catalogue
        await self.readers.learn(known, await self._grown_of(known))
        reader = (await self.get()).suggester.reader
        if reader is not None:
            await growth.learn_asked(self._db, known, reader, self._home / "cache" / "growth", now)

    async def _grown_of(self, known: Catalogue) -> tuple[Said, ...]:
        """The sentences that confirmed reports teach; read when the catalogue has changed, by which a publication is told."""
        before, said = self._grown
        if before is not known:
            try:
                async with self._db.reading(self._city) as conn:
                    said = await sentences_in_force(conn, self._city)
            except DatabaseAway:
                return said
            self._grown = (known, said)
        return said

    async def close(self) -> None:
        """End what is running behind it."""
        await self.gazetteers.close()


def actor_of(person: Person) -> Actor:
    """A person of the team or of an agency, as the timeline names them."""
    return Actor(name=person.name, id=person.id, agency=person.agency)
