"""Where a report is, told by a device or a network after the report: kept as it came, joined into one estimate."""

import math
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import Location
from tanggap.interop.aml import read_form, read_sms
from tanggap.interop.pidf_lo import read_pidf_lo
from tanggap.location.estimate import Estimate, Fix, Heard, Origin
from tanggap.location.uncertainty import radius_95
from tanggap.people.permissions import Act
from tanggap.platform.clock import moment_of
from tanggap.platform.i18n import translator
from tanggap.scene import actor_of
from tanggap.web.api.door import FORM, JSON, decoded, door, get, json_answer, post, the_id
from tanggap.web.house import House
from tanggap.web.words import reason_said
from tanggap.whereabouts import NoNumberError

AML = "text/plain"
PIDF_LO = "application/pidf+xml"
XML = ("application/xml", "text/xml", PIDF_LO)
#: A device that claims a larger radius says that it does not know where it is, metres.
LARGEST_RADIUS_M = 100_000.0
#: How sure a point is whose sender does not say, metres.
USUAL_RADIUS_M = 100.0
#: The confidence of a radius that says none: the one that browsers promise (W3C Geolocation).
USUAL_CONFIDENCE = 0.95


class LocationIn(msgspec.Struct, frozen=True):
    """A device's point. `uncertainty_m` is a radius at `confidence` (percent, usually 95). What is odd is kept and flagged."""

    lat: float | str | None = None
    lon: float | str | None = None
    uncertainty_m: float | None = None
    confidence: float | None = None
    measured_at: str | None = None
    source: str | None = None


#: A telephone number is whatever has a digit that counts.
A_NUMBER = "[1-9]"


class LocationOfNumberIn(msgspec.Struct, frozen=True):
    """An AML message and the number that sent it, as an SMS gateway passes them on."""

    number: Annotated[str, msgspec.Meta(pattern=A_NUMBER)]
    aml: str = ""


class LocationOfNumber(msgspec.Struct, frozen=True):
    """The report that was told; none while the location waits for the report of its number."""

    report: UUID | None
    location: Location | None
    flaws: list[str]


class Warned(msgspec.Struct, frozen=True):
    """Something that whoever uses the estimate must know, in Indonesian."""

    said: str


class EstimateOut(msgspec.Struct, frozen=True):
    """Where the report is by all that is known: its words, its point, devices, networks. The radius is at 95 %."""

    lat: float
    lon: float
    uncertainty_m: float
    area: str | None
    kelurahan: str | None
    is_outside: bool
    used: list[str]
    unused: list[str]
    warnings: list[Warned]


class LocationStored(msgspec.Struct, frozen=True):
    """The message is kept. `location` is the point that it gave, with its GeoJSON `shape` where that was no circle; `civic` is an
    address by the names of RFC 5139; `flaws` say what was odd.
    """

    id: UUID
    report: UUID
    location: Location | None
    shape: dict[str, Any] | None
    civic: dict[str, str]
    flaws: list[str]
    estimate: EstimateOut | None


class EstimateWhole(msgspec.Struct, frozen=True):
    """The estimate of a report; none when nothing is known of its place."""

    report: UUID
    estimate: EstimateOut | None


@post(
    "/api/reports/{report_id:str}/location",
    **door(
        Act.TAKE_CALLS,
        answer=LocationStored,
        body=LocationIn,
        status=201,
        body_types=(JSON, AML, FORM, PIDF_LO, "application/xml"),
        refusals=(404,),
        said="JSON from a device; `text/plain` is an AML message, a form is AML over HTTPS (ETSI TS 103 625); XML is PIDF-LO "
        "(RFC 4119, 5139, 5491). Whatever it says is kept; what is no position gives no point, and never moves the report. "
        "A point that a call taker has chosen stays: a difference is told by a warning of the estimate.",
        tag="reports",
    ),
)
async def add_location(request: Request[Any, Any, Any], report_id: FromPath[str]) -> Response[bytes]:
    """Tell where a report is."""
    house: House = request.app.state.house
    heard = await _heard(request)
    scene, now, report = await house.scene(), house.now(), the_id(report_id, "report")
    async with house.db.transaction(house.city) as tx:
        told = await flow.add_location(tx, scene, report, heard, actor_of(request.user), now)
        estimate = await flow.estimate(tx, scene, await rows.report(tx, house.city, report), now)
    fix = heard.fix
    point = Location(fix.lat, fix.lon, fix.uncertainty_m, heard.origin.value) if fix else None
    found = _out(estimate) if estimate else None
    stored = LocationStored(told.id, report, point, told.shape, told.civic, list(told.flaws), found)
    return json_answer(stored, status=201)


@post(
    "/api/locations",
    **door(
        Act.TAKE_CALLS,
        answer=LocationOfNumber,
        body=LocationOfNumberIn,
        status=201,
        body_types=(JSON, FORM),
        form_fields={"device_number": {"type": "string", "pattern": A_NUMBER}},
        refusals=(422,),
        said="JSON has the number and the text of an AML message that came by SMS; a form is AML over HTTPS with `device_number`."
        " The report of that number is told; where there is none yet, the location waits a quarter of an hour for it.",
        tag="reports",
    ),
)
async def add_location_of_number(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Tell where the phone of a number is."""
    house: House = request.app.state.house
    number, heard = await _of_number(request)
    scene, now = await house.scene(), house.now()
    async with house.db.transaction(house.city) as tx:
        try:
            report = await flow.add_location_of_number(tx, scene, number, heard, actor_of(request.user), now)
        except NoNumberError as error:
            raise HTTPException(
                status_code=422, detail="the number is missing: `number`, or `device_number` of a form"
            ) from error
    fix = heard.fix
    point = Location(fix.lat, fix.lon, fix.uncertainty_m, heard.origin.value) if fix else None
    return json_answer(LocationOfNumber(report, point, list(heard.flaws)), status=201)


async def _of_number(request: Request[Any, Any, Any]) -> tuple[str, Heard]:
    """The number and what its phone says, by the content type."""
    body = await request.body()
    kind = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if kind == FORM:
        text = body.decode("utf-8", "replace")
        heard = read_form(dict(parse_qsl(text, keep_blank_values=True, separator="&")), text)
        return heard.identity.get("device_number") or heard.identity.get("number", ""), heard
    said = decoded(body, LocationOfNumberIn)
    return said.number, read_sms(said.aml)


@get(
    "/api/reports/{report_id:str}/location",
    **door(Act.SEE_INCIDENTS, answer=EstimateWhole, refusals=(404,), tag="reports"),
)
async def show_estimate(request: Request[Any, Any, Any], report_id: FromPath[str]) -> Response[bytes]:
    """Where a report is by all that is known of it."""
    house: House = request.app.state.house
    scene = await house.scene()
    async with house.db.reading(house.city) as conn:
        report = await rows.report(conn, house.city, the_id(report_id, "report"))
        estimate = await flow.estimate(conn, scene, report, house.now())
    return json_answer(EstimateWhole(report.id, _out(estimate) if estimate else None))


def _out(estimate: Estimate) -> EstimateOut:
    translate = translator("id")
    return EstimateOut(
        lat=estimate.lat,
        lon=estimate.lon,
        uncertainty_m=estimate.uncertainty_m,
        area=estimate.area,
        kelurahan=estimate.kelurahan,
        is_outside=estimate.is_outside,
        used=[origin.value for origin in estimate.used],
        unused=[origin.value for origin in estimate.unused],
        warnings=[Warned(reason_said(reason, translate)) for reason in estimate.warnings],
    )


async def _heard(request: Request[Any, Any, Any]) -> Heard:
    """The message, by its content type."""
    kind = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    body = await request.body()
    text = body.decode("utf-8", "replace")
    if kind == AML:
        return read_sms(text)
    if kind == FORM:
        return read_form(dict(parse_qsl(text, keep_blank_values=True, separator="&")), text)
    if kind in XML or kind.endswith("+xml"):
        return read_pidf_lo(text)
    if kind in (JSON, "") or kind.endswith("+json"):
        return from_device(decoded(body, LocationIn), text)
    raise HTTPException(status_code=415, detail=f"send {JSON}, {AML}, {FORM} or {PIDF_LO}")


def from_device(said: LocationIn, raw: str) -> Heard:
    """A device's point as it was said; what is no point on Earth, or no fix, gives none."""
    flaws: list[str] = []
    lat, lon = _degrees(said.lat, 90), _degrees(said.lon, 180)
    fix = None
    if lat is None or lon is None:
        flaws.append("no_point" if said.lat is None or said.lon is None else "odd_point")
    elif abs(lat) < 1e-4 and abs(lon) < 1e-4:
        flaws.append("no_fix")
    elif said.uncertainty_m is not None and not 0 <= said.uncertainty_m <= LARGEST_RADIUS_M:
        flaws.append("odd_radius")
    else:
        percent = said.confidence
        if percent is not None and not 1 <= percent <= 100:
            flaws.append("odd_confidence")
            percent = None
        confidence = min(percent / 100, 0.99) if percent is not None else USUAL_CONFIDENCE
        radius_m = USUAL_RADIUS_M if said.uncertainty_m is None else said.uncertainty_m
        fix = Fix(lat, lon, radius_95(radius_m, confidence), said.uncertainty_m, confidence)
    origin = Origin.NETWORK if said.source == Origin.NETWORK else Origin.DEVICE
    return Heard(origin, raw, fix, _moment(said.measured_at, flaws), tuple(flaws))


def _degrees(said: float | str | None, most: float) -> float | None:
    try:
        value = float(said) if said is not None else math.nan
    except ValueError:
        return None
    return value if -most <= value <= most else None


def _moment(said: str | None, flaws: list[str]) -> datetime | None:
    if not said:
        return None
    moment = moment_of(said)
    if moment is None:
        flaws.append("odd_time")
    return moment


ROUTES = [add_location, add_location_of_number, show_estimate]
