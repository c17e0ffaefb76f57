"""Gathering a month."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tanggap.city.model import Catalogue
from tanggap.evaluation import service as evaluation
from tanggap.evaluation.model import Period
from tanggap.evaluation.monthly import store
from tanggap.evaluation.monthly.model import Month, month_before
from tanggap.platform.database import Connection

#: A report is read by people; whoever wants more rows than this takes the CSV of incidents.
MOST_UNFINISHED = 5_000


async def gather(conn: Connection, catalogue: Catalogue, period: Period, now: datetime) -> Month:
    """Everything that the report of one month says, as it is known now."""
    city, zone = catalogue.city.code, catalogue.city.timezone
    before = month_before(period, now, ZoneInfo(zone))
    ends_at = min(period.end, now)
    return Month(
        period=period,
        before_period=before,
        figures=await evaluation.figures(conn, city, period, zone),
        before=await evaluation.figures(conn, city, before, zone),
        found=await evaluation.performance(conn, catalogue, period, now=now),
        found_before=await evaluation.performance(conn, catalogue, before, now=now),
        unfinished=tuple(await store.unfinished_at(conn, city, ends_at, MOST_UNFINISHED)),
        unfinished_before=await store.unfinished_count(conn, city, before.end),
        has_examples=await store.has_examples(conn, city, period),
        counted_at=now,
    )
