"""What an INVITE says of its caller: the number, and where they are. Any bytes have an answer; nothing here refuses a call."""

import re
from email.errors import MessageError
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Final
from urllib.parse import unquote

from tanggap.interop.pidf_lo import read_pidf_lo
from tanggap.location.estimate import Fix, Heard, Origin

#: Locations of one INVITE that are kept.
MOST_LOCATIONS: Final = 4
#: Digits of a number that somebody typed and that can be called back.
LEAST_DIGITS: Final = 8
_USER = re.compile(r"(?:sips?|tel):([^@;>?\s]{1,80})", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[0-9().\- ]{3,32}")
_WITHHELD = ("anonymous", "unavailable", "restricted", "unknown")


def number_of(told: dict[str, Any]) -> str:
    """The caller's number: the asserted identity before the From header (RFC 3325); '' when it is withheld or no number.

    Who calls from a browser has said it, or not.
    """
    if str(told.get("who") or ""):
        said = str(told.get("number") or "").strip()
        return said if _NUMBER.fullmatch(said) and sum(map(str.isdecimal, said)) >= LEAST_DIGITS else ""
    for said in (str(told.get("pai") or ""), str(told.get("from") or "")):
        for user in _USER.findall(said):
            number = unquote(user)
            if number.lower() not in _WITHHELD and _NUMBER.fullmatch(number):
                return number
    return ""


def sdp_of(told: dict[str, Any]) -> str:
    """The audio's description, also out of a multipart body."""
    body, kind = str(told.get("body") or ""), str(told.get("kind") or "")
    if "multipart" in kind.lower():
        return next((text for name, text in _parts(body, kind) if name == "application/sdp"), "")
    return body


def locations_of(told: dict[str, Any]) -> tuple[Heard, ...]:
    """Every location in an INVITE: parts of its body (RFC 6442 «by value»), or what a browser said of its own point.

    A location «by reference» (an address to ask) is kept as text, flagged.
    """
    heard: list[Heard] = []
    body, kind = str(told.get("body") or ""), str(told.get("kind") or "")
    if "multipart" in kind.lower():
        heard += [read_pidf_lo(text) for name, text in _parts(body, kind) if "pidf" in name]
        if not heard and "pidf" in body.lower():
            heard.append(Heard(Origin.PIDF_LO, body, flaws=("odd_multipart",)))
    elif "pidf" in kind.lower():
        heard.append(read_pidf_lo(body))
    geolocation = str(told.get("geo") or "")
    if not heard and geolocation and "cid:" not in geolocation.lower():
        heard.append(Heard(Origin.PIDF_LO, geolocation[:2_000], flaws=("by_reference",)))
    elif not heard and geolocation:
        heard.append(Heard(Origin.PIDF_LO, geolocation[:2_000], flaws=("no_location_info",)))
    point = _point(str(told.get("point") or ""))
    return (*heard[:MOST_LOCATIONS], *([point] if point else []))


def _parts(body: str, kind: str) -> list[tuple[str, str]]:
    """The parts of a multipart body: content type and text. [] for what is none."""
    blob = b"Content-Type: " + kind.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace") + b"\r\n\r\n"
    try:
        message = BytesParser(policy=HTTP).parsebytes(blob + body.encode("utf-8", "replace"))
        return [
            (part.get_content_type(), (part.get_payload(decode=True) or b"").decode("utf-8", "replace"))  # type: ignore[union-attr]
            for part in message.walk()
            if not part.is_multipart()
        ]
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, IndexError, KeyError):
        return []


def _point(said: str) -> Heard | None:
    """`<lat>,<lon>,<metres>` as a browser gives it; nothing for nothing, and nothing for 0,0."""
    if not said:
        return None
    try:
        lat, lon, metres = (float(part) for part in said.split(","))
    except ValueError:
        return Heard(Origin.DEVICE, said[:200], flaws=("odd_point",))
    if not (abs(lat) <= 90 and abs(lon) <= 180 and 0 < metres <= 100_000) or (abs(lat) < 1e-4 and abs(lon) < 1e-4):
        return Heard(Origin.DEVICE, said[:200], flaws=("odd_point",))
    return Heard(Origin.DEVICE, said[:200], Fix(lat, lon, metres))
