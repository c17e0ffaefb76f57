"""A small city to play the story in, and the people who play it."""

import pytest

from tanggap.city.boundaries import index_of
from tanggap.city.categories import Category, Question, QuestionKind
from tanggap.city.kinds import Priority, Provenance
from tanggap.city.model import Agency, Catalogue, City
from tanggap.city.targets import Target
from tanggap.city.territory import Area, AreaKind, BoundingBox
from tanggap.incident.model import Actor
from tanggap.location.entries import entries_of_areas
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.model import Entry
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.scene import Scene, scene_of

CITY = "kendari"
OURS = Provenance.PROPOSED


def agency(code: str) -> Agency:
    return Agency(code, f"Dinas {code}", code.upper(), "", "", OURS, "")


def category(
    code: str, group: str, priority: Priority, lead: str, support: tuple[str, ...], following: tuple[str, ...], *words: str
) -> Category:
    trapped = Question("trapped", QuestionKind.YES_NO, "Ada yang terjebak?", "Anyone trapped?", raises={"yes": Priority.P1})
    return Category(
        code, code.replace("_", " "), code, group, priority, lead, support, following, (trapped,), "", "", words, OURS, ""
    )


@pytest.fixture
def catalogue() -> Catalogue:
    """Three agencies, three categories, two kelurahan, one market."""
    box = BoundingBox(-4.1, 122.4, -3.9, 122.7)
    city = City(CITY, "Kota Kendari", "Asia/Makassar", "KDI", "112", box, -3.99, 122.51, 12.0)
    areas = (
        Area("74.71.07", AreaKind.KECAMATAN, "Wua-Wua", None, -3.997, 122.487, -3.997, 122.487, 10.0, OURS, ""),
        Area(
            "74.71.07.1001",
            AreaKind.KELURAHAN,
            "Wua Wua",
            "74.71.07",
            -3.994,
            122.49,
            -3.994,
            122.49,
            2.0,
            OURS,
            "",
            ("Wua-Wua",),
        ),
        Area("74.71.07.1002", AreaKind.KELURAHAN, "Bonggoeya", "74.71.07", -4.004, 122.48, -4.004, 122.48, 2.0, OURS, ""),
    )
    return Catalogue(
        city=city,
        version=1,
        agencies=tuple(map(agency, ("bpbd", "dlhk", "pln"))),
        categories=(
            category("fallen_tree", "disaster", Priority.P2, "bpbd", ("dlhk", "pln"), ("dlhk",), "pohon tumbang", "pohon roboh"),
            category("broken_power_line", "power", Priority.P1, "pln", (), (), "kabel putus"),
            category("waste_pile", "environment", Priority.P4, "dlhk", (), (), "sampah"),
        ),
        areas=areas,
        targets=tuple(Target(p, 60 * n, 600 * n, 3600 * n, "", OURS) for n, p in enumerate(Priority, start=1)),
        phrases=(),
    )


@pytest.fixture
def scene(catalogue: Catalogue, keyring: Keyring) -> Scene:
    market = Entry("market", "market", "Pasar Baruga", ("Pasar Baru",), -4.02, 122.5, 80.0)
    return scene_of(catalogue, Gazetteer([*entries_of_areas(catalogue), market], index_of(catalogue)), keyring)


@pytest.fixture
def call_taker() -> Actor:
    return Actor("Petugas 1", new_id())


@pytest.fixture
def other_taker() -> Actor:
    return Actor("Petugas 2", new_id())


@pytest.fixture
def bpbd() -> Actor:
    return Actor("BPBD jaga", new_id(), "bpbd")


@pytest.fixture
def dlhk() -> Actor:
    return Actor("DLHK jaga", new_id(), "dlhk")
