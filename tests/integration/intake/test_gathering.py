"""Reports that come in at the same moment are written together, and each is stored and answered as if it had come alone."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tanggap.incident import store as rows
from tanggap.incident.model import Location, Report
from tanggap.incident.timeline import store as timelines
from tanggap.intake import gathering as gathering_module
from tanggap.intake import service as intake
from tanggap.intake import store
from tanggap.intake.gathering import Gathering
from tanggap.intake.model import Channel, Contact, Received
from tanggap.intake.service import track_token
from tanggap.intake.store import NewReport
from tanggap.platform.database import Connection, Database, DatabaseAway
from tanggap.platform.secrets import Keyring

CITY = "kendari"
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
NUMBERS = ("", "0813-4455-6642", "0813-4455-6643", "112")


@pytest.fixture
def gathering(db: Database) -> Gathering:
    return Gathering(db, CITY)


def said(words: str, number: str = "", key: str | None = None) -> Contact:
    return Contact(Channel.API, words=words, number=number, external_id=key)


async def together(gathering: Gathering, keyring: Keyring, contacts: Sequence[Contact]) -> list[Received]:
    return await asyncio.gather(*(intake.receive_together(gathering, keyring, contact, NOW) for contact in contacts))


async def moments(number: int) -> None:
    """Let the others take so many steps."""
    for _ in range(number):
        await asyncio.sleep(0)


async def stored(db: Database, report: UUID) -> Report:
    async with db.reading(CITY) as conn:
        return await rows.report(conn, CITY, report)


async def count(db: Database, table: str) -> int:
    async with db.reading(CITY) as conn:
        return int(await conn.fetchval(f"SELECT count(*) FROM {table}"))


async def test_one_alone_is_one_statement_and_sixteen_at_once_are_one_too(
    db: Database, gathering: Gathering, keyring: Keyring
) -> None:
    await together(gathering, keyring, [said("pertama")])
    with db.count_statements() as alone:
        await together(gathering, keyring, [said("sendiri")])
    with db.count_statements() as at_once:
        await together(gathering, keyring, [said(f"{n}") for n in range(16)])
    assert (alone.total, at_once.total) == (1, 1), at_once.statements


async def test_what_comes_in_during_a_statement_goes_with_the_next(db: Database, gathering: Gathering, keyring: Keyring) -> None:
    await together(gathering, keyring, [said("pertama")])
    with db.count_statements() as counted:
        first = asyncio.create_task(intake.receive_together(gathering, keyring, said("a"), NOW))
        await moments(5)
        others = await together(gathering, keyring, [said(f"{n}") for n in range(20)])
        await first
    assert counted.total == 2
    assert len({told.report for told in others}) == 20


async def test_more_than_fit_into_one_commit_are_several(db: Database, gathering: Gathering, keyring: Keyring) -> None:
    many = gathering_module.MOST_TOGETHER * 2 + 1
    told = await together(gathering, keyring, [said(f"{n}") for n in range(many)])
    assert len({one.report for one in told}) == many == await count(db, "report")


async def test_everybody_is_told_their_own_report(db: Database, gathering: Gathering, keyring: Keyring) -> None:
    contacts = [said(f"kata {n}", NUMBERS[n % 3], f"key {n}") for n in range(16)]
    told = await together(gathering, keyring, contacts)
    for contact, one in zip(contacts, told, strict=True):
        report = await stored(db, one.report)
        assert (report.words, one.is_repeat) == (contact.words, False)
        assert one.token == track_token(keyring, one.report)


async def test_one_caller_twice_is_one_caller(db: Database, gathering: Gathering, keyring: Keyring) -> None:
    later = msgspec.structs.replace(said("nanti", NUMBERS[1]), received_at=NOW + timedelta(minutes=1))
    early = msgspec.structs.replace(said("tadi", "+62 813 4455 6642"), received_at=NOW - timedelta(minutes=1))
    told = await together(gathering, keyring, [said("sekarang", NUMBERS[1]), later, early])
    callers = {(await stored(db, one.report)).caller for one in told}
    assert len(callers) == 1 == await count(db, "caller")
    async with db.reading(CITY) as conn:
        seen = await conn.fetchrow("SELECT first_seen_at, last_seen_at FROM caller")
    assert tuple(seen) == (NOW, NOW + timedelta(minutes=1))


async def test_one_key_twice_is_one_report(db: Database, gathering: Gathering, keyring: Keyring) -> None:
    old = (await together(gathering, keyring, [said("dulu", key="old")]))[0]
    contacts = [said("a", key="new"), said("dulu", key="old"), said("a", key="new"), said("b")]
    first, of_old, again, other = await together(gathering, keyring, contacts)
    assert (first.is_repeat, again.is_repeat, of_old.is_repeat, other.is_repeat) == (False, True, True, False)
    assert (again.report, again.token) == (first.report, first.token)
    assert (of_old.report, of_old.token) == (old.report, old.token)
    assert await count(db, "report") == await count(db, "timeline") == 3


@pytest.mark.parametrize("spoiled", [{"words": "a\x00b"}, {"lat": "not a number"}, {"words": "\ud800"}])
async def test_a_report_that_cannot_be_stored_costs_no_other(
    db: Database, gathering: Gathering, keyring: Keyring, spoiled: dict[str, Any]
) -> None:
    news: list[NewReport] = [intake.written(CITY, keyring, said(f"{n}", NUMBERS[n % 3]), NOW)[0] for n in range(6)]
    news[2] = news[2]._replace(**spoiled)
    told = await asyncio.gather(*map(gathering.write, news), return_exceptions=True)
    assert isinstance(told[2], asyncpg.DataError)
    assert [one for one in told if one is not told[2]] == [new.id for new in news if new is not news[2]]
    assert await count(db, "report") == await count(db, "timeline") == 5


async def test_whoever_hangs_up_takes_nothing_away(db: Database, gathering: Gathering, keyring: Keyring) -> None:
    await together(gathering, keyring, [said("pertama")])
    for passed in range(6):
        senders = [asyncio.create_task(intake.receive_together(gathering, keyring, said(f"{passed} {n}"), NOW)) for n in range(8)]
        await moments(passed)
        senders[3].cancel()
        told = await asyncio.gather(*senders, return_exceptions=True)
        assert [n for n, one in enumerate(told) if isinstance(one, BaseException)] == [3]
    await together(gathering, keyring, [said("terakhir")])
    assert await count(db, "report") == 1 + 8 * 5 + await _of_the_first_moment(db) + 1


async def test_whoever_hangs_up_is_stored_though_another_report_spoils_the_statement(
    db: Database, gathering: Gathering, keyring: Keyring
) -> None:
    news = [intake.written(CITY, keyring, said(f"{n}"), NOW)[0] for n in range(3)]
    senders = [asyncio.create_task(gathering.write(new)) for new in (news[0], news[1]._replace(words="\x00"), news[2])]
    await moments(1)
    senders[0].cancel()
    told = await asyncio.gather(*senders, return_exceptions=True)
    await asyncio.gather(*gathering._tasks)
    assert isinstance(told[1], asyncpg.DataError)
    assert (await stored(db, news[0].id)).words == "0"
    assert told[2] == news[2].id


async def _of_the_first_moment(db: Database) -> int:
    """A task cancelled before its first step never said anything."""
    async with db.reading(CITY) as conn:
        return int(await conn.fetchval("SELECT count(*) FROM report WHERE words LIKE '0 %'"))


async def test_while_the_database_is_away_all_are_told_so(tmp_path: Path, keyring: Keyring) -> None:
    nowhere = await Database.open(f"postgresql://tanggap:x@/tanggap?host={tmp_path}", min_size=1)
    contacts = [said(f"{n}") for n in range(8)]
    senders = (intake.receive_together(Gathering(nowhere, CITY), keyring, contact, NOW) for contact in contacts)
    told = await asyncio.gather(*senders, return_exceptions=True)
    assert {type(one) for one in told} == {DatabaseAway}
    await nowhere.close()


async def test_a_caller_whom_somebody_else_holds_is_waited_for_alone(
    dsn: str, db: Database, gathering: Gathering, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_together = store.receive_many

    async def impatient(conn: Connection, news: Sequence[NewReport]) -> set[UUID]:
        await conn.execute("SET lock_timeout = '100ms'")
        try:
            return await write_together(conn, news)
        finally:
            await conn.execute("RESET lock_timeout")

    await together(gathering, keyring, [said("dulu", NUMBERS[1])])
    monkeypatch.setattr(store, "receive_many", impatient)
    owner = await asyncpg.connect(dsn)
    async with owner.transaction():
        await owner.execute("SELECT set_config('tanggap.city', $1, true)", CITY)
        await owner.execute("UPDATE caller SET masked = masked")
        held = asyncio.create_task(intake.receive_together(gathering, keyring, said("ditahan", NUMBERS[1]), NOW))
        others = await together(gathering, keyring, [said("lain", NUMBERS[2]), said("tanpa nomor")])
        assert not held.done()
    await owner.close()
    assert len({one.report for one in [*others, await held]}) == 3


async def test_who_waits_too_long_is_written_beside_or_told_to_try_again(
    dsn: str, gathering: Gathering, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering_module, "LOOK_AFTER_S", 0.02)
    monkeypatch.setattr(gathering_module, "PATIENCE_S", 0.3)
    await together(gathering, keyring, [said("dulu", NUMBERS[1])])
    owner = await asyncpg.connect(dsn)
    async with owner.transaction():
        await owner.execute("SELECT set_config('tanggap.city', $1, true)", CITY)
        await owner.execute("UPDATE caller SET masked = masked")
        held = asyncio.create_task(intake.receive_together(gathering, keyring, said("ditahan", NUMBERS[1]), NOW))
        await moments(5)
        beside = await intake.receive_together(gathering, keyring, said("lain", NUMBERS[2]), NOW)
        assert (beside.is_repeat, held.done()) == (False, False)
        also = asyncio.create_task(intake.receive_together(gathering, keyring, said("ditahan juga", NUMBERS[1]), NOW))
        await asyncio.sleep(0.1)
        with pytest.raises(DatabaseAway):
            await intake.receive_together(gathering, keyring, said("menunggu"), NOW)
        assert not held.done()
    await owner.close()
    assert (await held).report != (await also).report
    assert (await together(gathering, keyring, [said("lagi")]))[0].is_repeat is False


contacts = st.builds(
    lambda words, number, key, minutes, place, example: Contact(
        Channel.WEB,
        words=words,
        number=NUMBERS[len(key) % 4] if key else number,  # who sends again sends the same number
        name=words[:5],
        external_id=key,
        received_at=NOW + timedelta(minutes=minutes),
        location=place,
        category="fallen_tree" if place else None,
        flags=("odd_time", "unknown_category")[: minutes % 3],
        is_example=example,
    ),
    st.text(max_size=20), st.sampled_from(NUMBERS), st.one_of(st.none(), st.sampled_from(("a", "bb", "ccc"))),
    st.integers(-9, 9), st.one_of(st.none(), st.builds(Location, st.floats(-90, 90), st.floats(-180, 180), st.just(30.0),
    st.just("device"))), st.booleans(),
)  # fmt: skip

ROWS = """
SELECT r.received_at, channel, state, words, address_words, lat, lon, uncertainty_m, location_source, place_label, area, category,
       priority, flags, external_id, r.is_example, caller_name IS NULL, number_hash, masked, first_seen_at, last_seen_at,
       t.seq, t.at, t.kind, t.actor_name, t.body, t.audience, t.is_example, t.subject = r.id
FROM report r JOIN timeline t ON t.city = r.city AND t.report = r.id LEFT JOIN caller c ON c.city = r.city AND c.id = r.caller
"""


async def written_rows(db: Database, city: str) -> list[str]:
    async with db.reading(city) as conn:
        assert await timelines.broken_chains(conn, city) == []
        callers = await conn.fetch("SELECT number_hash, masked, first_seen_at, last_seen_at FROM caller")
        return sorted(repr(tuple(row)) for row in [*await conn.fetch(ROWS), *callers])


async def test_together_they_write_the_same_rows_as_one_after_another(db: Database, keyring: Keyring) -> None:
    loop = asyncio.get_running_loop()
    tried = 0

    async def both(batch: Sequence[Contact], number: int) -> None:
        gathered = await together(Gathering(db, f"together {number}"), keyring, batch)
        city = f"one by one {number}"
        async with db.reading(city) as conn:
            single = [await intake.receive(conn, city, keyring, contact, NOW) for contact in batch]
        assert [told.is_repeat for told in gathered] == [told.is_repeat for told in single]
        same = [[[a.report == b.report for b in told] for a in told] for told in (gathered, single)]
        assert same[0] == same[1]
        assert await written_rows(db, f"together {number}") == await written_rows(db, city)

    @seed(112)
    @settings(max_examples=60, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(batch=st.lists(contacts, min_size=1, max_size=12))
    def write(batch: list[Contact]) -> None:
        nonlocal tried
        tried += 1
        asyncio.run_coroutine_threadsafe(both(batch, tried), loop).result(20)

    await asyncio.to_thread(write)
    assert tried == 60
