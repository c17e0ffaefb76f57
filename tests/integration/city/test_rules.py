"""The rules are edited, published whole or not at all, at once or at their time, and brought back; no fault stops intake."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.city.pack import Pack, pack_folder, read_pack
from tanggap.city.rules import publishing, service, store
from tanggap.city.rules.as_of import as_of
from tanggap.city.rules.kinds import KINDS
from tanggap.city.rules.model import (
    DraftIsEmpty,
    DraftIsScheduled,
    DraftIsUnfit,
    Editor,
    Key,
    NotScheduled,
    NotThatTime,
    StaleRule,
    UnfitCode,
    UnknownRule,
)
from tanggap.city.service import CatalogueCache, catalogue, load_pack
from tanggap.platform.database import Database, DatabaseAway, Transaction

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
CITY = "kendari"
ANI = Editor(None, "Ani")
FLOOD: Key = ("category", "flood")
P1: Key = ("target", "P1")
#: Floods as somebody else's.
ELSEWHERE: dict[str, Any] = {"lead": "damkarmat", "support": [], "next": ["bpbd"]}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(pack_folder(CITY))


@pytest.fixture
async def city(db: Database, pack: Pack) -> Database:
    async with db.transaction(CITY) as tx:
        await load_pack(tx, pack, NOW)
    return db


async def now_in_force(db: Database) -> Catalogue:
    async with db.reading(CITY) as conn:
        return await catalogue(conn)


async def drafted(db: Database, key: Key, **fields: Any) -> None:
    """Save one entry with some fields changed."""
    async with db.transaction(CITY) as tx:
        draft = await service.draft(tx, CITY)
        rev = draft.edits[key].rev if key in draft.edits else 0
        await service.save(tx, CITY, key, draft.entries[key].body | fields, rev, ANI, NOW)


async def published(db: Database, now: datetime = NOW, why: str = "banjir") -> int:
    async with db.transaction(CITY) as tx:
        return await publishing.publish(tx, CITY, why, ANI, now)


@asynccontextmanager
async def as_owner(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that row-level security and revoked rights do not bind."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def test_a_draft_changes_nothing_until_it_is_published_and_then_everything_at_once(city: Database) -> None:
    before = await now_in_force(city)
    await drafted(city, FLOOD, **ELSEWHERE)
    await drafted(city, P1, acknowledge_s=45)
    assert (await now_in_force(city)).category("flood").lead == before.category("flood").lead == "bpbd"
    version = await published(city)
    after = await now_in_force(city)
    assert (after.category("flood").lead, after.target(Priority.P1).acknowledge_s) == ("damkarmat", 45)
    assert after.version == after.rules_version == version > before.version
    assert [category.code for category in after.categories] == [category.code for category in before.categories]
    async with city.reading(CITY) as conn:
        draft = await service.draft(conn, CITY)
        kept = await store.versions(conn, CITY, 5)
        then = await as_of(conn, after, before.version)
        assert await as_of(conn, after, None) is await as_of(conn, after, after.version) is after
    assert not draft.edits
    assert [(one.act, one.why, one.by_name, one.changes) for one in kept[:1]] == [("publish", "banjir", "Ani", 2)]
    # What began under the rules before can still be worked by them.
    assert (then.category("flood").lead, then.target(Priority.P1).acknowledge_s, then.agencies) == ("bpbd", 60, after.agencies)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with city.transaction(CITY) as tx:
            await tx.execute("update catalogue_version set why = 'lain' where city = $1", CITY)


async def test_what_is_unfit_or_changes_nothing_is_not_published(city: Database) -> None:
    with pytest.raises(DraftIsEmpty):
        await published(city)
    await drafted(city, FLOOD, lead="")
    with pytest.raises(DraftIsUnfit) as refused:
        await published(city)
    assert [(one.kind, one.code, one.field) for one in refused.value.problems] == [("category", "flood", "lead")]
    assert (await now_in_force(city)).category("flood").lead == "bpbd"


async def test_two_people_do_not_overwrite_each_other_and_an_edit_is_taken_back_and_had_again(city: Database) -> None:
    await drafted(city, FLOOD, advice_id="Naik ke tempat tinggi.")
    async with city.transaction(CITY) as tx:
        body = (await service.draft(tx, CITY)).entries[FLOOD].body
        with pytest.raises(StaleRule):
            await service.save(tx, CITY, FLOOD, body | {"advice_id": "Lain."}, 0, Editor(None, "Budi"), NOW)
        assert await service.save(tx, CITY, FLOOD, body, 1, Editor(None, "Budi"), NOW) == 1
        assert (await service.draft(tx, CITY)).edits[FLOOD].by_name == "Ani"
        await service.drop(tx, CITY, FLOOD, True, ANI, NOW)
        assert (await service.draft(tx, CITY)).changed == []
        await service.drop_all(tx, CITY, False, ANI, NOW)
        assert [one.code for one in (await service.draft(tx, CITY)).changed] == ["flood"]
        await service.drop_all(tx, CITY, True, ANI, NOW)
        assert (await service.draft(tx, CITY)).changed == []


async def test_an_entry_is_added_and_one_retired(city: Database) -> None:
    phrase = {"kind": "reply", "id": "Terima kasih.", "en": "Thank you.", "provenance": "sourced"}
    async with city.transaction(CITY) as tx:
        for code in ("received", "Besar", ""):
            with pytest.raises(UnfitCode):
                await service.add(tx, CITY, KINDS["phrase"], code, phrase, ANI, NOW)
        with pytest.raises(UnfitCode):
            await service.add(tx, CITY, KINDS["target"], "p5", {}, ANI, NOW)
        await service.add(tx, CITY, KINDS["phrase"], "thanks", phrase, ANI, NOW)
        await service.retire(tx, CITY, ("phrase", "done"), True, ANI, NOW)
        with pytest.raises(UnknownRule):
            await service.retire(tx, CITY, P1, True, ANI, NOW)
    await published(city)
    after = await now_in_force(city)
    assert (after.phrase("thanks").text_id, after.phrases[-1].code) == ("Terima kasih.", "thanks")
    assert not after.phrase("done").active


async def test_a_pack_that_is_loaded_again_leaves_what_the_city_published_and_shows_what_is_newer(
    city: Database, pack: Pack
) -> None:
    await drafted(city, FLOOD, **ELSEWHERE)
    await published(city, NOW + timedelta(hours=1))
    flood = next(one for one in pack.categories if one.code == "flood")
    newer = msgspec.structs.replace(flood, advice_id="Saran baru dari paket.")
    fuller = msgspec.structs.replace(pack, categories=tuple(newer if one is flood else one for one in pack.categories))
    async with city.transaction(CITY) as tx:
        await load_pack(tx, pack, NOW + timedelta(hours=2))
        assert not (await service.draft(tx, CITY)).is_newer_in_pack(FLOOD)
        await load_pack(tx, fuller, NOW + timedelta(hours=3))
        draft = await service.draft(tx, CITY)
        assert draft.is_newer_in_pack(FLOOD)
        assert (await catalogue(tx)).category("flood").lead == "damkarmat"
        await service.keep_own(tx, CITY, FLOOD, NOW + timedelta(hours=4))
        assert not (await service.draft(tx, CITY)).is_newer_in_pack(FLOOD)
        await service.take_pack(tx, CITY, FLOOD, ANI, NOW + timedelta(hours=4))
    await published(city, NOW + timedelta(hours=5))
    async with city.reading(CITY) as conn:
        draft = await service.draft(conn, CITY)
    assert (draft.standing[FLOOD].owner, draft.standing[FLOOD].body["advice_id"]) == ("pack", "Saran baru dari paket.")


async def test_a_version_is_brought_back_and_stays_back_when_the_pack_is_loaded_again(city: Database, pack: Pack) -> None:
    first = (await now_in_force(city)).version
    phrase = {"kind": "reply", "id": "Terima kasih.", "en": "Thank you.", "provenance": "sourced"}
    await drafted(city, FLOOD, **ELSEWHERE)
    async with city.transaction(CITY) as tx:
        await service.add(tx, CITY, KINDS["phrase"], "thanks", phrase, ANI, NOW)
    second = await published(city)
    await drafted(city, P1, acknowledge_s=30)
    async with city.transaction(CITY) as tx:
        third = await publishing.bring_back(tx, CITY, first, "salah", ANI, NOW)
        with pytest.raises(DraftIsEmpty):
            await publishing.bring_back(tx, CITY, first, "", ANI, NOW)
        with pytest.raises(UnknownRule):
            await publishing.bring_back(tx, CITY, 99, "", ANI, NOW)
        await load_pack(tx, pack, NOW)
        found = await catalogue(tx)
        draft = await service.draft(tx, CITY)
    assert third > second
    assert found.category("flood").lead == "bpbd"
    assert not found.phrase("thanks").active
    assert draft.standing[FLOOD].owner == "pack"
    assert [one.code for one in draft.changed] == ["P1"]
    async with city.transaction(CITY) as tx:
        await publishing.bring_back(tx, CITY, second, "ternyata benar", ANI, NOW)
        again = await catalogue(tx)
    assert (again.category("flood").lead, again.phrase("thanks").active) == ("damkarmat", True)


async def test_a_publish_that_dies_in_the_middle_leaves_the_rules_the_versions_and_the_draft_as_they_were(
    city: Database, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await now_in_force(city)
    await drafted(city, FLOOD, **ELSEWHERE)
    await drafted(city, P1, acknowledge_s=45)
    count = publishing.city_rows.count_change

    async def killed(tx: Transaction, code: str, now: datetime) -> int:
        await count(tx, code, now)
        assert (await catalogue(tx)).category("flood").lead == "damkarmat"
        async with as_owner(dsn) as owner:
            await owner.execute("select pg_terminate_backend($1)", await tx.fetchval("select pg_backend_pid()"))
        return 0

    with monkeypatch.context() as patched:
        patched.setattr(publishing.city_rows, "count_change", killed)
        with pytest.raises(DatabaseAway):
            await published(city)
    after = await now_in_force(city)
    assert (after.version, after.categories, after.targets) == (before.version, before.categories, before.targets)
    async with city.reading(CITY) as conn:
        draft = await service.draft(conn, CITY)
        assert len(await store.versions(conn, CITY, 5)) == 1
    assert {one.code for one in draft.changed} == {"flood", "P1"}
    await published(city)
    assert (await now_in_force(city)).target(Priority.P1).acknowledge_s == 45


async def test_a_broken_row_stops_nobody(city: Database, dsn: str) -> None:
    clock = [0.0]
    cache = CatalogueCache(city, lambda: clock[0])
    held = await cache.get(CITY)
    async with as_owner(dsn) as owner:
        await owner.execute("""update category set questions = '[{"kind": 7}]' where city = 'kendari' and code = 'flood'""")
        await owner.execute("update city set catalogue_version = catalogue_version + 1")
    clock[0] = 10.0
    served = await cache.get(CITY)
    fresh = await now_in_force(city)
    assert served.category("flood") == fresh.category("flood") == held.category("flood")
    async with city.reading(CITY) as conn:
        draft = await service.draft(conn, CITY)
    assert {(one.kind, one.code) for one in draft.stops} == {FLOOD}
    async with city.transaction(CITY) as tx:
        await service.take_pack(tx, CITY, FLOOD, ANI, NOW)
    await published(city)
    assert (await now_in_force(city)).rules_version == (await now_in_force(city)).version
    async with as_owner(dsn) as owner:
        await owner.execute("""update category set questions = '[{"kind": 7}]' where city = 'kendari' and code = 'flood'""")
        await owner.execute("""update catalogue_version set rows = '{"category": 3}'""")
        await owner.execute("update city set catalogue_version = catalogue_version + 1")
    clock[0] = 20.0
    assert (await cache.get(CITY)).category("flood") == held.category("flood")


async def test_a_draft_comes_into_force_at_its_time_and_is_not_edited_until_then(city: Database) -> None:
    later = NOW + timedelta(hours=2)
    await drafted(city, P1, acknowledge_s=45)
    async with city.transaction(CITY) as tx:
        with pytest.raises(NotThatTime):
            await publishing.schedule(tx, CITY, NOW, "", ANI, NOW)
        await publishing.schedule(tx, CITY, later, "mulai Senin", ANI, NOW)
    with pytest.raises(DraftIsScheduled):
        await drafted(city, FLOOD, lead="damkarmat")
    async with city.transaction(CITY) as tx:
        assert await publishing.publish_due(tx, CITY, later - timedelta(seconds=1)) is None
    async with city.transaction(CITY) as tx:
        due = await publishing.publish_due(tx, CITY, later)
    assert due is not None
    assert due[0].by_name == "Ani"
    assert due[1] == (await now_in_force(city)).version
    async with city.transaction(CITY) as tx:
        assert await publishing.publish_due(tx, CITY, later) is None
        assert (await store.versions(tx, CITY, 1))[0].why == "mulai Senin"
        with pytest.raises(NotScheduled):
            await publishing.unschedule(tx, CITY)


async def test_a_draft_that_does_not_pass_at_its_time_stays_a_draft_and_says_so(city: Database, pack: Pack) -> None:
    later = NOW + timedelta(hours=2)
    await drafted(city, FLOOD, lead="pdam", next=[], support=[])
    async with city.transaction(CITY) as tx:
        await publishing.schedule(tx, CITY, later, "", ANI, NOW)
        without = tuple(one for one in pack.agencies if one.code != "pdam")
        await load_pack(tx, msgspec.structs.replace(pack, agencies=without), NOW)
    async with city.transaction(CITY) as tx:
        due = await publishing.publish_due(tx, CITY, later)
        assert due is not None
        assert due[1] is None
    async with city.transaction(CITY) as tx:
        assert await publishing.publish_due(tx, CITY, later) is None
        draft = await service.draft(tx, CITY)
    assert draft.schedule is not None
    assert not draft.schedule.is_waiting
    assert [one.code for one in draft.changed] == ["flood"]
    await drafted(city, FLOOD, lead="bpbd")
