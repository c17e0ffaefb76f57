"""The list of what was still open when the month ended."""

from zoneinfo import ZoneInfo

from tanggap.evaluation.monthly.model import Month, Unfinished
from tanggap.evaluation.monthly.wording import Wording
from tanggap.platform.i18n import N_, format_day
from tanggap.web import words
from tanggap.web.monthly.model import Block, Note, Section, Table

#: Groups of categories whose incidents could point at a person: on paper for the press only the kecamatan is told.
NEAR_A_PERSON = frozenset({"medical", "social", "crime"})
#: Rows on paper; the sentence below the table says how many more there are.
MOST_ROWS = 60
#: A list longer than this begins on a page of its own.
MANY_ROWS = 12


def section(month: Month, wording: Wording, zone: ZoneInfo) -> Section:
    """Incidents that were open at the month's end, the longest open first, without personal data."""
    say = wording.say
    title = say(N_("Masih terbuka pada akhir bulan")) if month.is_over else say(N_("Yang sekarang terbuka"))
    if not month.unfinished:
        return Section(title, "", [Note(say(N_("Tidak ada. Semua kejadian sudah selesai.")))])
    heads = [
        N_("Nomor"), N_("Dibuka"), N_("Hari"), N_("Kejadian"), N_("Kelurahan"), N_("Instansi"), N_("Keadaan"),
        *([N_("Kini")] if month.is_over else []),
    ]  # fmt: skip
    rows = [_row(one, month, wording, zone) for one in month.unfinished[:MOST_ROWS]]
    blocks: list[Block] = [
        Table(
            say(N_("Yang terlama di atas; ◷ berarti melewati batas waktu")),
            [say(head) for head in heads], [False, False, True, *[False] * (len(heads) - 3)], rows,
            widths=[1.1, 1.25, 0.75, 4.2, 1.6, 1.7, 1.3, *([1.7] if month.is_over else [])],
        )
    ]  # fmt: skip
    if (more := len(month.unfinished) - MOST_ROWS) > 0:
        blocks.append(Note(say(N_("Dan {n} lagi; selengkapnya dalam CSV laporan ini."), n=more)))
    return Section(
        title,
        say(N_("Daftar tanpa data pelapor; kejadian medis, sosial, dan kejahatan hanya disebut kecamatannya")),
        blocks,
        len(rows) > MANY_ROWS,
    )


def _place(one: Unfinished, wording: Wording) -> str:
    catalogue = wording.catalogue
    if one.area not in catalogue.areas_by_code:
        return "–"
    category = catalogue.categories_by_code.get(one.category)
    if category is None or category.group in NEAR_A_PERSON:
        return wording.say(N_("Kec. {name}"), name=catalogue.kecamatan_of(one.area).name)
    return catalogue.area(one.area).name


def _row(one: Unfinished, month: Month, wording: Wording, zone: ZoneInfo) -> list[str]:
    say = wording.say
    days = (month.ends_at - one.opened_at).days
    cells = [
        words.number_of(wording.catalogue.city, one.number),
        format_day(one.opened_at, zone, wording.locale),
        f"{wording.number(days)}{' ◷' if one.is_late(month.ends_at) else ''}",
        f"{one.priority.shape} {wording.category(one.category)}",
        _place(one, wording),
        ", ".join(wording.agency(code) for code in one.agencies) or "–",
        say(words.INCIDENT_WORDS[one.state]),
    ]
    if month.is_over:
        done = one.finished_at
        cells.append(say(N_("selesai {day}"), day=format_day(done, zone, wording.locale)) if done else say(N_("masih terbuka")))
    return cells
