"""A map of the kelurahan, shaded by how many incidents each had; the greatest are numbered as in the list beside it.

Outlines are drawn where the city has imported them, else discs as large as each kelurahan. Shades are five steps of one dark
colour, which stay apart in black and white.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import shapely
from shapely.geometry import shape

from tanggap.city.model import Area
from tanggap.evaluation.monthly.sentences import Wording
from tanggap.platform.i18n import N_
from tanggap.web.monthly.charts import MOST_AREAS, ranked
from tanggap.web.monthly.model import Picture

WIDTH = 400.0
MARGIN = 10.0
MOST_HEIGHT = 460.0
#: Metres of one degree of latitude (mean radius of the earth, 6,371 km).
DEGREE_M = 111_195.0
#: An outline is drawn to this, in units of the picture: finer is not seen on paper.
DETAIL = 0.4
#: Discs are drawn smaller than the kelurahan, so that they touch each other less.
DISC = 0.8
#: From white to dark; the darkest still lets the black line around it be seen.
SHADES = ("#ffffff", "#dfe7e6", "#b9cdca", "#8fb0ac", "#5f8f8a", "#2f6a65")
LINE, INK = "#4a5560", "#16212c"
#: The first is the PDF's, the others are a browser's.
FONTS = "Libertinus Serif, system-ui, sans-serif"


class _Frame:
    """Degrees to units of the picture: equirectangular about the city's middle, right enough for a city."""

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        west, south, east, north = bounds
        self._squeeze = math.cos(math.radians((south + north) / 2))
        across, up = max((east - west) * self._squeeze, 1e-6), max(north - south, 1e-6)
        self._scale = min((WIDTH - 2 * MARGIN) / across, (MOST_HEIGHT - 2 * MARGIN) / up)
        self._west, self._north = west, north
        self.width = across * self._scale + 2 * MARGIN
        self.height = up * self._scale + 2 * MARGIN

    def point(self, lat: float, lon: float) -> tuple[float, float]:
        return MARGIN + (lon - self._west) * self._squeeze * self._scale, MARGIN + (self._north - lat) * self._scale

    def length(self, metres: float) -> float:
        return metres / DEGREE_M * self._scale


def map_of(by_area: Mapping[str, int], wording: Wording) -> Picture:
    """The city's kelurahan, shaded."""
    areas = [area for area in wording.catalogue.kelurahan if area.lat or area.lon]
    outlines = {area.code: shape(area.geometry) for area in areas if area.geometry}
    frame = _Frame(_bounds(areas, outlines))
    largest = max((by_area.get(area.code, 0) for area in areas), default=0)
    areas.sort(key=lambda area: -area.area_km2)  # a large disc must not hide a small one
    drawn = [_outline(frame, area, outlines.get(area.code), _shade(by_area.get(area.code, 0), largest)) for area in areas]
    first, _ = ranked(by_area, {}, MOST_AREAS)
    numbered = [(place, wording.catalogue.areas_by_code[code]) for place, code in enumerate(first, 1) if code in _codes(areas)]
    marks = [_mark(frame, place, area) for place, area in numbered]
    size = f"{frame.width:.0f} {frame.height:.0f}"
    named = wording.listed([f"{area.name} ({wording.number(by_area[area.code])})" for _, area in numbered[:3]])
    return Picture(
        wording.say(N_("Peta kejadian menurut kelurahan; makin gelap makin banyak, paling gelap {n}"), n=largest),
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}">{"".join([*drawn, *marks])}</svg>',
        wording.say(N_("Peta kelurahan. Terbanyak: {named}."), named=named or "–"),
    )


def _codes(areas: list[Area]) -> set[str]:
    return {area.code for area in areas}


def _shade(n: int, largest: int) -> int:
    """A step of SHADES, by the square root: else one kelurahan with very many would leave all others pale."""
    return math.ceil((len(SHADES) - 1) * math.sqrt(n / largest)) if largest else 0


def _bounds(areas: list[Area], outlines: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """West, south, east, north of all that is drawn."""
    boxes = [outline.bounds for outline in outlines.values()]
    for area in areas:
        if area.code not in outlines:
            reach = area.radius_m / DEGREE_M
            boxes.append((area.lon - reach, area.lat - reach, area.lon + reach, area.lat + reach))
    if not boxes:
        return 0.0, 0.0, 1.0, 1.0
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _outline(frame: _Frame, area: Area, outline: Any, shade: int) -> str:
    look = f'class="shade-{shade}" fill="{SHADES[shade]}" stroke="{LINE}" stroke-width="0.6"'
    if outline is None:
        x, y = frame.point(area.lat, area.lon)
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{DISC * frame.length(area.radius_m):.1f}" {look}/>'
    return f'<path d="{"".join(_rings(frame, outline))}" fill-rule="evenodd" {look} stroke-linejoin="round"/>'


def _rings(frame: _Frame, outline: Any) -> Iterator[str]:
    plain = shapely.simplify(outline, DETAIL / max(frame.length(DEGREE_M), 1e-9))
    for polygon in shapely.get_parts(plain):
        for ring in (polygon.exterior, *polygon.interiors):
            points = (frame.point(lat, lon) for lon, lat in shapely.get_coordinates(ring))
            yield "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _mark(frame: _Frame, place: int, area: Area) -> str:
    x, y = frame.point(area.inner_lat or area.lat, area.inner_lon or area.lon)
    look = f'font-family="{FONTS}" font-size="10.5" font-weight="bold" text-anchor="middle" fill="{INK}"'
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="#ffffff" stroke="{INK}" stroke-width="1.2"/>'
        f'<text x="{x:.1f}" y="{y + 3.6:.1f}" {look}>{place}</text>'
    )
