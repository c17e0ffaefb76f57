"""`tanggap import roads`: a graph of the city's roads, made from an OpenStreetMap extract."""

from pathlib import Path

import click
import numpy as np
from rich.console import Console

from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.pack_reading import PackError
from tanggap.city.territory import AreaKind
from tanggap.location.travel.model import DETOUR, straight_m
from tanggap.location.travel.roads import NoRoadsError, RoadTravel, build, builder, roads_folder
from tanggap.platform.clock import utcnow
from tanggap.platform.settings import load_settings

#: What stands near the beginning of every OpenStreetMap extract in PBF.
MAGIC = b"OSMHeader"


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def roads(file: Path) -> None:
    """Take the roads of an OpenStreetMap extract (FILE.osm.pbf) for distances and times; until then both are estimates.

    Needs the package pyvalhalla (`pip install 'tanggap[roads]'`, Python 3.12 or newer). The roads in force stay until the new
    ones are whole; running processes take them within two seconds.
    """
    with file.open("rb") as beginning:
        if MAGIC not in beginning.read(64):
            raise click.ClickException(f"{file} is no OpenStreetMap extract in PBF; such a file is called …osm.pbf.")
    settings = load_settings()
    console = Console()
    try:
        builder()
        with console.status(f"Making roads of {file.name} …"):
            made = build(file.resolve(), roads_folder(settings.home, settings.city), utcnow().isoformat())
            trial = _trial(made, settings.city)
    except NoRoadsError as error:
        raise click.ClickException(str(error)) from error
    size = sum(tile.stat().st_size for tile in made.rglob("*.gph"))
    console.print(f"Roads of {file.name} are in force: {size / 1e6:.1f} MB in {made}.", highlight=False)
    console.print(trial, highlight=False)


def _trial(made: Path, city: str) -> str:
    """From the middle of the city to each kelurahan: how many the roads reach, and how much longer they are than a line."""
    try:
        pack = read_pack(pack_folder(city))
    except PackError:
        return ""
    middle = np.array([[pack.city.centre_lat, pack.city.centre_lon]])
    there = np.array([(area.inner_lat, area.inner_lon) for area in pack.areas if area.kind is AreaKind.KELURAHAN])
    travel = RoadTravel(made)
    is_reached = travel.reached(middle, there)[0]
    ratios = travel.legs(middle, there).metres[0] / np.maximum(straight_m(middle, there)[0], 1.0)
    if not is_reached.any():
        return "None of the city's kelurahan is reached by these roads: is it the right extract? Distances stay estimates."
    ratio = float(np.median(ratios[is_reached]))
    return (
        f"{int(is_reached.sum())} of {len(there)} kelurahan are reached by road from the middle of the city;"
        f" the roads are {ratio:.2f} times the straight line (the estimate takes {DETOUR})."
    )
