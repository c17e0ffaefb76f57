"""Calls, operators, calls back and recordings: the only SQL of this room."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.incident.refusals import NotFound
from tanggap.incident.store import to_struct
from tanggap.platform.database import Connection, Transaction
from tanggap.telephony.model import (
    Call,
    CallBackTry,
    CallEvent,
    CallState,
    EventKind,
    Operator,
    Presence,
    Recording,
    RecordingState,
)

CALL_COLUMNS = ", ".join(Call.__struct_fields__)
EVENT_COLUMNS = ", ".join(CallEvent.__struct_fields__)
OPERATOR_COLUMNS = ", ".join(Operator.__struct_fields__)
TRY_COLUMNS = ", ".join(CallBackTry.__struct_fields__)
RECORDING_COLUMNS = ", ".join(Recording.__struct_fields__)

#: What a verb may change on a call. Everything else is set once, when it comes in.
CALL_CHANGES = frozenset(
    [
        "state", "outcome", "offered_at", "answered_at", "ended_at", "operator", "answered_where", "ended_by", "is_urgent",
        "keys", "call_back_state", "call_back_at", "call_back_tries", "needs", "needs_by", "hand_on_at", "handed_on_by",
    ]
)  # fmt: skip
RECORDING_CHANGES = frozenset(
    ["state", "path", "key_id", "sha256", "bytes", "seconds", "silence", "flaw", "stored_at", "expires_at", "legal_hold",
     "held_by", "deleted_at"]
)  # fmt: skip

#: The call and its first event in one round trip; a call that is known already writes nothing and returns no row.
INSERT_CALL = f"""
WITH new AS (
    INSERT INTO call (city, id, sip_id, report, caller, direction, trunk, dialled, queue, state, rang_at, of_call, is_example)
    VALUES ($1, $2, $3, $4, (SELECT caller FROM report WHERE city = $1 AND id = $4), $5, $6, $7, $8, 'ringing', $9, $10, $11)
    ON CONFLICT (city, sip_id) DO NOTHING
    RETURNING {CALL_COLUMNS}),
told AS (
    INSERT INTO call_event (city, call, id, at, kind, body, is_example)
    SELECT $1, new.id, $12, $9, 'rang', $13, $11 FROM new)
SELECT * FROM new
"""


async def insert_call(
    tx: Transaction, city: str, call_id: UUID, sip_id: str, report: UUID, direction: str, trunk: str, dialled: str, queue: str,
    at: datetime, of_call: UUID | None, is_example: bool, event: UUID, body: dict[str, Any],
) -> Call | None:  # fmt: skip
    """Store a call with its first event. None: it is stored already."""
    row = await tx.fetchrow(
        INSERT_CALL, city, call_id, sip_id, report, direction, trunk, dialled, queue, at, of_call, is_example, event, body
    )
    return to_struct(Call, row) if row else None


async def call(conn: Connection, city: str, call_id: UUID) -> Call:
    """Raises NotFound."""
    return _found(await conn.fetchrow(f"SELECT {CALL_COLUMNS} FROM call WHERE city = $1 AND id = $2", city, call_id))


async def lock_call(tx: Transaction, city: str, call_id: UUID) -> Call:
    """The call, locked until the transaction ends. Raises NotFound."""
    return _found(await tx.fetchrow(f"SELECT {CALL_COLUMNS} FROM call WHERE city = $1 AND id = $2 FOR UPDATE", city, call_id))


async def by_sip_id(conn: Connection, city: str, sip_id: str) -> Call | None:
    """The call that the edge knows under this name."""
    row = await conn.fetchrow(f"SELECT {CALL_COLUMNS} FROM call WHERE city = $1 AND sip_id = $2", city, sip_id)
    return to_struct(Call, row) if row else None


async def change_call(tx: Transaction, city: str, call_id: UUID, **changes: Any) -> Call:
    """Write columns of a call. Raises NotFound; ValueError for a column that does not change."""
    return _found(await _change(tx, "call", CALL_COLUMNS, CALL_CHANGES, city, call_id, changes, "rev = rev + 1, "))


async def move_call(
    tx: Transaction, city: str, moved: Call, changes: dict[str, Any], event: UUID, at: datetime, kind: EventKind,
    person: UUID | None, body: dict[str, Any],
) -> Call:  # fmt: skip
    """Write columns of a call and the event that says so, in one round trip."""
    unknown = set(changes) - CALL_CHANGES
    if unknown:
        raise ValueError(f"does not change: {', '.join(sorted(unknown))}")
    sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(changes, 9))
    sql = f"""WITH told AS (
                  INSERT INTO call_event (city, call, id, at, kind, person, body, is_example)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8))
              UPDATE call SET rev = rev + 1, {sets} WHERE city = $1 AND id = $2 RETURNING {CALL_COLUMNS}"""
    values = (city, moved.id, event, at, kind.value, person, body, moved.is_example, *changes.values())
    return _found(await tx.fetchrow(sql, *values))


async def lock_calls(tx: Transaction, city: str, ids: Sequence[UUID]) -> list[Call]:
    """Calls, locked until the transaction ends, in one round trip; those that are not there are left out."""
    sql = f"SELECT {CALL_COLUMNS} FROM call WHERE city = $1 AND id = ANY($2) ORDER BY id FOR UPDATE"
    return [to_struct(Call, row) for row in await tx.fetch(sql, city, list(ids))]


async def write_calls(tx: Transaction, city: str, calls: Sequence[Call]) -> None:
    """Write what facts have changed on calls that are locked, in one round trip."""
    sql = """UPDATE call SET state = new.state, outcome = new.outcome, offered_at = new.offered_at, answered_at = new.answered_at,
                 ended_at = new.ended_at, operator = new.operator, answered_where = new.answered_where, ended_by = new.ended_by,
                 call_back_state = new.call_back_state, call_back_at = new.call_back_at, rev = new.rev
             FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[], $8::uuid[],
                         $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::integer[])
                 AS new (id, state, outcome, offered_at, answered_at, ended_at, operator, answered_where, ended_by,
                         call_back_state, call_back_at, rev)
             WHERE call.city = $1 AND call.id = new.id"""
    rows = [
        (one.id, one.state, one.outcome, one.offered_at, one.answered_at, one.ended_at, one.operator, one.answered_where,
         one.ended_by, one.call_back_state, one.call_back_at, one.rev)
        for one in calls
    ]  # fmt: skip
    if rows:
        await tx.execute(sql, city, *map(list, zip(*rows, strict=True)))


async def calls_of_report(conn: Connection, city: str, report: UUID) -> list[Call]:
    """The calls of a report, oldest first."""
    sql = f"SELECT {CALL_COLUMNS} FROM call WHERE city = $1 AND report = $2 ORDER BY rang_at, id"
    return [to_struct(Call, row) for row in await conn.fetch(sql, city, report)]


async def live_calls(conn: Connection, city: str, limit: int = 1_000) -> list[Call]:
    """Calls with somebody on the line, the longest first."""
    sql = f"SELECT {CALL_COLUMNS} FROM call WHERE city = $1 AND state <> 'ended' ORDER BY rang_at LIMIT $2"
    return [to_struct(Call, row) for row in await conn.fetch(sql, city, limit)]


async def to_call_back(conn: Connection, city: str, limit: int = 200) -> list[Call]:
    """Calls whose caller is still to be called, by when it is due."""
    sql = f"""SELECT {CALL_COLUMNS} FROM call WHERE city = $1 AND call_back_state = 'due'
              ORDER BY is_urgent DESC, call_back_at, rang_at LIMIT $2"""
    return [to_struct(Call, row) for row in await conn.fetch(sql, city, limit)]


async def unheard_of_callers(tx: Transaction, city: str, callers: Sequence[UUID], since: datetime) -> list[Call]:
    """Calls of these callers that are still to be called back, locked."""
    sql = f"""SELECT {CALL_COLUMNS} FROM call WHERE city = $1 AND caller = ANY($2) AND rang_at >= $3 AND call_back_state = 'due'
              ORDER BY rang_at FOR UPDATE"""
    return [to_struct(Call, row) for row in await tx.fetch(sql, city, list(callers), since)]


async def append_event(
    tx: Transaction, city: str, call_id: UUID, event: UUID, at: datetime, kind: EventKind, person: UUID | None,
    body: dict[str, Any], is_example: bool,
) -> None:  # fmt: skip
    """One more line of what happened to a call."""
    sql = """INSERT INTO call_event (city, call, id, at, kind, person, body, is_example)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"""
    await tx.execute(sql, city, call_id, event, at, kind.value, person, body, is_example)


async def append_events(tx: Transaction, city: str, events: Sequence[tuple[Call, CallEvent]]) -> None:
    """What happened to many calls, in one round trip."""
    sql = """INSERT INTO call_event (city, call, id, at, kind, person, body, is_example)
             SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::uuid[], $7::jsonb[],
                                      $8::boolean[])"""
    rows = [(call.id, one.id, one.at, one.kind, one.person, one.body, call.is_example) for call, one in events]
    if rows:
        await tx.execute(sql, city, *map(list, zip(*rows, strict=True)))


async def events_of(conn: Connection, city: str, call_id: UUID) -> list[CallEvent]:
    """What happened to a call, oldest first."""
    sql = f"SELECT {EVENT_COLUMNS} FROM call_event WHERE city = $1 AND call = $2 ORDER BY id"
    return [to_struct(CallEvent, row) for row in await conn.fetch(sql, city, call_id)]


# ── operators ──


async def operators(conn: Connection, city: str) -> list[Operator]:
    """Everybody who ever had a phone here."""
    sql = f"SELECT {OPERATOR_COLUMNS} FROM operator WHERE city = $1 ORDER BY person"
    return [to_struct(Operator, row) for row in await conn.fetch(sql, city)]


async def operator(conn: Connection, city: str, person: UUID) -> Operator | None:
    """One of them."""
    row = await conn.fetchrow(f"SELECT {OPERATOR_COLUMNS} FROM operator WHERE city = $1 AND person = $2", city, person)
    return to_struct(Operator, row) if row else None


class Seen(msgspec.Struct, frozen=True):
    """What the queue sees a person doing."""

    person: UUID
    state: Presence
    call: UUID | None
    registered: bool  # a phone of theirs is connected


async def set_presence(tx: Transaction, city: str, seen: Sequence[Seen], now: datetime) -> None:
    """What the queue sees people doing, each of them once. `since` moves only when the state does."""
    sql = """INSERT INTO operator (city, person, state, since, call, registered)
             SELECT $1, person, state, $2, call, registered
             FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::boolean[]) AS seen (person, state, call, registered)
             ORDER BY person
             ON CONFLICT (city, person) DO UPDATE SET state = excluded.state, call = excluded.call,
                 registered = excluded.registered,
                 since = CASE WHEN operator.state = excluded.state THEN operator.since ELSE excluded.since END"""
    rows = [(one.person, one.state, one.call, one.registered) for one in seen]
    if rows:
        await tx.execute(sql, city, now, *map(list, zip(*rows, strict=True)))


async def set_pause(tx: Transaction, city: str, person: UUID, paused: bool, reason: str, now: datetime) -> None:
    """A person wants no calls for now, or wants them again."""
    sql = """INSERT INTO operator (city, person, since, paused, pause_reason) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (city, person) DO UPDATE SET paused = excluded.paused, pause_reason = excluded.pause_reason"""
    await tx.execute(sql, city, person, now, paused, reason)


async def set_desk(tx: Transaction, city: str, person: UUID, desk: str, now: datetime) -> None:
    """At which desk a person sits."""
    sql = """INSERT INTO operator (city, person, since, desk) VALUES ($1, $2, $3, $4)
             ON CONFLICT (city, person) DO UPDATE SET desk = excluded.desk"""
    await tx.execute(sql, city, person, now, desk)


async def may_answer(conn: Connection, city: str) -> dict[UUID, str]:
    """The people of the centre who may take calls, with their names."""
    sql = """SELECT id, name FROM person WHERE city = $1 AND active AND agency IS NULL
               AND roles && ARRAY['call_taker', 'supervisor']"""
    return {row["id"]: row["name"] for row in await conn.fetch(sql, city)}


async def signed_out(conn: Connection, city: str, since: datetime) -> dict[UUID, datetime]:
    """Whose sessions have ended since `since` (by themselves, or by somebody else), and when the last of them did."""
    sql = """SELECT person, max(ended_at) AS at FROM session WHERE city = $1 AND expires_at > $2 AND ended_at > $2
             GROUP BY person"""
    return {row["person"]: row["at"] for row in await conn.fetch(sql, city, since)}


# ── the queue as people set it ──


async def burst_since(conn: Connection, city: str, queue: str) -> datetime | None:
    """Since when a burst is declared; None: none is."""
    since: datetime | None = await conn.fetchval("SELECT burst_since FROM call_queue WHERE city = $1 AND name = $2", city, queue)
    return since


async def set_burst(tx: Transaction, city: str, queue: str, since: datetime | None, by: UUID | None) -> None:
    """Declare a burst, or end it."""
    sql = """INSERT INTO call_queue (city, name, burst_since, burst_by) VALUES ($1, $2, $3, $4)
             ON CONFLICT (city, name) DO UPDATE SET burst_since = excluded.burst_since, burst_by = excluded.burst_by"""
    await tx.execute(sql, city, queue, since, by)


async def nuisance_history(conn: Connection, city: str, number_hash: bytes, since: datetime) -> tuple[int, int]:
    """How many of a number's judged reports since `since` were nuisance (test, prank, silent, misdial), and how many were not."""
    sql = """SELECT count(*) FILTER (WHERE disposition IN ('test', 'prank', 'silent', 'misdial')) AS nuisance,
                    count(*) FILTER (WHERE disposition IN ('genuine', 'duplicate', 'information', 'counselling')) AS sound
             FROM report WHERE city = $1 AND received_at >= $3
               AND caller = (SELECT id FROM caller WHERE city = $1 AND number_hash = $2)"""
    row = await conn.fetchrow(sql, city, number_hash, since)
    return row["nuisance"], row["sound"]


async def needed_lately(conn: Connection, city: str, number_hash: bytes, since: datetime) -> tuple[str, ...]:
    """What the last call of a number since `since` needed, of which a person or the caller had said so; () when none did."""
    sql = """SELECT needs FROM call WHERE city = $1 AND rang_at >= $3 AND needs_by IN ('key', 'person')
               AND caller = (SELECT id FROM caller WHERE city = $1 AND number_hash = $2) ORDER BY rang_at DESC LIMIT 1"""
    return tuple(await conn.fetchval(sql, city, number_hash, since) or ())


async def to_hand_on(conn: Connection, city: str) -> list[Call]:
    """Calls that their call takers want somebody else to go on with."""
    sql = f"SELECT {CALL_COLUMNS} FROM call WHERE city = $1 AND state <> 'ended' AND hand_on_at IS NOT NULL"
    return [to_struct(Call, row) for row in await conn.fetch(sql, city)]


async def urgent_in_browsers(conn: Connection, city: str) -> list[str]:
    """Web calls that nobody has answered yet and whose callers say «danger now», by their names at the edge."""
    sql = "SELECT sip_id FROM call WHERE city = $1 AND state IN ('ringing', 'queued') AND direction = 'web' AND is_urgent"
    return [row["sip_id"] for row in await conn.fetch(sql, city)]


# ── calls back ──


async def insert_try(tx: Transaction, city: str, tried: CallBackTry) -> None:
    """One try to call somebody back."""
    sql = "INSERT INTO call_back (city, id, call, at, by, outcome, out) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    await tx.execute(sql, city, tried.id, tried.call, tried.at, tried.by, tried.outcome.value, tried.out)


async def tries_of(conn: Connection, city: str, call_id: UUID) -> list[CallBackTry]:
    """The tries for a call, oldest first."""
    sql = f"SELECT {TRY_COLUMNS} FROM call_back WHERE city = $1 AND call = $2 ORDER BY at, id"
    return [to_struct(CallBackTry, row) for row in await conn.fetch(sql, city, call_id)]


# ── recordings ──


async def insert_recording(tx: Transaction, city: str, recording: Recording) -> None:
    """A recording that has begun."""
    names = ["city", *Recording.__struct_fields__]
    marks = ", ".join(f"${n}" for n in range(1, len(names) + 1))
    values = [getattr(recording, name) for name in Recording.__struct_fields__]
    await tx.execute(f"INSERT INTO call_recording ({', '.join(names)}) VALUES ({marks})", city, *values)


async def recording(conn: Connection, city: str, recording_id: UUID) -> Recording:
    """Raises NotFound."""
    sql = f"SELECT {RECORDING_COLUMNS} FROM call_recording WHERE city = $1 AND id = $2"
    row = await conn.fetchrow(sql, city, recording_id)
    if row is None:
        raise NotFound(kind="recording")
    return to_struct(Recording, row)


async def lock_recording(tx: Transaction, city: str, recording_id: UUID) -> Recording:
    """The recording, locked until the transaction ends. Raises NotFound."""
    sql = f"SELECT {RECORDING_COLUMNS} FROM call_recording WHERE city = $1 AND id = $2 FOR UPDATE"
    row = await tx.fetchrow(sql, city, recording_id)
    if row is None:
        raise NotFound(kind="recording")
    return to_struct(Recording, row)


async def stored_recordings(conn: Connection, city: str) -> list[UUID]:
    """All recordings that have a file."""
    return [row["id"] for row in await conn.fetch("SELECT id FROM call_recording WHERE city = $1 AND state = 'stored'", city)]


async def recordings_of(conn: Connection, city: str, call_id: UUID) -> list[Recording]:
    """The recordings of a call, oldest first."""
    sql = f"SELECT {RECORDING_COLUMNS} FROM call_recording WHERE city = $1 AND call = $2 ORDER BY started_at, id"
    return [to_struct(Recording, row) for row in await conn.fetch(sql, city, call_id)]


class OfReport(msgspec.Struct, frozen=True):
    """A recording beside the report that its call opened: what decides who may hear it, and what a page says of it."""

    id: UUID
    state: RecordingState
    seconds: float | None
    flaw: str
    started_at: datetime
    expires_at: datetime | None
    legal_hold: bool
    deleted_at: datetime | None
    operator: UUID | None
    ended_at: datetime | None


async def recordings_of_report(conn: Connection, city: str, report: UUID) -> list[OfReport]:
    """The recordings of a report's calls, oldest first."""
    sql = """SELECT r.id, r.state, r.seconds, r.flaw, r.started_at, r.expires_at, r.legal_hold, r.deleted_at,
                    c.operator, c.ended_at
             FROM call c JOIN call_recording r ON r.city = c.city AND r.call = c.id
             WHERE c.city = $1 AND c.report = $2 ORDER BY r.started_at, r.id"""
    return [to_struct(OfReport, row) for row in await conn.fetch(sql, city, report)]


async def change_recording(tx: Transaction, city: str, recording_id: UUID, **changes: Any) -> Recording:
    """Write columns of a recording. Raises NotFound; ValueError for a column that does not change."""
    row = await _change(tx, "call_recording", RECORDING_COLUMNS, RECORDING_CHANGES, city, recording_id, changes)
    if row is None:
        raise NotFound(kind="recording")
    return to_struct(Recording, row)


async def expired_recordings(conn: Connection, city: str, now: datetime, limit: int = 100) -> list[Recording]:
    """Stored recordings whose time is over and that nobody holds."""
    sql = f"""SELECT {RECORDING_COLUMNS} FROM call_recording
              WHERE city = $1 AND state = 'stored' AND NOT legal_hold AND expires_at < $2 ORDER BY expires_at LIMIT $3"""
    return [to_struct(Recording, row) for row in await conn.fetch(sql, city, now, limit)]


async def close_lost(tx: Transaction, city: str, known: Sequence[str], before: datetime) -> list[UUID]:
    """Calls that stand open in the database, older than `before`, but of which the edge knows nothing any more; locked."""
    sql = """SELECT id FROM call WHERE city = $1 AND state <> $2 AND rang_at < $4 AND NOT sip_id = ANY($3)
             ORDER BY rang_at FOR UPDATE"""
    return [row["id"] for row in await tx.fetch(sql, city, CallState.ENDED.value, list(known), before)]


async def _change(
    tx: Transaction, table: str, columns: str, allowed: frozenset[str], city: str, row_id: UUID, changes: dict[str, Any],
    also: str = "",
) -> Any:  # fmt: skip
    unknown = set(changes) - allowed
    if unknown:
        raise ValueError(f"does not change: {', '.join(sorted(unknown))}")
    sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(changes, 3))
    sql = f"UPDATE {table} SET {also}{sets} WHERE city = $1 AND id = $2 RETURNING {columns}"
    return await tx.fetchrow(sql, city, row_id, *changes.values())


def _found(row: Any) -> Call:
    if row is None:
        raise NotFound(kind="call")
    return to_struct(Call, row)
