"""`tanggap map`: the base map, made of what the city has or brought by it."""

import asyncio
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import click
from rich.console import Console

from tanggap.city.model import Catalogue
from tanggap.city.service import NoCatalogueError, catalogue
from tanggap.city.territory import BoundingBox
from tanggap.commands.database import opened_database
from tanggap.location.basemap.archive import NotAMapError
from tanggap.location.basemap.build import Made, NoMapError, build, map_file, tile_maker, use
from tanggap.location.basemap.features import Feature
from tanggap.location.basemap.kinds import Layer
from tanggap.location.basemap.osm import CREDIT, NotAnExtractError, of_extract
from tanggap.location.basemap.service import Collected, collect
from tanggap.platform.settings import Settings, load_settings

#: Layers that an extract fills alone.
OF_EXTRACTS = (Layer.ROADS, Layer.WATER, Layer.LANDUSE, Layer.BUILDINGS)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """The base map below incidents and places; open maps show a new one when they are opened again."""


@command.command("build")
@click.option("--osm", type=FILE, help="Draw roads, water, green and buildings of this OpenStreetMap extract too (….osm.pbf).")
def build_map(osm: Path | None) -> None:
    """Make the map of the outlines and places in the database."""
    settings, console = load_settings(), Console()
    try:
        tile_maker()
        with console.status("Making the map …"):
            known, collected = asyncio.run(_read(settings))
            made = build(
                _features(collected.features, osm, known.city.bbox),
                " · ".join(dict.fromkeys(filter(None, (collected.credit, CREDIT if osm else "")))),
                map_file(settings.home, settings.city),
            )
    except (NoMapError, NotAnExtractError, NoCatalogueError) as error:
        raise click.ClickException(str(error)) from error
    _tell(made, console)


@command.command("use")
@click.argument("file", type=FILE)
def use_map(file: Path) -> None:
    """Take the city's own FILE.pmtiles (vector tiles in the schema of Protomaps); it is checked and copied."""
    settings, console = load_settings(), Console()
    try:
        known, _ = asyncio.run(_read(settings, places=False))
        made = use(file, known.city.bbox, map_file(settings.home, settings.city))
    except NotAMapError as error:
        raise click.ClickException(f"{file.name} was not taken: {error}.") from error
    except NoCatalogueError as error:
        raise click.ClickException(str(error)) from error
    _tell(made, console)


@command.command("remove")
def remove_map() -> None:
    """Take the map away; outlines and important places are drawn without it."""
    settings = load_settings()
    file = map_file(settings.home, settings.city)
    if not file.is_file():
        raise click.ClickException("There is no map to take away.")
    file.unlink()
    click.echo("The map was taken away.")


def _features(own: list[Feature], osm: Path | None, box: BoundingBox) -> Iterable[Feature]:
    """With an extract, its lines and grounds stand for those of the gazetteer, which come from extracts too: none twice."""
    if osm is None:
        return own
    return chain((one for one in own if one["tippecanoe"]["layer"] not in OF_EXTRACTS), of_extract(osm, box))


async def _read(settings: Settings, *, places: bool = True) -> tuple[Catalogue, Collected]:
    async with opened_database(settings) as db, db.transaction(settings.city) as tx:
        known = await catalogue(tx)
        return known, await collect(tx) if places else Collected([], "")


def _tell(made: Made, console: Console) -> None:
    seen = made.archive
    console.print(
        f"The map is in force: {made.size / 1e6:.2f} MB, zooms {seen.min_zoom}–{seen.max_zoom}, layers {', '.join(seen.layers)}"
        f" ({made.path}).",
        highlight=False,
    )
