"""The city as it is configured: catalogue, areas for a map, places that words may mean."""

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response

from tanggap.city.model import Catalogue
from tanggap.city.service import areas_geojson
from tanggap.location.basemap.service import points_geojson
from tanggap.people.permissions import Act
from tanggap.web.api.door import JSON, Query, door, get, json_answer
from tanggap.web.api.model import CatalogueOut, Places, places_out
from tanggap.web.house import House
from tanggap.web.prepared import AS_IS, Prepared

GEOJSON = "application/geo+json"
#: What a person types into the address field; the rest is not looked at.
LONGEST_QUESTION = 300
WORDS = Query("q", "The words for the place, as they were said.")


@get("/api/catalogue", **door("signed_in", answer=CatalogueOut, tag="city"))
async def show_catalogue(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Agencies, categories with their questions, target times."""
    house: House = request.app.state.house
    return (await _kept(house, "catalogue")).answer(request, "private, no-cache")


@get(
    "/api/areas.geojson",
    **door("anyone", answer=dict[str, Any], media_type=GEOJSON, said="Outlines where the city has loaded them.", tag="map"),
)
async def map_areas(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Kecamatan and kelurahan, for a map."""
    house: House = request.app.state.house
    return (await _kept(house, "areas")).answer(request)


@get(
    "/api/places.geojson",
    **door("anyone", answer=dict[str, Any], media_type=GEOJSON, said="The most important ones, as points.", tag="map"),
)
async def map_places(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Hospitals, markets, schools and the like, each with the zoom from which a map shows it."""
    house: House = request.app.state.house
    gazetteer = (await house.scene()).gazetteer
    kept = house.prepared.get("places")
    if kept is None or kept[0] is not gazetteer:
        async with house.db.reading(house.city) as conn:
            body = await points_geojson(conn, house.city)
        kept = house.prepared["places"] = (gazetteer, await asyncio.to_thread(Prepared, body, GEOJSON))
    return kept[1].answer(request)


async def _kept(house: House, what: str) -> Prepared:
    """What is made from the catalogue, made once for each version of it."""
    catalogue = (await house.scene()).catalogue
    kept = house.prepared.get(what)
    if kept is None or kept[0] is not catalogue:
        kept = house.prepared[what] = (catalogue, await asyncio.to_thread(_MAKERS[what], catalogue))
    return kept[1]


def _catalogue(catalogue: Catalogue) -> Prepared:
    told = CatalogueOut(catalogue.city, catalogue.version, catalogue.agencies, catalogue.categories, catalogue.targets)
    return Prepared(msgspec.json.encode(told), JSON)


def _areas(catalogue: Catalogue) -> Prepared:
    return Prepared(areas_geojson(catalogue), GEOJSON)


_MAKERS = {"catalogue": _catalogue, "areas": _areas}


@get("/api/places", **door(Act.TAKE_CALLS, answer=Places, query=(WORDS,), tag="city"))
async def find_places(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Places that the words may mean, best first, each with its reasons; or what to ask the caller."""
    house: House = request.app.state.house
    scene = await house.scene()
    return json_answer(places_out(scene.gazetteer.find(request.query_params.get("q", "")[:LONGEST_QUESTION])))


show_catalogue.opt[AS_IS] = True
map_areas.opt[AS_IS] = True
map_places.opt[AS_IS] = True

ROUTES = [show_catalogue, map_areas, map_places, find_places]
