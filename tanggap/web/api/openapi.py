"""The API described by itself: an OpenAPI 3.1 document, made from the routes, and a page that people can read."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Litestar, Request, Response
from litestar.handlers import HTTPRouteHandler

from tanggap import __version__
from tanggap.web.api.door import FORM, OPERATION, Operation, Query, door, get
from tanggap.web.errors import PROBLEM, Problem
from tanggap.web.prepared import AS_IS, Prepared
from tanggap.web.templating import environment

SCHEMAS = "#/components/schemas/{name}"
#: What each status means, in the words of the document.
MEANINGS = {
    200: "As asked.",
    201: "Stored.",
    400: "It cannot be read, or a value has the wrong type.",
    401: "No token, or one that is not valid.",
    403: "The token's role may not do this.",
    404: "No such thing, or not for this token.",
    409: "The state does not allow this any more.",
    413: "More than 1 MB.",
    415: "Another content type than the ones named here.",
    422: "Something needed is missing.",
    503: "The database is away for a moment: nothing was promised, try again.",
}
INTRODUCTION = (
    "Send `Authorization: Bearer <token>`; an administrator issues tokens, each for one role, those of agencies for one agency. "
    "Signed-in browsers may read with their session. Lists are pages: `next` of one is `before` of the following. Problems are "
    "`application/problem+json` (RFC 9457) with a stable `type`. Times are UTC, coordinates degrees WGS 84, distances metres."
)
_PATH_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


def operations(app: Litestar) -> list[tuple[str, str, HTTPRouteHandler, Operation]]:
    """Every described route: path, method, handler, description."""
    found = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            operation = handler.opt.get(OPERATION)
            if isinstance(operation, Operation):
                found += [(route.path, method, handler, operation) for method in sorted(_methods(handler) - {"options"})]
    return sorted(found, key=lambda one: (one[3].tag, one[0], one[1]))


def document(app: Litestar) -> dict[str, Any]:
    """The OpenAPI document of an app."""
    described = operations(app)
    kinds = [Problem, *(kind for *_, one in described for kind in (one.answer, one.body) if isinstance(kind, type))]
    structs = list(dict.fromkeys(kind for kind in kinds if issubclass(kind, msgspec.Struct)))
    _, schemas = msgspec.json.schema_components(structs, ref_template=SCHEMAS)
    paths: dict[str, dict[str, Any]] = {}
    for path, method, handler, operation in described:
        plain = _PATH_PARAMETER.sub(r"{\1}", path)
        paths.setdefault(plain, {})[method] = _described(plain, handler, operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tanggap", "version": __version__, "description": INTRODUCTION, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "tanggap_session"},
            },
        },
    }


def _described(path: str, handler: HTTPRouteHandler, operation: Operation) -> dict[str, Any]:
    is_open = handler.opt.get("who") == "anyone"
    summary = (handler.fn.__doc__ or "").strip().split("\n")[0]
    told: dict[str, Any] = {
        "operationId": handler.fn.__name__,
        "summary": summary,
        "description": _who_may(handler.opt.get("who")) + (f"\n\n{operation.said}" if operation.said else ""),
        "tags": [operation.tag],
        "security": [] if is_open else [{"token": []}, {"session": []}] if "get" in _methods(handler) else [{"token": []}],
        "parameters": list(_parameters(path, operation)),
        "responses": _answers(operation, is_open=is_open, has_body=operation.body is not None),
    }
    if operation.body is not None:
        content: dict[str, Any] = {kind: {"schema": {"type": "string"}} for kind in operation.body_types}
        if fields := operation.form_fields:
            content[FORM] = {"schema": {"type": "object", "properties": fields, "required": list(fields)}}
        content["application/json"] = {"schema": _reference(operation.body)}
        needed = any(field.required for field in msgspec.structs.fields(operation.body))
        told["requestBody"] = {"content": content, "required": needed}
    return told


def _methods(handler: HTTPRouteHandler) -> set[str]:
    return {method.lower() for method in handler.http_methods}


def _who_may(rule: object) -> str:
    if isinstance(rule, frozenset):
        return "For: " + ", ".join(sorted(str(role) for role in rule)) + "."
    return "For everybody." if rule == "anyone" else "For every token."


def _parameters(path: str, operation: Operation) -> Iterable[dict[str, Any]]:
    for name in _PATH_PARAMETER.findall(path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    for place, parameters in (("query", operation.query), ("header", operation.headers)):
        for parameter in parameters:
            yield _parameter(parameter, place)


def _parameter(parameter: Query, place: str) -> dict[str, Any]:
    return {"name": parameter.name, "in": place, "description": parameter.said, "required": False, "schema": parameter.schema}


def _answers(operation: Operation, *, is_open: bool, has_body: bool) -> dict[str, Any]:
    good = {"schema": _reference(operation.answer)} if operation.answer is not None else {"schema": {"type": "string"}}
    told = {
        str(status): {"description": MEANINGS[status], "content": {operation.media_type: good}}
        for status in (operation.status, operation.other_status)
        if status is not None
    }
    refusals = {*operation.refusals, 503} | (set() if is_open else {401, 403}) | ({400, 413, 415} if has_body else set())
    problem = {PROBLEM: {"schema": _reference(Problem)}}
    return told | {str(status): {"description": MEANINGS[status], "content": problem} for status in sorted(refusals)}


def _reference(kind: Any) -> dict[str, Any]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {"$ref": SCHEMAS.format(name=kind.__name__)}
    return {"type": "object"}


@get("/api/openapi.json", **door("anyone", answer=dict[str, Any], tag="about", plain=True))
async def show_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """This document."""
    kept: Prepared | None = request.app.state.get("openapi")
    if kept is None:
        kept = request.app.state.openapi = Prepared(msgspec.json.encode(document(request.app)), "application/json")
    return kept.answer(request)


@get("/api", **door("anyone", media_type="text/html", tag="about", plain=True))
async def read_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """This document as a page to read."""
    kept: Prepared | None = request.app.state.get("openapi_page")
    if kept is None:
        kept = request.app.state.openapi_page = Prepared(page(document(request.app)).encode(), "text/html")
    return kept.answer(request)


def page(told: dict[str, Any]) -> str:
    """The document as plain HTML: readable without a script and without anything from elsewhere."""
    from_template = environment().get_template("api/reference.html")
    return from_template.render(told=told, statuses=MEANINGS)


show_document.opt[AS_IS] = True
read_document.opt[AS_IS] = True

ROUTES = [show_document, read_document]
