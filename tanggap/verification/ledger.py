"""The evidence ledger: facts become numbers, numbers become lines with a weight, the lines sum to a probability.

log-odds(real) = Σ weight × feature, natural logarithms; the weights' own uncertainty makes the range. Nothing here decides.
"""

import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec

from tanggap.platform.i18n import N_
from tanggap.verification.model import AGAINST, FOR, Alert, Facts, Item, Ledger, Spoken, Weights
from tanggap.verification.weather.model import SENTENCES

#: Nights are between these hours of the city's clock.
NIGHT = range(5)
#: A call over within this time is a short one, seconds.
SHORT_S = 8.0
#: A call without a voice for this share of it is a silent one.
SILENT_SHARE = 0.9
#: In any call people think, look and listen: up to this share, silence says nothing.
USUAL_SILENCE = 0.5
#: A forecast of heavy rain counts so much of a warning.
FORECAST = 0.5
#: How a warning without names of kecamatan is told; the same in every language here.
EVERYWHERE = "Kota"
#: Log-odds are kept within this, so that no evidence is ever taken for proof (p between 0.2 % and 99.8 %).
MOST_LOG_ODDS = 6.2
#: The normal distribution's 90th percentile: four times of five within ± this many standard deviations.
FOUR_OF_FIVE = 1.2816


class _Line(NamedTuple):
    sentence: str
    source: str
    numbers: Callable[[Facts, Spoken], Mapping[str, Any]]


def _count(facts: Facts, of: frozenset[Any]) -> int:
    return sum(one.disposition in of for one in facts.earlier)


_NOTHING: Callable[[Facts, Spoken], Mapping[str, Any]] = lambda _facts, _spoken: {}  # noqa: E731 - one of a table of these
_METRES: Callable[[Facts, Spoken], Mapping[str, Any]] = lambda facts, _: {  # noqa: E731
    "metres": round(facts.apart.metres) if facts.apart else 0
}
_SECONDS: Callable[[Facts, Spoken], Mapping[str, Any]] = lambda facts, _: {  # noqa: E731
    "n": round(facts.call.length_s or 0) if facts.call else 0
}
_SILENCE: Callable[[Facts, Spoken], Mapping[str, Any]] = lambda facts, _: {  # noqa: E731
    "percent": round(100 * (facts.call.silence or 0)) if facts.call else 0
}

#: What each kind of evidence says, and who knows it.
LINES: Mapping[str, _Line] = {
    "start": _Line(N_("Titik awal, sebelum ada keterangan"), N_("bobot"), _NOTHING),
    "earlier_real": _Line(
        N_("{n} laporan nyata sebelumnya"), N_("riwayat nomor ini"), lambda facts, _: {"n": _count(facts, FOR)}
    ),
    "earlier_unreal": _Line(
        N_("{n} kali uji coba, iseng, atau tanpa suara"), N_("riwayat nomor ini"), lambda facts, _: {"n": _count(facts, AGAINST)}
    ),
    "words": _Line(N_("Kata-kata: {words}"), N_("kata-kata laporan"), lambda _, said: {"words": ", ".join(said.because)}),
    "has_place": _Line(N_("Menyebut tempat"), N_("kata-kata laporan"), _NOTHING),
    "together": _Line(
        N_("{n} pelapor lain tentang hal serupa di dekat sini"), N_("laporan lain"), lambda facts, _: {"n": facts.together}
    ),
    "places_agree": _Line(N_("Tempat cocok dengan titik perangkat (selisih {metres} m)"), N_("perangkat"), _METRES),
    "places_differ": _Line(N_("Titik perangkat {metres} m dari tempat yang disebut"), N_("perangkat"), _METRES),
    "silence": _Line(N_("Penelepon diam {percent} persen dari panggilan"), N_("rekaman panggilan"), _SILENCE),
    "short": _Line(N_("Panggilan hanya {n} detik"), N_("panggilan"), _SECONDS),
    "hung_up": _Line(N_("Penelepon menutup panggilan"), N_("panggilan"), _NOTHING),
    "keys": _Line(N_("Menekan tombol: minta bantuan tanpa bicara"), N_("panggilan"), _NOTHING),
    "callback_answered": _Line(N_("Dijawab saat dipanggil balik"), N_("panggilan balik"), _NOTHING),
    "callback_unanswered": _Line(N_("Tidak dijawab saat dipanggil balik"), N_("panggilan balik"), _NOTHING),
    "night": _Line(N_("Masuk antara pukul 00 dan 05"), N_("jam"), _NOTHING),
    "alert": _Line(N_("Peringatan cuaca BMKG yang sesuai"), N_("peringatan cuaca"), _NOTHING),
}

#: Said beside the lines when nothing is known of the caller; it counts nothing.
FIRST_TIME = N_("Pertama kali melapor")
NO_NUMBER = N_("Tanpa nomor: riwayat tidak diketahui")


def features(facts: Facts, said: Spoken, half_life_days: float) -> dict[str, float]:
    """The facts as numbers, by kind of evidence: what a weight is multiplied with. Only what is not zero."""
    found: dict[str, float] = {
        "start": 1.0,
        "earlier_real": math.log2(1 + _decayed(facts, FOR, half_life_days)),
        "earlier_unreal": math.log2(1 + _decayed(facts, AGAINST, half_life_days)),
        "words": said.log_odds,
        "has_place": float(facts.has_place),
        "together": math.log2(1 + facts.together),
        "night": float(facts.hour in NIGHT),
        "alert": 0.0 if facts.alert is None else FORECAST if facts.alert.is_forecast else 1.0,
    }
    if facts.apart is not None:
        agrees = facts.apart.metres <= facts.apart.within_m
        found["places_agree" if agrees else "places_differ"] = 1.0
    if facts.call is not None:
        found["silence"] = max((facts.call.silence or 0.0) - USUAL_SILENCE, 0.0) / (1 - USUAL_SILENCE)
        found["short"] = float(facts.call.length_s is not None and facts.call.length_s < SHORT_S)
        found["hung_up"] = float(facts.call.hung_up)
        found["keys"] = float(bool(facts.call.keys))
    if facts.callback is not None:
        found["callback_answered" if facts.callback.answered else "callback_unanswered"] = 1.0
    return {code: value for code, value in found.items() if value}


def _decayed(facts: Facts, of: frozenset[Any], half_life_days: float) -> float:
    half_life = timedelta(days=half_life_days)
    ages = (max(facts.at - one.at, timedelta()) / half_life for one in facts.earlier if one.disposition in of)
    return float(sum(0.5**age for age in ages))


def ledger(facts: Facts, said: Spoken, weights: Weights) -> Ledger:
    """All lines, the strongest first, and what they sum to."""
    items: list[Item] = []
    variance = 0.0
    for code, value in features(facts, said, weights.half_life_days).items():
        weight = weights.by_code[code]
        if code == "alert" and weight.log_odds < 0:  # learned of few: a warning never speaks against anybody
            continue
        variance += (value * weight.sd) ** 2
        line = LINES[code]
        at = facts.callback.at if facts.callback and line.source == LINES["callback_answered"].source else facts.at
        items.append(Item(code, value * weight.log_odds, line.sentence, line.source, at, dict(line.numbers(facts, said))))
        if facts.alert is not None and code == "alert":
            items[-1] = _alert(items[-1], facts.alert)
    if not facts.earlier:
        sentence = FIRST_TIME if facts.has_number else NO_NUMBER
        items.append(Item("unknown_caller", 0.0, sentence, LINES["earlier_real"].source, facts.at))
    total, spread = sum(item.log_odds for item in items), math.sqrt(variance) * FOUR_OF_FIVE
    is_danger = said.danger or facts.priority == "P1" or bool(facts.call and facts.call.keys)
    return Ledger(
        report=facts.report,
        items=tuple(sorted(items, key=lambda item: -abs(item.log_odds))),
        p=probability(total),
        low=probability(total - spread),
        high=probability(total + spread),
        version=weights.version,
        is_lifted=is_danger or facts.together > 0,
        is_silent=is_silent(facts),
    )


def _alert(item: Item, alert: Alert) -> Item:
    """The line of a warning, in its own words."""
    numbers = {"area": f"Kec. {alert.area}" if alert.area else EVERYWHERE, "until": alert.until}
    return msgspec.structs.replace(item, sentence=SENTENCES[alert.kind, alert.is_forecast], numbers=numbers)


def probability(log_odds: float) -> float:
    """Natural log-odds as a probability, never 0 and never 1."""
    return 1 / (1 + math.exp(-max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, log_odds))))


def is_silent(facts: Facts) -> bool:
    """Whether nothing was said yet: a call without a word, or by all that is heard of it without a voice."""
    if facts.call is not None and facts.call.silence is not None:
        return facts.call.silence >= SILENT_SHARE and not facts.words.strip()
    return facts.channel == "call" and not facts.words.strip()
