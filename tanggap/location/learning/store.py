"""The rows of proposals and of the places made from them: the only SQL of learning."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tanggap.incident.model import Report
from tanggap.location.learning.model import Lesson, NoSuchProposal, Proposal
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id

#: Pins of the same words within this distance are of one place, metres; further pins are another place of that name.
SAME_PLACE_M = 400.0
#: Reports of one proposal that are counted; what was said so often needs no more.
MOST_COUNTED = 200

_COLUMNS = """id, said, kind, place, lat, lon, pin_m, scatter_m2, area, cardinality(reports) AS times,
              cardinality(people) AS people, first_at, last_at, state, decided_at, made"""

#: Square metres between a proposal's point and the new pin ($6, $7); one degree of latitude is 111,195 m.
_APART_M2 = """(111195 ^ 2 * ((lat - $6) ^ 2 + ((lon - $7) * cos(radians($6))) ^ 2))"""


async def note(tx: Transaction, city: str, lesson: Lesson, report: Report, by: UUID, now: datetime) -> UUID:
    """Count a lesson: one more report of a proposal that stands, or a new one; which one. One statement.

    The mean of the pins and the sum of their squared distances are carried on (Welford 1962), so that no pin is kept.
    """
    known: UUID = await tx.fetchval(
        f"""
        WITH same AS (
            SELECT id, {_APART_M2} AS apart, cardinality(reports) AS n FROM place_proposal
            WHERE city = $1 AND said = $3 AND kind = $4 AND place IS NOT DISTINCT FROM $5
              AND ($5::text IS NOT NULL OR {_APART_M2} < $8 ^ 2)
            ORDER BY apart LIMIT 1
        ), counted AS (
            UPDATE place_proposal p SET
                reports = p.reports || $11::uuid,
                people = CASE WHEN p.people @> ARRAY[$12::uuid] THEN p.people ELSE p.people || $12::uuid END,
                lat = p.lat + (($6 - p.lat) / (s.n + 1)), lon = p.lon + (($7 - p.lon) / (s.n + 1)),
                scatter_m2 = p.scatter_m2 + s.apart * s.n / (s.n + 1), last_at = $13
            FROM same s WHERE p.city = $1 AND p.id = s.id AND s.n < $14 AND NOT p.reports @> ARRAY[$11::uuid]
        ), added AS (
            INSERT INTO place_proposal (city, id, said, kind, place, lat, lon, pin_m, area, reports, people, first_at, last_at)
            SELECT $1, $2, $3, $4, $5, $6, $7, $9, $10, ARRAY[$11::uuid], ARRAY[$12::uuid], $13, $13
            WHERE NOT EXISTS (SELECT FROM same) RETURNING id
        ) SELECT id FROM added UNION ALL SELECT id FROM same
        """,
        city, new_id(), lesson.said, lesson.kind.value, lesson.place, lesson.lat, lesson.lon, SAME_PLACE_M,
        lesson.uncertainty_m, report.area, report.id, by, now, MOST_COUNTED,
    )  # fmt: skip
    return known


def _proposal(row: Mapping[str, Any]) -> Proposal:
    return msgspec.convert(dict(row), Proposal)


async def waiting(conn: Connection, city: str, limit: int) -> list[Proposal]:
    """Proposals that nobody has decided on, the most confirmed first."""
    sql = f"""SELECT {_COLUMNS} FROM place_proposal WHERE city = $1 AND state = 'proposed'
              ORDER BY cardinality(people) DESC, cardinality(reports) DESC, last_at DESC, id LIMIT $2"""
    return [_proposal(row) for row in await conn.fetch(sql, city, limit)]


async def waiting_count(conn: Connection, city: str) -> int:
    """How many proposals nobody has decided on."""
    return int(await conn.fetchval("SELECT count(*) FROM place_proposal WHERE city = $1 AND state = 'proposed'", city))


async def decided(conn: Connection, city: str, limit: int) -> list[Proposal]:
    """The last decisions, the newest first."""
    sql = f"""SELECT {_COLUMNS} FROM place_proposal WHERE city = $1 AND state <> 'proposed'
              ORDER BY decided_at DESC, id LIMIT $2"""
    return [_proposal(row) for row in await conn.fetch(sql, city, limit)]


async def proposal(conn: Connection, city: str, proposal_id: UUID) -> Proposal:
    """Raises NoSuchProposal."""
    return await _one(conn, city, proposal_id, "")


async def lock(tx: Transaction, city: str, proposal_id: UUID) -> Proposal:
    """The proposal, locked until the transaction ends. Raises NoSuchProposal."""
    return await _one(tx, city, proposal_id, "FOR UPDATE")


async def _one(conn: Connection, city: str, proposal_id: UUID, how: str) -> Proposal:
    row = await conn.fetchrow(f"SELECT {_COLUMNS} FROM place_proposal WHERE city = $1 AND id = $2 {how}", city, proposal_id)
    if row is None:
        raise NoSuchProposal(id=str(proposal_id))
    return _proposal(row)


async def decide(
    tx: Transaction, city: str, proposal_id: UUID, state: str, by: UUID | None, at: datetime | None, made: str | None
) -> None:
    """Write a decision, or take it back with no one and no time."""
    await tx.execute(
        "UPDATE place_proposal SET state = $3, decided_by = $4, decided_at = $5, made = $6 WHERE city = $1 AND id = $2",
        city, proposal_id, state, by, at, made,
    )  # fmt: skip


class Written(msgspec.Struct, frozen=True):
    """A place as learning writes it; with `same_as` its name is another name of that place."""

    code: str
    kind: str
    name: str
    aliases: tuple[str, ...]
    lat: float
    lon: float
    uncertainty_m: float
    area: str | None
    source: str
    same_as: str | None = None


async def write_place(tx: Transaction, city: str, place: Written) -> None:
    """Write a learnt place, or what it is now; the gazetteers of all processes follow within two seconds."""
    await tx.execute(
        """
        INSERT INTO place (city, code, kind, name, aliases, lat, lon, uncertainty_m, area, provenance, source, owner, same_as)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'sourced', $10, 'learned', $11)
        ON CONFLICT (city, code) DO UPDATE SET
            kind = excluded.kind, name = excluded.name, aliases = excluded.aliases, lat = excluded.lat, lon = excluded.lon,
            uncertainty_m = excluded.uncertainty_m, area = excluded.area, same_as = excluded.same_as, active = true
        WHERE place.owner = 'learned'
        """,
        city, place.code, place.kind, place.name, list(place.aliases), place.lat, place.lon, place.uncertainty_m, place.area,
        place.source, place.same_as,
    )  # fmt: skip


async def retire_place(tx: Transaction, city: str, code: str) -> None:
    """Take a learnt place out of use."""
    await tx.execute("UPDATE place SET active = false WHERE city = $1 AND code = $2 AND owner = 'learned'", city, code)


class Imported(msgspec.Struct, frozen=True):
    """One import of places, as it was accepted."""

    dataset: str
    file_name: str
    at: datetime
    added: int
    changed: int
    retired: int
    refused: int


async def imports(conn: Connection, city: str, limit: int) -> list[Imported]:
    """The last imports, the newest first."""
    sql = """SELECT dataset, file_name, at, added, changed, retired, refused FROM place_import
             WHERE city = $1 ORDER BY at DESC LIMIT $2"""
    return [msgspec.convert(dict(row), Imported) for row in await conn.fetch(sql, city, limit)]


async def said_lately(conn: Connection, city: str, now: datetime, days: int, limit: int) -> Sequence[str]:
    """The words for the place of the latest genuine reports, the newest first."""
    sql = """SELECT address_words FROM report
             WHERE city = $1 AND received_at > $2 AND disposition IN ('genuine', 'duplicate') AND address_words <> ''
             ORDER BY received_at DESC LIMIT $3"""
    return [row["address_words"] for row in await conn.fetch(sql, city, now - timedelta(days=days), limit)]
