"""Counts of a month as bars, columns and a matrix; the month before beside each."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from tanggap.evaluation.monthly.model import Month
from tanggap.evaluation.monthly.wording import Wording
from tanggap.incident.model import Disposition
from tanggap.platform.i18n import N_
from tanggap.web.coordinator.view import AGENCY_COLUMNS, OUTCOME_WORDS
from tanggap.web.monthly.model import Bar, Bars, Hours, Table
from tanggap.web.timeline import DISPOSITION_WORDS

ONE_DAY = timedelta(days=1)
#: Categories with a bar of their own, and kelurahan beside the map; the rest is summed up, so that the column adds up.
MOST_CATEGORIES, MOST_AREAS = 12, 10
HEAT_STEPS = 5

#: Label, what stands beside it, this month's number, the number of the month before.
Counted = tuple[str, str, int, int]
#: What has no bar of its own: how many they are in words, their sum now and before.
Rest = tuple[str, int, int]


def bars(
    month: Month, wording: Wording, caption: str, counted: list[Counted], rest: Rest | None = None, *, is_narrow: bool = False
) -> Bars:
    """Bars, as they come; the rest is summed up at last in numbers alone, as a bar it would dwarf the others.

    A narrow one leaves out the shares, and what its mark means: a wide one stands near it.
    """
    known = not month.is_first
    largest = max((max(now, before if known else 0) for _, _, now, before in counted), default=0) or 1
    whole = sum(now for _, _, now, _ in counted) + (rest[1] if rest else 0)
    earlier = wording.month_before(month)

    def cells(now: int, before: int) -> list[str]:
        share = [] if is_narrow else [wording.share(now, whole)]
        return [wording.number(now), *share, *([wording.number(before)] if known else [])]

    made = [
        Bar(label, now / largest, before / largest if known else None, cells(now, before), beside)
        for label, beside, now, before in counted
    ]
    if rest:
        label, now, before = rest
        made.append(Bar(label, 0.0, None, cells(now, before)))
    heads = [N_("jumlah"), *([] if is_narrow else [N_("bagian")])]
    legend = wording.say(N_("garis tegak: {month}"), month=earlier) if known and not is_narrow else ""
    return Bars(wording.say(caption), legend, [*(wording.say(head) for head in heads), *([earlier] if known else [])], made)


def ranked(now: Mapping[str, int], before: Mapping[str, int], most: int) -> tuple[list[str], list[str]]:
    """The codes with a row of their own, the greatest first, and those that are summed up. A code may be '' (not known)."""
    codes = sorted({*now, *before}, key=lambda code: (-now.get(code, 0), -before.get(code, 0), code))
    return codes[:most], codes[most:]


def _rest(codes: list[str], now: Mapping[str, int], before: Mapping[str, int], wording: Wording) -> Rest | None:
    """The sum of what has no bar of its own, so that the column adds up."""
    if not codes:
        return None
    label = wording.say(N_("{n} lainnya"), n=len(codes))
    return label, sum(now.get(code, 0) for code in codes), sum(before.get(code, 0) for code in codes)


def outcomes(month: Month, wording: Wording) -> Bars:
    """What came of the calls."""
    now, before = month.figures.by_outcome, month.before.by_outcome
    counted = [
        (wording.say(said), "", now.get(code, 0), before.get(code, 0))
        for code, said in OUTCOME_WORDS.items()
        if code or now.get("") or before.get("")
    ]
    return bars(month, wording, N_("Panggilan menurut hasil"), counted)


def dispositions(month: Month, wording: Wording) -> Bars:
    """What the reports turned out to be: every disposition has its row, also one that did not happen."""
    now, before = month.figures.by_disposition, month.before.by_disposition
    codes = sorted(Disposition, key=lambda one: -now.get(one.value, 0))
    counted = [(wording.say(DISPOSITION_WORDS[one]), "", now.get(one.value, 0), before.get(one.value, 0)) for one in codes]
    if now.get("") or before.get(""):
        counted.append((wording.say(N_("belum ada hasil")), "", now.get("", 0), before.get("", 0)))
    return bars(month, wording, N_("Laporan menurut hasil verifikasi"), counted)


def hours(month: Month, wording: Wording) -> Hours:
    """Reports by the hour of the city's day."""
    counted = month.figures.by_hour
    largest = max(counted) or 1
    return Hours(
        wording.say(N_("Laporan menurut jam masuk")), [n / largest for n in counted], [wording.number(n) for n in counted]
    )


def categories(month: Month, wording: Wording) -> Bars:
    """Incidents by category."""
    now, before = month.figures.by_category, month.before.by_category
    first, others = ranked(now, before, MOST_CATEGORIES)
    counted = [(wording.category(code), "", now.get(code, 0), before.get(code, 0)) for code in first]
    return bars(month, wording, N_("Kejadian menurut kategori"), counted, _rest(others, now, before, wording))


def areas(month: Month, wording: Wording) -> Bars:
    """Incidents by kelurahan, the greatest; those that the map numbers."""
    now, before = month.figures.by_area, month.before.by_area
    first, others = ranked(now, before, MOST_AREAS)
    counted = []
    for place, code in enumerate(first, 1):
        known = wording.catalogue.areas_by_code.get(code)
        label = f"{place}. {known.name}" if known else code or wording.say(N_("tanpa lokasi"))
        beside = wording.catalogue.kecamatan_of(code).name if known else ""
        counted.append((label, beside, now.get(code, 0), before.get(code, 0)))
    return bars(month, wording, N_("Kejadian menurut kelurahan"), counted, _rest(others, now, before, wording), is_narrow=True)


def kecamatan(month: Month, wording: Wording) -> Bars:
    """Incidents by kecamatan, all of them."""
    catalogue = wording.catalogue
    now, before = Counter[str](), Counter[str]()
    for counter, by_area in ((now, month.figures.by_area), (before, month.before.by_area)):
        for code, n in by_area.items():
            counter[
                catalogue.kecamatan_of(code).name if code in catalogue.areas_by_code else wording.say(N_("tanpa lokasi"))
            ] += n
    names = dict.fromkeys([*(area.name for area in catalogue.kecamatan), *now, *before])
    counted = [(name, "", now[name], before[name]) for name in sorted(names, key=lambda name: (-now[name], name))]
    return bars(month, wording, N_("Kejadian menurut kecamatan"), counted)


def agencies(month: Month, wording: Wording) -> Table:
    """The matrix of TUNTAS: each agency, and how far what it was asked for is."""
    columns = list(AGENCY_COLUMNS)
    cells = [[getattr(one, name) for name in columns] for one in month.figures.agencies]
    largest = max((n for row in cells for n in row), default=0) or 1
    rows = [
        [
            wording.agency(one.agency), wording.number(one.asked), *(wording.number(n) for n in row),
            wording.share(one.done, one.asked),
        ]
        for one, row in zip(month.figures.agencies, cells, strict=True)
    ]  # fmt: skip
    heat = [[0, 0, *(-(-HEAT_STEPS * n // largest) for n in row), 0] for row in cells]
    heads = [N_("Instansi"), N_("Diminta"), *AGENCY_COLUMNS.values(), N_("Bagian selesai")]
    return Table(
        wording.say(N_("Penugasan yang dikirim dalam bulan ini, menurut keadaannya")),
        [wording.say(head) for head in heads], [False, *[True] * (len(heads) - 1)], rows, heat,
    )  # fmt: skip
