"""Each process keeps a gazetteer, and follows what is written into the city's places."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tanggap.city.model import Catalogue
from tanggap.city.pack import Pack
from tanggap.city.service import catalogue, load_pack
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.keeping import keeper as keeping
from tanggap.location.keeping.keeper import GazetteerKeeper
from tanggap.platform.database import Database, DatabaseAway

from .conftest import CITY, NOW, Write


class Clock:
    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keeper(loaded: Database, tmp_path: Path, clock: Clock) -> GazetteerKeeper:
    return GazetteerKeeper(loaded, tmp_path / "cache", clock)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pack counts as a large gazetteer, and twenty changes as many."""
    monkeypatch.setattr(keeping, "SMALL", 10)
    monkeypatch.setattr(keeping, "MOST_CHANGES", 20)


async def test_areas_and_places_are_entries_with_their_kecamatan(keeper: GazetteerKeeper, known: Catalogue, pack: Pack) -> None:
    gazetteer = await keeper.get(known)
    assert len(gazetteer) == len(known.kecamatan) + len(known.kelurahan) + len(pack.places)
    bende = gazetteer.entry("74.71.08.1002")
    assert bende is not None
    assert (bende.name, bende.kind, bende.area, bende.district) == ("Bende", "kelurahan", "74.71.08.1002", "Kadia")


async def test_two_processes_see_a_new_name_within_two_seconds(
    keeper: GazetteerKeeper, loaded: Database, known: Catalogue, tmp_path: Path, clock: Clock, write: Write
) -> None:
    other = GazetteerKeeper(loaded, tmp_path / "cache", clock)
    first = await keeper.get(known), await other.get(known)
    await write("new", "Pasar Subuh Baru")
    clock.s += 0.5
    assert (await keeper.get(known), await other.get(known)) == first
    clock.s += 1.0
    for one in (keeper, other):
        entry = (await one.get(known)).entry("new")
        assert entry is not None
        assert entry.name == "Pasar Subuh Baru"


async def test_the_same_gazetteer_is_given_for_one_cheap_question_a_second(
    keeper: GazetteerKeeper, loaded: Database, known: Catalogue, clock: Clock
) -> None:
    first = await keeper.get(known)
    with loaded.count_statements() as count:
        assert await keeper.get(known) is first
        assert count.total == 0
        clock.s += 1.1
        assert await keeper.get(known) is first
        assert count.total == 1


async def test_a_row_that_is_the_same_as_another_adds_its_name_and_takes_it_back(
    keeper: GazetteerKeeper, loaded: Database, known: Catalogue, clock: Clock, write: Write
) -> None:
    await keeper.get(known)
    await write("market", "Pasar Utama")
    await write("said", "Pasar Gembira", same_as="market")
    await write("of-area", "Bende Lama", same_as="74.71.08.1002")
    clock.s += 2
    gazetteer = await keeper.get(known)
    assert _names(gazetteer.entry("market")) == ("Pasar Gembira",)
    assert "Bende Lama" in _names(gazetteer.entry("74.71.08.1002"))
    assert gazetteer.entry("said") is None
    async with loaded.transaction(CITY) as tx:
        await tx.execute("update place set active = false where city = $1 and code = 'market'", CITY)
    clock.s += 2
    gazetteer = await keeper.get(known)
    assert gazetteer.entry("market") is None
    assert gazetteer.entry("said") is not None, "it stands for itself, now that the other is gone"


async def test_loading_the_same_pack_again_writes_no_place(loaded: Database, pack: Pack) -> None:
    async with loaded.transaction(CITY) as tx:
        before = await tx.fetchval("select places_version from city where city = $1", CITY)
        await load_pack(tx, pack, NOW)
        assert await tx.fetchval("select places_version from city where city = $1", CITY) == before


async def test_what_left_the_pack_leaves_the_gazetteer(
    keeper: GazetteerKeeper, loaded: Database, known: Catalogue, pack: Pack, clock: Clock
) -> None:
    gone = pack.places[0].code
    assert (await keeper.get(known)).entry(gone) is not None
    async with loaded.transaction(CITY) as tx:
        await load_pack(tx, msgspec.structs.replace(pack, places=pack.places[1:]), NOW)
        newer = await catalogue(tx)
    assert (await keeper.get(newer)).entry(gone) is not None or clock.s == 100.0
    clock.s += 2
    assert (await keeper.get(newer)).entry(gone) is None


async def test_an_older_one_serves_while_the_database_is_away(
    keeper: GazetteerKeeper, loaded: Database, known: Catalogue, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await keeper.get(known)

    def away(_city: str) -> Any:
        raise DatabaseAway("gone")

    monkeypatch.setattr(loaded, "reading", away)
    clock.s += 10
    assert await keeper.get(known) is first
    with pytest.raises(DatabaseAway):
        await GazetteerKeeper(loaded, tmp_path / "cache", clock).get(known)


@pytest.mark.usefixtures("large")
async def test_a_large_one_is_built_outside_and_a_start_loads_it(
    keeper: GazetteerKeeper, loaded: Database, known: Catalogue, tmp_path: Path, clock: Clock, write: Write,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    built = await keeper.get(known)
    assert [path.suffix for path in (tmp_path / "cache").glob("*.index")] == [".index"]
    await write("new", "Pasar Subuh Baru")

    def never(*_: object) -> Any:
        raise AssertionError("a start with an index file builds nothing")

    monkeypatch.setattr(keeping, "build_outside", never)
    started = await GazetteerKeeper(loaded, tmp_path / "cache", clock).get(known)
    assert len(started) == len(built) + 1
    assert started.entry("new") is not None


def _cut(good: bytes) -> bytes:
    return good[:100]


def _of_another_form(good: bytes) -> bytes:
    return msgspec.msgpack.encode({**msgspec.msgpack.decode(good), "form": "tanggap-gazetteer-0"})


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("spoil", [_cut, _of_another_form])
async def test_a_broken_index_file_and_one_of_another_form_are_built_anew(
    keeper: GazetteerKeeper, loaded: Database, known: Catalogue, tmp_path: Path, clock: Clock, spoil: Callable[[bytes], bytes]
) -> None:
    built = await keeper.get(known)
    (file,) = (tmp_path / "cache").glob("*.index")
    file.write_bytes(spoil(file.read_bytes()))
    assert len(await GazetteerKeeper(loaded, tmp_path / "cache", clock).get(known)) == len(built)
    (again,) = (tmp_path / "cache").glob("*.index")
    assert len(Gazetteer.load(again)) == len(built)


@pytest.mark.usefixtures("large")
async def test_the_older_one_serves_and_follows_small_changes_while_many_are_built(
    keeper: GazetteerKeeper, known: Catalogue, clock: Clock, write: Write
) -> None:
    older = await keeper.get(known)
    for number in range(25):
        await write(f"many-{number}", f"Pasar Nomor {number}")
    clock.s += 2
    assert await keeper.get(known) is older
    await write("later", "Pasar Kemudian")
    clock.s += 2
    meanwhile = await keeper.get(known)
    assert meanwhile.entry("later") is not None or meanwhile.entry("many-1") is not None
    await keeper.settle()
    newer = await keeper.get(known)
    assert newer.entry("many-24") is not None
    assert newer.entry("later") is not None
    await keeper.close()


def _names(entry: Any) -> tuple[str, ...]:
    assert entry is not None
    return tuple(entry.names)
