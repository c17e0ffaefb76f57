"""What is known of reports that speaks for or against them, call-backs, and the weights in force: SQL of evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tanggap.incident.model import Disposition, Report
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id
from tanggap.verification.model import AGAINST, Facts, Weights
from tanggap.verification.weather.fits import fits
from tanggap.verification.weather.model import AFTERWARDS, STALE
from tanggap.verification.weights import learnt, shipped

#: A caller's earlier reports that are weighed; with the half-life, older ones count nothing.
MOST_EARLIER = 50
#: A point less sure than this is no place for «near», metres.
MOST_UNCERTAIN_M = 1_000.0

IN_FORCE = "SELECT version, weights FROM evidence_weights WHERE city = $1 AND state = 'published' ORDER BY version DESC LIMIT 1"

#: The facts of reports as they stood when each was disposed of, or now. Derived from the rows, so that nothing is kept twice.
#: $1 city, $2 ids, $3 now, $4 dispositions against, $5 window (interval), $6 metres, $7 time zone; of the weather
#: $8 and $9 which category each peril speaks for, $10 for how long afterwards, $11 when its feed is stale
_FACTS = f"""
WITH asked AS MATERIALIZED (
    SELECT r.*, c."group" FROM report r LEFT JOIN category c ON c.city = $1 AND c.code = r.category
    WHERE r.city = $1 AND r.id = ANY($2)),
around AS MATERIALIZED (  -- read once for all that are asked for: in a burst each has the same neighbours
    SELECT o.id, o.received_at, o.caller, o.incident, o.lat, o.lon, o.uncertainty_m, o.area, c."group"
    FROM report o LEFT JOIN category c ON c.city = $1 AND c.code = o.category
    WHERE o.city = $1 AND o.received_at BETWEEN (SELECT min(received_at) FROM asked) - $5::interval
                                            AND (SELECT max(received_at) FROM asked) + $5::interval
      AND (o.incident IS NOT NULL OR c."group" IS NOT NULL) AND (o.disposition IS NULL OR o.disposition <> ALL($4)))
SELECT r.id AS report, r.received_at AS at, r.channel, left(r.words, 4000) AS words, r.caller IS NOT NULL AS has_number,
       r.lat IS NOT NULL OR btrim(r.address_words) <> '' AS has_place, r.category, r.priority, r.disposition,
       extract(hour FROM r.received_at AT TIME ZONE $7)::int AS hour,
       coalesce((SELECT jsonb_agg(jsonb_build_object('disposition', e.disposition, 'at', e.received_at))
                 FROM (SELECT disposition, received_at FROM report o
                       WHERE o.city = $1 AND o.caller = r.caller AND o.received_at < r.received_at AND o.id <> r.id
                         AND o.disposed_at <= coalesce(r.disposed_at, $3)
                       ORDER BY received_at DESC LIMIT {MOST_EARLIER}) e), '[]') AS earlier,
       (SELECT count(DISTINCT coalesce(o.caller, o.id)) FROM around o
        WHERE o.id <> r.id AND o.received_at BETWEEN r.received_at - $5::interval
                                             AND least(r.received_at + $5::interval, coalesce(r.disposed_at, $3))
          AND (o.caller IS NULL OR o.caller IS DISTINCT FROM r.caller)
          AND (o.incident = r.incident
               OR (o."group" = r."group" AND CASE WHEN o.lat IS NOT NULL AND r.lat IS NOT NULL
                   THEN abs(o.lat - r.lat) < (2 * {MOST_UNCERTAIN_M} + $6) / 111195
                        AND sqrt((o.lat - r.lat) ^ 2 + ((o.lon - r.lon) * cos(radians(r.lat))) ^ 2) * 111195
                            < $6 + least(o.uncertainty_m, {MOST_UNCERTAIN_M}) + least(r.uncertainty_m, {MOST_UNCERTAIN_M})
                   ELSE o.area = r.area END)))::int AS together,
       (SELECT jsonb_build_object('metres', sqrt((l.lat - r.lat) ^ 2 + ((l.lon - r.lon) * cos(radians(r.lat))) ^ 2) * 111195,
                                  'within_m', l.uncertainty_m + coalesce(r.uncertainty_m, 0) + 50)
        FROM report_location l WHERE l.city = $1 AND l.report = r.id AND l.lat IS NOT NULL AND r.lat IS NOT NULL
          AND r.location_source IN ('words', 'map') AND l.at <= coalesce(r.disposed_at, $3)
        ORDER BY l.at DESC LIMIT 1) AS apart,
       (SELECT jsonb_build_object('length_s', extract(epoch FROM l.ended_at - coalesce(l.answered_at, l.rang_at)),
                                  'hung_up', l.answered_at IS NULL AND l.ended_by = 'caller', 'keys', l.keys,
                                  'silence', CASE WHEN EXISTS (  -- who wrote within the call was not silent
                                          SELECT FROM call_text w WHERE w.city = $1 AND w.call = l.id AND w.heard_letters > 0)
                                      THEN 0 WHEN l.answered_at IS NOT NULL THEN
                                      (SELECT k.silence FROM call_recording k
                                       WHERE k.city = $1 AND k.call = l.id AND k.silence IS NOT NULL
                                         AND k.stored_at <= coalesce(r.disposed_at, $3) ORDER BY k.started_at LIMIT 1) END)
        FROM call l WHERE l.city = $1 AND l.report = r.id AND l.direction <> 'out'
          AND l.ended_at <= coalesce(r.disposed_at, $3) ORDER BY l.rang_at LIMIT 1) AS call,
       (SELECT jsonb_build_object('answered', b.answered, 'at', b.at)
        FROM (SELECT answered, at FROM callback WHERE city = $1 AND report = r.id
              UNION ALL
              SELECT k.outcome = 'reached', k.at FROM call_back k JOIN call l ON l.city = $1 AND l.id = k.call
              WHERE k.city = $1 AND l.report = r.id AND k.outcome IN ('reached', 'no_answer', 'busy')) b
        WHERE b.at <= coalesce(r.disposed_at, $3) ORDER BY b.at DESC LIMIT 1) AS callback,
       (SELECT jsonb_build_object('kind', a.kind, 'is_forecast', a.is_forecast,
                   'area', CASE WHEN a.areas = '{{}}' THEN '' ELSE k.name END,
                   'until', to_char(a.ends_at AT TIME ZONE $7, CASE WHEN (a.ends_at AT TIME ZONE $7)::date
                                    = (r.received_at AT TIME ZONE $7)::date THEN 'HH24.MI' ELSE 'DD/MM HH24.MI' END))
        FROM unnest($8::text[], $9::text[]) f(category, kind)
        JOIN weather_alert a ON a.city = $1 AND a.kind = f.kind AND a.starts_at <= r.received_at
                            AND a.ends_at > r.received_at - $10::interval
        LEFT JOIN area l ON l.city = $1 AND l.code = r.area
        LEFT JOIN area k ON k.city = $1 AND k.code = coalesce(l.parent, l.code)
        WHERE f.category = r.category AND (a.areas = '{{}}' OR k.code = ANY(a.areas))
          AND EXISTS (SELECT FROM weather_feed d WHERE d.city = $1 AND d.sound_at >= r.received_at - $11::interval)
        ORDER BY a.is_forecast, a.ends_at DESC, a.id LIMIT 1) AS alert, w.version, w.weights
FROM asked r LEFT JOIN ({IN_FORCE}) w ON true
"""


def _facts(row: Mapping[str, Any]) -> Facts:
    return msgspec.convert(dict(row), Facts)


async def facts(
    conn: Connection, city: str, reports: Sequence[UUID], now: datetime, zone: str
) -> tuple[dict[UUID, Facts], Weights]:
    """What is known of each report, and the weights in force. One statement."""
    weights = shipped()
    window = timedelta(minutes=weights.together_minutes)
    against = [disposition.value for disposition in AGAINST]
    speaks_for, perils = zip(*fits(), strict=True)
    rows = await conn.fetch(
        _FACTS, city, list(reports), now, against, window, weights.together_m, zone, speaks_for, perils, AFTERWARDS, STALE
    )
    if rows and rows[0]["version"] is not None:
        weights = as_weights(rows[0]["version"], rows[0]["weights"])
    return {row["report"]: _facts(row) for row in rows}, weights


async def in_force(conn: Connection, city: str) -> Weights:
    """The newest published weights, or those that the program ships with."""
    row = await conn.fetchrow(IN_FORCE, city)
    return as_weights(row["version"], row["weights"]) if row else shipped()


def as_weights(version: int, stored: Mapping[str, Mapping[str, float]]) -> Weights:
    """Stored numbers as weights."""
    return learnt(version, dict(stored["log_odds"]), dict(stored["sd"]))


async def add_callback(
    tx: Transaction, city: str, report: Report, answered: bool, by: UUID | None, name: str, now: datetime
) -> None:
    """Keep that the number was called back."""
    sql = "INSERT INTO callback (city, id, report, at, answered, actor, actor_name) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    await tx.execute(sql, city, new_id(), report.id, now, answered, by, name)


async def disposed_between(conn: Connection, city: str, start: datetime, end: datetime, limit: int) -> list[UUID]:
    """Reports of a time that people said something about, the newest first."""
    sql = """SELECT id FROM report WHERE city = $1 AND received_at >= $2 AND received_at < $3 AND disposition IS NOT NULL
               AND disposition <> $5 AND NOT is_example ORDER BY received_at DESC LIMIT $4"""
    rows = await conn.fetch(sql, city, start, end, limit, Disposition.ABANDONED.value)
    return [row["id"] for row in rows]


async def reversals(conn: Connection, city: str, start: datetime, end: datetime) -> int:
    """How many dispositions were taken back in a time."""
    sql = "SELECT count(*) FROM timeline WHERE city = $1 AND kind = 'disposition_undone' AND at >= $2 AND at < $3"
    return int(await conn.fetchval(sql, city, start, end))
