"""Outlines of kelurahan come in from a GeoJSON file, and points are then found by them."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import NotGeoJsonError, area_at, areas_geojson, catalogue, import_areas, load_pack
from tanggap.platform.database import Database

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
BENDE, PONDAMBEA, KORUMBA = "74.71.08.1002", "74.71.08.1003", "74.71.01.1006"


@pytest.fixture
async def city(db: Database) -> Database:
    async with db.transaction("kendari") as tx:
        await load_pack(tx, read_pack(pack_folder("kendari")), NOW)
    return db


def square(lat: float, lon: float, half: float = 0.004) -> list[list[float]]:
    """A ring around a point, in GeoJSON's order."""
    west, east, south, north = lon - half, lon + half, lat - half, lat + half
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: object, ring: object, kind: str = "Polygon") -> dict[str, Any]:
    """One feature of a file of areas."""
    return {"type": "Feature", "properties": {"kode": code}, "geometry": {"type": kind, "coordinates": [ring]}}


def collection(*features: object) -> dict[str, Any]:
    """A file of areas."""
    return {"type": "FeatureCollection", "features": list(features)}


async def read(db: Database) -> Catalogue:
    async with db.reading("kendari") as conn:
        return await catalogue(conn)


async def test_a_point_is_found_by_its_outline(city: Database) -> None:
    file = collection(feature(BENDE, square(-3.985, 122.516)), feature(PONDAMBEA, square(-3.977, 122.508)))
    async with city.transaction("kendari") as tx:
        report = await import_areas(tx, file, NOW)
    assert [new.area.code for new in report.changed] == [BENDE, PONDAMBEA]
    assert report.refused == ()
    assert len(report.without) == 63
    known = await read(city)
    assert known.version == 2
    found = area_at(known, -3.9855, 122.5165)
    assert found is not None
    assert (found.area.name, found.source, found.inside, found.uncertainty_m) == ("Bende", "boundary", True, 0)
    at_the_corner = area_at(known, -3.9815, 122.5125)
    assert at_the_corner is not None
    assert [near.area.name for near in at_the_corner.near] == ["Pondambea"]
    assert at_the_corner.near[0].distance_m < 150


async def test_a_dry_run_says_what_would_change_and_changes_nothing(city: Database) -> None:
    async with city.transaction("kendari") as tx:
        report = await import_areas(tx, collection(feature(BENDE, square(-3.985, 122.516))), NOW, dry_run=True)
    assert report.dry_run
    assert len(report.changed) == 1
    known = await read(city)
    assert known.version == 1
    assert known.area(BENDE).geometry is None


async def test_the_same_file_again_changes_nothing(city: Database) -> None:
    file = collection(feature(BENDE, square(-3.985, 122.516)))
    async with city.transaction("kendari") as tx:
        await import_areas(tx, file, NOW)
    async with city.transaction("kendari") as tx:
        report = await import_areas(tx, file, NOW)
    assert report.changed == ()
    assert len(report.unchanged) == 1
    assert (await read(city)).version == 2


async def test_a_pack_load_leaves_the_outlines_alone(city: Database) -> None:
    async with city.transaction("kendari") as tx:
        await import_areas(tx, collection(feature(BENDE, square(-3.985, 122.516))), NOW)
        await load_pack(tx, read_pack(pack_folder("kendari")), NOW)
    assert (await read(city)).area(BENDE).geometry is not None


async def test_what_is_unsound_is_refused_with_a_reason_and_the_rest_taken(city: Database) -> None:
    good = square(-3.985, 122.516)
    file = collection(
        feature(BENDE, good),
        feature(BENDE, good),
        feature("74.71.99.9999", good),
        feature(None, good),
        feature(PONDAMBEA, [[point[1], point[0]] for point in square(-3.977, 122.508)]),
        feature(PONDAMBEA, square(-7.25, 112.75)),
        feature(PONDAMBEA, square(-3.92, 122.65)),
        feature(PONDAMBEA, [[122.5, -3.9], [122.6, "x"]]),
        feature(PONDAMBEA, [[122.508, -3.977]] * 4),
        feature(PONDAMBEA, [122.508, -3.977], "Point"),
        {"type": "Feature", "properties": {"kode": PONDAMBEA}, "geometry": None},
        None,
        "feature",
    )
    async with city.transaction("kendari") as tx:
        report = await import_areas(tx, file, NOW)
    assert [new.area.code for new in report.changed] == [BENDE]
    assert {refused.number: refused.reason for refused in report.refused} == {
        2: "an earlier feature of the file has the same kode",
        3: "the city's pack has no area 74.71.99.9999",
        4: "it has no property `kode` with the area's code",
        5: "its coordinates are swapped: GeoJSON has the longitude first",
        6: "it reaches outside the city's bounding box",
        7: "it lies 16.4 km from where the pack has Pondambea; is the kode right?",
        8: "its coordinates cannot be read",
        9: "its polygon has no area",
        10: "its geometry is not a Polygon or MultiPolygon",
        11: "its geometry is not a Polygon or MultiPolygon",
        12: "it has no property `kode` with the area's code",
        13: "it has no property `kode` with the area's code",
    }


async def test_an_outline_that_crosses_itself_is_mended(city: Database) -> None:
    bow_tie = [[122.512, -3.989], [122.520, -3.981], [122.520, -3.989], [122.512, -3.981], [122.512, -3.989]]
    async with city.transaction("kendari") as tx:
        report = await import_areas(tx, collection(feature(BENDE, bow_tie)), NOW)
    assert report.changed[0].was_repaired
    assert report.changed[0].geometry["type"] == "MultiPolygon"
    assert area_at(await read(city), -3.985, 122.5190) is not None


@pytest.mark.parametrize("document", [None, [], "text", {}, {"type": "Feature"}, {"type": "FeatureCollection", "features": {}}])
async def test_another_kind_of_file_is_refused_whole(city: Database, document: object) -> None:
    async with city.transaction("kendari") as tx:
        with pytest.raises(NotGeoJsonError):
            await import_areas(tx, document, NOW)


async def test_the_map_gets_outlines_and_centres(city: Database) -> None:
    async with city.transaction("kendari") as tx:
        await import_areas(tx, collection(feature(BENDE, square(-3.985, 122.516))), NOW)
    known = await read(city)
    served = msgspec.json.decode(areas_geojson(known))
    kinds = {entry["properties"]["kode"]: entry["geometry"]["type"] for entry in served["features"]}
    assert len(kinds) == 65
    assert kinds[BENDE] == "Polygon"
    assert kinds[KORUMBA] == "Point"
    assert areas_geojson(known) is areas_geojson(known)
