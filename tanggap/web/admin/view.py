"""What the administrator's lists show."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from tanggap.city.kinds import Provenance
from tanggap.city.model import Catalogue
from tanggap.doctor import CHECKS, Finding, Patient
from tanggap.location.store import Count
from tanggap.people.model import Person, Role
from tanggap.platform.database import DatabaseAway
from tanggap.platform.text import fold

#: Rows of a list; a search finds the others.
MOST_PEOPLE = 200
#: Checks that answer at once; the others read whole tables and belong to `tanggap doctor`.
QUICK = ("settings", "database", "migrations", "clock", "disk", "voice", "jobs", "notifications")
#: What a browser says of itself, and what people call it. The first that fits: most claim to be several.
BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
#: A check that takes longer than this is not sound either, seconds.
PATIENCE_S = 2.0


class Filter(NamedTuple):
    """What of the people is asked for; empty: all."""

    words: str = ""
    role: str = ""
    agency: str = ""
    state: str = "active"  # active | closed | all

    def finds(self, person: Person) -> bool:
        """Whether a person is among those asked for."""
        if self.state != "all" and person.active != (self.state != "closed"):
            return False
        if self.role and self.role not in {role.value for role in person.roles}:
            return False
        if self.agency and person.agency != self.agency:
            return False
        said = fold(f"{person.name} {person.login}")
        return all(word in said for word in fold(self.words).split())


def found(people: Sequence[Person], wanted: Filter) -> list[Person]:
    """The people asked for."""
    return [person for person in people if wanted.finds(person)]


def roles_in(texts: Sequence[str]) -> list[Role]:
    """The roles that were ticked; a word that is no role is left out."""
    known = {role.value: role for role in Role}
    return [known[text] for text in dict.fromkeys(texts) if text in known]


class Confirmable(Protocol):
    """An entry that says whether it was seen in a public source."""

    @property
    def provenance(self) -> Provenance:
        """Sourced or proposed."""


class Provenances(NamedTuple):
    """How much of the catalogue was seen in a public source."""

    sourced: int
    proposed: int


def provenances(catalogue: Catalogue, places: Count) -> dict[str, Provenances]:
    """For each kind of entry, how many are sourced and how many proposed."""
    kinds: dict[str, Sequence[Confirmable]] = {
        "agencies": catalogue.agencies, "categories": catalogue.categories, "areas": catalogue.areas,
        "targets": catalogue.targets, "phrases": catalogue.phrases,
    }  # fmt: skip
    counts = {"places": Provenances(places.sourced, places.total - places.sourced)}
    for name, entries in kinds.items():
        sourced = sum(entry.provenance is Provenance.SOURCED for entry in entries)
        counts[name] = Provenances(sourced, len(entries) - sourced)
    return counts


def browser_of(user_agent: str) -> str:
    """A browser and its system as people call them: Chrome · Android; what is neither stays as it was sent, shortened."""
    found = [next((name for mark, name in marks if mark in user_agent), "") for marks in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or user_agent[:60]


async def findings(patient: Patient) -> list[Finding]:
    """What the quick checks of `tanggap doctor` say."""
    said = []
    for name in QUICK:
        if name not in CHECKS:
            continue
        try:
            async with asyncio.timeout(PATIENCE_S):
                sound, words = await CHECKS[name](patient)
        except (DatabaseAway, OSError) as error:
            sound, words = False, type(error).__name__
        said.append(Finding(name, sound, words))
    return said
