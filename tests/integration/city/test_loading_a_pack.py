"""A city's pack is loaded, loaded again, and changed; everybody reads the catalogue."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import msgspec
import pytest

from tanggap import preparation
from tanggap.city.kinds import Priority
from tanggap.city.pack import Pack, pack_folder, read_pack
from tanggap.city.pack_reading import PackError
from tanggap.city.service import CatalogueCache, NoCatalogueError, catalogue, load_pack
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.settings import Settings

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(pack_folder("kendari"))


@pytest.fixture
async def loaded(db: Database, pack: Pack) -> Database:
    async with db.transaction("kendari") as tx:
        await load_pack(tx, pack, NOW)
    return db


async def test_the_catalogue_says_what_the_pack_says(loaded: Database, pack: Pack) -> None:
    async with loaded.reading("kendari") as conn:
        found = await catalogue(conn)
    assert found.version == 1
    assert found.city == pack.city
    assert found.agencies == pack.agencies
    assert found.categories == pack.categories
    assert found.areas == pack.areas
    assert found.targets == pack.targets
    assert found.phrases == pack.phrases
    assert (found.rungs, found.office_hours, found.agency_rules) == (pack.rungs, pack.office_hours, pack.agency_rules)
    assert found.holidays == tuple(sorted(pack.holidays, key=lambda holiday: holiday.date))


async def test_the_catalogue_is_read_in_one_statement(loaded: Database) -> None:
    async with loaded.reading("kendari") as conn:
        with loaded.count_statements() as count:
            await catalogue(conn)
    assert count.total == 1


async def test_loading_the_same_pack_again_changes_nothing(loaded: Database, pack: Pack) -> None:
    async with loaded.transaction("kendari") as tx:
        report = await load_pack(tx, pack, NOW)
    assert not report.is_change
    assert report.version == 1


async def test_what_left_the_pack_is_retired_not_deleted(loaded: Database, pack: Pack) -> None:
    shorter = msgspec.structs.replace(pack, agencies=tuple(a for a in pack.agencies if a.code != "dlhk"))
    async with loaded.transaction("kendari") as tx:
        report = await load_pack(tx, shorter, NOW)
        found = await catalogue(tx)
    assert report.tables["agency"].retired == ("dlhk",)
    assert found.version == 2
    assert not found.agency("dlhk").active
    assert found.competent("fallen_tree") == ["bpbd", "damkarmat"]
    assert "dlhk" not in found.supporting("fallen_tree")
    async with loaded.transaction("kendari") as tx:
        await load_pack(tx, pack, NOW)
        assert (await catalogue(tx)).agency("dlhk").active


async def test_what_the_city_changed_is_left_alone(loaded: Database, pack: Pack) -> None:
    async with loaded.transaction("kendari") as tx:
        await tx.execute("update target set acknowledge_s = 45, owner = 'city' where city = 'kendari' and priority = 'P1'")
        report = await load_pack(tx, pack, NOW)
        found = await catalogue(tx)
    assert not report.is_change
    assert found.target(Priority.P1).acknowledge_s == 45


async def test_a_pack_cannot_be_loaded_for_another_city(db: Database, pack: Pack) -> None:
    async with db.transaction("baubau") as tx:
        with pytest.raises(ValueError, match="baubau"):
            await load_pack(tx, pack, NOW)


async def test_another_city_sees_none_of_it(loaded: Database) -> None:
    async with loaded.reading("baubau") as conn:
        with pytest.raises(NoCatalogueError):
            await catalogue(conn)
        assert await conn.fetchval("select count(*) from agency") == 0
        assert await conn.fetchval("select count(*) from city") == 1
        assert await conn.execute("update city set name = 'Kota Lain'") == "UPDATE 0"


async def test_no_entry_can_be_deleted(loaded: Database) -> None:
    async with loaded.reading("kendari") as conn:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute("delete from agency")


async def test_a_process_reads_the_catalogue_again_only_when_it_changed(loaded: Database, pack: Pack) -> None:
    time = [0.0]
    cache = CatalogueCache(loaded, clock=lambda: time[0])
    first = await cache.get("kendari")
    with loaded.count_statements() as count:
        assert await cache.get("kendari") is first
        assert count.total == 0
    time[0] = 2.5
    assert await cache.get("kendari") is first
    renamed = msgspec.structs.replace(pack, city=msgspec.structs.replace(pack.city, name="Kota Kendari Raya"))
    async with loaded.transaction("kendari") as tx:
        await load_pack(tx, renamed, NOW)
    assert await cache.get("kendari") is first
    time[0] = 5.0
    second = await cache.get("kendari")
    assert second.city.name == "Kota Kendari Raya"


async def test_an_older_catalogue_serves_while_the_database_is_away(loaded: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_city: str) -> None:
        raise DatabaseAway("gone")

    time = [0.0]
    cache = CatalogueCache(loaded, clock=lambda: time[0])
    first = await cache.get("kendari")
    monkeypatch.setattr(loaded, "reading", away)
    time[0] = 10.0
    assert await cache.get("kendari") is first
    with pytest.raises(DatabaseAway):
        await CatalogueCache(loaded).get("kendari")


async def test_a_holiday_that_is_none_leaves_the_old_configuration_in_force(
    loaded: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "kendari"
    shutil.copytree(pack_folder("kendari"), broken)
    (broken / "holidays.toml").write_text('[[holiday]]\ndate = "lusa"\nid = "Libur"\n', "utf-8")
    monkeypatch.setattr(preparation, "pack_folder", lambda _city: broken)
    said: list[str] = []
    await preparation.prepare(settings, loaded, said.append)
    assert any("holidays.toml: holiday lusa: " in line for line in said)
    async with loaded.reading("kendari") as conn:
        assert len((await catalogue(conn)).holidays) > 40
    with pytest.raises(PackError):  # a city that has nothing yet cannot begin with it
        await preparation.prepare(msgspec.structs.replace(settings, city="kotabaru"), loaded, said.append)
