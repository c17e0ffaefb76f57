"""The rows of an import: staged in a table of the transaction, compared, written in two statements. The only SQL of imports."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import shapely

from tanggap.location.imports.duplicates import Known
from tanggap.location.imports.model import Changes, ImportReport, Place, Wanted
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id

#: Locks the imports of one city against each other, within one transaction.
LOCK = "select pg_advisory_xact_lock(112000002, hashtext($1))"

_STAGED = (
    "code", "kind", "name", "aliases", "lat", "lon", "uncertainty_m", "area", "source", "licence", "geometry", "external_id",
    "same_as",
)  # fmt: skip
_NAMES = ", ".join(_STAGED)
_OF_PLACE = ", ".join(f"p.{name}" for name in _STAGED)
_OF_STAGED = ", ".join(f"s.{name}" for name in _STAGED)
#: What differs between a place p in force and its staged row s.
_DIFFERS = f"(not p.active or ({_OF_PLACE}) is distinct from ({_OF_STAGED}))"
#: Places told by name of each kind of change.
SHOWN = 12


async def begin(tx: Transaction, city: str) -> None:
    """Wait for an import that is running, and have the time that a large one needs."""
    await tx.execute("set local statement_timeout = 0")
    await tx.execute("set local lock_timeout = 0")
    await tx.execute("set local idle_in_transaction_session_timeout = 0")
    await tx.execute(LOCK, city)


async def others(conn: Connection, city: str, dataset: str) -> list[Known]:
    """The places in force that another owner or data set has."""
    rows = await conn.fetch(
        """
        select code, kind, name, aliases, lat, lon, uncertainty_m, area from place
        where city = $1 and active and same_as is null and dataset <> $2 order by code
        """,
        city,
        dataset,
    )
    return [Known(*row) for row in rows]


async def stage(tx: Transaction, dataset: str, places: Iterable[Place]) -> None:
    """Bring the places into a table of the transaction, by COPY."""
    await tx.execute(
        """
        create temporary table staged (
            code text not null, kind text, name text, aliases text[], lat double precision, lon double precision,
            uncertainty_m double precision, area text, source text, licence text, geometry jsonb, external_id text, same_as text
        ) on commit drop
        """
    )
    await tx.copy_records_to_table("staged", columns=_STAGED, records=(_record(dataset, place) for place in places))
    await tx.execute("create unique index on staged (code)")
    await tx.execute("analyze staged")


def _record(dataset: str, place: Place) -> tuple[Any, ...]:
    geometry = msgspec.json.decode(shapely.to_geojson(place.shape)) if place.shape is not None else None
    return (
        code_of(dataset, place.id), place.kind, place.name, list(place.names), place.lat, place.lon, place.uncertainty_m,
        place.area, place.source, place.licence, geometry, place.id, place.same_as,
    )  # fmt: skip


def code_of(dataset: str, identity: str) -> str:
    """The code of an imported place: no pack's code has a colon, so they never meet."""
    return f"{dataset}:{identity}"


async def compare(tx: Transaction, city: str, dataset: str, kept: Sequence[str]) -> Changes:
    """What the staged places change; places of the data set that the file refuses (`kept`, codes) are not retired."""
    rows = await tx.fetch(
        f"""
        with told as (
            select coalesce(s.code, p.code) as code, coalesce(s.name, p.name) as name, coalesce(s.kind, p.kind) as kind,
                case when p.code is null then 'added' when s.code is null then 'retired'
                    when {_DIFFERS} then 'changed' else 'unchanged' end as change
            from staged s full join (select * from place where city = $1 and dataset = $2) p on p.code = s.code
            where s.code is not null or (p.active and p.code <> all($3))
        ), numbered as (
            select *, count(*) over (partition by change) as total, row_number() over (partition by change order by code) as n
            from told
        )
        select change, total, code, name, kind from numbered where n <= $4 order by change, n
        """,
        city,
        dataset,
        list(kept),
        SHOWN,
    )
    counts = {"added": 0, "changed": 0, "unchanged": 0, "retired": 0} | {row["change"]: row["total"] for row in rows}
    shown: dict[str, list[Any]] = {}
    for row in rows:
        shown.setdefault(row["change"], []).append((row["code"], row["name"], row["kind"]))
    return Changes(counts, shown)


async def count_active(conn: Connection, city: str, dataset: str) -> int:
    """How many places of a data set are in force."""
    sql = "select count(*) from place where city = $1 and dataset = $2 and active"
    found: int = await conn.fetchval(sql, city, dataset)
    return found


async def write(tx: Transaction, city: str, dataset: str, kept: Sequence[str]) -> None:
    """Bring the data set to what is staged: add, change, retire. Nothing is deleted, because old reports name it."""
    await tx.execute(
        f"""
        update place p set ({_NAMES}) = ({_OF_STAGED}), active = true
        from staged s where p.city = $1 and p.code = s.code and p.dataset = $2 and {_DIFFERS}
        """,
        city,
        dataset,
    )
    await tx.execute(
        f"""
        insert into place (city, {_NAMES}, provenance, owner, dataset)
        select $1, {_OF_STAGED}, 'sourced', 'import', $2 from staged s
        where not exists (select from place p where p.city = $1 and p.code = s.code) order by s.code
        """,
        city,
        dataset,
    )
    await tx.execute(
        """
        update place p set active = false where p.city = $1 and p.dataset = $2 and p.active and p.code <> all($3)
        and not exists (select from staged s where s.code = p.code)
        """,
        city,
        dataset,
        list(kept),
    )


async def note(
    tx: Transaction, city: str, wanted: Wanted, file: dict[str, Any], report: ImportReport, by: str, now: datetime
) -> None:
    """Keep what was imported, by whom, and what was refused."""
    counts = report.changes.counts
    refusals = [[one.number, one.name, one.reason] for one in report.checked.refused.told]
    await tx.execute(
        """
        insert into place_import (city, id, dataset, file_name, file_sha256, file_bytes, format, source, licence, by, at,
            added, changed, unchanged, retired, refused, refusals)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        """,
        city, new_id(), wanted.dataset, file["name"], file["sha256"], file["bytes"], report.format, wanted.source, wanted.licence,
        by, now, counts["added"], counts["changed"], counts["unchanged"], counts["retired"],
        report.checked.refused.count, refusals,
    )  # fmt: skip
