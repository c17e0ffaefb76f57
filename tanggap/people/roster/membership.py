"""Who can be put on the roster: their team, what they can do and speak, who lends them to the centre."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from tanggap.people import store as people
from tanggap.people.audit import record_access
from tanggap.people.model import Person
from tanggap.people.roster import store
from tanggap.people.roster.attendance import role_of
from tanggap.people.roster.model import DUTY_ROLES, Member, MemberUnclear
from tanggap.people.roster.service import plan_of
from tanggap.platform.database import Transaction

#: The acts of this file in the audit.
MEMBER_CHANGED = "roster_member_changed"
LANGUAGES_CHANGED = "own_languages_changed"


async def set_member(tx: Transaction, city: str, entry: Member, agencies: Collection[str], by: Person, now: datetime) -> Member:
    """Put somebody of the centre on the roster's list, or change what it says of them. Turns they have already stay.

    Raises:
        MemberUnclear: no such person, a role that is not theirs, or a team, skill, language or agency that the city lacks.
        NoShiftPlan.
    """
    plan = await plan_of(tx, city)
    person = next((one for one in await people.people(tx, city) if one.id == entry.person), None)
    is_sound = (
        person is not None
        and person.agency is None
        and entry.role in person.roles
        and entry.role in DUTY_ROLES
        and (entry.team is None or plan.team(entry.team) is not None)
        and entry.skills <= {known.code for known in plan.skills}
        and entry.languages <= {known.code for known in plan.languages}
        and (entry.home_agency is None or entry.home_agency in agencies)
    )
    if not is_sound:
        raise MemberUnclear
    await store.write_member(tx, city, entry, now)
    await record_access(tx, city, by, MEMBER_CHANGED, f"person:{entry.person}", {"team": entry.team}, now)
    return entry


async def speak(tx: Transaction, city: str, languages: Collection[str], person: Person, now: datetime) -> Member:
    """Somebody says which languages they speak beside Indonesian. What they are trained for, the supervisor says (`set_member`).

    Raises:
        NotAMember: the person has no role that works shifts.
        MemberUnclear: a language that the city lacks. NoShiftPlan.
    """
    plan = await plan_of(tx, city)
    spoken = frozenset(languages)
    if not spoken <= {known.code for known in plan.languages}:
        raise MemberUnclear
    listed = await store.member(tx, city, person.id)
    entry = listed or Member(person.id, person.name, await role_of(tx, city, person))
    entry = msgspec.structs.replace(entry, languages=spoken)
    await store.write_member(tx, city, entry, now)
    await record_access(tx, city, person, LANGUAGES_CHANGED, f"person:{person.id}", {"languages": sorted(spoken)}, now)
    return entry
