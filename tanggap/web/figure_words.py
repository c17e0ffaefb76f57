"""Figures as people read them: a value with its unit, a level with what was reached, a key with its name."""

from typing import NamedTuple

from tanggap.city.model import Catalogue
from tanggap.evaluation.figures import FIGURES, By, Figure, Group, Measure, Pillar, Reached, Unit
from tanggap.platform.i18n import N_, Locale, format_duration, translator
from tanggap.web import words
from tanggap.web.console.model import GROUP_WORDS

BY_WORDS: dict[By, str] = {
    By.AGENCY: N_("Instansi"),
    By.CATEGORY: N_("Kategori"),
    By.AREA: N_("Kelurahan"),
    By.HOUR: N_("Jam"),
    By.SHIFT: N_("Regu"),
}
PILLAR_WORDS: dict[Pillar, str] = {
    Pillar.CEPAT: N_("Seberapa cepat laporan sampai ke yang menangani"),
    Pillar.TEPAT: N_("Seberapa tepat dinilai dan dialamatkan"),
    Pillar.TUNTAS: N_("Seberapa banyak yang benar-benar selesai"),
}
NOTHING = "–"


def amount(figure: Figure, value: float | None, locale: Locale) -> str:
    """A value of a figure with its unit; a dash when there is none."""
    if value is None:
        return NOTHING
    if figure.unit is Unit.SECONDS:
        return span(value, locale)
    if figure.unit is Unit.WORKDAYS:
        return f"{value:.0f} {translator(locale)(N_('hari kerja'))}"
    if figure.unit is Unit.STARS:
        return decimal(f"{value:.1f}", locale)
    return percent(value, locale)


def span(seconds: float, locale: Locale) -> str:
    """A duration with its seconds while they matter: 54 detik, 16 menit 40 detik, 2 jam 5 menit."""
    whole = int(seconds)
    minutes, rest = divmod(whole, 60)
    if 120 <= whole < 3_600 and rest:
        return f"{format_duration(60 * minutes, locale)} {format_duration(rest, locale)}"
    return f"{whole} {format_duration(2, locale).split()[1]}" if 60 <= whole < 120 else format_duration(whole, locale)


def percent(share: float | None, locale: Locale) -> str:
    """A share as 93 %, and with a decimal where one would otherwise read 0 or 100."""
    if share is None:
        return NOTHING
    is_extreme = 0 < share < 0.01 or 0.99 < share < 1
    return f"{decimal(f'{100 * share:.1f}', locale) if is_extreme else f'{100 * share:.0f}'} %"


def decimal(said: str, locale: Locale) -> str:
    """A number as the language writes it."""
    return said.replace(".", ",") if locale == "id" else said


def value_of(figure: Figure, measure: Measure) -> float | None:
    """The one number that stands for a figure: the median, the share, the mean."""
    if figure.is_duration:
        return measure.p50
    return measure.mean if figure.unit is Unit.STARS else measure.share


class Level(NamedTuple):
    """A level and how it stands."""

    within: str
    wanted: str
    share: float | None
    reached: str
    is_reached: bool | None
    n: int
    of: str  # which cases it is about, when not all
    goal: float  # the share wanted, 0–1


def level_of(figure: Figure, reached: Reached, catalogue: Catalogue, locale: Locale) -> Level:
    """A level as a card shows it."""
    share = reached.met / reached.n if reached.n else None
    known = next((one for one in catalogue.service_levels if one.code == reached.code), None)
    translate = translator(locale)
    about = [*known.priorities, *(translate(GROUP_WORDS.get(one, one)).lower() for one in known.groups)] if known else []
    within = "" if reached.within is None else amount(figure, reached.within, locale)
    return Level(
        within,
        percent(reached.share, locale),
        share,
        percent(share, locale),
        reached.is_reached,
        reached.n,
        ", ".join(about),
        reached.share,
    )


def key_name(by: By, key: str, catalogue: Catalogue, locale: Locale) -> str:
    """What a key stands for."""
    translate = translator(locale)
    if by is By.HOUR:
        return f"{int(key):02d}.00–{int(key):02d}.59" if locale == "id" else f"{int(key):02d}:00–{int(key):02d}:59"
    if by is By.SHIFT:
        return shift_name(key, catalogue, locale)
    if not key:
        none = {By.AGENCY: N_("belum ada instansi"), By.CATEGORY: N_("tanpa kategori"), By.AREA: N_("tanpa lokasi")}
        return translate(none[by])
    if by is By.AGENCY:
        return words.agency_name(catalogue, key)
    return words.category_name(catalogue, key, locale) if by is By.CATEGORY else words.area_name(catalogue, key)


def shift_name(key: str, catalogue: Catalogue, locale: Locale) -> str:
    """A shift of the roster by its name, one of the hours of the day by those: Regu 07–15."""
    translate, starts = translator(locale), catalogue.city.shift_starts
    if not key.isdigit():
        known = next((shift for shift in catalogue.shifts if shift.code == key), None)
        return f"{translate(N_('Regu'))} {known.name(locale).lower()}" if known else key
    place = int(key)
    if place >= len(starts):
        return key
    hours = f"{translate(N_('Regu'))} {starts[place]:02d}–{starts[(place + 1) % len(starts)]:02d}"
    return f"{hours} ({translate(N_('tanpa jadwal'))})" if catalogue.shifts else hours


def count_of(figure: Figure, group: Group) -> int:
    """How many rows a figure is about, measured or not."""
    counts = {"call": group.calls, "report": group.reports, "incident": group.incidents, "assignment": group.assignments}
    return counts[figure.grain.value]


def of_pillar(pillar: Pillar) -> list[Figure]:
    """The figures of a pillar, in their order."""
    return [figure for figure in FIGURES if figure.pillar is pillar]
