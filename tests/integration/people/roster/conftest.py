"""A centre with a plan and some people, at a Monday morning of Kendari."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tanggap.city.pack import pack_folder
from tanggap.city.pack_shifts import read_shifts
from tanggap.city.shift_plan import ShiftPlan
from tanggap.city.store import write_shift_plan
from tanggap.people import service as people
from tanggap.people.model import Person, Role
from tanggap.people.roster import membership
from tanggap.people.roster.model import Member
from tanggap.platform.database import Database

CITY = "kendari"
WITA = ZoneInfo("Asia/Makassar")
#: Monday, 23 November 2026, 06.30 in Kendari: half an hour before the morning begins.
NOW = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
Make = Callable[..., Awaitable[Person]]


@pytest.fixture
def plan() -> ShiftPlan:
    found = read_shifts(pack_folder(CITY), lambda *problem: pytest.fail(str(problem)))
    assert found is not None
    return found


@pytest.fixture
async def planned_db(db: Database, plan: ShiftPlan) -> Database:
    async with db.transaction(CITY) as tx:
        await write_shift_plan(tx, CITY, plan, NOW)
    return db


@pytest.fixture
def make(planned_db: Database) -> Make:
    """Make a person of the centre, and put them into a team when one is named."""

    async def made(
        name: str, role: Role = Role.CALL_TAKER, team: str | None = None, skills: frozenset[str] = frozenset()
    ) -> Person:
        async with planned_db.transaction(CITY) as tx:
            person, _ = await people.add_person(
                tx, CITY, name, name.title(), [role], None, None, NOW, password="jalan pagi ke teluk", is_demo=True
            )
            if role in (Role.CALL_TAKER, Role.SUPERVISOR):
                entry = Member(person.id, name, role, team, skills)
                await membership.set_member(tx, CITY, entry, (), person, NOW)
        return person

    return made
