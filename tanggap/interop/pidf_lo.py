"""PIDF-LO: a location as networks and emergency services hand it on (RFC 4119, 5139 for addresses, 5491 for shapes).

Shapes become what the house works with, a centre and the radius that holds the point with 95 %; what is no circle keeps its
outline. Solids lose their height. Coordinates are latitude first (EPSG 4326, 4979). The confidence is RFC 7459's: 95 % unless
the document says another.
"""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from tanggap.interop import shapes
from tanggap.interop.shapes import Ring, Shape
from tanggap.interop.xml_tree import Node, NotXml, read_xml
from tanggap.location.estimate import Fix, Heard, Origin
from tanggap.location.uncertainty import CONFIDENCE, LEAST_RADIUS_M, radius_95
from tanggap.platform.clock import moment_of

#: Reference systems of which the coordinates are degrees, latitude first; without a name it is one of them.
LATITUDE_FIRST: Final = ("4326", "4979")
RADIANS_UNIT: Final = "9101"
METRES_UNIT: Final = "9001"
#: A point without any radius is taken as sure as a phone usually is, metres.
USUAL_RADIUS_M = 50.0
LARGEST_RADIUS_M = 100_000.0
MOST_CORNERS = 500


class _Flawed(Exception):  # noqa: N818 - a shape that cannot be drawn; the message is the flaw's name
    pass


def read_pidf_lo(text: str) -> Heard:
    """A PIDF-LO document; any text has an answer, and keeps its own words in `raw`."""
    try:
        root = read_xml(text)
    except NotXml as problem:
        return Heard(Origin.PIDF_LO, text, flaws=(str(problem),))
    flaws: list[str] = []
    infos = [root] if root.name == "location-info" else list(root.all("location-info"))
    if not infos:
        flaws.append("no_location_info")
    fix: Fix | None = None
    civic: dict[str, str] = {}
    for info in infos:
        fix = fix or _fix(info, flaws)
        civic = civic or _civic(info)
    if fix is None and not civic and infos:
        flaws.append("no_point")
    moment = next(root.all("timestamp"), None)
    entity = root.attributes.get("entity", "")
    method = next(root.all("method"), None)
    return Heard(
        origin=Origin.PIDF_LO,
        raw=text,
        fix=fix,
        measured_at=_moment(moment.text, flaws) if moment else None,
        flaws=tuple(dict.fromkeys(flaws)),
        civic=civic,
        more={"method": method.text.strip()[:80]} if method else {},
        identity={"entity": entity[:300]} if entity else {},
    )


def _fix(info: Node, flaws: list[str]) -> Fix | None:
    """The first shape of a location that can be drawn."""
    for node in info.children:
        if node.name not in _SHAPES:
            continue
        try:
            shape = _SHAPES[node.name](node)
        except _Flawed as problem:
            flaws.append(str(problem))
            continue
        confidence = _confidence(info, flaws)
        radius_m = max(shape.radius_m, LEAST_RADIUS_M)
        if radius_m > LARGEST_RADIUS_M:
            flaws.append("odd_radius")
            continue
        if abs(shape.lat) < 1e-4 and abs(shape.lon) < 1e-4:
            flaws.append("no_fix")
            continue
        return Fix(shape.lat, shape.lon, radius_95(radius_m, confidence), radius_m, confidence, shape.geometry)
    return None


def _point(node: Node) -> Shape:
    lat, lon = _position(node, "pos")
    return Shape(lat, lon, USUAL_RADIUS_M)


def _circle(node: Node) -> Shape:
    lat, lon = _position(node, "pos")
    return Shape(lat, lon, _length(node, "radius"))


def _ellipse(node: Node) -> Shape:
    lat, lon = _position(node, "pos")
    return shapes.ellipse(lat, lon, _length(node, "semiMajorAxis"), _length(node, "semiMinorAxis"), _angle(node, "orientation"))


def _arc_band(node: Node) -> Shape:
    lat, lon = _position(node, "pos")
    inner, outer = _length(node, "innerRadius"), _length(node, "outerRadius")
    if inner >= outer:
        raise _Flawed("odd_radius")
    return shapes.arc_band(lat, lon, inner, outer, _angle(node, "startAngle"), _angle(node, "openingAngle"))


def _polygon(node: Node) -> Shape:
    exterior = next(node.all("exterior"), None)
    rings = list((exterior or node).all("LinearRing"))
    if not rings:
        raise _Flawed("odd_shape")
    drawn = shapes.polygon(_corners(rings[0]))
    if drawn is None:
        raise _Flawed("odd_shape")
    return drawn


def _prism(node: Node) -> Shape:
    base = node.find("base")
    inside = base.find("Polygon") if base else None
    if inside is None:
        raise _Flawed("odd_shape")
    return _polygon(inside)


_SHAPES: Mapping[str, Callable[[Node], Shape]] = {
    "Point": _point, "Circle": _circle, "Sphere": _circle, "Ellipse": _ellipse, "Ellipsoid": _ellipse, "ArcBand": _arc_band,
    "Polygon": _polygon, "Prism": _prism,
}  # fmt: skip


def _corners(ring: Node) -> Ring:
    """The corners of a ring, from one `pos` each or from a `posList`; a height is dropped."""
    listed = ring.find("posList")
    if listed is None:
        corners = [_pair(_numbers(child.text)) for child in ring.children if child.name == "pos"]
    else:
        numbers = _numbers(listed.text)
        size = 3 if listed.attributes.get("srsDimension") == "3" or (ring.attributes.get("srsDimension") == "3") else 2
        if len(numbers) % size:
            size = 3 if len(numbers) % 3 == 0 else 2
        corners = [_pair(numbers[at : at + size]) for at in range(0, len(numbers) - size + 1, size)]
    if not 3 <= len(corners) <= MOST_CORNERS:
        raise _Flawed("odd_shape")
    return corners


def _position(node: Node, name: str) -> tuple[float, float]:
    srs = node.attributes.get("srsName", "")
    if srs and not srs.endswith(LATITUDE_FIRST):
        raise _Flawed("unknown_reference_system")
    found = node.find(name) or next(node.all(name), None)
    if found is None:
        raise _Flawed("no_point")
    return _pair(_numbers(found.text))


def _pair(numbers: list[float]) -> tuple[float, float]:
    if len(numbers) < 2 or abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        raise _Flawed("odd_point")
    return numbers[0], numbers[1]


def _numbers(text: str) -> list[float]:
    try:
        numbers = [float(word) for word in text.replace(",", " ").split()[: 3 * MOST_CORNERS + 3]]
    except ValueError as error:
        raise _Flawed("odd_point") from error
    if not all(map(math.isfinite, numbers)):
        raise _Flawed("odd_point")
    return numbers


def _length(node: Node, name: str) -> float:
    """A length in metres, above zero; the inner radius of a band may be zero."""
    child = node.find(name)
    unit = child.attributes.get("uom", "") if child else ""
    if child is None or (unit and not unit.endswith(METRES_UNIT)):
        raise _Flawed("odd_radius")
    metres = _number(child.text)
    if not (0 < metres <= LARGEST_RADIUS_M or (metres == 0 and name == "innerRadius")):
        raise _Flawed("odd_radius")
    return metres


def _angle(node: Node, name: str) -> float:
    """An angle in degrees, clockwise from north."""
    child = node.find(name)
    if child is None:
        raise _Flawed("odd_shape")
    angle = _number(child.text)
    return math.degrees(angle) if child.attributes.get("uom", "").endswith(RADIANS_UNIT) else angle


def _number(text: str) -> float:
    numbers = _numbers(text)
    if len(numbers) != 1:
        raise _Flawed("odd_shape")
    return numbers[0]


def _confidence(info: Node, flaws: list[str]) -> float:
    """RFC 7459: a percentage, 95 % when the document names none; `unknown` is read as none."""
    node = info.find("confidence") or next(info.all("confidence"), None)
    said = node.text.strip() if node else ""
    if not said or said == "unknown":
        return CONFIDENCE
    try:
        percent = float(said)
    except ValueError:
        percent = math.nan
    if not 1 <= percent <= 100:
        flaws.append("odd_confidence")
        return CONFIDENCE
    return min(percent / 100, 0.99)


def _civic(info: Node) -> dict[str, str]:
    """The parts of a civic address by their names in RFC 5139: A1 … A6, RD, HNO, LMK, PC …"""
    address = next(info.all("civicAddress"), None)
    parts = address.children if address else []
    return {part.name[:20]: part.text.strip()[:200] for part in parts[:60] if part.text.strip()}


def _moment(said: str, flaws: list[str]) -> datetime | None:
    moment = moment_of(said)
    if moment is None:
        flaws.append("odd_time")
    return moment
