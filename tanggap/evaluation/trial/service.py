"""Trying other rules on the incidents of a period, a page at a time, so that nobody else waits for it."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from tanggap.evaluation.model import Period
from tanggap.evaluation.trial import store
from tanggap.evaluation.trial.model import Outcome, Tried
from tanggap.platform.database import Database


async def trying(db: Database, city: str, period: Period, outcome: Outcome) -> AsyncIterator[tuple[int, int]]:
    """Count the incidents of a period into `outcome`; after each page how many are done, of how many. At least once.

    Each page is read in a connection of its own and counted beside the event loop.
    """
    async with db.reading(city) as conn:
        total = await store.how_many(conn, city, period)
    after = None
    while True:
        async with db.reading(city) as conn:
            page = await store.page(conn, city, period, after)
        await asyncio.to_thread(_count, outcome, page)
        yield outcome.n, max(total, outcome.n)
        if len(page) < store.PAGE:
            return
        after = (page[-1].opened_at, page[-1].id)


def _count(outcome: Outcome, page: Sequence[Tried]) -> None:
    for tried in page:
        outcome.count(tried)
