"""Coordinates in metres: which grid a file names, and from a grid to degrees."""

import math
import re

import numpy as np
from numpy.typing import NDArray

from tanggap.location.imports.model import Projection

#: WGS 84: half axis in metres, flattening. DGN95 and SRGI2013, Indonesia's own, differ by less than a metre.
A, F = 6_378_137.0, 1 / 298.257223563
_N = F / (2 - F)
#: Radius of the meridian's circle, metres: A/(1+n) · (1 + n²/4 + n⁴/64).
_R = A / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
#: Series from the grid to the conformal sphere and on to the ellipsoid, in the third flattening n, by L. Krüger (1912) as
#: C. F. F. Karney gives them (Transverse Mercator with an accuracy of a few nanometers, J. Geodesy 85, 2011, eq. 36) and
#: K. Kawase (GSI Bulletin 59, 2011); to n⁴ exact to far below a millimetre.
_BETA = (
    _N / 2 - 2 * _N**2 / 3 + 37 * _N**3 / 96 - _N**4 / 360,
    _N**2 / 48 + _N**3 / 15 - 437 * _N**4 / 1440,
    17 * _N**3 / 480 - 37 * _N**4 / 840,
    4397 * _N**4 / 161280,
)
_DELTA = (
    2 * _N - 2 * _N**2 / 3 - 2 * _N**3 + 116 * _N**4 / 45,
    7 * _N**2 / 3 - 8 * _N**3 / 5 - 227 * _N**4 / 45,
    56 * _N**3 / 15 - 136 * _N**4 / 35,
    4279 * _N**4 / 630,
)
_ZONE = re.compile(r"\s*(?:utm)?\s*(?:zone)?\s*(\d{1,2})\s*([ns])\s*", re.IGNORECASE)
_EPSG = re.compile(r"EPSG\D{1,6}(\d{4,5})", re.IGNORECASE)
_PARAMETER = re.compile(r'PARAMETER\s*\[\s*"([^"]+)"\s*,\s*([-+0-9.eE]+)', re.IGNORECASE)
_DATUM = re.compile(r'DATUM\s*\[\s*"([^"]+)"', re.IGNORECASE)
#: Datums that are WGS 84 to within a metre, as .prj files spell them, without signs.
SAME_DATUM = ("wgs1984", "wgs84", "worldgeodeticsystem1984", "dgn1995", "dgn95", "datumgeodesinasional1995", "srgi2013",
              "sistemreferensigeospasialindonesia2013")  # fmt: skip


class UnknownGridError(ValueError):
    """The grid is none that can be turned into degrees; the message says which."""


def utm(zone: int, is_south: bool) -> Projection:
    """The UTM zone, 1 to 60."""
    return Projection(f"UTM {zone}{'S' if is_south else 'N'}", zone * 6 - 183.0, north_m=10_000_000.0 if is_south else 0.0)


def utm_of(lat: float, lon: float) -> Projection:
    """The UTM zone that a point lies in."""
    return utm(int((lon + 180) // 6) + 1, lat < 0)


def zone_named(said: str) -> Projection | None:
    """«51S», «UTM zone 51S» or «EPSG:32751» as a grid; none for EPSG:4326 and its like, which is degrees.

    Raises:
        UnknownGridError: neither.
    """
    if match := _ZONE.fullmatch(said):
        if 1 <= int(match[1]) <= 60:
            return utm(int(match[1]), match[2].lower() == "s")
    elif match := _EPSG.search(said):
        return _of_epsg(int(match[1]))
    elif re.search(r"CRS:?84|OGC:1\.3:CRS84", said, re.IGNORECASE):
        return None
    raise UnknownGridError(f"«{said[:60]}» is no grid that is known here; write a UTM zone such as 51S, or EPSG:32751.")


def _of_epsg(code: int) -> Projection | None:
    if code in (4326, 4755, 9470, 4979):  # WGS 84, DGN95, SRGI2013, WGS 84 with heights
        return None
    if 32601 <= code <= 32660 or 32701 <= code <= 32760:
        return utm(code % 100, code >= 32700)
    if 23866 <= code <= 23872:  # DGN95 / UTM 46N–52N
        return utm(code - 23820, is_south=False)
    if 23877 <= code <= 23884:  # DGN95 / UTM 47S–54S
        return utm(code - 23830, is_south=True)
    if 23830 <= code <= 23845:  # DGN95 / Indonesia TM-3, zones 46.2 to 54.1, three degrees each
        return Projection(f"TM-3 EPSG:{code}", 94.5 + 3 * (code - 23830), 0.9999, 200_000.0, 1_500_000.0)
    raise UnknownGridError(f"EPSG:{code} is no grid that is known here; turn the file into EPSG:4326 (degrees) first.")


def grid_of_prj(text: str) -> Projection | None:
    """The grid that a .prj file (WKT) describes; none for degrees.

    Raises:
        UnknownGridError: another projection, or another datum.
    """
    datum = _DATUM.search(text)
    plain = re.sub(r"[^a-z0-9]", "", datum[1].lower()).removeprefix("d") if datum else ""
    if datum and not plain.startswith(SAME_DATUM) and not f"d{plain}".startswith(SAME_DATUM):
        raise UnknownGridError(f"its datum is {datum[1]}, not WGS 84 or Indonesia's DGN95; turn it into EPSG:4326 first.")
    kind = text.lstrip()[:6].upper()
    if kind == "GEOGCS":
        return None
    if kind == "PROJCS" and "transverse_mercator" in text.lower():
        values = {name.lower(): float(value) for name, value in _PARAMETER.findall(text)}
        name = re.match(r'\s*PROJCS\s*\[\s*"([^"]*)"', text, re.IGNORECASE)
        return Projection(
            name[1].replace("_", " ") if name else "transverse Mercator", values.get("central_meridian", 0.0),
            values.get("scale_factor", 1.0), values.get("false_easting", 0.0), values.get("false_northing", 0.0),
        )  # fmt: skip
    raise UnknownGridError("its .prj file names a grid that is not known here; turn it into EPSG:4326 (degrees) first.")


def degrees(points: NDArray[np.float64], grid: Projection) -> NDArray[np.float64]:
    """Points of a grid (n × 2: east, north, metres) as degrees WGS 84 (n × 2: longitude, latitude)."""
    along = (points[:, 1] - grid.north_m) / (grid.scale * _R)
    across = (points[:, 0] - grid.east_m) / (grid.scale * _R)
    xi, eta = along.copy(), across.copy()
    for times, beta in enumerate(_BETA, 1):
        with np.errstate(over="ignore", invalid="ignore"):
            xi -= beta * np.sin(2 * times * along) * np.cosh(2 * times * across)
            eta -= beta * np.cos(2 * times * along) * np.sinh(2 * times * across)
    with np.errstate(over="ignore", invalid="ignore"):
        conformal = np.arcsin(np.clip(np.sin(xi) / np.cosh(eta), -1, 1))
        lon = np.arctan2(np.sinh(eta), np.cos(xi))
    lat = conformal + sum(delta * np.sin(2 * times * conformal) for times, delta in enumerate(_DELTA, 1))
    return np.column_stack((grid.meridian + lon * 180 / math.pi, lat * 180 / math.pi))
