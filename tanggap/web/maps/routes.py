"""`/peta`: what the base map is, and its tiles, of which a browser reads the few parts that it shows (RFC 9110, 14)."""

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, get, head
from litestar.exceptions import NotFoundException
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from tanggap.location.basemap.archive import NotAMapError
from tanggap.location.basemap.build import NAME, map_file
from tanggap.platform.logs import Log
from tanggap.web.assets import ASK_EACH_TIME, FOR_EVER, MEDIA_TYPES, wanted_range
from tanggap.web.house import House
from tanggap.web.maps.file import MapFile, Version, open_map
from tanggap.web.prepared import AS_IS, has_tag
from tanggap.web.security import who

log = Log("map")

TILES = "/peta/kota.pmtiles"
MEDIA_TYPE = MEDIA_TYPES[".pmtiles"]


class BaseMap(msgspec.Struct, frozen=True):
    """What js/map.js is told: where the tiles are, and what is in them. Without tiles it draws outlines and places alone."""

    tiles: str | None = None
    layers: tuple[str, ...] = ()
    is_own: bool = False  # made by `tanggap map build`: borders in it are those of kelurahan
    credit: str = ""
    min_zoom: int = 0
    max_zoom: int = 0


@get("/peta/gaya.json", include_in_schema=False, **who("anyone", plain=True))
async def base_map(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Whether there are tiles, and of what."""
    file, version = await _current(request)
    told = BaseMap()
    if file and version:
        file.close()
        held = version.archive
        told = BaseMap(f"{TILES}?v={version.tag}", held.layers, held.name == NAME, held.credit, held.min_zoom, held.max_zoom)
    return Response(msgspec.json.encode(told), media_type="application/json", headers={"cache-control": ASK_EACH_TIME})


@get(TILES, include_in_schema=False, **who("anyone", plain=True))
async def tiles(request: Request[Any, Any, Any]) -> Response[Any]:
    """The tiles, or the part that is asked for."""
    return await _answer(request, body=True)


@head(TILES, include_in_schema=False, **who("anyone", plain=True))
async def tiles_head(request: Request[Any, Any, Any]) -> Response[None]:
    """What GET would say, without the tiles."""
    return await _answer(request, body=False)


async def _answer(request: Request[Any, Any, Any], *, body: bool) -> Response[Any]:
    file, version = await _current(request)
    if file is None or version is None:
        raise NotFoundException
    tag = f'"{version.tag}"'
    keep = FOR_EVER if request.query_params.get("v") == version.tag else ASK_EACH_TIME
    headers = {"etag": tag, "accept-ranges": "bytes", "cache-control": keep}
    span = _wanted(request, tag, file.size) if body else None
    if has_tag(request, tag):
        return _without_body(file, 304, headers)
    if span is None:
        headers["content-length"] = str(file.size)
        if not body:
            return _without_body(file, 200, headers)
        return Stream(file.part(0, file.size - 1), headers=headers, media_type=MEDIA_TYPE)
    first, last = span
    if first > last:
        return _without_body(file, 416, {**headers, "content-range": f"bytes */{file.size}"})
    headers |= {"content-range": f"bytes {first}-{last}/{file.size}", "content-length": str(last - first + 1)}
    return Stream(file.part(first, last), status_code=206, headers=headers, media_type=MEDIA_TYPE)


def _wanted(request: Request[Any, Any, Any], tag: str, size: int) -> tuple[int, int] | None:
    """The part that is asked for; all of it when the browser's other parts are of another version (If-Range)."""
    condition = request.headers.get("if-range")
    if condition is not None and condition.strip() != tag:
        return None
    return wanted_range(request.headers.get("range"), size)


def _without_body(file: MapFile, status: int, headers: dict[str, str]) -> Response[Any]:
    file.close()
    return Response(b"", status_code=status, headers=headers, media_type=MEDIA_TYPE)


async def _current(request: Request[Any, Any, Any]) -> tuple[MapFile | None, Version | None]:
    """The file in force, open, and its version; a file that is none is as good as no file."""
    house: House = request.app.state.house
    file = await asyncio.to_thread(open_map, map_file(house.settings.home, house.city))
    if file is None:
        return None, None
    try:
        return file, await asyncio.to_thread(file.version)
    except NotAMapError as error:
        file.close()
        log.warning("base map cannot be read", reason=str(error))
        return None, None


for _served in (base_map, tiles, tiles_head):
    _served.opt[AS_IS] = True

ROUTES: list[ControllerRouterHandler] = [base_map, tiles, tiles_head]
