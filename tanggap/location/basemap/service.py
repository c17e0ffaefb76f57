"""The verbs: collect what may be drawn, and list the places that a map without tiles shows."""

import msgspec

from tanggap.city.service import catalogue
from tanggap.location.basemap import store
from tanggap.location.basemap.features import EXACT_M, Feature, of_areas, of_places
from tanggap.location.basemap.kinds import POINT_ZOOM, point_zoom
from tanggap.location.basemap.osm import CREDIT
from tanggap.platform.database import Connection

#: A phone draws this many marks in a frame, and a browser reads them in one small answer.
MOST_POINTS = 400
#: Kinds by which people here find their way, the most important first.
IMPORTANT = tuple(sorted(POINT_ZOOM, key=lambda kind: POINT_ZOOM[kind]))


class Collected(msgspec.Struct, frozen=True):
    """What the tile maker is given, and who must be named beside the map."""

    features: list[Feature]
    credit: str


async def collect(conn: Connection) -> Collected:
    """Everything of the city that may be drawn for everybody.

    Raises:
        NoCatalogueError: no pack was loaded for the city yet.
    """
    known = await catalogue(conn)
    features = list(of_areas(known))
    licences: set[str] = set()
    async for places in store.drawn(conn, known.city.code):
        features += of_places(places)
        licences |= {place.licence for place in places if place.licence}
    named = {CREDIT if "odbl" in licence.lower() else licence for licence in licences}
    return Collected(features, " · ".join(sorted(named)))


async def points_geojson(conn: Connection, city: str) -> bytes:
    """Important places as GeoJSON points with their kind, name and the zoom from which they are shown; at most MOST_POINTS."""
    places = await store.points(conn, city, IMPORTANT, EXACT_M, MOST_POINTS)
    features = [
        {
            "type": "Feature",
            "properties": {"kind": place.kind, "name": place.name, "min_zoom": point_zoom(place.kind, place.name)},
            "geometry": {"type": "Point", "coordinates": [round(place.lon, 5), round(place.lat, 5)]},
        }
        for place in places
    ]
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})
