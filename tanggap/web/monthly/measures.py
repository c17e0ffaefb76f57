"""CEPAT, TEPAT and TUNTAS as a table: each figure as the coordinator's page has it, its levels, and what it was before."""

from tanggap.evaluation.figures import FIGURES, Figure, Measure
from tanggap.evaluation.monthly.model import Month
from tanggap.evaluation.monthly.wording import Wording
from tanggap.platform.i18n import N_
from tanggap.web.figure_words import NOTHING, amount, level_of, value_of
from tanggap.web.monthly.model import Note, Section, Table


def section(month: Month, wording: Wording) -> Section:
    """The three words' figures."""
    say, rows, last = wording.say, [], ""
    for figure in FIGURES:
        word = figure.pillar.value.upper()
        rows.append(["" if word == last else word, *_row(figure, month, wording)])
        last = word
    heads = [
        "", say(N_("Ukuran")), say(N_("Bulan ini")), say(N_("dari")), say(N_("9 dari 10 dalam")), wording.month_before(month),
        say(N_("Target dan capaian")),
    ]  # fmt: skip
    said = N_("Waktu adalah median; «dari» menyebut berapa yang dinilai; «–» berarti belum ada yang dinilai.")
    return Section(
        "CEPAT · TEPAT · TUNTAS",
        say(N_("Seberapa cepat, seberapa tepat, seberapa tuntas")),
        [
            Table(
                say(N_("Ukuran layanan")), heads, [False, False, True, True, True, True, False], rows,
                widths=[1.0, 2.3, 1.2, 0.8, 1.25, 1.35, 3.1],
            ),
            Note(say(said)),
        ],
    )  # fmt: skip


def _row(figure: Figure, month: Month, wording: Wording) -> list[str]:
    locale, now, before = wording.locale, month.measure(figure.code), month.measure_before(figure.code)
    return [
        wording.say(figure.name),
        amount(figure, value_of(figure, now), locale),
        wording.number(now.n),
        amount(figure, now.p90, locale) if figure.is_duration else "",
        NOTHING if month.is_first else amount(figure, value_of(figure, before), locale),
        "; ".join(_levels(figure, now, wording)),
    ]


def _levels(figure: Figure, measure: Measure, wording: Wording) -> list[str]:
    """«P1: 90 % dalam 15 menit: 58 %, belum tercapai» for each level of a figure."""
    found = []
    for one in (level_of(figure, reached, wording.catalogue, wording.locale) for reached in measure.levels):
        wanted = wording.say(N_("{wanted} dalam {within}"), wanted=one.wanted, within=one.within) if one.within else one.wanted
        said = f"{one.of}: {wanted}" if one.of else wanted
        if one.is_reached is None:
            found.append(f"{said}: {NOTHING}")
        else:
            verdict = wording.say(N_("tercapai") if one.is_reached else N_("belum tercapai"))
            found.append(f"{said}: {one.reached}, {verdict}")
    return found
