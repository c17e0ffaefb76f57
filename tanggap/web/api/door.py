"""What all doors of the API share: who may come in, how a request is read, and what is told about it in the OpenAPI document."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.exceptions import ClientException, HTTPException
from litestar.types import Receive, Scope, Send

from tanggap.incident.refusals import NotFound
from tanggap.people.model import Role
from tanggap.people.permissions import Act
from tanggap.web.security import Anybody, who

__all__ = ["Operation", "Page", "PlainAnswer", "Query", "door", "get", "json_answer", "page_of", "post", "read_body", "the_id"]

#: The largest body that a machine may send, bytes.
LARGEST_JSON = 1_000_000
#: Where a route keeps what the OpenAPI document says of it.
OPERATION = "api"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
FEWEST, USUAL, MOST = 1, 50, 200

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BEFORE = r"^[0-9]{1,16}-[0-9a-f]{32}$"

Body = TypeVar("Body", bound=msgspec.Struct)


class Query(msgspec.Struct, frozen=True):
    """A parameter in the query or a header, as the document describes it."""

    name: str
    said: str
    schema: dict[str, Any] = msgspec.field(default_factory=lambda: {"type": "string"})


LIMIT = Query("limit", "How many at most.", {"type": "integer", "minimum": FEWEST, "maximum": MOST, "default": USUAL})
BEFORE = Query("before", "The `next` of the page before this one.", {"type": "string", "pattern": _BEFORE})


class Operation(msgspec.Struct, frozen=True):
    """What the OpenAPI document says of one route; its summary is the handler's own sentence."""

    answer: Any
    body: type[msgspec.Struct] | None
    query: Sequence[Query]
    headers: Sequence[Query]
    status: int
    other_status: int | None
    refusals: Sequence[int]
    media_type: str
    body_types: Sequence[str]
    form_fields: dict[str, Any]
    said: str
    tag: str


def door(
    *may: Role | Act | Anybody,
    answer: Any = None,
    body: type[msgspec.Struct] | None = None,
    query: Sequence[Query] = (),
    headers: Sequence[Query] = (),
    status: int = 200,
    other_status: int | None = None,
    refusals: Sequence[int] = (),
    media_type: str = JSON,
    body_types: Sequence[str] = (JSON,),
    form_fields: dict[str, Any] | None = None,
    said: str = "",
    tag: str = "",
    plain: bool = False,
) -> dict[str, Any]:
    """The arguments of an API route: who may, how large a body, and its description."""
    rule = who(*may, plain=plain)
    operation = Operation(
        answer, body, query, headers, status, other_status, refusals, media_type, body_types, form_fields or {}, said, tag
    )  # fmt: skip
    opt = {**rule["opt"], OPERATION: operation}
    return {"opt": opt, "include_in_schema": False, "status_code": status, "request_max_body_size": LARGEST_JSON}


class Page(msgspec.Struct, frozen=True):
    """Which part of a list is asked for: `limit` entries older than `before`."""

    limit: int
    before: tuple[datetime, UUID] | None


def page_of(request: Request[Any, Any, Any]) -> Page:
    """The part of a list that the query names. Raises ClientException."""
    said = request.query_params.get("limit", str(USUAL))
    if not (said.isascii() and said.isdigit() and FEWEST <= int(said[:9]) <= MOST):
        raise ClientException(f"limit must be a whole number from {FEWEST} to {MOST}")
    return Page(int(said[:9]), _place_in_list(request.query_params.get("before")))


def _place_in_list(said: str | None) -> tuple[datetime, UUID] | None:
    if said is None:
        return None
    micros, dash, row = said.partition("-")
    if not (dash and said.isascii() and micros.isdigit() and len(micros) <= 16 and len(row) == 32):
        raise ClientException("before must be the `next` of another page")
    try:
        return _EPOCH + timedelta(microseconds=int(micros)), UUID(hex=row)
    except ValueError as error:
        raise ClientException("before must be the `next` of another page") from error


def next_of(at: datetime, row: UUID) -> str:
    """The place in a list right after a row, for the next page."""
    return f"{max(0, (at - _EPOCH) // timedelta(microseconds=1))}-{row.hex}"


def one_of(request: Request[Any, Any, Any], name: str, values: Sequence[str]) -> str | None:
    """A query parameter that is one of a few words, or absent. Raises ClientException."""
    said = request.query_params.get(name)
    if said is not None and said not in values:
        raise ClientException(f"{name} must be one of {', '.join(values)}")
    return said


def the_id(said: str, kind: str) -> UUID:
    """An id from an address; what is none finds nothing. Raises NotFound."""
    try:
        return UUID(said)
    except ValueError as error:
        raise NotFound(kind=kind) from error


async def read_body(request: Request[Any, Any, Any], kind: type[Body]) -> Body:
    """The JSON object of a request; an empty body is an empty object.

    Raises:
        HTTPException: 415 for another content type.
        ClientException: it is not JSON, or a value has the wrong type.
    """
    said = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if said not in (JSON, "") and not said.endswith("+json"):
        raise HTTPException(status_code=415, detail=f"send {JSON}")
    return decoded(await request.body(), kind)


def decoded(body: bytes, kind: type[Body]) -> Body:
    """JSON as `kind`. Text that is not sound Unicode, and numbers too large to count, are read all the same.

    Raises:
        ClientException: it is not JSON, or a value has the wrong type; the detail says which.
    """
    if not body.strip():
        body = b"{}"
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        pass
    try:
        return msgspec.convert(json.loads(body.decode("utf-8", "replace")), kind)
    except (ValueError, RecursionError) as error:
        raise ClientException(str(error)[:300] or "not JSON") from error


class PlainAnswer:
    """A value as JSON that goes out as it is, without the framework's ways to add to it: for what is asked all the time."""

    def __init__(self, value: Any, status: int) -> None:
        """Encode it."""
        self.body = msgspec.json.encode(value)
        self.status = status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        headers = [(b"content-type", JSON.encode()), (b"content-length", str(len(self.body)).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def json_answer(value: Any, status: int = 200, media_type: str = JSON, headers: dict[str, str] | None = None) -> Response[bytes]:
    """A value as JSON."""
    return Response(msgspec.json.encode(value), status_code=status, media_type=media_type, headers=headers)
