"""AML, Advanced Mobile Location (ETSI TS 103 625): where a phone says it is while it calls, by SMS or by HTTPS.

    A"ML=1;lt=-3.99420;lg=+122.51730;rd=50;top=20261121144102;lc=68;pm=W;si=…;ei=…;mcc=510;mnc=10;ml=126

Read with patience, because phones and networks write it in many ways: fields in any order, without a sign, with a decimal
comma, with a wrong length, cut off at the end. Version 2 and fields that we do not know are kept as they came. What is no
position stays none: a fix at 0°/0°, `pm=N`, a radius that is missing, zero or larger than any cell is no place on the map.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from tanggap.location.estimate import Fix, Heard, Origin
from tanggap.location.uncertainty import radius_95

#: Longest message that is looked at, characters; an SMS in parts has at most a few hundred.
LONGEST = 4_000
#: A radius larger than this says that the position is not known, metres.
LARGEST_RADIUS_M = 100_000.0
#: Nearer to 0°/0° than this a phone has no fix, degrees.
NOWHERE = 1e-4
#: At which confidence a radius is meant that does not say so: the least that phones use.
USUAL_CONFIDENCE = 0.67
#: No measured time is older than this: an earlier one is a clock that was never set.
OLDEST = datetime(2010, 1, 1, tzinfo=UTC)
#: Numbers of the subscriber, the SIM and the device.
IDENTITIES: Final = frozenset(("si", "ei", "device_number", "device_imei", "device_imsi", "device_iccid", "number"))
#: HTTPS names of what the SMS says in two letters.
FORM_NAMES: Final = {
    "location_latitude": "lt", "location_longitude": "lg", "location_accuracy": "rd", "location_confidence": "lc",
    "location_time": "top", "location_source": "pm", "cell_network_mcc": "mcc", "cell_network_mnc": "mnc", "v": "version",
}  # fmt: skip

_NUMBER = re.compile(r"([+-]?)(\d{1,9}(?:[.,]\d{0,12})?|[.,]\d{1,12})(?:[mM]?)")
_PAIR = re.compile(r"\s*([^=;]{1,40}?)\s*=\s*([^;]*)")
_TIMES = ("%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%SZ")


def read_sms(text: str) -> Heard:
    """An AML message; any text has an answer, and keeps its own words in `raw`."""
    fields: dict[str, str] = {}
    flaws: list[str] = []
    for name, value in _pairs(text):
        if name in fields and fields[name] != value:
            flaws.append("repeated_field")
        fields.setdefault(name, value)
    if "version" not in fields:
        flaws.append("not_aml")
    length = fields.get("ml")
    if length is not None and length != str(len(text.strip())):
        flaws.append("wrong_length")
    return _heard(text, fields, flaws, has_signs=True)


def read_form(said: Mapping[str, str], raw: str) -> Heard:
    """The fields of an AML message sent by HTTPS, as a phone posts them; `raw` is the body as it came."""
    fields = {FORM_NAMES.get(name, name): value.strip() for name, value in list(said.items())[:200]}
    flaws = [] if "lt" in fields or "lg" in fields else ["not_aml"]
    return _heard(raw, fields, flaws, has_signs=False)


def _pairs(text: str) -> list[tuple[str, str]]:
    """Names and values. `ML` is the version and `ml` the length, so only the other names are read in any case."""
    found = []
    for part in text[:LONGEST].split(";"):
        pair = _PAIR.match(part)
        if pair is None:
            continue
        name, value = pair[1].strip(), pair[2].strip().strip("\"'“”").strip()
        if re.fullmatch(r"[\"'“”]*[Aa]?[\"'“”]*ML", name):
            found.append(("version", value))
        else:
            found.append((name.lower(), value))
    return found


def _heard(raw: str, fields: Mapping[str, str], flaws: list[str], *, has_signs: bool) -> Heard:
    fix = _fix(fields, flaws, has_signs=has_signs)
    known = {"lt", "lg", "rd", "lc", "top"}
    return Heard(
        origin=Origin.AML,
        raw=raw,
        fix=fix,
        measured_at=_moment(fields.get("top"), flaws),
        flaws=tuple(dict.fromkeys(flaws)),
        more={name: value for name, value in fields.items() if name not in known | IDENTITIES},
        identity={name: value for name, value in fields.items() if name in IDENTITIES and value},
    )


def _fix(fields: Mapping[str, str], flaws: list[str], *, has_signs: bool) -> Fix | None:
    lat, lon = _number(fields.get("lt")), _number(fields.get("lg"))
    if has_signs and any(name in fields and not fields[name].startswith(("+", "-")) for name in ("lt", "lg")):
        flaws.append("missing_sign")
    if fields.get("pm", "").upper() in ("N", "NONE", "UNKNOWN"):
        flaws.append("no_fix")
        return None
    if lat is None or lon is None:
        flaws.append("no_point")
        return None
    if abs(lat) < NOWHERE and abs(lon) < NOWHERE:
        flaws.append("no_fix")
        return None
    if abs(lat) > 90 or abs(lon) > 180:
        flaws.append("odd_point")
        return None
    radius_m = _number(fields.get("rd"))
    if radius_m is None or not 0 < radius_m <= LARGEST_RADIUS_M:
        flaws.append("no_radius")
        return None
    confidence = _confidence(fields.get("lc"), flaws)
    return Fix(lat, lon, radius_95(radius_m, confidence), radius_m, confidence)


def _number(said: str | None) -> float | None:
    found = _NUMBER.fullmatch((said or "").strip().replace("−", "-"))
    return float(f"{found[1]}{found[2].replace(',', '.')}") if found else None


def _confidence(said: str | None, flaws: list[str]) -> float:
    """The stated confidence, 0–1. «100 %» is a boast, and one that is no number is taken as the usual one."""
    if said is None:
        return USUAL_CONFIDENCE
    percent = _number(said.rstrip("% "))
    if percent is not None and 0 < percent < 1:
        percent *= 100
    if percent is None or not 1 <= percent <= 100:
        flaws.append("odd_confidence")
        return USUAL_CONFIDENCE
    return min(percent / 100, 0.99)


def _moment(said: str | None, flaws: list[str]) -> datetime | None:
    """When it was measured: UTC by the SMS, milliseconds since 1970 by HTTPS."""
    if not said:
        return None
    moment: datetime | None = None
    try:
        if re.fullmatch(r"\d{12,13}", said):
            moment = datetime.fromtimestamp(int(said) / 1000, UTC)
        else:
            kind = _TIMES[0] if re.fullmatch(r"\d{14}", said) else _TIMES[1]
            moment = datetime.strptime(said, kind).replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        moment = None
    if moment is None or moment < OLDEST:
        flaws.append("odd_time")
        return None
    return moment
