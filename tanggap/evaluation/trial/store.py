"""What a trial needs of incidents, page by page: the only SQL of this room."""

from datetime import datetime
from uuid import UUID

from tanggap.evaluation.model import Period
from tanggap.evaluation.trial.model import Tried
from tanggap.platform.database import Connection

#: Incidents that are read at a time.
PAGE = 1_000

_TRIED = """
    select i.id, i.number, i.opened_at, i.category, told.priority as chosen, coalesce(told.answers, '{}')::text as answers,
           extract(epoch from first.acknowledged_at - first.sent_at)::float8 as acknowledged_s,
           extract(epoch from i.resolved_at - i.opened_at)::float8 as resolved_s
    from incident i
    left join lateral (
        select r.priority, r.answers from report r where r.city = i.city and r.incident = i.id order by r.received_at limit 1
    ) as told on true
    left join lateral (
        select a.acknowledged_at, a.sent_at from assignment a
        where a.city = i.city and a.incident = i.id and a.role = 'lead' order by a.sent_at limit 1
    ) as first on true
    where i.city = $1 and i.opened_at >= $2 and i.opened_at < $3 and i.merged_into is null
      and ($4::timestamptz is null or (i.opened_at, i.id) < ($4, $5))
    order by i.opened_at desc, i.id desc limit $6
"""


async def how_many(conn: Connection, city: str, period: Period) -> int:
    """The incidents of a period."""
    sql = "select count(*) from incident where city = $1 and opened_at >= $2 and opened_at < $3 and merged_into is null"
    return int(await conn.fetchval(sql, city, period.start, period.end))


async def page(conn: Connection, city: str, period: Period, after: tuple[datetime, UUID] | None) -> list[Tried]:
    """The next incidents of a period, the newest first."""
    at, last = after or (None, None)
    found = await conn.fetch(_TRIED, city, period.start, period.end, at, last, PAGE)
    return [Tried(*row) for row in found]
