"""Keeping the rows of days that are over, a month a step backwards, and counting anew the days of which something has changed.

Kept rows are never trusted further than the timeline: a day that it mentions since they were written is read from the views, by
whoever asks, until it is kept anew. So figures are right at any moment, whether a worker runs or not; a worker makes them quick.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tanggap.evaluation.facts import store
from tanggap.evaluation.facts.source import Kept, Source, begin_of, joined, whole
from tanggap.evaluation.figures import Days
from tanggap.platform.database import Connection, Transaction

#: So many days more are kept in one step.
STEP = timedelta(days=31)
#: When more days than this have changed at once, somebody has read in old reports: keeping begins anew.
MOST_CHANGED = 62


async def source_of(conn: Connection, city: str, days: Days) -> Source:
    """How a period is read now."""
    kept = await store.kept(conn, city)
    if kept is None:
        return whole(None, [], days)
    changed = await store.changed_days(conn, city, kept.xid, str(days.zone))
    return whole(None if changed is None else kept, changed or [], days)


async def keep_days(tx: Transaction, city: str, zone: ZoneInfo, now: datetime) -> bool:
    """One step: what has changed, what is over since the last one, and some days more of the past. Whether more is to be done."""
    kept = await store.lock_kept(tx, city)
    xid = await store.settled(tx)
    first, today = await store.first_day(tx, city, str(zone)), now.astimezone(zone).date()
    if first is None:
        return False
    changed = await store.changed_days(tx, city, kept.xid, str(zone)) if kept else None
    if kept is None or changed is None or max(len(changed), (today - kept.until).days) > MOST_CHANGED or kept.until > today:
        await store.forget(tx, city, date.min, date.max)
        kept, changed = Kept(today, today, xid), []
    since = max(first, kept.since - STEP) if first < kept.since else kept.since
    again = {day for day in changed if kept.since <= day < kept.until}
    again |= {since + timedelta(days=n) for n in range((kept.since - since).days)}
    again |= {kept.until + timedelta(days=n) for n in range((today - kept.until).days)}
    spans = joined([(begin_of(day, zone), begin_of(day + timedelta(days=1), zone)) for day in sorted(again)])
    for a, b in spans:
        await store.forget(tx, city, a.date(), b.date())
        await store.keep(tx, city, (a, b))
    await store.set_kept(tx, city, Kept(since, today, xid))
    return since > first
