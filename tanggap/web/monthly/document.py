"""The monthly report's contents: every number and sentence of it, in one language, laid out by nobody yet."""

from zoneinfo import ZoneInfo

from tanggap.city.model import Catalogue
from tanggap.evaluation.monthly.model import Month, calls
from tanggap.evaluation.monthly.sentences import changes
from tanggap.evaluation.monthly.stuck import stuck
from tanggap.evaluation.monthly.wording import Wording
from tanggap.platform.i18n import N_, Locale, format_day, format_moment, format_month
from tanggap.web.monthly import charts, left_open, measures
from tanggap.web.monthly.map_picture import map_of
from tanggap.web.monthly.model import Block, Document, Lines, Note, Pair, Section, Tile, Tiles


def document(month: Month, catalogue: Catalogue, locale: Locale) -> Document:
    """The report of a month."""
    wording = Wording(catalogue, locale)
    say = wording.say
    zone = ZoneInfo(catalogue.city.timezone)
    name = format_month(month.period.start.year, month.period.start.month, locale)
    counted = format_moment(month.counted_at, zone, locale)
    subtitle = (
        say(N_("{from_} sampai {to}"), from_=format_day(month.period.start, zone, locale), to=_last_day(month, zone, locale))
        if month.is_over
        else say(N_("Bulan ini belum berakhir: angka sampai {moment}"), moment=counted)
    )
    return Document(
        language=locale,
        city=catalogue.city.name,
        title=say(N_("Laporan bulanan 112, {month}"), month=name),
        subtitle=subtitle,
        header=say(N_("Layanan 112 {city} · {month}"), city=catalogue.city.name, month=name),
        source=say(N_("Sumber: Tanggap 112 {city}, dihitung {moment}."), city=catalogue.city.name, moment=counted),
        page_words=say(N_("halaman {n} dari {all}"), n="{n}", all="{all}"),
        warning=say(N_("Memuat laporan contoh dari peragaan: bukan untuk diumumkan.")) if month.has_examples else "",
        sections=[
            _summary(month, wording),
            _what_came_in(month, wording),
            measures.section(month, wording),
            _incidents(month, wording),
            _agencies(month, wording),
            left_open.section(month, wording, zone),
            _how_counted(wording),
        ],
    )


def _last_day(month: Month, zone: ZoneInfo, locale: Locale) -> str:
    last = month.period.end.astimezone(zone)
    return format_day(last.replace(day=1) - charts.ONE_DAY, zone, locale)


def _summary(month: Month, wording: Wording) -> Section:
    figures, before, say = month.figures, month.before, wording.say
    known = not month.is_first

    def tile(now: str, earlier: str, label: str) -> Tile:
        beside = say(N_("{before}: {n}"), before=wording.month_before(month), n=earlier) if known else ""
        return Tile(now, say(label), beside)

    number, share = wording.number, wording.share
    tiles = [
        tile(number(calls(figures)), number(calls(before)), N_("panggilan")),
        tile(number(figures.incidents), number(before.incidents), N_("kejadian")),
        tile(
            share(month.measure("finished").met, month.measure("finished").n),
            share(month.measure_before("finished").met, month.measure_before("finished").n),
            N_("kejadian selesai"),
        ),
        tile(number(len(month.unfinished)), number(month.unfinished_before), N_("masih terbuka")),
    ]
    blocks: list[Block] = [Tiles(tiles), Lines(changes(month, wording))]
    if found := stuck(month, wording):
        blocks.append(Lines(found, say(N_("Di mana tersendat"))))
    return Section(say(N_("Ringkasan")), say(N_("Apa yang terjadi dan apa yang berubah")), blocks)


def _what_came_in(month: Month, wording: Wording) -> Section:
    say = wording.say
    blocks: list[Block] = []
    if month.figures.by_outcome:
        blocks.append(charts.outcomes(month, wording))
    blocks.append(charts.dispositions(month, wording))
    blocks.append(charts.hours(month, wording))
    return Section(
        say(N_("Yang masuk")), say(N_("Panggilan dan laporan, termasuk yang tidak terjawab, uji coba, dan tanpa suara")), blocks
    )


def _incidents(month: Month, wording: Wording) -> Section:
    say = wording.say
    if not month.figures.incidents:
        blocks: list[Block] = [Note(say(N_("Tidak ada kejadian yang dibuka pada bulan ini.")))]
    else:
        picture = map_of(month.figures.by_area, wording)
        blocks = [
            charts.categories(month, wording),
            Pair([picture], [charts.areas(month, wording)]),
            charts.kecamatan(month, wording),
        ]
    return Section(say(N_("Kejadian")), say(N_("Apa dan di mana")), blocks)


def _agencies(month: Month, wording: Wording) -> Section:
    say = wording.say
    blocks: list[Block] = (
        [charts.agencies(month, wording)] if month.figures.agencies else [Note(say(N_("Belum ada penugasan pada bulan ini.")))]
    )
    return Section(say(N_("Instansi")), say(N_("Apa yang diminta dan apa yang selesai")), blocks)


#: How everything was counted, for who reads only the paper.
HOW_COUNTED = N_(
    "Panggilan dan laporan dihitung pada bulan masuknya, kejadian pada bulan dibukanya, penugasan pada bulan dikirimnya; yang "
    "selesai kemudian ikut terhitung bila laporan ini dibuat kemudian. Satu kejadian dapat dilaporkan banyak orang. "
    "Panggilan tak terjawab, uji coba, dan tanpa suara selalu ikut dalam jumlah. Angka yang sama ada di halaman Angka dan CSV."
)


def _how_counted(wording: Wording) -> Section:
    return Section(wording.say(N_("Cara menghitung")), "", [Note(wording.say(HOW_COUNTED))])
