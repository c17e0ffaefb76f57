"""Whatever goes wrong, said twice: problem+json (RFC 9457) to machines, a page with the same sentence to people."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import asyncpg
import jinja2
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException, NotFoundException
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from tanggap.incident.refusals import TanggapRefusal
from tanggap.people.model import Busy, LockedOut, NotSignedIn, PasswordIsTemporary
from tanggap.platform.database import DatabaseAway
from tanggap.platform.i18n import N_, Locale, known_locale, translator
from tanggap.platform.logs import Log
from tanggap.platform.refusals import Refusal
from tanggap.web.csrf import SAFE_METHODS
from tanggap.web.rate_limit import TooMany
from tanggap.web.templating import locale_of, render

log = Log("web")

PROBLEM = "application/problem+json"
#: Paths that speak to machines: problems are always JSON there, and bearer tokens count.
MACHINE_PATHS = ("/api", "/metrics", "/health")
_BELOW_MACHINE_PATHS = tuple(f"{path}/" for path in MACHINE_PATHS)
#: Seconds until a browser should try again when the database is away; it starts again within two.
AWAY_RETRY_S = 2

#: What each HTTP status means when nothing more is known: slug and sentence.
STATUS_WORDS: Mapping[int, tuple[str, str]] = {
    400: ("malformed", N_("Permintaan ini tidak dapat dibaca. Periksa isinya, lalu kirim lagi.")),
    401: (NotSignedIn.slug, NotSignedIn.sentence),
    403: ("not-allowed", N_("Peran Anda tidak mengizinkan halaman atau tindakan ini.")),
    404: ("not-found", N_("Halaman atau data ini tidak ditemukan.")),
    405: ("method-not-allowed", N_("Cara memanggil alamat ini tidak didukung.")),
    406: ("not-acceptable", N_("Bentuk jawaban yang diminta tidak tersedia.")),
    409: ("conflict", N_("Keadaannya sudah berubah. Muat ulang halaman.")),
    413: ("too-large", N_("Kiriman ini terlalu besar. Foto paling besar 10 MB.")),
    415: ("unsupported-media-type", N_("Jenis isi kiriman ini tidak didukung.")),
    422: ("unprocessable", N_("Isi kiriman ini belum lengkap atau belum benar.")),
    429: (TooMany.slug, TooMany.sentence),
    500: ("internal", N_("Ada kesalahan di sistem kami. Sudah dicatat; coba lagi sebentar lagi.")),
    503: ("database-away", N_("Basis data sedang tidak terjangkau. Ketikan Anda aman; coba lagi sebentar lagi.")),
}
#: The status of each refusal that is not simply 422, by its slug.
REFUSAL_STATUS: Mapping[str, int] = {
    "not-signed-in": 401,
    "wrong-password": 403,
    "locked-out": 429,
    "too-many": 429,
    "busy": 503,
    "not-allowed": 403,
    "not-yours": 403,
    "forged-request": 403,
    "password-is-temporary": 403,
    "not-found": 404,
    "no-such-month": 404,
    "not-printed": 503,
    "not-lying": 404,
    "unknown-person": 404,
    "address-known": 409,
    "unknown-proposal": 404,
    "unknown-roster-entry": 404,
    "already-decided": 409,
    "wrong-state": 409,
    "stale": 409,
    "nobody-can": 409,
    "caller-links-off": 409,
    "caller-link-sent-already": 409,
    "draft-empty": 409,
    "turn-started": 409,
    "already-there": 409,
    "nothing-to-undo": 409,
    "not-your-turn": 409,
    "not-signed-on": 409,
    "no-shift-now": 409,
    "swap-over": 409,
    "already-asked": 409,
    "already-confirmed": 409,
    "not-for-own-shift": 409,
    "login-taken": 409,
    "last-administrator": 409,
}


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem detail as machines read it; `type` is stable, `title` is for people."""

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[Any] | None = None
    extra: dict[str, Any] | None = None


def problem_of(error: Exception) -> tuple[Problem, dict[str, str]]:
    """What to say about an exception, in Indonesian, and the headers that go with it."""
    if isinstance(error, Refusal):
        headers = {}
        if isinstance(error, LockedOut | Busy | TooMany):
            headers["retry-after"] = str(int(error.retry_after_s) + 1)
        status = REFUSAL_STATUS.get(error.slug, 422)
        if status == 401:
            headers["www-authenticate"] = "Bearer"
        return Problem(_type(error.slug), error.sentence, status, extra=error.detail or None), headers
    if isinstance(error, DatabaseAway):
        return _plain(503), {"retry-after": str(AWAY_RETRY_S)}
    if isinstance(error, InternalServerException) and "disconnected" in error.detail:
        return _plain(400), {}
    if isinstance(error, HTTPException):
        return _from_framework(error)
    if isinstance(error, UnicodeError | RecursionError | asyncpg.DataError | msgspec.ValidationError | msgspec.DecodeError):
        return _plain(400), {}
    return _plain(500), {}


def _from_framework(error: HTTPException) -> tuple[Problem, dict[str, str]]:
    status = error.status_code if error.status_code in STATUS_WORDS or error.status_code >= 500 else 400
    status = 500 if status >= 500 and status not in STATUS_WORDS else status
    headers = {name.lower(): str(value) for name, value in (error.headers or {}).items()}
    if status >= 500:
        return _plain(status), headers
    problem = _plain(status)
    errors = error.extra if isinstance(error.extra, list) else None
    return msgspec.structs.replace(problem, detail=_storable(error.detail)[:500] or None, errors=errors), headers


def _plain(status: int) -> Problem:
    slug, sentence = STATUS_WORDS[status]
    return Problem(_type(slug), sentence, status)


def _type(slug: str) -> str:
    return f"/problems/{slug}"


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def is_for_machines(path: str) -> bool:
    """Whether a path is one of those that machines call."""
    return path in MACHINE_PATHS or path.startswith(_BELOW_MACHINE_PATHS)


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a person looks at the answer as a page, rather than a script reading it."""
    if is_for_machines(request.scope["path"]) or request.headers.get("x-tanggap-part"):
        return False
    destination = request.headers.get("sec-fetch-dest")
    if destination:
        return destination in ("document", "iframe", "frame")
    return "text/html" in request.headers.get("accept", "")


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The answer to a request that ended in an exception. Never raises, never needs the database."""
    problem, headers = problem_of(error)
    path = request.scope["path"]
    if problem.status == 500:
        log.error("internal error", exc_info=True, route=request.scope.get("path_template", ""), method=request.method)
    elif isinstance(error, asyncpg.DataError):
        log.warning("the database refused a value", route=request.scope.get("path_template", ""), kind=type(error).__name__)
    is_page = wants_page(request)
    if is_page and request.method in SAFE_METHODS and isinstance(error, NotSignedIn):
        return Redirect(f"/masuk?lanjut={quote(path)}", status_code=303)
    if is_page and request.method in SAFE_METHODS and isinstance(error, PasswordIsTemporary):
        return Redirect("/sandi", status_code=303)
    headers["vary"] = "Accept, Accept-Language, Sec-Fetch-Dest"
    if is_page:
        headers.pop("www-authenticate", None)
        return _page(request, problem, headers)
    said = msgspec.structs.replace(problem, title=translator(_locale_of_answer(request))(problem.title))
    body = msgspec.json.encode(said, enc_hook=str)
    return Response(body, status_code=problem.status, headers=headers, media_type=PROBLEM)


def _locale_of_answer(request: Request[Any, Any, Any]) -> Locale:
    """Scripts of our own pages speak their reader's language; other machines, which send no cookies, name theirs."""
    if is_for_machines(request.scope["path"]) and "cookie" not in request.headers:
        return known_locale(request.headers.get("accept-language"))
    return locale_of(request)


def _page(request: Request[Any, Any, Any], problem: Problem, headers: dict[str, str]) -> Response[Any]:
    try:
        response = render(request, "people/problem.html", status=problem.status, problem=problem)
    except jinja2.TemplateError as error:
        log.error("the problem page itself is broken", kind=type(error).__name__)
        response = Response(problem.title, status_code=problem.status, media_type="text/plain; charset=utf-8")
    response.headers.update(headers)
    return response


def sentences() -> dict[str, str]:
    """Every problem by its slug, for `/problems/<slug>`. Where several share one, that of a report or an incident explains it."""
    kinds = (*_kinds_of(Refusal), *_kinds_of(TanggapRefusal))
    return dict(STATUS_WORDS.values()) | {kind.slug: kind.sentence for kind in kinds}


def _kinds_of(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    yield kind
    for more in kind.__subclasses__():
        yield from _kinds_of(more)


async def explain_problem(request: Request[Any, Any, Any], slug: str) -> Response[Any]:
    """`GET /problems/<slug>`: what the `type` of a problem means. Raises NotFoundException."""
    sentence = sentences().get(slug)
    if sentence is None:
        raise NotFoundException
    return render(request, "people/problem.html", problem=Problem(_type(slug), sentence, 200))


HANDLERS: ExceptionHandlersMap = {Exception: answer}
