"""Swaps between two and their supervisor; what one shift tells the next; a calendar that only its address opens."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from tanggap.people.model import Person, Role
from tanggap.people.roster import attendance, service, store
from tanggap.people.roster.calendar import service as calendars
from tanggap.people.roster.model import NotSignedOn, NotYourTurn, OwnTurn, TurnStarted, UnknownRosterEntry
from tanggap.people.roster.relief import service as relief
from tanggap.people.roster.relief.model import AlreadyConfirmed, LastWithoutNote, Lies, NoteEmpty, NotForOwnShift
from tanggap.people.roster.swaps import service as swaps
from tanggap.people.roster.swaps import store as swap_rows
from tanggap.people.roster.swaps.model import AlreadyAsked, News, SwapOver, SwapState, SwapUnclear
from tanggap.platform.database import Database, Transaction

from .conftest import CITY, NOW, WITA, Make

TODAY, HOUR = date(2026, 11, 23), timedelta(hours=1)
LIES = Lies(7, 2)


async def turns(tx: Transaction, person: Person) -> list[OwnTurn]:
    return await store.turns_of(tx, CITY, [person.id], NOW + HOUR, NOW + timedelta(days=14))


async def state(tx: Transaction, person: Person, swap: UUID) -> SwapState:
    return next(one.state for one in await swap_rows.of_person(tx, CITY, person.id, NOW - HOUR) if one.id == swap)


async def test_a_swap_is_asked_agreed_approved_and_can_be_undone(planned_db: Database, make: Make) -> None:
    boss, siti, budi = await make("boss", Role.SUPERVISOR), await make("siti", team="a"), await make("budi", team="b")
    async with planned_db.transaction(CITY) as tx:
        await service.generate(tx, CITY, WITA, TODAY, 2, boss, NOW)
        hers, his = (await turns(tx, siti))[-1], (await turns(tx, budi))[-1]
        swap = await swaps.ask(tx, CITY, hers.turn.id, budi.id, his.turn.id, "anak sakit", siti, NOW)
        with pytest.raises(AlreadyAsked):
            await swaps.ask(tx, CITY, hers.turn.id, budi.id, None, "", siti, NOW)
        with pytest.raises(NotYourTurn):
            await swaps.answer(tx, CITY, swap, True, siti, NOW)
        with pytest.raises(SwapOver):
            await swaps.approve(tx, CITY, swap, boss, NOW)
        assert (await relief.duty_of(tx, CITY, budi, NOW)).swaps.asked == 1
        assert (await relief.duty_of(tx, CITY, siti, NOW)).swaps == News()
        await swaps.answer(tx, CITY, swap, True, budi, NOW)
        (waiting,) = await swap_rows.to_decide(tx, CITY)
        assert (waiting.id, waiting.words, waiting.given.turn.name, waiting.asked_name) == (swap, "anak sakit", "Siti", "Budi")
        await swaps.approve(tx, CITY, swap, boss, NOW)
        assert await state(tx, siti, swap) is await state(tx, budi, swap) is SwapState.APPROVED
        for person in (siti, budi):
            assert (await relief.duty_of(tx, CITY, person, NOW)).swaps == News(0, SwapState.APPROVED)
        assert his.turn.shift in {own.turn.shift for own in await turns(tx, siti)}
        assert hers.turn.shift in {own.turn.shift for own in await turns(tx, budi)}
        await service.undo(tx, CITY, (await store.changes(tx, CITY, 1))[0].id, boss, NOW)
        assert hers.turn in [own.turn for own in await turns(tx, siti)]
        with pytest.raises(SwapOver):
            await swaps.withdraw(tx, CITY, swap, siti, NOW)


async def test_a_swap_that_is_refused_taken_back_or_declined_changes_nothing(planned_db: Database, make: Make) -> None:
    boss, siti, budi = await make("boss", Role.SUPERVISOR), await make("siti", team="a"), await make("budi", team="b")
    async with planned_db.transaction(CITY) as tx:
        await service.generate(tx, CITY, WITA, TODAY, 1, boss, NOW)
        before = await turns(tx, siti)
        hers = before[-1].turn
        first = await swaps.ask(tx, CITY, hers.id, budi.id, None, "", siti, NOW)
        await swaps.answer(tx, CITY, first, False, budi, NOW)
        second = await swaps.ask(tx, CITY, hers.id, budi.id, None, "", siti, NOW)
        await swaps.withdraw(tx, CITY, second, siti, NOW)
        third = await swaps.ask(tx, CITY, hers.id, budi.id, None, "", siti, NOW)
        await swaps.answer(tx, CITY, third, True, budi, NOW)
        await swaps.decline(tx, CITY, third, "kurang orang", boss, NOW)
        assert await turns(tx, siti) == before
        said = [(one.state, one.reason) for one in await swap_rows.of_person(tx, CITY, budi.id, NOW - HOUR)]
        assert {state for state, _ in said} == {SwapState.REFUSED, SwapState.WITHDRAWN, SwapState.DECLINED}
        assert (SwapState.DECLINED, "kurang orang") in said
        for asked, back in ((siti.id, None), (boss.id, hers.id), (UUID(int=1), None)):
            with pytest.raises(SwapUnclear):
                await swaps.ask(tx, CITY, hers.id, asked, back, "", siti, NOW)
        fourth = await swaps.ask(tx, CITY, hers.id, budi.id, None, "", siti, NOW)
        await swaps.answer(tx, CITY, fourth, True, budi, NOW)
        with pytest.raises(SwapOver):
            await swaps.approve(tx, CITY, fourth, boss, hers.starts_at)
        await service.remove(tx, CITY, hers.id, boss, NOW)
        with pytest.raises(TurnStarted):
            await swaps.approve(tx, CITY, fourth, boss, NOW)


async def test_the_last_to_go_leaves_a_note_and_the_next_shift_confirms_it(planned_db: Database, make: Make) -> None:
    boss, siti, budi = await make("boss", Role.SUPERVISOR), await make("siti"), await make("budi")
    at_two = NOW + 8 * HOUR  # half an hour before the morning ends
    async with planned_db.transaction(CITY) as tx:
        for person in (siti, budi):
            await attendance.sign_on(tx, CITY, WITA, person, NOW + HOUR)
        with pytest.raises(NoteEmpty):
            await relief.write_note(tx, CITY, "  ", LIES, siti, at_two)
        await relief.sign_off(tx, CITY, "", LIES, siti, at_two)
        with pytest.raises(LastWithoutNote):
            await relief.sign_off(tx, CITY, "", LIES, budi, at_two)
        await relief.sign_off(tx, CITY, "kabel putus di Wua-Wua masih ditangani PLN", LIES, budi, at_two)
        with pytest.raises(NotSignedOn):
            await relief.sign_off(tx, CITY, "", LIES, budi, at_two)
        (note,) = (await relief.duty_of(tx, CITY, boss, at_two)).notes
        assert (note.shift_id_name, note.author_name, note.open_incidents, note.waiting) == ("Pagi", "Budi", 7, 2)
        with pytest.raises(NotSignedOn):
            await relief.confirm(tx, CITY, note.id, boss, at_two)
        await attendance.sign_on(tx, CITY, WITA, siti, at_two)  # she signed off too early: back in the same shift
        with pytest.raises(NotForOwnShift):
            await relief.confirm(tx, CITY, note.id, siti, at_two)
        await attendance.sign_on(tx, CITY, WITA, boss, NOW + 9 * HOUR)
        await relief.confirm(tx, CITY, note.id, boss, NOW + 9 * HOUR)
        with pytest.raises(AlreadyConfirmed):
            await relief.confirm(tx, CITY, note.id, boss, NOW + 9 * HOUR)
        assert (await relief.duty_of(tx, CITY, siti, at_two)).notes == ()


async def test_a_calendar_opens_by_its_newest_address_alone(planned_db: Database, make: Make) -> None:
    boss, siti = await make("boss", Role.SUPERVISOR), await make("siti", team="a")
    async with planned_db.transaction(CITY) as tx:
        await service.generate(tx, CITY, WITA, TODAY, 1, boss, NOW)
        first = await calendars.make_address(tx, CITY, siti, NOW)
        second = await calendars.make_address(tx, CITY, siti, NOW)

        async def stream(token: str) -> bytes:
            return await calendars.stream(tx, CITY, token, "Jadwal", "x", "Pusat", lambda own: own.name_id, NOW)

        assert (await stream(second)).count(b"BEGIN:VEVENT") == len(await turns(tx, siti))
        with pytest.raises(UnknownRosterEntry):
            await stream(first)
        await calendars.revoke_address(tx, CITY, siti, NOW)
        with pytest.raises(UnknownRosterEntry):
            await stream(second)
        stored = await tx.fetch("SELECT token_hash FROM roster_calendar")
        assert not any(second.encode() in row["token_hash"] for row in stored)
