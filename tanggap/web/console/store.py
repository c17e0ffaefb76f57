"""What a console screen lists, each in one statement over an index: the only SQL of this room."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.city.kinds import Priority
from tanggap.incident.model import Assignment, Disposition, Incident, Report, ReportState
from tanggap.incident.refusals import NotFound
from tanggap.incident.store import ASSIGNMENT_COLUMNS, INCIDENT_COLUMNS, to_struct
from tanggap.notification.model import Channel, DeliveryState
from tanggap.platform.database import Connection
from tanggap.verification.model import AGAINST

#: Rows of each list that a screen shows; more wait unseen, and are counted.
MOST_WAITING = 60
MOST_ACTIVE = 40
MOST_ENDED = 12
MOST_MISSED = 40
#: A caller's earlier reports that are counted; whoever has more is known anyway.
MOST_COUNTED = 200


class Row(msgspec.Struct, frozen=True):
    """One line of a list on the console."""

    id: UUID
    received_at: datetime
    channel: str
    state: ReportState
    words: str
    address_words: str
    place_label: str
    category: str | None
    priority: Priority | None
    answers: dict[str, Any]
    disposition: Disposition | None
    disposed_at: datetime | None
    incident: UUID | None
    number: int | None
    incident_priority: Priority | None
    caller: UUID | None
    masked: str | None
    claimed_by: UUID | None
    claimed_at: datetime | None
    holder: str | None
    earlier: int
    unreal: int
    in_list: int
    lat: float | None = None
    lon: float | None = None
    uncertainty_m: float | None = None
    area: str | None = None


_ROW = """r.id, r.received_at, r.channel, r.state, left(r.words, 80) AS words, left(r.address_words, 80) AS address_words,
          left(r.place_label, 80) AS place_label, r.category, r.priority, r.answers, r.disposition, r.disposed_at, r.incident,
          r.caller, r.claimed_by, r.claimed_at, r.lat, r.lon, r.uncertainty_m, r.area"""


async def lists(conn: Connection, city: str, person: UUID, ended_since: datetime) -> list[Row]:
    """What waits (the most urgent first, of them the longest waiting), what is being handled, and what this person ended.

    The last since `ended_since`, newest first.

    With each goes how many earlier reports its caller made, and how many of them were no real ones.
    """
    sql = f"""
        WITH waiting AS (SELECT {_ROW}, count(*) OVER () AS in_list FROM report r
                                LEFT JOIN category k ON k.city = $1 AND k.code = r.category
                         WHERE r.city = $1 AND r.state = 'waiting'
                         ORDER BY coalesce(r.priority, k.priority, 'P2'), r.received_at LIMIT $4),
             active AS (SELECT {_ROW}, count(*) OVER () AS in_list FROM report r
                        WHERE city = $1 AND state = 'active' ORDER BY received_at LIMIT $5),
             ended AS (SELECT {_ROW}, 0::bigint AS in_list FROM report r
                       WHERE city = $1 AND state = 'closed' AND received_at >= $3 AND disposed_by = $2
                       ORDER BY received_at DESC LIMIT $6),
             r AS (SELECT * FROM waiting UNION ALL SELECT * FROM active UNION ALL SELECT * FROM ended)
        SELECT r.*, i.number, i.priority AS incident_priority, c.masked, p.name AS holder, h.earlier, h.unreal
        FROM r LEFT JOIN incident i ON i.city = $1 AND i.id = r.incident
               LEFT JOIN caller c ON c.city = $1 AND c.id = r.caller
               LEFT JOIN person p ON p.city = $1 AND p.id = r.claimed_by
               CROSS JOIN LATERAL (SELECT count(*) AS earlier, count(*) FILTER (WHERE o.disposition = ANY($8)) AS unreal
                                   FROM (SELECT disposition FROM report WHERE city = $1 AND caller = r.caller AND id <> r.id
                                         ORDER BY received_at DESC LIMIT $7) o) h"""
    unreal = [disposition.value for disposition in AGAINST]
    rows = await conn.fetch(sql, city, person, ended_since, MOST_WAITING, MOST_ACTIVE, MOST_ENDED, MOST_COUNTED, unreal)
    return [to_struct(Row, row) for row in rows]


class InShort(msgspec.Struct, frozen=True):
    """Who calls, in one line: the masked number, what they told before, where it is by what is known already."""

    masked: str | None
    earlier: int
    unreal: int
    place: str


async def caller_in_short(conn: Connection, city: str, report: UUID) -> InShort:
    """What is known of the caller of a report. Raises NotFound."""
    sql = """SELECT c.masked, coalesce(nullif(r.place_label, ''), r.address_words) AS place, h.earlier, h.unreal
             FROM report r LEFT JOIN caller c ON c.city = $1 AND c.id = r.caller
                  CROSS JOIN LATERAL (SELECT count(*) AS earlier, count(*) FILTER (WHERE o.disposition = ANY($3)) AS unreal
                                      FROM (SELECT disposition FROM report WHERE city = $1 AND caller = r.caller AND id <> r.id
                                            ORDER BY received_at DESC LIMIT $4) o) h
             WHERE r.city = $1 AND r.id = $2"""
    row = await conn.fetchrow(sql, city, report, [disposition.value for disposition in AGAINST], MOST_COUNTED)
    if row is None:
        raise NotFound(kind="report")
    return to_struct(InShort, row)


class Missed(msgspec.Struct, frozen=True):
    """A caller whom nobody heard: whose report it is, since when, and how often it was tried."""

    call: UUID
    report: UUID
    masked: str | None
    rang_at: datetime
    waited_s: float
    is_urgent: bool
    tries: int
    due_at: datetime | None
    link_state: DeliveryState | None
    link_by: Channel | None
    is_given_up: bool
    in_list: int


async def missed(conn: Connection, city: str, given_up_since: datetime) -> list[Missed]:
    """Callers who are still to be called back, urgent ones first and then the longest missed; and those given up lately."""
    sql = """SELECT c.id AS call, c.report, k.masked, c.rang_at, extract(epoch FROM c.ended_at - c.rang_at)::float8 AS waited_s,
                    c.is_urgent, c.call_back_tries AS tries, c.call_back_at AS due_at,
                    l.state AS link_state, l.channel AS link_by,
                    c.call_back_state = 'given_up' AS is_given_up,
                    count(*) FILTER (WHERE c.call_back_state = 'due') OVER () AS in_list
             FROM call c LEFT JOIN caller k ON k.city = $1 AND k.id = c.caller
                  LEFT JOIN LATERAL (SELECT state, channel FROM delivery
                                     WHERE city = $1 AND report = c.report AND occasion = 'report_link'
                                     ORDER BY queued_at DESC LIMIT 1) l ON true
             WHERE c.city = $1 AND (c.call_back_state = 'due' OR (c.call_back_state = 'given_up' AND c.rang_at >= $2))
             ORDER BY c.call_back_state = 'given_up', c.is_urgent DESC, c.rang_at LIMIT $3"""
    return [to_struct(Missed, row) for row in await conn.fetch(sql, city, given_up_since, MOST_MISSED)]


class Told(msgspec.Struct, frozen=True):
    """Who calls and who has the report: the masked number, the sealed name, the holder's name."""

    masked: str | None
    name_sealed: bytes | None
    holder: str | None
    link: UUID | None
    link_until: datetime | None
    sent_state: DeliveryState | None  # of the last message with such a link
    sent_by: Channel | None
    sent_at: datetime | None


async def told_by(conn: Connection, city: str, report: Report) -> Told:
    """Who calls, who has a report, and the link at which its caller was asked for a point last."""
    sql = """SELECT (SELECT masked FROM caller WHERE city = $1 AND id = $3) AS masked, caller_name AS name_sealed,
                    (SELECT name FROM person WHERE city = $1 AND id = $4) AS holder, l.id AS link, l.expires_at AS link_until,
                    d.state AS sent_state, d.channel AS sent_by, d.queued_at AS sent_at
             FROM report r LEFT JOIN LATERAL (SELECT id, expires_at FROM location_link WHERE city = $1 AND report = $2
                                              ORDER BY expires_at DESC LIMIT 1) l ON true
                  LEFT JOIN LATERAL (SELECT state, channel, queued_at FROM delivery
                                     WHERE city = $1 AND report = $2 AND occasion = 'point_link'
                                     ORDER BY queued_at DESC LIMIT 1) d ON true
             WHERE r.city = $1 AND r.id = $2"""
    return to_struct(Told, await conn.fetchrow(sql, city, report.id, report.caller, report.claimed_by))


class Handed(msgspec.Struct, frozen=True):
    """An incident and the agencies that were asked, in the order they were asked."""

    incident: Incident
    assignments: tuple[Assignment, ...]


async def handed(conn: Connection, city: str, incident: UUID) -> Handed:
    """An incident with its assignments. Raises NotFound."""
    incident_columns = ", ".join(f"i.{name} AS i_{name}" for name in INCIDENT_COLUMNS.split(", "))
    assignment_columns = ", ".join(f"a.{name} AS a_{name}" for name in ASSIGNMENT_COLUMNS.split(", "))
    sql = f"""SELECT {incident_columns}, {assignment_columns}
              FROM incident i LEFT JOIN assignment a ON a.city = i.city AND a.incident = i.id
              WHERE i.city = $1 AND i.id = $2 ORDER BY a.sent_at, a.id"""
    rows = await conn.fetch(sql, city, incident)
    if not rows:
        raise NotFound(kind="incident")
    found = to_struct(Incident, _of("i_", rows[0]))
    return Handed(found, tuple(to_struct(Assignment, _of("a_", row)) for row in rows if row["a_id"] is not None))


def _of(prefix: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in dict(row).items() if name.startswith(prefix)}


async def first_report_of(conn: Connection, city: str, incident: UUID) -> UUID:
    """The report that told of an incident first. Raises NotFound."""
    sql = "SELECT id FROM report WHERE city = $1 AND incident = $2 ORDER BY received_at LIMIT 1"
    found: UUID | None = await conn.fetchval(sql, city, incident)
    if found is None:
        raise NotFound(kind="report")
    return found


class Hit(msgspec.Struct, frozen=True):
    """A live incident found by the command bar; `assignment` is the asking agency's own, when an agency asks."""

    id: UUID
    number: int
    category: str | None
    priority: Priority
    place: str
    assignment: UUID | None


async def incidents_by_number(conn: Connection, city: str, number: int, agency: str | None) -> list[Hit]:
    """The incident of a number; for an agency only when it was asked to act on it."""
    sql = """SELECT i.id, i.number, i.category, i.priority, coalesce(nullif(i.place_label, ''), i.address_words) AS place,
                    a.id AS assignment
             FROM incident i LEFT JOIN LATERAL (SELECT id FROM assignment WHERE city = i.city AND incident = i.id AND agency = $3
                                                ORDER BY sent_at DESC LIMIT 1) a ON true
             WHERE i.city = $1 AND i.number = $2 AND ($3::text IS NULL OR a.id IS NOT NULL)"""
    return [to_struct(Hit, row) for row in await conn.fetch(sql, city, number, agency)]


async def incidents_with_agency(conn: Connection, city: str, agency: str, limit: int = 8) -> list[Hit]:
    """What an agency has before it now, the most urgent first."""
    sql = """SELECT i.id, i.number, i.category, i.priority, coalesce(nullif(i.place_label, ''), i.address_words) AS place,
                    a.id AS assignment
             FROM assignment a JOIN incident i ON i.city = a.city AND i.id = a.incident
             WHERE a.city = $1 AND a.agency = $2 AND a.state IN ('sent', 'acknowledged', 'en_route', 'on_scene')
             ORDER BY i.priority, a.sent_at LIMIT $3"""
    return [to_struct(Hit, row) for row in await conn.fetch(sql, city, agency, limit)]


async def live_incidents(conn: Connection, city: str, categories: list[str], limit: int = 8) -> list[Hit]:
    """Unfinished incidents of some categories, the newest first."""
    sql = """SELECT id, number, category, priority, coalesce(nullif(place_label, ''), address_words) AS place,
                    NULL::uuid AS assignment
             FROM incident WHERE city = $1 AND state <> 'closed' AND merged_into IS NULL AND category = ANY($2)
             ORDER BY opened_at DESC LIMIT $3"""
    return [to_struct(Hit, row) for row in await conn.fetch(sql, city, categories, limit)]
