"""The one place that says which role may do what."""

from collections.abc import Mapping
from enum import StrEnum

from tanggap.people.model import NotAllowed, Person, Role


class Act(StrEnum):
    """Something that not everybody may do."""

    TAKE_CALLS = "take_calls"  # the console: answer, write, locate, dispose
    HAND_OVER = "hand_over"  # make an incident, send it to agencies
    SEE_INCIDENTS = "see_incidents"  # all incidents of the city, without callers' numbers
    SEE_CALLER_NUMBER = "see_caller_number"  # one number in full, each look audited
    HEAR_RECORDINGS = "hear_recordings"  # every call's; a call taker hears the own ones without it, for some hours
    SUPERVISE = "supervise"  # take over, merge, split, reassign, reopen
    SEE_ONLINE = "see_online"  # who is logged in
    SEE_STATISTICS = "see_statistics"  # counts and their CSV
    KEEP_PLACES = "keep_places"  # take learnt names and places into the gazetteer, or refuse them
    KEEP_EVIDENCE = "keep_evidence"  # publish learnt weights, take them back, thank who tried the number
    WORK_SHIFTS = "work_shifts"  # one's own turns: sign on and off, hand over, swap, calendar
    KEEP_ROSTER = "keep_roster"  # make the roster, change it, decide on swaps
    KEEP_CONTACTS = "keep_contacts"  # at which addresses agencies are told
    ANSWER_ASSIGNMENT = "answer_assignment"  # accept, reject, progress, photos: of the own agency only
    ADMINISTER = "administer"  # people, roles, sessions, tokens
    READ_AUDIT = "read_audit"  # who saw or changed what
    SEE_HEALTH = "see_health"  # metrics and the state of the machine


#: Every role and what it may do; nothing is allowed that does not stand here.
MAY: Mapping[Role, frozenset[Act]] = {
    Role.CALL_TAKER: frozenset({Act.TAKE_CALLS, Act.HAND_OVER, Act.SEE_INCIDENTS, Act.SEE_CALLER_NUMBER, Act.WORK_SHIFTS}),
    Role.SUPERVISOR: frozenset(
        {
            Act.TAKE_CALLS,
            Act.HAND_OVER,
            Act.SEE_INCIDENTS,
            Act.SEE_CALLER_NUMBER,
            Act.HEAR_RECORDINGS,
            Act.SUPERVISE,
            Act.SEE_ONLINE,
            Act.SEE_STATISTICS,
            Act.KEEP_PLACES,
            Act.WORK_SHIFTS,
            Act.KEEP_ROSTER,
        }
    ),
    Role.COORDINATOR: frozenset(
        {
            Act.SEE_INCIDENTS,
            Act.SEE_STATISTICS,
            Act.SEE_ONLINE,
            Act.KEEP_PLACES,
            Act.KEEP_EVIDENCE,
            Act.KEEP_CONTACTS,
            Act.WORK_SHIFTS,
            Act.KEEP_ROSTER,
        }
    ),
    Role.AGENCY: frozenset({Act.ANSWER_ASSIGNMENT}),
    Role.FIELD: frozenset({Act.ANSWER_ASSIGNMENT}),
    Role.AUDITOR: frozenset({Act.READ_AUDIT, Act.WORK_SHIFTS}),
    Role.ADMINISTRATOR: frozenset({Act.ADMINISTER, Act.SEE_ONLINE, Act.SEE_HEALTH, Act.KEEP_CONTACTS, Act.WORK_SHIFTS}),
}


def may(person: Person | None, act: Act) -> bool:
    """Whether one of the person's roles includes the act."""
    return person is not None and any(act in MAY[role] for role in person.roles)


def require(person: Person | None, act: Act) -> Person:
    """The person, when they may.

    Raises:
        NotAllowed: they may not.
    """
    if person is None or not may(person, act):
        raise NotAllowed(act=act.value)
    return person


def roles_that_may(act: Act) -> frozenset[Role]:
    """All roles that include the act."""
    return frozenset(role for role, acts in MAY.items() if act in acts)


def agency_of(person: Person) -> str | None:
    """The agency whose assignments and incidents alone this person may see; none for people of the 112 centre."""
    return person.agency


#: Where each role begins after signing in, in the order that decides for somebody with several.
HOME: Mapping[Role, str] = {
    Role.SUPERVISOR: "/pengawas",
    Role.CALL_TAKER: "/konsol",
    Role.AGENCY: "/instansi",
    Role.FIELD: "/lapangan",
    Role.COORDINATOR: "/koordinator",
    Role.ADMINISTRATOR: "/admin",
    Role.AUDITOR: "/audit",
}


def home_of(person: Person) -> str:
    """The screen where this person's work begins."""
    return next((path for role, path in HOME.items() if role in person.roles), "/")
