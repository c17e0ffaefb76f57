"""Reads warnings as BMKG publishes them: a list (RSS) of warnings, each in the Common Alerting Protocol (OASIS CAP 1.2).

Written from the standard and from BMKG's public description (data.bmkg.go.id/peringatan-dini-cuaca): RSS `item`s with a `link` to
CAP; in CAP `alert` > `info` > `area` with `polygon`s of «lat,lon» pairs.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from xml.etree import ElementTree as Xml

from tanggap.city.model import Catalogue
from tanggap.city.territory import Area
from tanggap.platform.text import fold
from tanggap.verification.weather.model import LONGEST_NAME, MOST, FeedBroken, Warned, kecamatan_of, perils_in

#: A document longer than this is not read, bytes.
LONGEST_DOCUMENT: Final = 2_000_000
#: Of a list, so many warnings are asked for: BMKG allows sixty requests a minute.
MOST_LINKS: Final = 20
_ACTUAL, _NO_MORE = "actual", ("cancel", "error", "ack")


def document(raw: bytes) -> Xml.Element:
    """The root of an XML document without a document type: nothing in it may be expanded.

    Raises:
        FeedBroken: too long, not XML, or with entities of its own.
    """
    if len(raw) > LONGEST_DOCUMENT:
        raise FeedBroken("the document is too long")
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw or b"\0" in raw:
        raise FeedBroken("the document declares entities, or is not in UTF-8")
    try:
        return Xml.fromstring(raw)  # noqa: S314 - bounded, and without entities of its own
    except (Xml.ParseError, ValueError, LookupError) as error:
        raise FeedBroken(f"not XML: {error}") from error


def links_of(root: Xml.Element, province: str) -> list[str]:
    """The links of a list whose title or description names `province`; all of them when it is empty."""
    wanted = fold(province)
    found = []
    for item in _all(root, "item"):
        told = fold(f"{_text(item, 'title')} {_text(item, 'description')}")
        link = _text(item, "link")
        if link and wanted in told:
            found.append(link)
    return found[:MOST_LINKS]


def is_list(root: Xml.Element) -> bool:
    """Whether the document is a list of warnings."""
    return _name(root) in ("rss", "feed", "RDF")


def warnings_of(root: Xml.Element, catalogue: Catalogue) -> list[Warned]:
    """The warnings of a CAP document that are for this city; a test, a cancellation and another place's warning are none.

    Raises:
        FeedBroken: it is no CAP, or a warning for this city has no time that can be read.
    """
    if _name(root) != "alert":
        raise FeedBroken(f"neither a list nor a warning, but «{_name(root)[:40]}»")
    if _text(root, "status").casefold() != _ACTUAL or _text(root, "msgType").casefold() in _NO_MORE:
        return []
    name = _text(root, "identifier")[:LONGEST_NAME] or "?"
    found: dict[tuple[str, str], Warned] = {}
    for info in _all(root, "info"):
        if not (_text(info, "language") or "id").casefold().startswith("id") and found:
            continue  # the same in another language
        areas = _areas(info, catalogue)
        if areas is None:
            continue
        event = _text(info, "event")
        starts_at = _time(_text(info, "onset") or _text(info, "effective") or _text(root, "sent"))
        ends_at = _time(_text(info, "expires"))
        for peril in perils_in(f"{event} {_text(info, 'headline')} {_text(info, 'description')}"):
            found.setdefault((name, peril), Warned(name, peril, event[:LONGEST_NAME], starts_at, ends_at, areas))
    return list(found.values())[:MOST]


def _areas(info: Xml.Element, catalogue: Catalogue) -> tuple[str, ...] | None:
    """The kecamatan that a warning is for: () for all of them, None when it is for another place.

    Its polygons decide, where it has any; else the names in it.
    """
    known = kecamatan_of(catalogue)
    rings = [ring for area in _all(info, "area") for one in _all(area, "polygon") if (ring := _ring(one.text or ""))]
    if rings:
        inside = {
            area.code if area.parent is None else area.parent
            for area in catalogue.areas
            if area.active and any(_is_inside(area.inner_lat, area.inner_lon, ring) for ring in rings)
        }
    else:
        told = fold(" ".join([_text(info, "description"), *(_text(area, "areaDesc") for area in _all(info, "area"))]))
        inside = {area.code for area in known if _is_named(area, told)}
        if not inside and f" {fold(catalogue.city.name)} " in f" {told} ":
            return ()
    if not inside:
        return None
    found = tuple(area.code for area in known if area.code in inside)
    return () if len(found) == len(known) else found


def _is_named(area: Area, told: str) -> bool:
    return any(f" {fold(name)} " in f" {told} " for name in (area.name, *area.aliases))


def _ring(text: str) -> list[tuple[float, float]]:
    """«lat,lon lat,lon …» as points; nothing when it is no polygon."""
    try:
        points = [(float(lat), float(lon)) for lat, lon in (pair.split(",") for pair in text.split())]
    except ValueError:
        return []
    return points if len(points) >= 3 else []


def _is_inside(lat: float, lon: float, ring: Sequence[tuple[float, float]]) -> bool:
    """Whether a point lies in a polygon (even-odd rule)."""
    inside = False
    for (lat1, lon1), (lat2, lon2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (lat1 > lat) != (lat2 > lat) and lon < (lon2 - lon1) * (lat - lat1) / (lat2 - lat1) + lon1:
            inside = not inside
    return inside


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise FeedBroken("a warning has no time that can be read") from error
    if found.tzinfo is None:
        raise FeedBroken("a warning's time has no zone")
    return found


def _name(element: Xml.Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(element: Xml.Element, name: str) -> Iterator[Xml.Element]:
    return (one for one in element.iter() if _name(one) == name)


def _text(element: Xml.Element, name: str) -> str:
    """The text of the nearest child of that name, in whatever namespace."""
    return next(((child.text or "").strip() for child in element if _name(child) == name), "")
