"""The demonstration's roster: its two call takers in different teams for four weeks, so that the pages have something to show.

Supervisors stay off it: a demonstration has one, who is to hear of everything at any hour.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tanggap.city.store import shift_plan
from tanggap.people.model import Person, Role
from tanggap.people.roster import membership, service, store
from tanggap.people.roster.model import Employment, Member
from tanggap.platform.database import Transaction

WEEKS = 4


async def ensure_demo_roster(tx: Transaction, city: str, zone: ZoneInfo, people: Sequence[Person], now: datetime) -> bool:
    """Make it, unless anybody is on the roster's list already or the city has no plan; whether it was made."""
    plan = await shift_plan(tx, city)
    takers = [person for person in people if Role.CALL_TAKER in person.roles and person.active]
    keeper = next((person for person in people if Role.SUPERVISOR in person.roles and person.active), None)
    if plan is None or keeper is None or not takers or await store.members(tx, city):
        return False
    for place, person in enumerate(takers):
        team = plan.teams[place * 2 % len(plan.teams)]
        skills = frozenset(known.code for known in plan.skills[place : place + 1])
        languages = frozenset(known.code for known in plan.languages[place : place + 1])
        employment = Employment.CONTRACT if place else Employment.CIVIL_SERVANT
        entry = Member(person.id, person.name, Role.CALL_TAKER, team.code, skills, languages, None, employment)
        await membership.set_member(tx, city, entry, (), keeper, now)
    await service.generate(tx, city, zone, now.astimezone(zone).date(), WEEKS, keeper, now)
    return True
