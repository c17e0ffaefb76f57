"""What the supervisor's screen lists, each in one statement over an index: the only SQL of this room."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tanggap.incident.store import to_struct
from tanggap.platform.database import Connection
from tanggap.web.supervisor.model import Case, Contact, LiveCall

#: Rows of each list that a screen shows; more wait unseen, and are counted.
MOST_CONTACTS = 25
MOST_CALLS = 60
MOST_CASES = 60
MOST_ATTENTION = 30
#: Agencies asked of one incident that a row shows.
MOST_ASKED = 12

_CONTACT = """id, received_at, channel, state, left(words, 160) AS words,
              left(coalesce(nullif(place_label, ''), address_words), 120) AS place, category, priority, claimed_at, caller,
              claimed_by"""


async def contacts(conn: Connection, city: str) -> list[Contact]:
    """What waits and what is being handled, each the oldest first."""
    sql = f"""WITH waiting AS (SELECT {_CONTACT} FROM report WHERE city = $1 AND state = 'waiting' ORDER BY received_at LIMIT $2),
                   active AS (SELECT {_CONTACT} FROM report WHERE city = $1 AND state = 'active' ORDER BY received_at LIMIT $2)
              SELECT r.*, c.masked, p.name AS holder FROM (SELECT * FROM waiting UNION ALL SELECT * FROM active) r
              LEFT JOIN caller c ON c.city = $1 AND c.id = r.caller
              LEFT JOIN person p ON p.city = $1 AND p.id = r.claimed_by
              ORDER BY r.state DESC, r.received_at"""
    return [to_struct(Contact, row) for row in await conn.fetch(sql, city, MOST_CONTACTS)]


async def contact_counts(conn: Connection, city: str) -> dict[str, int]:
    """How many reports wait, and how many are being handled."""
    sql = "SELECT state, count(*) AS n FROM report WHERE city = $1 AND state <> 'closed' GROUP BY state"
    return {row["state"]: row["n"] for row in await conn.fetch(sql, city)}


_CASE = """i.id, i.number, i.state, i.category, i.priority, left(i.summary, 160) AS summary,
           left(coalesce(nullif(i.place_label, ''), i.address_words), 120) AS place, i.area, i.opened_at, i.due_at, i.attention,
           i.report_count, i.reopened,
           coalesce((SELECT jsonb_agg(asked ORDER BY sent_at) FROM (
                         SELECT id, agency, role, state, sent_at, answer_due_at FROM assignment a
                         WHERE a.city = i.city AND a.incident = i.id ORDER BY sent_at DESC LIMIT {MOST_ASKED}) asked),
                    '[]'::jsonb) AS asked""".replace("{MOST_ASKED}", str(MOST_ASKED))


async def cases(conn: Connection, city: str) -> list[Case]:
    """Unfinished incidents, the most urgent first, then the earliest due."""
    sql = f"""SELECT {_CASE} FROM incident i WHERE i.city = $1 AND i.state IN ('open', 'assigned', 'responding')
                AND i.merged_into IS NULL ORDER BY i.priority, i.due_at LIMIT $2"""
    return [to_struct(Case, row) for row in await conn.fetch(sql, city, MOST_CASES)]


async def needing_attention(conn: Connection, city: str) -> list[Case]:
    """Incidents that a supervisor must look at, the longest open first."""
    sql = f"""SELECT {_CASE} FROM incident i WHERE i.city = $1 AND i.attention IS NOT NULL AND i.state <> 'closed'
              ORDER BY i.opened_at LIMIT $2"""
    found = [to_struct(Case, row) for row in await conn.fetch(sql, city, MOST_ATTENTION)]
    return sorted(found, key=lambda case: (case.priority, case.opened_at))


async def resolved_lately(conn: Connection, city: str, limit: int = 10) -> list[Case]:
    """Incidents that an agency has finished and no citizen has confirmed, the newest first."""
    sql = f"""SELECT {_CASE} FROM incident i WHERE i.city = $1 AND i.state = 'resolved' AND i.merged_into IS NULL
              ORDER BY i.opened_at DESC LIMIT $2"""
    return [to_struct(Case, row) for row in await conn.fetch(sql, city, limit)]


async def number_of(conn: Connection, city: str, incident: UUID) -> int | None:
    """The number of an incident."""
    found: int | None = await conn.fetchval("SELECT number FROM incident WHERE city = $1 AND id = $2", city, incident)
    return found


async def masked_of(conn: Connection, city: str, callers: Sequence[UUID]) -> dict[UUID, str]:
    """Masked numbers by caller."""
    sql = "SELECT id, masked FROM caller WHERE city = $1 AND id = ANY($2)"
    return {row["id"]: row["masked"] for row in await conn.fetch(sql, city, list(callers))}


async def holder_of(conn: Connection, city: str, person: UUID) -> str | None:
    """The name of whoever has a report."""
    found: str | None = await conn.fetchval("SELECT name FROM person WHERE city = $1 AND id = $2", city, person)
    return found


async def live_calls(conn: Connection, city: str) -> list[LiveCall]:
    """Calls of this moment, those first that nobody has answered, the longest waiting before the others."""
    sql = """SELECT c.id, c.report, c.state, c.direction, c.trunk, c.rang_at, c.answered_at, c.is_urgent, k.masked,
                    p.name AS operator, c.answered_where
             FROM call c LEFT JOIN caller k ON k.city = $1 AND k.id = c.caller
                  LEFT JOIN person p ON p.city = $1 AND p.id = c.operator
             WHERE c.city = $1 AND c.state <> 'ended' ORDER BY c.answered_at IS NOT NULL, c.rang_at LIMIT $2"""
    return [to_struct(LiveCall, row) for row in await conn.fetch(sql, city, MOST_CALLS)]


async def to_call_back(conn: Connection, city: str) -> tuple[int, datetime | None]:
    """How many callers who were not heard are still to be called, and since when the longest of them waits."""
    sql = "SELECT count(*) AS many, min(rang_at) AS since FROM call WHERE city = $1 AND call_back_state = 'due'"
    row = await conn.fetchrow(sql, city)
    return row["many"], row["since"]
