"""Answers that are the same for everybody until something changes: kept ready, packed, and not sent twice."""

import gzip
import hashlib
from typing import Any

from litestar import Request, Response

#: The option of a route whose answer must go out as it is: a stream, or bytes that are packed already.
AS_IS = "as_is"
#: Below this, packing costs more than it saves, bytes.
WORTH_PACKING = 500


class Prepared:
    """Bytes with their packed form and their tag."""

    def __init__(self, body: bytes, media_type: str, *, pack: bool = True, cache_control: str = "no-cache") -> None:
        """Pack and tag `body`; by default browsers ask each time whether it has changed."""
        self.body = body
        self.media_type = media_type
        self.cache_control = cache_control
        self.packed = gzip.compress(body, 9, mtime=0) if pack and len(body) >= WORTH_PACKING else None
        self.tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'

    def answer(self, request: Request[Any, Any, Any], cache_control: str | None = None) -> Response[bytes]:
        """The bytes, packed where the browser takes it; 304 when it has them already."""
        headers = {"etag": self.tag, "cache-control": cache_control or self.cache_control}
        if self.packed is not None:
            headers["vary"] = "Accept-Encoding"
        if has_tag(request, self.tag):
            return Response(b"", status_code=304, headers=headers, media_type=self.media_type)
        if self.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(self.packed, headers=headers, media_type=self.media_type)
        return Response(self.body, headers=headers, media_type=self.media_type)


def has_tag(request: Request[Any, Any, Any], tag: str) -> bool:
    """Whether the browser says that it has this version already (RFC 9110, If-None-Match)."""
    said = request.headers.get("if-none-match", "")
    return said.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in said.split(","))
