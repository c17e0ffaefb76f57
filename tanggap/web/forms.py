"""Forms as they are sent: any body is read or refused with a 4xx, and no field is ever of a surprising type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from litestar.connection import ASGIConnection, Request
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import ClientException

#: More fields than any page of ours has.
MOST_FIELDS = 1_000
_KEPT = "tanggap_form"


@dataclass(frozen=True, slots=True)
class Form:
    """The texts and the files of a form. A name sent twice keeps all its values; the first one counts."""

    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, Sequence[UploadFile]] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """The first text sent under a name."""
        return next(iter(self.texts.get(name, ())), default)

    def all_texts(self, name: str) -> list[str]:
        """Every text sent under a name, as by check boxes."""
        return list(self.texts.get(name, ()))

    def all_files(self, name: str) -> list[UploadFile]:
        """Every file chosen under a name; a field left empty sends none."""
        return [file for file in self.files.get(name, ()) if file.filename]


async def read_form(request: Request[Any, Any, Any]) -> Form:
    """The form of a request, read once; empty when the body is something else.

    The framework keeps the last thousand url-encoded bodies in a cache of its parser, passwords included: those are read here.

    Raises:
        ClientException: the body is not what its content type says.
    """
    kept = request.scope["state"].get(_KEPT)
    if isinstance(kept, Form):
        return kept
    kind, _ = request.content_type
    if kind == RequestEncodingType.URL_ENCODED:
        form = _url_encoded(await request.body())
    elif kind == RequestEncodingType.MULTI_PART:
        form = await _multipart(request)
    else:
        form = Form()
    request.scope["state"][_KEPT] = form
    return form


def _url_encoded(body: bytes) -> Form:
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise ClientException("too many fields") from error
    texts: dict[str, list[str]] = {}
    for name, value in pairs:
        texts.setdefault(name, []).append(value)
    return Form(texts)


async def _multipart(request: Request[Any, Any, Any]) -> Form:
    try:
        parts = await request.form()
    except (UnicodeError, LookupError, ValueError) as error:
        raise ClientException("malformed multipart/form-data") from error
    texts: dict[str, list[str]] = {}
    files: dict[str, list[UploadFile]] = {}
    for name, value in parts.multi_items():
        if isinstance(value, UploadFile):
            files.setdefault(name, []).append(value)
        else:
            texts.setdefault(name, []).append(str(value))
    return Form(texts, files)


def local_path(said: str | None, default: str = "/") -> str:
    """A path of this site to go to next; anything that could lead elsewhere (`//evil`, `/\\evil`, a scheme) is `default`."""
    sound = said and len(said) <= 500 and said.startswith("/") and not said.startswith("//")
    return said if said and sound and "\\" not in said and said.isprintable() else default


def client_address(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Whence a request came: the peer, or what our own proxy in front says.

    `X-Forwarded-For` is believed from this machine only, and only its last entry: the one that our proxy has added.
    An IPv6 network (/64) counts as one address, since whoever has one has them all.
    """
    address = connection.client.host if connection.client else "local"
    if address in ("127.0.0.1", "::1", "local"):
        chain = connection.headers.getall("x-forwarded-for", [])
        forwarded = chain[-1].rsplit(",", 1)[-1].strip()[:64] if chain else ""
        address = forwarded or address
    return ":".join(address.split(":")[:4]) + "::/64" if address.count(":") > 1 else address
