"""The rows of the draft, of its schedule and of the versions: the only SQL of this room, beside the tables of the city."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from tanggap.city.rules.kinds import KINDS, WRITTEN, Body
from tanggap.city.rules.model import Edit, Editor, Key, PackWord, Schedule, Version
from tanggap.city.store import KEYS, PACK_COLUMNS
from tanggap.platform.database import Connection, Transaction

Rows = dict[str, list[dict[str, Any]]]

#: All the rules of a city as one statement sees them: table → rows.
RULES = "jsonb_build_object({})".format(
    ", ".join(
        f"'{kind.name}', (select coalesce(jsonb_agg(to_jsonb(t) - 'city' order by "
        f"{'t.rank, t.code' if not kind.is_fixed else f't.{kind.key}'}), '[]') from {kind.name} t where t.city = $1)"
        for kind in KINDS.values()
    )
)
_VERSION = ", ".join(Version.__struct_fields__)
_SCHEDULE = ", ".join(Schedule.__struct_fields__)


async def lock(tx: Transaction, city: str) -> int:
    """Let nobody else load a pack or publish until this transaction ends; the catalogue's version."""
    return int(await tx.fetchval("select catalogue_version from city where city = $1 for update", city) or 0)


async def rules(conn: Connection, city: str) -> Rows:
    """The rows in force."""
    return dict(await conn.fetchval(f"select {RULES}", city))


async def edits(conn: Connection, city: str) -> dict[Key, Edit]:
    """The draft, the oldest entry first."""
    columns = ", ".join(Edit.__struct_fields__)
    found = await conn.fetch(f"select {columns} from rules_edit where city = $1 order by at, kind, code", city)
    return {(row["kind"], row["code"]): msgspec.convert(dict(row), Edit) for row in found}


async def write_edit(
    tx: Transaction, city: str, key: Key, body: Body, rev: int, editor: Editor, now: datetime,
    *, retired: bool = False, dropped: bool = False,
) -> int | None:  # fmt: skip
    """Save an entry of the draft over the revision `rev` (0: there is none yet); the new one, or None when it is another."""
    sql = """
        insert into rules_edit (city, kind, code, rev, body, retired, dropped, at, by, by_name)
        select $1, $2, $3, $5::int + 1, $4, $6, $7, $8, $9, $10
        where $5::int = 0 or exists (select from rules_edit where city = $1 and kind = $2 and code = $3)
        on conflict (city, kind, code) do update set
            (rev, body, retired, dropped, at, by, by_name) =
            (excluded.rev, excluded.body, excluded.retired, excluded.dropped, excluded.at, excluded.by, excluded.by_name)
        where rules_edit.rev = $5::int
        returning rev
    """
    saved: int | None = await tx.fetchval(sql, city, *key, body, rev, retired, dropped, now, editor.id, editor.name)
    return saved


async def drop_all(tx: Transaction, city: str, is_dropped: bool, editor: Editor, now: datetime) -> None:
    """Take the whole draft back, or that back."""
    sql = """update rules_edit set dropped = $2, rev = rev + 1, at = $3, by = $4, by_name = $5
             where city = $1 and dropped is distinct from $2"""
    await tx.execute(sql, city, is_dropped, now, editor.id, editor.name)


async def end_draft(tx: Transaction, city: str) -> None:
    """There is no draft any more."""
    await tx.execute("delete from rules_edit where city = $1", city)
    await tx.execute("delete from rules_schedule where city = $1", city)


async def schedule(conn: Connection, city: str, *, lock: bool = False) -> Schedule | None:
    """When the draft will be published, if a time is set."""
    row = await conn.fetchrow(f"select {_SCHEDULE} from rules_schedule where city = $1{' for update' if lock else ''}", city)
    return msgspec.convert(dict(row), Schedule) if row else None


async def set_schedule(tx: Transaction, city: str, at: datetime, why: str, editor: Editor, now: datetime) -> None:
    """Set the time; a new one takes the place of another."""
    sql = """
        insert into rules_schedule (city, at, why, by, by_name, asked_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (city) do update set (at, why, by, by_name, asked_at, refused_at) =
            (excluded.at, excluded.why, excluded.by, excluded.by_name, excluded.asked_at, null)
    """
    await tx.execute(sql, city, at, why, editor.id, editor.name, now)


async def clear_schedule(tx: Transaction, city: str) -> bool:
    """Take the time away; whether there was one."""
    return await tx.fetchval("delete from rules_schedule where city = $1 returning true", city) is True


async def refuse_schedule(tx: Transaction, city: str, now: datetime) -> None:
    """The time came, and the draft did not pass."""
    await tx.execute("update rules_schedule set refused_at = $2 where city = $1", city, now)


async def write_rows(tx: Transaction, city: str, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Write entries into their tables, whosever they are: rows with their columns, `owner`, `rank` and `edited_at`."""
    for table in WRITTEN:
        if not rows.get(table):
            continue
        key = KEYS.get(table, "code")
        more = ("owner", "edited_at") if table == "target" else ("owner", "rank", "edited_at")
        names = [f'"{name}"' for name in (*PACK_COLUMNS[table], *more)]
        listed, excluded = ", ".join(names), ", ".join(f"excluded.{name}" for name in names)
        await tx.execute(
            f"""
            insert into {table} (city, {listed}) select $1, {listed} from jsonb_populate_recordset(null::{table}, $2)
            on conflict (city, {key}) do update set ({listed}) = ({excluded})
            """,
            city,
            [dict(row) for row in rows[table]],
        )


async def add_version(
    tx: Transaction, city: str, act: str, why: str, changes: int, editor: Editor, now: datetime, restores: int | None = None
) -> int:
    """Keep the rules as they stand now under the catalogue's number; nothing is done where that number has its rules."""
    sql = f"""
        insert into catalogue_version (city, version, act, restores, why, rows, changes, at, by, by_name)
        select $1, catalogue_version, $2, $3, $4, {RULES}, $5, $6, $7, $8 from city where city = $1
        on conflict do nothing returning version
    """
    return int(await tx.fetchval(sql, city, act, restores, why, changes, now, editor.id, editor.name) or 0)


async def newest_version(conn: Connection, city: str) -> int | None:
    """The number of the last version that was kept."""
    found: int | None = await conn.fetchval("select max(version) from catalogue_version where city = $1", city)
    return found


async def versions(conn: Connection, city: str, most: int, before: int | None = None) -> list[Version]:
    """The versions, the newest first."""
    sql = f"""select {_VERSION} from catalogue_version where city = $1 and ($2::bigint is null or version < $2)
              order by version desc limit $3"""
    return [msgspec.convert(dict(row), Version) for row in await conn.fetch(sql, city, before, most)]


async def version(conn: Connection, city: str, number: int) -> tuple[Version, Rows] | None:
    """One version with its rows; the one that was in force then, where the number itself changed no rule."""
    sql = f"""select {_VERSION}, rows from catalogue_version where city = $1 and version <= $2 order by version desc limit 1"""
    row = await conn.fetchrow(sql, city, number)
    return (msgspec.convert({name: row[name] for name in Version.__struct_fields__}, Version), row["rows"]) if row else None


async def pack_words(conn: Connection, city: str) -> dict[Key, PackWord]:
    """What the pack says of every entry."""
    columns = ", ".join(PackWord.__struct_fields__)
    found = await conn.fetch(f"select {columns} from pack_entry where city = $1", city)
    return {(row["kind"], row["code"]): msgspec.convert(dict(row), PackWord) for row in found}


async def keep_pack(tx: Transaction, city: str, words: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Note what the pack says: rows of kind, code, body. What it says no longer goes."""
    await tx.execute(
        """
        insert into pack_entry (city, kind, code, body, changed_at)
        select $1, kind, code, body, $3 from jsonb_to_recordset($2) as new (kind text, code text, body jsonb)
        on conflict (city, kind, code) do update set body = excluded.body, changed_at = excluded.changed_at
        where pack_entry.body is distinct from excluded.body
        """,
        city,
        list(words),
        now,
    )
    await tx.execute(
        """delete from pack_entry p where city = $1 and not exists (
               select from jsonb_to_recordset($2) as new (kind text, code text) where new.kind = p.kind and new.code = p.code)""",
        city,
        [{"kind": word["kind"], "code": word["code"]} for word in words],
    )


async def pack_seen(tx: Transaction, city: str, key: Key, now: datetime) -> bool:
    """The city keeps its own word; whether the pack has one at all."""
    sql = "update pack_entry set seen_at = $4 where city = $1 and kind = $2 and code = $3 returning true"
    return await tx.fetchval(sql, city, *key, now) is True
