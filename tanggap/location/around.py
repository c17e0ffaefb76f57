"""What a point is called: how far it lies from the nearest place that is known, and in which direction."""

from collections.abc import Callable

from tanggap.location.gazetteer import Gazetteer, Nearby
from tanggap.platform.i18n import N_

#: A point this close to a place, metres, is at the place.
AT_M = 15.0
#: A place further away than this names no point, metres.
FAR_M = 1_000.0

AWAY = N_("{metres} m {wind} {name}")
AT = N_("di {name}")

#: The winds, from the place to the point.
WIND_WORDS: dict[str, str] = {
    "utara": N_("utara"), "timur laut": N_("timur laut"), "timur": N_("timur"), "tenggara": N_("tenggara"),
    "selatan": N_("selatan"), "barat daya": N_("barat daya"), "barat": N_("barat"), "barat laut": N_("barat laut"),
}  # fmt: skip


def away_words(one: Nearby, translate: Callable[[str], str] = str) -> str:
    """«60 m barat laut RSUD Bahteramas»; at the place itself «di RSUD Bahteramas»."""
    if one.distance_m <= AT_M:
        return translate(AT).format(name=one.name)
    metres = round(one.distance_m) if one.distance_m < 100 else round(one.distance_m, -1)
    return translate(AWAY).format(metres=f"{metres:.0f}", wind=translate(WIND_WORDS.get(one.wind, one.wind)), name=one.name)


def label_of(gazetteer: Gazetteer, lat: float, lon: float) -> str:
    """What a point set by hand (degrees WGS 84) is called, as it is stored; empty where nothing known is near."""
    nearest = gazetteer.reverse(lat, lon, 1)
    return away_words(nearest[0]) if nearest and nearest[0].distance_m <= FAR_M else ""
