"""Shifts, turns and members of the roster, and what was changed in it: the only SQL of this room."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.people.model import Role
from tanggap.people.roster.model import Ability, Change, Member, OwnTurn, Shift, Turn
from tanggap.people.roster.planning import PlannedShift
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id

#: A turn as it is read, from the tables t, s, p, m of `TURNS`.
TURN = """t.id, t.shift, t.person, p.name, t.role, s.starts_at, s.ends_at, t.is_planned, t.signed_on_at, t.signed_off_at,
          coalesce(m.skills, '{}') AS skills, coalesce(m.languages, '{}') AS languages,
          (SELECT a.kind FROM roster_absence a WHERE a.city = t.city AND a.person = t.person AND a.withdrawn_at IS NULL
           AND a.since <= s.starts_at AND a.until > s.starts_at ORDER BY a.noted_at LIMIT 1) AS away"""
_PEOPLE = """JOIN person p ON p.city = t.city AND p.id = t.person AND p.active
             LEFT JOIN roster_member m ON m.city = t.city AND m.person = t.person"""
#: Turns that count: not taken away, of a shift that stands, of a person whose account is open.
TURNS = f"""shift_turn t JOIN shift s ON s.city = t.city AND s.id = t.shift AND s.cancelled_at IS NULL AND t.removed_at IS NULL
            {_PEOPLE}"""
_SHIFT = "s.id, s.day, s.code, s.name_id, s.name_en, s.starts_at, s.ends_at, s.needs"
_SHIFTS = f"""SELECT {_SHIFT}, coalesce((SELECT jsonb_agg(to_jsonb(x) ORDER BY x.role DESC, x.name, x.id) FROM (
                  SELECT {TURN} FROM shift_turn t {_PEOPLE}
                  WHERE t.city = s.city AND t.shift = s.id AND t.removed_at IS NULL) x), '[]') AS turns
              FROM shift s WHERE s.city = $1 AND s.cancelled_at IS NULL"""
_CHANGE = ", ".join(Change.__struct_fields__)
_MEMBER = "m.person, p.name, m.role, m.team, m.skills, m.languages, m.home_agency, m.employment, m.active AND p.active AS active"


def overlapping(since: str, until: str) -> str:
    """The condition that a shift overlaps a time. No shift is longer than a day, so the index on its beginning finds it."""
    return f"s.starts_at > {since}::timestamptz - interval '24 hours' AND s.ends_at > {since} AND s.starts_at < {until}"


def to_turn(row: Mapping[str, Any]) -> Turn:
    """A row of TURN."""
    return msgspec.convert({name: row[name] for name in Turn.__struct_fields__}, Turn)


def to_own(row: Mapping[str, Any]) -> OwnTurn:
    """A row of TURN with the shift's day, code and names."""
    return msgspec.convert({**row, "turn": {name: row[name] for name in Turn.__struct_fields__}}, OwnTurn)


async def shifts(conn: Connection, city: str, since: datetime, until: datetime) -> list[Shift]:
    """The shifts that overlap a time, each with its turns, in the order of time."""
    sql = f"{_SHIFTS} AND {overlapping('$2', '$3')} ORDER BY s.starts_at, s.code"
    return [msgspec.convert(dict(row), Shift) for row in await conn.fetch(sql, city, since, until)]


async def shift(conn: Connection, city: str, shift_id: UUID) -> Shift | None:
    """One shift with its turns."""
    row = await conn.fetchrow(f"{_SHIFTS} AND s.id = $2", city, shift_id)
    return msgspec.convert(dict(row), Shift) if row else None


async def shift_at(conn: Connection, city: str, at: datetime) -> str | None:
    """The code of the shift in which a moment lies; of two that overlap, the one that began later."""
    found: str | None = await conn.fetchval("SELECT shift_at($1, $2)", city, at)
    return found


async def write_shifts(tx: Transaction, city: str, wanted: Sequence[PlannedShift]) -> list[tuple[PlannedShift, UUID, bool]]:
    """Make the shifts that are not there or were cancelled; each with its id and whether it was made now."""
    sql = """INSERT INTO shift AS s (city, id, day, code, name_id, name_en, starts_at, ends_at, needs)
             SELECT $1, x.id, x.day, x.code, x.name_id, x.name_en, x.starts_at, x.ends_at, x.needs
             FROM jsonb_to_recordset($2) AS x(id uuid, day date, code text, name_id text, name_en text, starts_at timestamptz,
                                              ends_at timestamptz, needs jsonb)
             ON CONFLICT (city, day, code) DO UPDATE
             SET (name_id, name_en, starts_at, ends_at, needs, cancelled_at) =
                 (excluded.name_id, excluded.name_en, excluded.starts_at, excluded.ends_at, excluded.needs, NULL)
             WHERE s.cancelled_at IS NOT NULL RETURNING s.id"""
    rows = [{**msgspec.to_builtins(one), "id": str(new_id())} for one in wanted]
    made = {row["id"] for row in await tx.fetch(sql, city, rows)}
    sql = "SELECT day, code, id FROM shift WHERE city = $1 AND day = ANY($2::date[]) AND cancelled_at IS NULL"
    there = {(row["day"], row["code"]): row["id"] for row in await tx.fetch(sql, city, sorted({one.day for one in wanted}))}
    found = ((one, there[one.day, one.code]) for one in wanted)
    return [(one, shift_id, shift_id in made) for one, shift_id in found]


async def peopled(conn: Connection, city: str, shift_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the shifts in which somebody has a turn."""
    sql = "SELECT DISTINCT shift FROM shift_turn WHERE city = $1 AND shift = ANY($2::uuid[]) AND removed_at IS NULL"
    return {row["shift"] for row in await conn.fetch(sql, city, list(shift_ids))}


async def cancel_empty(tx: Transaction, city: str, shift_ids: Iterable[UUID], now: datetime) -> None:
    """Take back shifts in which nobody has a turn and about which nothing was written."""
    sql = """UPDATE shift s SET cancelled_at = $3 WHERE city = $1 AND id = ANY($2::uuid[]) AND cancelled_at IS NULL
             AND NOT EXISTS (SELECT FROM shift_turn t WHERE t.city = s.city AND t.shift = s.id AND t.removed_at IS NULL)
             AND NOT EXISTS (SELECT FROM relief_note n WHERE n.city = s.city AND n.shift = s.id)"""
    await tx.execute(sql, city, list(shift_ids), now)


async def turn(conn: Connection, city: str, turn_id: UUID) -> OwnTurn | None:
    """One turn that counts, with the name of its shift."""
    sql = f"SELECT {TURN}, s.day, s.code, s.name_id, s.name_en FROM {TURNS} WHERE t.city = $1 AND t.id = $2"
    row = await conn.fetchrow(sql, city, turn_id)
    return to_own(row) if row else None


async def lock_turn(tx: Transaction, city: str, turn_id: UUID) -> Turn | None:
    """One turn that counts, locked until the transaction ends."""
    row = await tx.fetchrow(f"SELECT {TURN} FROM {TURNS} WHERE t.city = $1 AND t.id = $2 FOR UPDATE OF t", city, turn_id)
    return to_turn(row) if row else None


async def turns_of(conn: Connection, city: str, people: Iterable[UUID], since: datetime, until: datetime) -> list[OwnTurn]:
    """The turns of some people that overlap a time, in its order."""
    sql = f"""SELECT {TURN}, s.day, s.code, s.name_id, s.name_en FROM {TURNS}
              WHERE t.city = $1 AND t.person = ANY($2::uuid[]) AND {overlapping("$3", "$4")}
              ORDER BY s.starts_at, t.id"""
    return [to_own(row) for row in await conn.fetch(sql, city, list(people), since, until)]


async def add_turns(
    tx: Transaction, city: str, wanted: Sequence[tuple[UUID, UUID, Role]], *, is_planned: bool = True
) -> list[UUID]:
    """Give people (shift, person, role) a turn, unless they have one in that shift; the ids of the new turns."""
    sql = """INSERT INTO shift_turn (city, id, shift, person, role, is_planned)
             SELECT $1, x.id, x.shift, x.person, x.role, $3
             FROM jsonb_to_recordset($2) AS x(id uuid, shift uuid, person uuid, role text)
             ON CONFLICT (city, shift, person) WHERE removed_at IS NULL DO NOTHING RETURNING id"""
    rows = [
        {"id": str(new_id()), "shift": str(shift_id), "person": str(person), "role": role.value}
        for shift_id, person, role in wanted
    ]
    return [row["id"] for row in await tx.fetch(sql, city, rows, is_planned)]


async def remove_turns(tx: Transaction, city: str, turn_ids: Iterable[UUID], now: datetime) -> list[UUID]:
    """Take turns away to which nobody signed on; which were."""
    sql = """UPDATE shift_turn SET removed_at = $3 WHERE city = $1 AND id = ANY($2::uuid[]) AND removed_at IS NULL
             AND signed_on_at IS NULL RETURNING id"""
    return [row["id"] for row in await tx.fetch(sql, city, list(turn_ids), now)]


async def restore_turns(tx: Transaction, city: str, turn_ids: Iterable[UUID], now: datetime) -> list[UUID]:
    """Give turns back that were taken away, where the shift is not over and the person has no other turn in it; which were."""
    sql = """UPDATE shift_turn t SET removed_at = NULL FROM shift s
             WHERE t.city = $1 AND t.id = ANY($2::uuid[]) AND t.removed_at IS NOT NULL AND s.city = t.city AND s.id = t.shift
             AND s.ends_at > $3 AND s.cancelled_at IS NULL
             AND NOT EXISTS (SELECT FROM shift_turn o WHERE o.city = t.city AND o.shift = t.shift AND o.person = t.person
                             AND o.removed_at IS NULL)
             RETURNING t.id"""
    return [row["id"] for row in await tx.fetch(sql, city, list(turn_ids), now)]


async def sign_on(tx: Transaction, city: str, turn_id: UUID, now: datetime) -> None:
    """Write that somebody came, or came back."""
    sql = """UPDATE shift_turn SET signed_on_at = coalesce(signed_on_at, $3), signed_off_at = NULL
             WHERE city = $1 AND id = $2"""
    await tx.execute(sql, city, turn_id, now)


async def sign_off(tx: Transaction, city: str, turn_id: UUID, now: datetime) -> None:
    """Write that somebody went."""
    await tx.execute("UPDATE shift_turn SET signed_off_at = $3 WHERE city = $1 AND id = $2", city, turn_id, now)


async def turns_in_role(conn: Connection, city: str, role: Role, since: datetime, until: datetime) -> list[Turn]:
    """The turns of a role that overlap a time, in the order in which people signed on."""
    sql = f"""SELECT {TURN} FROM {TURNS} WHERE t.city = $1 AND t.role = $2 AND {overlapping("$3", "$4")}
              ORDER BY t.signed_on_at NULLS LAST, p.name, t.id"""
    return [to_turn(row) for row in await conn.fetch(sql, city, role.value, since, until)]


async def is_kept(conn: Connection, city: str, role: Role, now: datetime, since: datetime, until: datetime) -> bool:
    """Whether the roster speaks of a role: a shift covers the moment, and somebody has a turn of the role around it."""
    sql = f"""SELECT shift_at($1, $3) IS NOT NULL
              AND EXISTS (SELECT FROM {TURNS} WHERE t.city = $1 AND t.role = $2 AND {overlapping("$4", "$5")})"""
    found: bool = await conn.fetchval(sql, city, role.value, now, since, until)
    return found


async def abilities(conn: Connection, city: str) -> dict[UUID, Ability]:
    """What everybody on the list can, by person."""
    rows = await conn.fetch("SELECT person, skills, languages FROM roster_member WHERE city = $1", city)
    return {row["person"]: Ability(frozenset(row["skills"]), frozenset(row["languages"])) for row in rows}


async def members(conn: Connection, city: str) -> list[Member]:
    """Everybody on the roster's list, by team and name."""
    sql = f"""SELECT {_MEMBER} FROM roster_member m JOIN person p ON p.city = m.city AND p.id = m.person
              WHERE m.city = $1 ORDER BY m.team NULLS LAST, m.role DESC, p.name"""
    return [msgspec.convert(dict(row), Member) for row in await conn.fetch(sql, city)]


async def member(conn: Connection, city: str, person: UUID) -> Member | None:
    """One person's entry in the roster's list."""
    sql = f"""SELECT {_MEMBER} FROM roster_member m JOIN person p ON p.city = m.city AND p.id = m.person
              WHERE m.city = $1 AND m.person = $2"""
    row = await conn.fetchrow(sql, city, person)
    return msgspec.convert(dict(row), Member) if row else None


async def write_member(tx: Transaction, city: str, entry: Member, now: datetime) -> None:
    """Keep one person's entry."""
    sql = """INSERT INTO roster_member (city, person, role, team, skills, languages, home_agency, employment, active, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (city, person) DO UPDATE
             SET (role, team, skills, languages, home_agency, employment, active, changed_at) =
                 (excluded.role, excluded.team, excluded.skills, excluded.languages, excluded.home_agency, excluded.employment,
                  excluded.active, excluded.changed_at)"""
    values = (entry.role.value, entry.team, sorted(entry.skills), sorted(entry.languages))
    await tx.execute(sql, city, entry.person, *values, entry.home_agency, entry.employment.value, entry.active, now)


async def add_change(tx: Transaction, city: str, change: Change) -> None:
    """Keep what was done."""
    sql = f"INSERT INTO roster_change (city, {_CHANGE}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    await tx.execute(sql, city, *(getattr(change, name) for name in Change.__struct_fields__))


async def changes(conn: Connection, city: str, limit: int) -> list[Change]:
    """What was done last, the newest first."""
    sql = f"SELECT {_CHANGE} FROM roster_change WHERE city = $1 ORDER BY at DESC, id DESC LIMIT $2"
    return [msgspec.convert(dict(row), Change) for row in await conn.fetch(sql, city, limit)]


async def lock_change(tx: Transaction, city: str, change_id: UUID) -> Change | None:
    """One change, locked until the transaction ends."""
    row = await tx.fetchrow(f"SELECT {_CHANGE} FROM roster_change WHERE city = $1 AND id = $2 FOR UPDATE", city, change_id)
    return msgspec.convert(dict(row), Change) if row else None


async def mark_undone(tx: Transaction, city: str, change_id: UUID, now: datetime) -> None:
    """Write that a change was undone."""
    await tx.execute("UPDATE roster_change SET undone_at = $3 WHERE city = $1 AND id = $2", city, change_id, now)


async def days_made(conn: Connection, city: str, since: date) -> list[date]:
    """Days from `since` on that have a shift."""
    sql = "SELECT DISTINCT day FROM shift WHERE city = $1 AND day >= $2 AND cancelled_at IS NULL ORDER BY day"
    return [row["day"] for row in await conn.fetch(sql, city, since)]
