"""Static files: kept by browsers for ever under an address that changes with them, in parts where a map asks for parts."""

import asyncio
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from tanggap.web.prepared import AS_IS, Prepared
from tanggap.web.security import who
from tanggap.web.templating import STATIC, static_version

#: What each kind of file is sent as. Browsers refuse modules and workers of any other type.
MEDIA_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".map": "application/json",
    ".geojson": "application/geo+json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".pbf": "application/x-protobuf",
    ".pmtiles": "application/vnd.pmtiles",
}
PACKABLE = (".js", ".mjs", ".css", ".json", ".map", ".geojson", ".webmanifest", ".svg", ".txt")
#: Packable files up to this size are kept in memory, packed; the whole vendor folder is some 2 MB.
KEPT_UP_TO = 4_000_000
KEPT_FILES = 128

FOR_EVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"

_VERSION = re.compile(r"[0-9a-f]{12}")
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


@get("/static/{path:path}", include_in_schema=False, **who("anyone", plain=True))
async def static_file(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
    """A file of the static folder. Under the present version's address it may be kept for ever."""
    version, _, rest = path.lstrip("/").partition("/")
    is_versioned = _VERSION.fullmatch(version) is not None
    file = found(rest if is_versioned else path.lstrip("/"))
    if file is None:
        raise NotFoundException
    keep = FOR_EVER if is_versioned and version == await asyncio.to_thread(static_version) else ASK_EACH_TIME
    media_type = MEDIA_TYPES.get(file.suffix, "application/octet-stream")
    status = await asyncio.to_thread(file.stat)
    if file.suffix in PACKABLE and status.st_size <= KEPT_UP_TO:
        kept = await asyncio.to_thread(_kept, file, status.st_mtime_ns, media_type)
        return kept.answer(request, keep)
    headers = {"cache-control": keep, "accept-ranges": "bytes", "etag": f'"{status.st_mtime_ns:x}-{status.st_size:x}"'}
    span = wanted_range(request.headers.get("range"), status.st_size)
    if span is None:
        body = await asyncio.to_thread(file.read_bytes)
        return Response(body, headers=headers, media_type=media_type)
    first, last = span
    if first > last:
        headers["content-range"] = f"bytes */{status.st_size}"
        return Response(b"", status_code=416, headers=headers, media_type=media_type)
    headers["content-range"] = f"bytes {first}-{last}/{status.st_size}"
    body = await asyncio.to_thread(_part, file, first, last)
    return Response(body, status_code=206, headers=headers, media_type=media_type)


def found(path: str) -> Path | None:
    """The file at a path below the static folder, and nothing outside of it."""
    try:
        file = (STATIC / path).resolve()
        return file if file.is_relative_to(STATIC.resolve()) and file.is_file() else None
    except (OSError, ValueError):
        return None


def wanted_range(said: str | None, size: int) -> tuple[int, int] | None:
    """The first and last byte asked for; none: the whole file; first after last: nothing of it can be had (RFC 9110, 14)."""
    match = _RANGE.fullmatch(said.strip()) if said else None
    if match is None or match.group(1, 2) == ("", ""):
        return None
    start, end = match.groups()
    if not start:
        return (max(0, size - int(end)), size - 1)
    last = min(int(end), size - 1) if end else size - 1
    if end and int(end) < int(start):
        return None
    return (int(start), last)


def _part(file: Path, first: int, last: int) -> bytes:
    with file.open("rb") as stream:
        stream.seek(first)
        return stream.read(last - first + 1)


@lru_cache(maxsize=KEPT_FILES)
def _kept(file: Path, _changed_ns: int, media_type: str) -> Prepared:
    return Prepared(file.read_bytes(), media_type)


static_file.opt[AS_IS] = True

ROUTES: list[ControllerRouterHandler] = [static_file]
