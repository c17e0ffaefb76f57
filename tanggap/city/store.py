"""The rows of a city's configuration: the only SQL of this room."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.city.categories import Category
from tanggap.city.ladder import AgencyRule, Holiday, OfficeHours, Rung
from tanggap.city.model import Agency, Catalogue, City, Phrase
from tanggap.city.shift_plan import ShiftPlan
from tanggap.city.targets import ServiceLevel, Target
from tanggap.city.territory import Area, Place
from tanggap.platform.database import Connection, Transaction

Row = dict[str, Any]

#: The columns that a pack load writes, by table, in the order in which the tables refer to each other.
PACK_COLUMNS: dict[str, tuple[str, ...]] = {
    "agency": Agency.__struct_fields__,
    "category": Category.__struct_fields__,
    "area": tuple(name for name in Area.__struct_fields__ if not name.startswith("geometry")),
    "place": Place.__struct_fields__,
    "target": Target.__struct_fields__,
    "phrase": Phrase.__struct_fields__,
    "service_level": ServiceLevel.__struct_fields__,
    "rung": Rung.__struct_fields__,
    "office_hours": OfficeHours.__struct_fields__,
    "agency_rule": AgencyRule.__struct_fields__,
    "holiday": Holiday.__struct_fields__,
}

#: What names an entry within its city, where it is not `code`.
KEYS = {"target": "priority"}

#: Tables in which an entry is never retired, because every city has each of them.
ALWAYS = frozenset({"target"})


def _listed(table: str, order: str = "t.rank, t.code") -> str:
    return f"(select coalesce(jsonb_agg(to_jsonb(t) order by {order}), '[]') from {table} t where t.city = c.city)"


CATALOGUE = f"""
    select jsonb_build_object(
        'city', to_jsonb(c),
        'agencies', {_listed("agency")},
        'categories', {_listed("category")},
        'areas', {_listed("area")},
        'targets', {_listed("target", "t.priority")},
        'phrases', {_listed("phrase")},
        'rules_version', (select coalesce(max(v.version), 0) from catalogue_version v where v.city = c.city),
        'service_levels', {_listed("service_level")},
        'rungs', {_listed("rung")},
        'office_hours', {_listed("office_hours")},
        'agency_rules', {_listed("agency_rule")},
        'holidays', {_listed("holiday", "t.date")},
        'shifts', coalesce((select p.plan -> 'shifts' from shift_plan p where p.city = c.city), '[]'))
    from city c where c.city = $1
"""


class Written(msgspec.Struct, frozen=True):
    """What one load did to one table, as codes."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    retired: tuple[str, ...]


async def version(conn: Connection, city: str) -> int | None:
    """The catalogue's version, or None when no pack was ever loaded."""
    found: int | None = await conn.fetchval("select catalogue_version from city where city = $1", city)
    return found


async def catalogue_rows(conn: Connection, city: str) -> Row | None:
    """The whole configuration as one statement sees it, so that no change is read by halves; not judged yet."""
    found: Row | None = await conn.fetchval(CATALOGUE, city)
    if found is None:
        return None
    row = found["city"]
    return {**found, "city": {**row, "code": row["city"]}, "version": row["catalogue_version"]}


def catalogue_of(rows: Row) -> Catalogue:
    """The catalogue that rows make.

    Raises:
        msgspec.ValidationError: one of them is not what its table promises.
    """
    return msgspec.convert(rows, Catalogue)


async def write_city(tx: Transaction, city: City, now: datetime) -> bool:
    """Write the city's own row; whether anything was new."""
    row = msgspec.to_builtins(city)
    columns = [name for name in City.__struct_fields__ if name != "code"]
    names = ", ".join(columns)
    written = await tx.fetchval(
        f"""
        insert into city (city, {names}, changed_at)
        select $1, {names}, $3 from jsonb_populate_record(null::city, $2)
        on conflict (city) do update set ({names}, changed_at) = ({_excluded(columns)}, excluded.changed_at)
        where ({_of("city", columns)}) is distinct from ({_excluded(columns)})
        returning true
        """,
        city.code,
        row,
        now,
    )
    return written is True


async def write_entries(tx: Transaction, table: str, city: str, entries: Sequence[msgspec.Struct]) -> Written:
    """Upsert a pack's entries where the pack owns the row, and retire the pack's rows that it no longer has."""
    key = KEYS.get(table, "code")
    columns = [f'"{name}"' for name in PACK_COLUMNS[table]]
    rows: list[Row] = [msgspec.to_builtins(entry) for entry in entries]
    if table not in ALWAYS:
        columns.append("rank")
        rows = [{**row, "rank": rank} for rank, row in enumerate(rows)]
    names = ", ".join(columns)
    written = await tx.fetch(
        f"""
        insert into {table} (city, {names})
        select $1, {names} from jsonb_populate_recordset(null::{table}, $2) as new
        where not exists (
            select from {table} t where t.city = $1 and t.{key} = new.{key}
            and (t.owner <> 'pack' or ({_of("t", columns)}) is not distinct from ({_of("new", columns)})))
        on conflict (city, {key}) do update set ({names}) = ({_excluded(columns)})
        where {table}.owner = 'pack' and ({_of(table, columns)}) is distinct from ({_excluded(columns)})
        returning {key} as code, (xmax = 0) as added
        """,
        city,
        rows,
    )
    retired = [] if table in ALWAYS else await _retire(tx, table, city, [row["code"] for row in rows])
    return Written(
        tuple(row["code"] for row in written if row["added"]),
        tuple(row["code"] for row in written if not row["added"]),
        tuple(retired),
    )


async def _retire(tx: Transaction, table: str, city: str, kept: Sequence[str]) -> list[str]:
    sql = f"update {table} set active = false where city = $1 and owner = 'pack' and active and code <> all($2) returning code"
    return [row["code"] for row in await tx.fetch(sql, city, kept)]


async def write_shift_plan(tx: Transaction, city: str, plan: ShiftPlan, now: datetime) -> bool:
    """Keep what the pack says of shifts; whether that is new. The shifts that were made from the plan before stay as they are."""
    sql = """insert into shift_plan (city, plan, changed_at) values ($1, $2, $3)
             on conflict (city) do update set plan = excluded.plan, changed_at = excluded.changed_at
             where shift_plan.plan is distinct from excluded.plan
             returning true"""
    return await tx.fetchval(sql, city, msgspec.to_builtins(plan), now) is True


async def shift_plan(conn: Connection, city: str) -> ShiftPlan | None:
    """What the city's pack says of shifts; None where it says nothing."""
    found = await conn.fetchval("select plan from shift_plan where city = $1", city)
    return msgspec.convert(found, ShiftPlan) if found is not None else None


async def write_outlines(tx: Transaction, city: str, outlines: Sequence[Row], now: datetime) -> None:
    """Set the geometry of areas: rows of code, geometry, source."""
    await tx.execute(
        """
        update area set geometry = new.geometry, geometry_source = new.source, geometry_at = $3
        from jsonb_to_recordset($2) as new(code text, geometry jsonb, source text)
        where area.city = $1 and area.code = new.code
        """,
        city,
        list(outlines),
        now,
    )


async def count_change(tx: Transaction, city: str, now: datetime) -> int:
    """Raise the catalogue's version, so that every process reads it anew; returns the new one."""
    sql = "update city set catalogue_version = catalogue_version + 1, changed_at = $2 where city = $1 returning catalogue_version"
    raised: int = await tx.fetchval(sql, city, now)
    return raised


def _excluded(columns: Sequence[str]) -> str:
    return _of("excluded", columns)


def _of(table: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in columns)


async def setting(conn: Connection, city: str, name: str) -> Any:
    """What a coordinator switched on or off for the city, or None."""
    return await conn.fetchval("SELECT value FROM city_setting WHERE city = $1 AND name = $2", city, name)


async def set_setting(tx: Transaction, city: str, name: str, value: Any, by: UUID | None, now: datetime) -> None:
    """Set it, and keep who did and when."""
    sql = """INSERT INTO city_setting (city, name, value, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (city, name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at,
                                                    changed_by = excluded.changed_by"""
    await tx.execute(sql, city, name, value, now, by)
