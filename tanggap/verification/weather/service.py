"""Asking the feed when it is due, keeping what it says, and telling how it is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from tanggap.platform.database import Connection, Transaction
from tanggap.platform.text import clean_text
from tanggap.verification.weather import store
from tanggap.verification.weather.model import Feed, Warned

#: After each failure in a row the wait doubles, up to this.
LONGEST_WAIT: Final = timedelta(hours=1)
#: Warnings are kept as long as the weights may be learned from them.
KEPT: Final = timedelta(days=400)


class Shown(msgspec.Struct, frozen=True):
    """What a supervisor sees of the weather: the feed, whether it counts for nothing now, and the warnings in force."""

    feed: Feed
    is_stale: bool
    warned: Sequence[Warned]


def due_at(feed: Feed | None, every: timedelta) -> datetime | None:
    """When the feed is to be asked next; None: at once."""
    if feed is None:
        return None
    wait = min(every * 2 ** min(feed.fails, 10), max(LONGEST_WAIT, every)) if feed.fails else every
    return feed.asked_at + wait


async def feed_of(conn: Connection, city: str) -> Feed | None:
    """How the feed is; None when none was ever asked."""
    return await store.feed(conn, city)


async def switched_off(tx: Transaction, city: str, flaw: str, now: datetime) -> None:
    """There is no feed any more; or its settings cannot be used (`flaw`), and it counts for nothing until they can."""
    await store.drop_feed(tx, city)
    if flaw:
        await store.set_feed(tx, city, Feed(now, fails=1, flaw=flaw))


async def heard(tx: Transaction, city: str, warned: Sequence[Warned], now: datetime) -> None:
    """The feed has answered soundly: what it says is in force, what it says no more is over."""
    await store.put(tx, city, warned)
    await store.end_others(tx, city, warned, now)
    await store.forget_before(tx, city, now - KEPT)
    await store.set_feed(tx, city, Feed(asked_at=now, sound_at=now))


async def failed(tx: Transaction, city: str, flaw: str, now: datetime) -> None:
    """The feed did not answer, or not so that it can be read: nothing changes but what is said of it."""
    before = await store.feed(tx, city)
    sound_at, fails = (before.sound_at, before.fails) if before else (None, 0)
    await store.set_feed(tx, city, Feed(now, sound_at, fails + 1, clean_text(flaw, 200).text))


async def shown(conn: Connection, city: str, now: datetime) -> Shown | None:
    """What a supervisor sees; None where no feed is configured."""
    feed = await store.feed(conn, city)
    if feed is None:
        return None
    is_stale = feed.is_stale(now)
    return Shown(feed, is_stale, () if is_stale else await store.in_force(conn, city, now))
