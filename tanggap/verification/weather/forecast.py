"""Reads BMKG's public forecast (JSON, api.bmkg.go.id/publik/prakiraan-cuaca?adm4=…): three days in steps of some hours.

A forecast is less than a warning, and counts less. Written from BMKG's public description: `data[].cuaca[][]` are steps with
`utc_datetime`, `weather` (a code), `weather_desc`, `ws` (km/h), `tp` (mm); `lokasi.adm4` is the ministry's code of the kelurahan.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from tanggap.city.model import Catalogue
from tanggap.verification.weather.model import MOST, FeedBroken, Peril, Warned

#: Heavy rain and thunderstorms among BMKG's weather codes.
HEAVY: Final = frozenset({63, 95, 97})
#: Rain of a step from which on it is heavy, mm; BMKG calls 10–20 mm in an hour, or 50–100 mm in a day, heavy.
HEAVY_MM: Final = 20.0
#: Wind from which on twigs break off trees (8 of Beaufort), km/h.
GALE_KMH: Final = 62.0
#: A step reaches to the next one; the last as far as BMKG's steps usually do.
STEP: Final = timedelta(hours=3)


class _Step(msgspec.Struct, frozen=True):
    utc_datetime: str
    weather: int | None = None
    weather_desc: str = ""
    ws: float | None = None
    tp: float | None = None


class _Place(msgspec.Struct, frozen=True):
    adm4: str = ""
    kecamatan: str = ""


class _Told(msgspec.Struct, frozen=True):
    lokasi: _Place = _Place()
    cuaca: tuple[tuple[_Step, ...], ...] = ()


class _Answer(msgspec.Struct, frozen=True):
    data: list[_Told]


def warnings_of(raw: bytes, catalogue: Catalogue, now: datetime) -> list[Warned]:
    """What is forecast of heavy rain and gales for the city's kecamatan, from `now` on.

    Raises:
        FeedBroken: it is no forecast of this form.
    """
    try:
        answer = msgspec.json.decode(raw, type=_Answer, strict=False)
        found = [one for told in answer.data for one in _of_place(told, catalogue, now)]
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise FeedBroken(f"not a forecast: {error}") from error
    return found[:MOST]


def _of_place(told: _Told, catalogue: Catalogue, now: datetime) -> list[Warned]:
    by_code = {area.code: area for area in catalogue.areas}
    area = by_code.get(told.lokasi.adm4)
    kecamatan = (area.parent or area.code) if area is not None else None
    if kecamatan is None:
        return []
    found: list[Warned] = []
    for step in (step for day in told.cuaca for step in day):
        starts_at = datetime.fromisoformat(step.utc_datetime).replace(tzinfo=UTC)
        if starts_at + STEP <= now:
            continue
        for peril in _perils(step):
            name = f"prakiraan-{told.lokasi.adm4}-{starts_at:%Y%m%d%H}"
            found.append(Warned(name, peril, step.weather_desc[:120], starts_at, starts_at + STEP, (kecamatan,), True))
    return found


def _perils(step: _Step) -> list[Peril]:
    rain = step.weather in HEAVY or (step.tp or 0.0) >= HEAVY_MM or "lebat" in step.weather_desc.casefold()
    wind: Any = (step.ws or 0.0) >= GALE_KMH
    return [peril for peril, is_so in ((Peril.RAIN, rain), (Peril.WIND, wind)) if is_so]
