"""`tanggap import areas` says what it does, and does it."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import catalogue, load_pack
from tanggap.commands.imports import command
from tanggap.platform.database import Database

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
RING = [[122.512, -3.989], [122.520, -3.989], [122.520, -3.981], [122.512, -3.981], [122.512, -3.989]]


@pytest.fixture
def city(dsn: str) -> str:
    async def load() -> None:
        db = await Database.open(dsn, min_size=0, max_size=1)
        async with db.transaction("kendari") as tx:
            await load_pack(tx, read_pack(pack_folder("kendari")), NOW)
        await db.close()

    asyncio.run(load())
    return dsn


def read(dsn: str) -> Catalogue:
    async def get() -> Catalogue:
        db = await Database.open(dsn, min_size=0, max_size=1)
        async with db.reading("kendari") as conn:
            found = await catalogue(conn)
        await db.close()
        return found

    return asyncio.run(get())


def areas_file(folder: Path, *codes: str) -> Path:
    path = folder / "areas.geojson"
    shape: dict[str, Any] = {"type": "Polygon", "coordinates": [RING]}
    features = [{"type": "Feature", "properties": {"kode": code}, "geometry": shape} for code in codes]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def run(dsn: str, folder: Path, *arguments: str) -> Result:
    environment = {"TANGGAP_DATABASE_URL": dsn, "TANGGAP_HOME": str(folder / "home"), "COLUMNS": "200"}
    return CliRunner().invoke(command, ["areas", *arguments], env=environment)


def test_a_dry_run_and_then_the_import(city: str, tmp_path: Path) -> None:
    file = areas_file(tmp_path, "74.71.08.1002")
    said = run(city, tmp_path, str(file), "--dry-run")
    assert said.exit_code == 0, said.output
    assert "1 features: 1 would change, 0 as before, 0 refused; 64 kelurahan would stay without an outline" in said.output
    assert read(city).area("74.71.08.1002").geometry is None
    said = run(city, tmp_path, str(file))
    assert said.exit_code == 0, said.output
    assert "Bende" in said.output
    assert read(city).area("74.71.08.1002").geometry is not None


def test_a_refused_feature_is_named_and_the_exit_code_says_so(city: str, tmp_path: Path) -> None:
    said = run(city, tmp_path, str(areas_file(tmp_path, "74.71.08.1002", "12.34.56.7890")))
    assert said.exit_code == 1
    assert "refused   feature 2 12.34.56.7890: the city's pack has no area 12.34.56.7890" in said.output
    assert "1 changed" in said.output


def test_a_file_that_is_no_geojson_is_one_sentence(city: str, tmp_path: Path) -> None:
    file = tmp_path / "wrong.geojson"
    file.write_text("{")
    said = run(city, tmp_path, str(file))
    assert (said.exit_code, said.output.count("\n")) == (1, 1)
    file.write_text("{}")
    assert run(city, tmp_path, str(file)).output.strip() == "Error: The file is not a GeoJSON FeatureCollection."
