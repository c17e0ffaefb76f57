"""The roster: made from the plan, changed by hand, undone; and who is on duty by it."""

from datetime import date, timedelta

import msgspec
import pytest

from tanggap.city.shift_plan import ShiftPlan
from tanggap.city.store import shift_plan, write_shift_plan
from tanggap.people import service as people
from tanggap.people.duty import on_duty
from tanggap.people.model import Role
from tanggap.people.roster import attendance, membership, service, store
from tanggap.people.roster.demo import ensure_demo_roster
from tanggap.people.roster.model import (
    AlreadyThere,
    Member,
    MemberUnclear,
    NobodyInTeams,
    NoShiftNow,
    NotAMember,
    NothingToUndo,
    Shift,
    TurnStarted,
    WeeksUnclear,
)
from tanggap.people.roster.rules import Rule
from tanggap.platform.database import Connection, Database

from .conftest import CITY, NOW, WITA, Make

TODAY = date(2026, 11, 23)
HOUR = timedelta(hours=1)


async def week(conn: Connection, days: int = 7) -> list[Shift]:
    return await store.shifts(conn, CITY, NOW, NOW + timedelta(days=days))


def working(shifts: list[Shift]) -> list[tuple[str, str, list[str]]]:
    return [(shift.day.isoformat(), shift.code, [turn.name for turn in shift.turns]) for shift in shifts if shift.turns]


async def test_a_plan_is_kept_as_the_pack_says_it(planned_db: Database, plan: ShiftPlan) -> None:
    async with planned_db.transaction(CITY) as tx:
        assert await shift_plan(tx, CITY) == plan
        shorter = msgspec.structs.replace(plan, skills=plan.skills[:1])
        await write_shift_plan(tx, CITY, shorter, NOW)
        assert await shift_plan(tx, CITY) == shorter


async def test_weeks_are_made_by_teams_once_and_undone_as_a_whole(planned_db: Database, make: Make) -> None:
    boss, siti = await make("boss", Role.SUPERVISOR), await make("siti", team="a")
    async with planned_db.transaction(CITY) as tx:
        change = await service.generate(tx, CITY, WITA, TODAY, 2, boss, NOW)
        made = await week(tx, 14)
        assert len(change.made) == 42
        days = [(day, code) for day, code, names in working(made) if names == ["Siti"]]
        assert len(days) == len(change.added)
        assert len(days) in (10, 11), "six days of eight"
        again = await service.generate(tx, CITY, WITA, TODAY, 2, boss, NOW)
        assert (again.added, again.made) == ((), ())
        await service.undo(tx, CITY, change.id, boss, NOW)
        assert await week(tx, 14) == []
        with pytest.raises(NothingToUndo):
            await service.undo(tx, CITY, change.id, boss, NOW)
        await service.generate(tx, CITY, WITA, TODAY, 1, boss, NOW)
        assert len(await week(tx)) == 21
        assert {turn.person for shift in await week(tx) for turn in shift.turns} == {siti.id}


async def test_nonsense_makes_no_roster(planned_db: Database, make: Make) -> None:
    boss = await make("boss", Role.SUPERVISOR)
    async with planned_db.transaction(CITY) as tx:
        with pytest.raises(NobodyInTeams):
            await service.generate(tx, CITY, WITA, TODAY, 1, boss, NOW)
        for first, weeks in ((TODAY, 0), (TODAY, 13), (date(2026, 11, 22), 1), (date(2031, 1, 1), 1)):
            with pytest.raises(WeeksUnclear):
                await service.generate(tx, CITY, WITA, first, weeks, boss, NOW)
        unclear = (
            Member(boss.id, "", Role.CALL_TAKER), Member(boss.id, "", Role.SUPERVISOR, "z"),
            Member(boss.id, "", Role.SUPERVISOR, home_agency="bpbd"),
            Member(boss.id, "", Role.SUPERVISOR, skills=frozenset({"x"})),
        )  # fmt: skip
        for entry in unclear:
            with pytest.raises(MemberUnclear):
                await membership.set_member(tx, CITY, entry, ("pln",), boss, NOW)


async def test_one_place_is_added_replaced_removed_and_each_is_undone(planned_db: Database, make: Make) -> None:
    boss, budi = await make("boss", Role.SUPERVISOR), await make("budi", team="b")
    await make("siti", team="a")
    auditor = await make("auditor", Role.AUDITOR)
    async with planned_db.transaction(CITY) as tx:
        await service.generate(tx, CITY, WITA, TODAY, 1, boss, NOW)
        shift = next(one for one in await week(tx) if [turn.name for turn in one.turns] == ["Siti"])

        async def names() -> list[str]:
            return [turn.name for turn in (await service.find_shift(tx, CITY, shift.id)).turns]

        added = await service.add(tx, CITY, shift.id, budi.id, "", boss, NOW)
        assert await names() == ["Budi", "Siti"]
        with pytest.raises(AlreadyThere):
            await service.add(tx, CITY, shift.id, budi.id, "", boss, NOW)
        with pytest.raises(NotAMember):
            await service.add(tx, CITY, shift.id, auditor.id, "", boss, NOW)
        removed = await service.remove(tx, CITY, shift.turns[0].id, boss, NOW)
        assert await names() == ["Budi"]
        await service.undo(tx, CITY, removed.id, boss, NOW)
        await service.undo(tx, CITY, added.id, boss, NOW)
        assert await names() == ["Siti"]
        replaced = await service.replace(tx, CITY, shift.turns[0].id, budi.id, boss, NOW)
        assert await names() == ["Budi"]
        assert replaced.words.startswith("Siti → Budi")
        await service.undo(tx, CITY, replaced.id, boss, NOW)
        assert await names() == ["Siti"]
        with pytest.raises(TurnStarted):
            await service.remove(tx, CITY, shift.turns[0].id, boss, shift.ends_at)


async def test_what_would_be_too_much_is_said_and_not_forbidden(planned_db: Database, make: Make, plan: ShiftPlan) -> None:
    boss, siti = await make("boss", Role.SUPERVISOR), await make("siti", team="a")
    async with planned_db.transaction(CITY) as tx:
        await service.generate(tx, CITY, WITA, TODAY, 1, boss, NOW)
        made = await week(tx)
        own = next(place for place, one in enumerate(made) if one.turns)
        found = await service.warned(tx, CITY, plan.limits, made[own + 1], [siti.id, boss.id])
        assert {one.rule for one in found[siti.id]} >= {Rule.REST, Rule.STRETCH}
        assert found[boss.id] == []
        await service.add(tx, CITY, made[own + 1].id, siti.id, "", boss, NOW)


async def test_a_demonstration_has_a_roster_and_keeps_what_was_made_of_it(planned_db: Database, make: Make) -> None:
    people_of_it = [await make("boss", Role.SUPERVISOR), await make("siti")]
    async with planned_db.transaction(CITY) as tx:
        assert not await ensure_demo_roster(tx, CITY, WITA, people_of_it, NOW), "somebody is on the list already"
        await tx.execute("DELETE FROM roster_member")
        assert await ensure_demo_roster(tx, CITY, WITA, people_of_it, NOW)
        assert {turn.name for shift in await week(tx) for turn in shift.turns} == {"Siti"}
        assert not await ensure_demo_roster(tx, CITY, WITA, people_of_it, NOW)


async def test_the_closed_account_of_somebody_leaves_a_gap(planned_db: Database, make: Make) -> None:
    boss, siti = await make("boss", Role.SUPERVISOR), await make("siti", team="a")
    async with planned_db.transaction(CITY) as tx:
        await service.generate(tx, CITY, WITA, TODAY, 1, boss, NOW)
        await people.deactivate(tx, CITY, siti.id, boss, NOW)
        assert not any(shift.turns for shift in await week(tx))


async def test_without_a_roster_those_who_are_signed_in_are_on_duty(planned_db: Database, make: Make) -> None:
    siti = await make("siti")
    await make("budi")
    await signed_in(planned_db, "siti")
    async with planned_db.reading(CITY) as conn:
        assert [one.id for one in await on_duty(conn, CITY, Role.CALL_TAKER, NOW)] == [siti.id]


async def test_whose_turn_it_is_and_then_who_came_is_on_duty_and_nobody_else(planned_db: Database, make: Make) -> None:
    boss, siti, budi = await make("boss", Role.SUPERVISOR), await make("siti"), await make("budi")
    everybody = {boss.id: "boss", siti.id: "siti", budi.id: "budi"}
    for login in everybody.values():
        await signed_in(planned_db, login)
    async with planned_db.transaction(CITY) as tx:

        async def duty(hours: float, role: Role = Role.CALL_TAKER) -> list[str]:
            return [everybody[one.id] for one in await on_duty(tx, CITY, role, NOW + hours * HOUR)]

        zone, start = WITA, NOW + 0.5 * HOUR
        await membership.set_member(tx, CITY, Member(siti.id, "", Role.CALL_TAKER, "a"), (), boss, NOW)
        await service.generate(tx, CITY, zone, TODAY, 2, boss, NOW)
        morning, afternoon = (await week(tx))[:2]
        await service.undo(tx, CITY, (await store.changes(tx, CITY, 1))[0].id, boss, NOW)
        await service.generate(tx, CITY, zone, TODAY, 2, boss, NOW)
        for shift in await week(tx, 3):
            for turn in shift.turns:
                await service.remove(tx, CITY, turn.id, boss, NOW)
        for person in (siti, budi):
            await service.add(tx, CITY, morning.id, person.id, "", boss, NOW)
        assert morning.starts_at == start
        assert await duty(1) == ["budi", "siti"]
        await attendance.sign_on(tx, CITY, zone, siti, NOW)
        assert await duty(0.25) == await duty(1) == ["siti"]
        # The afternoon is nobody's by the roster: who is signed in, and off duty, is not told of anything.
        assert afternoon.starts_at == start + 8 * HOUR
        assert await duty(9) == ["siti"], "she has not gone yet"
        assert await duty(11.5) == []
        # The roster says nothing of supervisors: those who are signed in are told.
        assert await duty(1, Role.SUPERVISOR) == ["boss"]
        # And nothing of anybody once its last shift is over.
        await tx.execute(
            "UPDATE session SET last_seen_at = $1, expires_at = $1::timestamptz + interval '1 hour'", NOW + 400 * HOUR
        )
        assert len(await duty(400)) == 2


async def test_somebody_comes_unplanned_and_whoever_has_no_duty_role_cannot(planned_db: Database, make: Make) -> None:
    siti, auditor = await make("siti"), await make("auditor", Role.AUDITOR)
    async with planned_db.transaction(CITY) as tx:
        own = await attendance.sign_on(tx, CITY, WITA, siti, NOW + HOUR)
        assert (own.code, own.turn.is_planned, own.turn.signed_on_at) == ("pagi", False, NOW + HOUR)
        assert (await attendance.sign_on(tx, CITY, WITA, siti, NOW + 2 * HOUR)).turn == own.turn
        with pytest.raises(NotAMember):
            await attendance.sign_on(tx, CITY, WITA, auditor, NOW)
        await tx.execute("DELETE FROM shift_plan")
        with pytest.raises(NoShiftNow):
            await attendance.sign_on(tx, CITY, WITA, siti, NOW + 30 * HOUR)


async def test_a_moment_has_the_shift_in_which_it_lies(planned_db: Database, make: Make) -> None:
    boss = await make("boss", Role.SUPERVISOR, "a")
    async with planned_db.transaction(CITY) as tx:
        assert await service.shift_at(tx, CITY, NOW + HOUR) is None
        await service.generate(tx, CITY, WITA, TODAY, 1, boss, NOW)
        found = [await service.shift_at(tx, CITY, NOW + n * HOUR) for n in (0.5, 8.49, 8.5, 16.5, 24.4, 24.5)]
        assert found == ["pagi", "pagi", "siang", "malam", "malam", "pagi"]
        counted = await tx.fetchval(
            "SELECT count(*) FROM shift_period WHERE starts_at <= $1 AND ends_at > $1 AND city = $2", NOW + HOUR, CITY
        )
        assert counted == 1


async def signed_in(db: Database, login: str) -> None:
    async with db.transaction(CITY) as tx:
        await tx.execute(
            """INSERT INTO session (city, id, token_hash, person, created_at, last_seen_at, expires_at)
               SELECT city, id, sha256(login::bytea), id, $2, $2, $3 FROM person WHERE login = $1""",
            login, NOW, NOW + timedelta(days=1),
        )  # fmt: skip
