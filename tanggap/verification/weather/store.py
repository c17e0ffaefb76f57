"""Warnings in force and how their feed is: SQL of the weather."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tanggap.incident.store import to_struct
from tanggap.platform.database import Connection, Transaction
from tanggap.verification.weather.model import Feed, Warned

COLUMNS = ", ".join(Warned.__struct_fields__)


async def feed(conn: Connection, city: str) -> Feed | None:
    """How the feed is; None when none was ever asked."""
    row = await conn.fetchrow("SELECT asked_at, sound_at, fails, flaw FROM weather_feed WHERE city = $1", city)
    return to_struct(Feed, row) if row else None


async def set_feed(tx: Transaction, city: str, told: Feed) -> None:
    """Keep how the feed is."""
    sql = """INSERT INTO weather_feed (city, asked_at, sound_at, fails, flaw) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (city) DO UPDATE SET asked_at = excluded.asked_at, sound_at = excluded.sound_at,
                 fails = excluded.fails, flaw = excluded.flaw"""
    await tx.execute(sql, city, told.asked_at, told.sound_at, told.fails, told.flaw)


async def drop_feed(tx: Transaction, city: str) -> None:
    """There is no feed any more."""
    await tx.execute("DELETE FROM weather_feed WHERE city = $1", city)


async def put(tx: Transaction, city: str, warned: Sequence[Warned]) -> None:
    """Keep warnings; one that is known takes what is said of it now."""
    sql = """INSERT INTO weather_alert (city, id, kind, event, starts_at, ends_at, areas, is_forecast)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (city, id, kind) DO UPDATE SET event = excluded.event, starts_at = excluded.starts_at,
                 ends_at = excluded.ends_at, areas = excluded.areas, is_forecast = excluded.is_forecast"""
    rows = [
        (city, one.id, one.kind.value, one.event, one.starts_at, one.ends_at, list(one.areas), one.is_forecast) for one in warned
    ]
    await tx.executemany(sql, rows)


async def end_others(tx: Transaction, city: str, warned: Sequence[Warned], now: datetime) -> None:
    """What the feed does not name any more was withdrawn: it ends now, and what had not begun goes."""
    names = [f"{one.id}|{one.kind.value}" for one in warned]
    sql = "DELETE FROM weather_alert WHERE city = $1 AND starts_at >= $2 AND id || '|' || kind <> ALL($3)"
    await tx.execute(sql, city, now, names)
    sql = """UPDATE weather_alert SET ends_at = $2
             WHERE city = $1 AND starts_at < $2 AND ends_at > $2 AND id || '|' || kind <> ALL($3)"""
    await tx.execute(sql, city, now, names)


async def forget_before(tx: Transaction, city: str, before: datetime) -> None:
    """Warnings that ended long ago go."""
    await tx.execute("DELETE FROM weather_alert WHERE city = $1 AND ends_at < $2", city, before)


async def in_force(conn: Connection, city: str, now: datetime) -> list[Warned]:
    """Warnings, not forecasts, that are in force, the one that lasts longest first."""
    sql = f"""SELECT {COLUMNS} FROM weather_alert WHERE city = $1 AND starts_at <= $2 AND ends_at > $2 AND NOT is_forecast
              ORDER BY ends_at DESC, kind LIMIT 20"""
    return [msgspec.convert(dict(row), Warned) for row in await conn.fetch(sql, city, now)]
