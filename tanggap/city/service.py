"""What is done with a city's configuration: a pack is loaded, outlines come in, everybody reads the catalogue."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

import msgspec

from tanggap.city import store
from tanggap.city.boundaries import AreaFound, NearArea, area_at, areas_geojson
from tanggap.city.model import Catalogue
from tanggap.city.outlines import ImportReport, NotGeoJsonError, Progress, read_outlines
from tanggap.city.pack import Pack
from tanggap.city.rules import store as rules
from tanggap.city.rules.kinds import CATALOGUE_FIELDS, KINDS, Record
from tanggap.city.rules.model import Editor
from tanggap.city.store import Written
from tanggap.platform.database import Connection, Database, DatabaseAway, Transaction
from tanggap.platform.logs import Log

__all__ = [
    "AreaFound",
    "CatalogueCache",
    "ImportReport",
    "LoadReport",
    "NearArea",
    "NoCatalogueError",
    "NotGeoJsonError",
    "area_at",
    "areas_geojson",
    "catalogue",
    "import_areas",
    "load_pack",
]

log = Log("city")

#: Who stands beside a version that a pack brought.
PACK = Editor(None, "Paket kota")
#: Versions that are tried when the rows in force cannot be read.
MOST_TRIED = 20

#: A process asks at most this often, in seconds, whether a city's catalogue has changed.
CHECK_EVERY_S = 2.0


class NoCatalogueError(LookupError):
    """No pack was loaded for this city yet."""

    def __init__(self, city: str) -> None:
        super().__init__(f"No pack is loaded for the city {city!r}; run `tanggap prepare` first.")


class LoadReport(msgspec.Struct, frozen=True):
    """What a pack load did, by table."""

    version: int
    city_changed: bool
    tables: dict[str, Written]

    @property
    def is_change(self) -> bool:
        """Whether the load changed anything at all."""
        return self.city_changed or any(done.added or done.changed or done.retired for done in self.tables.values())


async def load_pack(tx: Transaction, pack: Pack, now: datetime) -> LoadReport:
    """Bring the city's configuration to what its pack says; loading the same pack again changes nothing.

    Rows that the city's own people made or edited (`owner` city) stay as they are. Rows of the pack that it no longer has are
    retired, never deleted, because old incidents name them. Outlines of areas are left alone.

    Raises:
        ValueError: the transaction belongs to another city.
    """
    city = pack.city.code
    if tx.city != city:
        raise ValueError(f"the pack of {city} cannot be loaded for {tx.city}")
    city_changed = await store.write_city(tx, pack.city, now)
    tables = {
        "agency": await store.write_entries(tx, "agency", city, pack.agencies),
        "category": await store.write_entries(tx, "category", city, pack.categories),
        "area": await store.write_entries(tx, "area", city, pack.areas),
        "place": await store.write_entries(tx, "place", city, pack.places),
        "target": await store.write_entries(tx, "target", city, pack.targets),
        "phrase": await store.write_entries(tx, "phrase", city, pack.phrases),
        "service_level": await store.write_entries(tx, "service_level", city, pack.service_levels),
        "rung": await store.write_entries(tx, "rung", city, pack.rungs),
        "office_hours": await store.write_entries(tx, "office_hours", city, pack.office_hours),
        "agency_rule": await store.write_entries(tx, "agency_rule", city, pack.agency_rules),
        "holiday": await store.write_entries(tx, "holiday", city, pack.holidays),
    }
    words = _said_by(pack)
    await rules.keep_pack(tx, city, words, now)
    plan_changed = pack.shifts is not None and await store.write_shift_plan(tx, city, pack.shifts, now)
    report = LoadReport(0, city_changed or plan_changed, tables)
    version = await store.count_change(tx, city, now) if report.is_change else await store.version(tx, city)
    changes = sum(len(done.added) + len(done.changed) + len(done.retired) for name, done in tables.items() if name in KINDS)
    if changes or await rules.newest_version(tx, city) is None:
        await rules.add_version(tx, city, "pack", "", changes, PACK, now)
    return LoadReport(version or 0, city_changed, tables)


def _said_by(pack: Pack) -> list[store.Row]:
    """What the pack says of every entry that the city can edit."""
    return [
        {"kind": name, "code": kind.code_of(record), "body": kind.body(record)}
        for name, kind in KINDS.items()
        for record in _records(pack, name)
    ]


def _records(pack: Pack, kind: str) -> tuple[Record, ...]:
    found: tuple[Record, ...] = getattr(pack, CATALOGUE_FIELDS[kind])
    return found


async def catalogue(conn: Connection) -> Catalogue:
    """The configuration of the connection's city. Where a row of its rules cannot be read, the last version that can be serves.

    Raises:
        NoCatalogueError: no pack was loaded for it yet.
        msgspec.ValidationError: nothing that was ever in force can be read, or the city's own row or its areas cannot.
    """
    city = conn.city or ""
    rows = await store.catalogue_rows(conn, city)
    if rows is None:
        raise NoCatalogueError(city)
    try:
        return store.catalogue_of(rows)
    except msgspec.ValidationError as error:
        log.error("the rules in force cannot be read", city=city, error=str(error))
        for version in await rules.versions(conn, city, MOST_TRIED):
            if older := await _older(conn, city, rows, version.version):
                return older
        raise


async def _older(conn: Connection, city: str, rows: store.Row, version: int) -> Catalogue | None:
    """The catalogue with the rules of a version; None when those cannot be read either."""
    kept = await rules.version(conn, city, version)
    tables = kept[1] if kept else {}
    try:
        found = store.catalogue_of(rows | {field: tables.get(kind, []) for kind, field in CATALOGUE_FIELDS.items()})
    except msgspec.ValidationError:
        return None
    return found if found.targets and found.categories else None


async def import_areas(
    tx: Transaction, geojson: object, now: datetime, dry_run: bool = False, progress: Progress | None = None
) -> ImportReport:
    """Take the outlines of a GeoJSON FeatureCollection for the areas whose code is the feature's property `kode`.

    Raises:
        NotGeoJsonError: it is something else.
        NoCatalogueError: no pack was loaded for the city yet.
    """
    known = await catalogue(tx)
    outlines, refused = read_outlines(geojson, known, progress)
    changed = [outline for outline in outlines if outline.is_new]
    if changed and not dry_run:
        rows = [{"code": new.area.code, "geometry": new.geometry, "source": new.source} for new in changed]
        await store.write_outlines(tx, known.city.code, rows, now)
        await store.count_change(tx, known.city.code, now)
    brought = {outline.area.code for outline in outlines}
    return ImportReport(
        features=len(outlines) + len(refused),
        changed=tuple(changed),
        unchanged=tuple(outline for outline in outlines if not outline.is_new),
        refused=tuple(refused),
        without=tuple(area for area in known.kelurahan if area.geometry is None and area.code not in brought),
        dry_run=dry_run,
    )


class CatalogueCache:
    """The catalogues of one process, by city; the same object is given until the catalogue has changed."""

    def __init__(self, db: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._clock = clock
        self._held: dict[str, tuple[Catalogue, float]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, city: str) -> Catalogue:
        """The city's catalogue, at most two seconds old; while one task looks, the others are given the older one.

        Raises:
            DatabaseAway: only when no catalogue was ever read; an older one serves while the database is away.
            NoCatalogueError: no pack was loaded for the city yet.
        """
        held = self._held.get(city)
        if held and (self._is_fresh(held) or self._locks[city].locked()):
            return held[0]
        async with self._locks[city]:
            held = self._held.get(city)
            if held and self._is_fresh(held):
                return held[0]
            try:
                current = await self._read(city, held[0] if held else None)
            except DatabaseAway:
                if held is None:
                    raise
                current = held[0]
            except msgspec.ValidationError as error:
                if held is None:
                    raise
                log.error("the catalogue cannot be read; the one before it serves", city=city, error=str(error))
                current = held[0]
            self._held[city] = (current, self._clock())
            return current

    def _is_fresh(self, held: tuple[Catalogue, float]) -> bool:
        return self._clock() - held[1] < CHECK_EVERY_S

    async def _read(self, city: str, held: Catalogue | None) -> Catalogue:
        async with self._db.reading(city) as conn:
            if held is not None and await store.version(conn, city) == held.version:
                return held
            return await catalogue(conn)
