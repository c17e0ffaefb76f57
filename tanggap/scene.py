"""What every step needs to know of its city, and who acts in it."""

from typing import NamedTuple

from tanggap.city.model import Catalogue
from tanggap.incident.model import Actor
from tanggap.location.gazetteer import Gazetteer
from tanggap.people.model import Person
from tanggap.platform.secrets import Keyring
from tanggap.triage.model import Suggester


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


def scene_of(catalogue: Catalogue, keyring: Keyring) -> Scene:
    """The scene of a catalogue; made anew when the catalogue changes."""
    return Scene(catalogue, Gazetteer(catalogue), Suggester(catalogue), keyring)


def actor_of(person: Person) -> Actor:
    """A person of the team or of an agency, as the timeline names them."""
    return Actor(name=person.name, id=person.id, agency=person.agency)
