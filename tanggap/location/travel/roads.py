"""Travel along roads, where a city has imported them: a graph of tiles, read by pyvalhalla (an optional package)."""

import json
import shutil
import subprocess
import threading
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tanggap.location.travel.model import Legs, Points, StraightTravel, Travel, straight_m
from tanggap.platform.ids import new_token
from tanggap.platform.logs import Log

log = Log("roads")

PACKAGE = "pyvalhalla"
#: Beside the tiles: what they were made with, and from what.
ABOUT = "about.json"
TILES = "tiles"
#: The file that names the folder in force; replaced in one step.
CURRENT = "current"
#: Pairs of origin and destination that one question may have; the package's own limit is 2,500.
MOST_PAIRS = 50_000
#: Straight metres beyond which the roads are not asked: the package refuses more than 400 km along them.
FARTHEST_M = 200_000.0


class NoRoadsError(Exception):
    """Roads cannot be imported here; the message is one sentence that says what to do."""


class About(msgspec.Struct, frozen=True):
    """What a folder of tiles is."""

    made_with: str  # version of the package: tiles are read by the very version that made them
    source: str
    made_at: str


def installed() -> str | None:
    """The version of the package, or None."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return None


def builder() -> Path:
    """The program that makes tiles. Raises NoRoadsError."""
    if installed() is None:
        raise NoRoadsError("Roads need the package pyvalhalla: run `pip install 'tanggap[roads]'` with Python 3.12 or newer.")
    found = find_spec("valhalla")
    program = Path(found.origin).parent / "bin" / "valhalla_build_tiles" if found and found.origin else None
    if program is None or not program.is_file():
        raise NoRoadsError(
            f"pyvalhalla {installed()} brings no program that makes tiles; the one for Python 3.12 and newer (3.9 or later) does."
        )
    return program


def roads_folder(home: Path, city: str) -> Path:
    """Where a city's roads are kept."""
    return home / "roads" / city


def build(source: Path, folder: Path, made_at: str) -> Path:
    """Make tiles of an OpenStreetMap extract and put them in force; what is in force stays until they are whole.

    Those before them are left for processes that still read them, and taken away by the next import.

    Raises:
        NoRoadsError: no package, no program, or the extract holds no road.
    """
    program = builder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    in_force = _in_force(folder)
    for left_over in folder.glob("tiles-*"):
        if left_over != in_force:
            shutil.rmtree(left_over, ignore_errors=True)
    new = folder / f"tiles-{new_token()[:12]}"
    (new / TILES).mkdir(parents=True)
    settings = new / "valhalla.json"
    settings.write_text(json.dumps(_settings(new)))
    done = subprocess.run([program, "-c", settings, source], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode or not any((new / TILES).rglob("*.gph")):
        shutil.rmtree(new, ignore_errors=True)
        told = (done.stderr or done.stdout).strip().splitlines()
        raise NoRoadsError(f"No roads could be made of {source}{': ' + told[-1] if told else ''}.")
    about = About(made_with=installed() or "", source=source.name, made_at=made_at)
    (new / ABOUT).write_bytes(msgspec.json.encode(about))
    pointer = folder / f"{CURRENT}.new"
    pointer.write_text(new.name)
    pointer.replace(folder / CURRENT)
    return new


def _in_force(folder: Path) -> Path | None:
    try:
        name = (folder / CURRENT).read_text().strip()
    except OSError:
        return None
    found = folder / Path(name).name
    return found if (found / ABOUT).is_file() else None


def _settings(made: Path) -> dict[str, Any]:
    """The package's own settings, with the algorithm that answers 1 × 200 in milliseconds instead of seconds."""
    settings: dict[str, Any] = import_module("valhalla.config").get_config(tile_extract="", tile_dir=made / TILES)
    settings["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    settings["service_limits"]["auto"]["max_matrix_location_pairs"] = MOST_PAIRS
    settings["mjolnir"]["data_processing"]["use_admin_db"] = False
    return settings


def roads_named(home: Path, city: str) -> str | None:
    """The name of the roads in force, another one after each import; None without any."""
    made = _in_force(roads_folder(home, city))
    return made.name if made else None


def travel_of(home: Path, city: str) -> Travel:
    """The best travel that this machine has for a city: by its roads, else straight.

    Tiles of another version of the package are left alone: reading them can end the process.
    """
    made = _in_force(roads_folder(home, city))
    if made is None:
        return StraightTravel()
    about = msgspec.json.decode((made / ABOUT).read_bytes(), type=About)
    if about.made_with != installed():
        log.warning("the roads were made with another pyvalhalla: import them again", made_with=about.made_with)
        return StraightTravel()
    return RoadTravel(made)


class RoadTravel:
    """Along the roads by car; a pair that no road joins, or that is too far away, is estimated straight."""

    def __init__(self, made: Path) -> None:
        self._actor = import_module("valhalla").Actor(_settings(made))
        self._alone = threading.Lock()  # the package answers one question at a time
        self._straight = StraightTravel()

    def legs(self, origins: Points, destinations: Points) -> Legs:
        """Distances and times along the roads, n × m."""
        legs = self._straight.legs(origins, destinations)
        along = self._along(origins, destinations)
        is_reached = np.isfinite(along.metres)
        return Legs(np.where(is_reached, along.metres, legs.metres), np.where(is_reached, along.seconds, legs.seconds))

    def reached(self, origins: Points, destinations: Points) -> NDArray[np.bool_]:
        """Which pairs the roads join, n × m."""
        return np.isfinite(self._along(origins, destinations).metres)

    def _along(self, origins: Points, destinations: Points) -> Legs:
        """What the roads say; NaN for what they do not."""
        pairs = len(origins), len(destinations)
        legs = Legs(np.full(pairs, np.nan), np.full(pairs, np.nan))
        rows = max(1, MOST_PAIRS // max(1, len(destinations)))
        for start in range(0, len(origins), rows):
            part = slice(start, start + rows)
            self._ask(origins[part], destinations, Legs(legs.metres[part], legs.seconds[part]))
        return legs

    def _ask(self, origins: Points, destinations: Points, legs: Legs) -> None:
        """Write what the roads say into `legs`. A point without a road spoils a question, so it is cut in two."""
        if not legs.metres.size:
            return
        if straight_m(origins, destinations).max() < FARTHEST_M and self._told(origins, destinations, legs):
            return
        if len(origins) > 1:
            half = len(origins) // 2
            self._ask(origins[:half], destinations, Legs(legs.metres[:half], legs.seconds[:half]))
            self._ask(origins[half:], destinations, Legs(legs.metres[half:], legs.seconds[half:]))
        elif len(destinations) > 1:
            half = len(destinations) // 2
            self._ask(origins, destinations[:half], Legs(legs.metres[:, :half], legs.seconds[:, :half]))
            self._ask(origins, destinations[half:], Legs(legs.metres[:, half:], legs.seconds[:, half:]))

    def _told(self, origins: Points, destinations: Points, legs: Legs) -> bool:
        """One question; False when the package refuses it, because a point has no road near it."""
        question = {
            "sources": _places(origins), "targets": _places(destinations), "costing": "auto", "verbose": False, "units": "km",
        }  # fmt: skip
        try:
            with self._alone:
                told = self._actor.matrix(question)["sources_to_targets"]
        except RuntimeError:  # the package's own error
            return False
        legs.metres[:] = np.array(told["distances"], dtype=np.float64) * 1000
        legs.seconds[:] = np.array(told["durations"], dtype=np.float64)
        legs.metres[~np.isfinite(legs.seconds)] = np.nan
        return True


def _places(points: Points) -> Sequence[dict[str, float]]:
    return [{"lat": float(lat), "lon": float(lon)} for lat, lon in points]
