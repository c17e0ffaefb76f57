"""Swaps: the only SQL of this room."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.people.roster.model import Turn
from tanggap.people.roster.swaps.model import Swap, SwapState
from tanggap.platform.database import Connection, Transaction

_PLAIN = ("id", "asked", "asked_name", "words", "state", "asked_at", "decided_by_name", "reason")


def _turn_json(turn: str) -> str:
    """A turn with the name of its shift, as JSON; also of a turn that was taken away, because a swap tells what was."""
    return f"""(SELECT jsonb_build_object('turn', jsonb_build_object(
                    'id', t.id, 'shift', t.shift, 'person', t.person, 'name', p.name, 'role', t.role, 'starts_at', s.starts_at,
                    'ends_at', s.ends_at, 'is_planned', t.is_planned, 'signed_on_at', t.signed_on_at,
                    'signed_off_at', t.signed_off_at),
                'day', s.day, 'code', s.code, 'name_id', s.name_id, 'name_en', s.name_en)
                FROM shift_turn t JOIN shift s ON s.city = t.city AND s.id = t.shift
                     JOIN person p ON p.city = t.city AND p.id = t.person
                WHERE t.city = w.city AND t.id = {turn})"""


_SWAP = f"""SELECT w.id, w.asked, a.name AS asked_name, w.words, w.state, w.asked_at, w.decided_by_name, w.reason,
                   {_turn_json("w.turn")} AS given, {_turn_json("w.in_return")} AS back
            FROM shift_swap w JOIN person a ON a.city = w.city AND a.id = w.asked WHERE w.city = $1"""


def _swap(row: Mapping[str, Any]) -> Swap:
    return msgspec.convert({**{name: row[name] for name in _PLAIN}, "given": row["given"], "back": row["back"]}, Swap)


async def insert(
    tx: Transaction, city: str, swap_id: UUID, given: Turn, asked: UUID, back: Turn | None, words: str, now: datetime
) -> bool:
    """Keep a request; False when the turn is asked about already."""
    sql = """INSERT INTO shift_swap (city, id, turn, asked, in_return, words, state, asked_at)
             VALUES ($1, $2, $3, $4, $5, $6, 'asked', $7)
             ON CONFLICT (city, turn) WHERE state IN ('asked', 'agreed') DO NOTHING RETURNING id"""
    return await tx.fetchval(sql, city, swap_id, given.id, asked, back.id if back else None, words, now) is not None


async def lock(tx: Transaction, city: str, swap_id: UUID) -> Swap | None:
    """One swap, locked until the transaction ends."""
    row = await tx.fetchrow(f"{_SWAP} AND w.id = $2 FOR UPDATE OF w", city, swap_id)
    return _swap(row) if row else None


async def answer(tx: Transaction, city: str, swap_id: UUID, state: SwapState, now: datetime) -> None:
    """What one of the two said."""
    sql = "UPDATE shift_swap SET state = $3, answered_at = $4 WHERE city = $1 AND id = $2"
    await tx.execute(sql, city, swap_id, state.value, now)


async def decide(tx: Transaction, city: str, swap_id: UUID, state: SwapState, by_name: str, reason: str, now: datetime) -> None:
    """What the supervisor said."""
    sql = """UPDATE shift_swap SET state = $3, decided_by_name = $4, reason = $5, decided_at = $6
             WHERE city = $1 AND id = $2"""
    await tx.execute(sql, city, swap_id, state.value, by_name, reason, now)


async def of_person(conn: Connection, city: str, person: UUID, since: datetime) -> list[Swap]:
    """Swaps that somebody asked for or was asked for, still open or over since a moment, the newest first."""
    sql = f"""{_SWAP} AND (w.asked = $2 OR EXISTS (SELECT FROM shift_turn t WHERE t.city = w.city AND t.id = w.turn
                                                   AND t.person = $2))
              AND greatest(w.asked_at, w.answered_at, w.decided_at) > $3 ORDER BY w.asked_at DESC"""
    return [_swap(row) for row in await conn.fetch(sql, city, person, since)]


async def waiting(conn: Connection, city: str) -> int:
    """How many swaps wait for the supervisor."""
    found: int = await conn.fetchval("SELECT count(*) FROM shift_swap WHERE city = $1 AND state = 'agreed'", city)
    return found


async def to_decide(conn: Connection, city: str) -> list[Swap]:
    """Swaps that wait for the supervisor, the one that was asked first above."""
    return [_swap(row) for row in await conn.fetch(f"{_SWAP} AND w.state = 'agreed' ORDER BY w.asked_at", city)]
