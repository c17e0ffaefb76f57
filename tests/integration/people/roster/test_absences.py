"""Somebody is on leave or sick: the turns of those days are gaps, nobody tells them anything, and it can be taken back."""

from datetime import date, timedelta

import pytest

from tanggap.people.duty import on_duty
from tanggap.people.model import Role, UnknownPerson
from tanggap.people.roster import attendance, gaps, service, store
from tanggap.people.roster.absences import service as absences
from tanggap.people.roster.absences import store as rows
from tanggap.people.roster.absences.model import AbsenceUnclear
from tanggap.people.roster.model import Presence, Turn, UnknownRosterEntry
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id

from .conftest import CITY, NOW, WITA, Make

TODAY = date(2026, 11, 23)
BEGINS = NOW + timedelta(minutes=30)


async def turns(db: Database, name: str) -> list[Turn]:
    async with db.reading(CITY) as conn:
        found = await store.shifts(conn, CITY, NOW, NOW + timedelta(days=14))
    return [turn for shift in found for turn in shift.turns if turn.name == name]


async def test_whoever_is_away_leaves_a_gap_and_is_not_told_anything(planned_db: Database, make: Make) -> None:
    boss, siti, budi = await make("boss", Role.SUPERVISOR), await make("siti", team="a"), await make("budi", team="a")
    async with planned_db.transaction(CITY) as tx:
        await service.generate(tx, CITY, WITA, TODAY, 2, boss, NOW)
    (first, *_) = await turns(planned_db, "Siti")
    during = first.starts_at + timedelta(hours=1)
    day = first.starts_at.astimezone(WITA).date()
    async with planned_db.transaction(CITY) as tx:
        assert {one.name for one in await on_duty(tx, CITY, Role.CALL_TAKER, during)} == {"Siti", "Budi"}
        noted = await absences.note(tx, CITY, WITA, siti.id, "sick", (day, None), "demam", boss, NOW)
        assert (noted.first, noted.last) == (day, day)
        assert [one.name for one in await on_duty(tx, CITY, Role.CALL_TAKER, during)] == ["Budi"]
        shift = await store.shift(tx, CITY, first.shift)
        assert shift is not None
        takers = next(one for one in gaps.missing(shift) if one.need.code == "call_taker")
        assert takers.have == 1
    (away, after, *_) = await turns(planned_db, "Siti")
    assert (away.presence(during), away.away) == (Presence.AWAY, "sick")
    assert away.presence(during + timedelta(days=1)) is Presence.AWAY
    assert after.away is None
    async with planned_db.transaction(CITY) as tx:
        audit = await tx.fetchval("SELECT detail FROM audit WHERE city = $1 AND act = 'roster_absence_noted'", CITY)
        assert "demam" not in str(audit)
        assert "sick" not in str(audit)
        await absences.withdraw(tx, CITY, noted.id, boss, NOW)
        assert await rows.standing(tx, CITY, TODAY) == []
        assert len(await on_duty(tx, CITY, Role.CALL_TAKER, during)) == 2
        await absences.restore(tx, CITY, noted.id, boss, NOW)
        assert [one.id for one in await rows.standing(tx, CITY, TODAY)] == [noted.id]
        assert await rows.standing(tx, CITY, day + timedelta(days=1)) == []
        own = await attendance.sign_on(tx, CITY, WITA, siti, during)  # comes all the same
        assert not own.turn.is_empty
        assert [one.name for one in await on_duty(tx, CITY, Role.CALL_TAKER, during)] == ["Siti"]
    assert budi.id != siti.id


async def test_a_night_shift_belongs_to_the_day_on_which_it_begins(planned_db: Database, make: Make) -> None:
    boss, _ = await make("boss", Role.SUPERVISOR), await make("siti", team="a")
    async with planned_db.transaction(CITY) as tx:
        await service.generate(tx, CITY, WITA, TODAY, 2, boss, NOW)
    night = next(one for one in await turns(planned_db, "Siti") if one.starts_at.astimezone(WITA).hour == 23)
    day = night.starts_at.astimezone(WITA).date()
    async with planned_db.transaction(CITY) as tx:
        await absences.note(tx, CITY, WITA, night.person, "leave", (day + timedelta(days=1),) * 2, "", boss, NOW)
    assert next(one for one in await turns(planned_db, "Siti") if one.id == night.id).away is None
    async with planned_db.transaction(CITY) as tx:
        await absences.note(tx, CITY, WITA, night.person, "leave", (day, day), "", boss, NOW)
    assert next(one for one in await turns(planned_db, "Siti") if one.id == night.id).away == "leave"


async def test_what_makes_no_sense_is_refused(planned_db: Database, make: Make) -> None:
    boss, siti = await make("boss", Role.SUPERVISOR), await make("siti", team="a")
    yesterday = TODAY - timedelta(days=1)
    for person, kind, days in (
        (siti.id, "sick", (TODAY, yesterday)), (siti.id, "sick", (yesterday, yesterday)), (siti.id, "sick", (None, TODAY)),
        (siti.id, "holiday", (TODAY, TODAY)), (siti.id, "leave", (TODAY, TODAY + timedelta(days=400))),
    ):  # fmt: skip
        async with planned_db.transaction(CITY) as tx:
            with pytest.raises(AbsenceUnclear):
                await absences.note(tx, CITY, WITA, person, kind, days, "", boss, NOW)
    async with planned_db.transaction(CITY) as tx:
        with pytest.raises(UnknownPerson):
            await absences.note(tx, CITY, WITA, new_id(), "sick", (TODAY, TODAY), "", boss, NOW)
        with pytest.raises(UnknownRosterEntry):
            await absences.withdraw(tx, CITY, new_id(), boss, NOW)
