"""What changed in a month and where it is stuck, as sentences made by rules from the figures alone.

A rule says nothing when there is nothing to say. A share is said beside its numbers, a change in per cent only where the number
before is large enough for per cent to mean something; below, both numbers are said. Sentences are Indonesian gettext keys whose
braces are filled here; they are worded so that one of a thing reads as well as many.
"""

from collections.abc import Callable, Iterator

from tanggap.city.model import Catalogue
from tanggap.evaluation.figures import FIGURES, Figure, Unit
from tanggap.evaluation.model import AgencyFigures, Figures
from tanggap.evaluation.monthly.model import NUISANCE, Month, calls
from tanggap.platform.i18n import N_, Locale, format_duration, format_month, format_number, translator

#: From this number on a change is said in per cent: below, one call more or less would move it by five per cent and more.
LEAST_FOR_PERCENT = 20
#: An agency is named for what it finished when it was asked at least this often.
LEAST_ASKED = 5
#: Named as stuck below this share done, and as an example above the other.
STUCK_SHARE, GOOD_SHARE = 0.5, 0.9
#: Agencies that are named, categories that are named.
MOST_NAMED = 3
DAY_S = 86_400
#: A category is said to have grown by at least so many incidents.
LEAST_GROWTH = 3
#: Two durations closer than this share of the longer one are said to be the same.
SAME_DURATION = 0.05


class Wording:
    """Says numbers, names and sentences in one language."""

    def __init__(self, catalogue: Catalogue, locale: Locale) -> None:
        self.catalogue = catalogue
        self.locale = locale
        self._translate: Callable[[str], str] = translator(locale)

    def say(self, sentence: str, **filled: str | int) -> str:
        """A sentence with its braces filled; whole numbers get their thousands marked."""
        said = {name: self.number(value) if isinstance(value, int) else value for name, value in filled.items()}
        return self._translate(sentence).format_map(said)

    def number(self, value: float, decimals: int = 0) -> str:
        """5.982 and 4,5; 5,982 and 4.5 in English."""
        return format_number(value, self.locale, decimals)

    def share(self, part: int, whole: int) -> str:
        """A share in whole per cent; one that is not nothing never reads 0, and one that is not all never 100."""
        if not whole:
            return "–"
        percent = 100 * part / whole
        if 0 < percent < 1:
            return "< 1 %"
        return f"{min(round(percent), 99) if part < whole else 100} %"

    def duration(self, seconds: float | None) -> str:
        """2 menit 10 detik, or a dash."""
        return "–" if seconds is None else format_duration(seconds, self.locale)

    def agency(self, code: str) -> str:
        """An agency's short name."""
        found = self.catalogue.agencies_by_code.get(code)
        return found.short if found else code

    def category(self, code: str) -> str:
        """A category as people read it."""
        found = self.catalogue.categories_by_code.get(code)
        return found.name(self.locale) if found else (code or self._translate(N_("tanpa kategori")))

    def listed(self, items: list[str]) -> str:
        """«a», «a dan b», «a, b, dan c»."""
        if len(items) < 2:
            return "".join(items)
        word = self._translate(N_("dan"))
        return f"{items[0]} {word} {items[1]}" if len(items) == 2 else f"{', '.join(items[:-1])}, {word} {items[-1]}"

    def month_before(self, month: Month) -> str:
        """The name of the month before; of its first days, while the month lasts."""
        start = month.before_period.start
        name = format_month(start.year, start.month, self.locale)
        if month.is_over:
            return name
        days = (month.before_period.end - start).days
        return self.say(N_("{days} hari pertama {month}"), days=days, month=name)


def changes(month: Month, wording: Wording) -> list[str]:
    """What the month was, and what changed."""
    return list(_changes(month, wording))


def stuck(month: Month, wording: Wording) -> list[str]:
    """Where it is stuck, the worst first; and who may be an example."""
    return list(_stuck(month, wording))


def _changes(month: Month, wording: Wording) -> Iterator[str]:
    figures, before, say = month.figures, month.before, wording.say
    if not (figures.reports or figures.incidents or calls(figures)):
        yield say(N_("Tidak ada panggilan, laporan, atau kejadian yang tercatat pada bulan ini."))
        return
    if month.is_first:
        yield say(N_("Ini bulan pertama yang tercatat; belum ada bulan pembanding."))
    yield from _moved(month, wording, calls(figures), calls(before), CALLS)
    yield from _heard(figures, wording)
    yield from _nuisance(figures, wording)
    yield from _moved(month, wording, figures.incidents, before.incidents, INCIDENTS)
    yield from _categories(month, wording)
    yield from _hand_over(month, wording)


#: What is said of a count: none, the first ones, as before, more and less in per cent, more and less in numbers.
CALLS = (
    N_("Tidak ada panggilan yang tercatat pada bulan ini."),
    N_("Panggilan tercatat {now}."),
    N_("Panggilan tercatat {now}; pada {before_month} tidak ada."),
    N_("Panggilan tetap {now}, sama dengan {before_month}."),
    N_("Panggilan naik {percent} menjadi {now} ({before_month}: {before})."),
    N_("Panggilan turun {percent} menjadi {now} ({before_month}: {before})."),
    N_("Panggilan bertambah dari {before} pada {before_month} menjadi {now}."),
    N_("Panggilan berkurang dari {before} pada {before_month} menjadi {now}."),
)
INCIDENTS = (
    N_("Tidak ada kejadian yang dibuka pada bulan ini."),
    N_("Kejadian yang dibuka: {now}."),
    N_("Kejadian yang dibuka: {now}; pada {before_month} tidak ada."),
    N_("Kejadian tetap {now}, sama dengan {before_month}."),
    N_("Kejadian naik {percent} menjadi {now} ({before_month}: {before})."),
    N_("Kejadian turun {percent} menjadi {now} ({before_month}: {before})."),
    N_("Kejadian bertambah dari {before} pada {before_month} menjadi {now}."),
    N_("Kejadian berkurang dari {before} pada {before_month} menjadi {now}."),
)


def _moved(month: Month, wording: Wording, now: int, before: int, said: tuple[str, ...]) -> Iterator[str]:
    none, first, from_none, same, rose, fell, grew, shrank = said
    filled: dict[str, str | int] = {"now": now, "before": before, "before_month": wording.month_before(month)}
    if not now and not before:
        yield wording.say(none)
    elif month.is_first:
        yield wording.say(first if now else none, **filled)
    elif not before:
        yield wording.say(from_none, **filled)
    elif now == before:
        yield wording.say(same, **filled)
    elif before >= LEAST_FOR_PERCENT and now:
        yield wording.say(rose if now > before else fell, percent=_percent(abs(now - before), before, wording), **filled)
    else:
        yield wording.say(grew if now > before else shrank, **filled)


def _percent(change: int, before: int, wording: Wording) -> str:
    percent = round(100 * change / before)
    return f"{wording.number(percent)} %" if percent else wording.say(N_("kurang dari 1 %"))


def _heard(figures: Figures, wording: Wording) -> Iterator[str]:
    """Callers whom nobody answered; those who were called back are no longer unheard, and are said."""
    rang = sum(figures.by_outcome.values())
    left = figures.by_outcome.get("abandoned", 0) + figures.by_outcome.get("unanswered", 0)
    called_back = figures.by_outcome.get("called_back", 0)
    if not rang:
        return
    if not left and not called_back:
        yield wording.say(N_("Semua panggilan dijawab."))
        return
    if left:
        yield wording.say(
            N_("{left} dari {rang} panggilan ({share}) tidak sampai ke petugas: ditutup lebih dulu atau tidak terjawab."),
            left=left, rang=rang, share=wording.share(left, rang),
        )  # fmt: skip
    if called_back:
        yield wording.say(N_("{n} yang semula tidak terjawab sudah ditelepon kembali dan tersambung."), n=called_back)


def _nuisance(figures: Figures, wording: Wording) -> Iterator[str]:
    nuisance = sum(figures.by_disposition.get(code, 0) for code in NUISANCE)
    genuine = figures.by_disposition.get("genuine", 0) + figures.by_disposition.get("duplicate", 0)
    if figures.reports and (nuisance or genuine):
        yield wording.say(
            N_(
                "Dari {all} laporan, {genuine} ({genuine_share}) nyata; {nuisance} ({nuisance_share}) uji coba, iseng, "
                "tanpa suara, terputus, atau salah sambung."
            ),
            all=figures.reports, genuine=genuine, genuine_share=wording.share(genuine, figures.reports),
            nuisance=nuisance, nuisance_share=wording.share(nuisance, figures.reports),
        )  # fmt: skip


def _categories(month: Month, wording: Wording) -> Iterator[str]:
    now, before = month.figures.by_category, month.before.by_category
    most = sorted(((n, code) for code, n in now.items() if code), key=lambda one: (-one[0], one[1]))[:MOST_NAMED]
    if most:
        named = wording.listed([f"{_lower(wording.category(code))} ({wording.number(n)})" for n, code in most])
        yield wording.say(N_("Terbanyak: {named}."), named=named)
    if month.is_first:
        return
    growth = {code: n - before.get(code, 0) for code, n in now.items() if code}
    code = max(growth, key=lambda one: (growth[one], one), default="")
    if code and growth[code] >= LEAST_GROWTH:
        yield wording.say(
            N_("Yang paling bertambah: {category}, dari {before} menjadi {now}."),
            category=_lower(wording.category(code)), before=before.get(code, 0), now=now[code],
        )  # fmt: skip


def _lower(name: str) -> str:
    """A category inside a sentence; an abbreviation at its beginning stays."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


#: From the answer to the first agency: as before, quicker, slower.
HAND_OVER = (
    N_("Dari dijawab sampai diteruskan ke instansi: {now} (median), seperti pada {month}."),
    N_("Dari dijawab sampai diteruskan ke instansi: {now} (median), lebih cepat daripada {month} ({before})."),
    N_("Dari dijawab sampai diteruskan ke instansi: {now} (median), lebih lambat daripada {month} ({before})."),
)


def _hand_over(month: Month, wording: Wording) -> Iterator[str]:
    now, before = month.measure("processing").p50, month.measure_before("processing").p50
    if now is None:
        return
    filled = {"now": wording.duration(now), "before": wording.duration(before), "month": wording.month_before(month)}
    same, faster, slower = HAND_OVER
    if before is None or month.is_first:
        yield wording.say(N_("Dari dijawab sampai diteruskan ke instansi: {now} (median)."), **filled)
    elif abs(now - before) <= SAME_DURATION * max(now, before) or filled["now"] == filled["before"]:
        yield wording.say(same, **filled)
    else:
        yield wording.say(faster if now < before else slower, **filled)


def _stuck(month: Month, wording: Wording) -> Iterator[str]:
    yield from _left_open(month, wording)
    yield from _agencies(month.figures.agencies, wording)
    yield from _missed(month, wording)
    if month.figures.reopened:
        yield wording.say(
            N_("{n} kali kejadian bulan ini dibuka kembali karena ternyata belum selesai."), n=month.figures.reopened
        )


#: What is said of one open incident, and of more.
LEFT_OPEN = (
    N_("Satu kejadian masih terbuka pada akhir bulan: {category}, sudah {lasted}."),
    N_("{n} kejadian masih terbuka pada akhir bulan; yang terlama sudah {lasted} ({category})."),
)
NOW_OPEN = (
    N_("Satu kejadian sekarang terbuka: {category}, sudah {lasted}."),
    N_("{n} kejadian sekarang terbuka; yang terlama sudah {lasted} ({category})."),
)


def _left_open(month: Month, wording: Wording) -> Iterator[str]:
    say, left = wording.say, month.unfinished
    if not left:
        if month.figures.incidents:
            yield say(
                N_("Tidak ada kejadian yang tertinggal pada akhir bulan.")
                if month.is_over
                else N_("Tidak ada kejadian yang terbuka.")
            )
        return
    oldest = left[0]
    days = (month.ends_at - oldest.opened_at).days
    lasted = wording.duration(days * DAY_S) if days else say(N_("kurang dari sehari"))
    one, many = LEFT_OPEN if month.is_over else NOW_OPEN
    yield say(many if len(left) > 1 else one, n=len(left), lasted=lasted, category=_lower(wording.category(oldest.category)))
    among = {
        N_("{n} sudah terbuka sebelum bulan ini"): sum(found.opened_at < month.period.start for found in left),
        N_("{n} tidak dipegang instansi mana pun"): sum(not found.agencies for found in left),
        N_("{n} melewati batas waktu"): sum(found.is_late(month.ends_at) for found in left),
    }
    said = [say(words, n=n) for words, n in among.items() if n]
    if said and len(left) > 1:
        yield say(N_("Di antaranya {said}."), said=wording.listed(said))


def _agencies(agencies: list[AgencyFigures], wording: Wording) -> Iterator[str]:
    asked = [one for one in agencies if one.asked >= LEAST_ASKED]
    behind = [one for one in asked if one.done < STUCK_SHARE * one.asked]
    behind.sort(key=lambda one: (one.done - one.asked, one.agency))
    for one in behind[:MOST_NAMED]:
        yield wording.say(
            N_("{agency} menyelesaikan {done} dari {asked} penugasan."),
            agency=wording.agency(one.agency), done=one.done, asked=one.asked,
        ) + _what_is_left(one, wording)  # fmt: skip
    good = [one for one in asked if one.done >= GOOD_SHARE * one.asked]
    good.sort(key=lambda one: (-one.asked, one.agency))
    if good:
        each = [
            wording.say(N_("{agency} {done} dari {asked}"), agency=wording.agency(one.agency), done=one.done, asked=one.asked)
            for one in good[:MOST_NAMED]
        ]
        yield wording.say(N_("Yang hampir semuanya selesai: {each}."), each=wording.listed(each))


def _missed(month: Month, wording: Wording) -> Iterator[str]:
    """Levels that the city wants of all cases and did not reach, those it is farthest from first."""
    known = {one.code: one for one in wording.catalogue.service_levels if not one.groups}
    found = []
    for figure in FIGURES:
        for level in month.measure(figure.code).levels:
            if level.code in known and level.n >= LEAST_ASKED and not level.is_reached:
                about = ", ".join(known[level.code].priorities)
                said = wording.say(
                    N_("{name}{about}{within} ({reached}, target {wanted})"),
                    name=_lower(wording.say(figure.name)), about=f" ({about})" if about else "",
                    within=_within(figure, level.within, wording), reached=wording.share(level.met, level.n),
                    wanted=f"{100 * level.share:.0f} %",
                )  # fmt: skip
                found.append((level.met / level.n - level.share, said))
    each = [said for _, said in sorted(found)[:MOST_NAMED]]
    if each:
        yield wording.say(N_("Target yang belum tercapai: {each}."), each=wording.listed(each))


def _within(figure: Figure, within: int | None, wording: Wording) -> str:
    if within is None:
        return ""
    said = wording.say(N_("{n} hari kerja"), n=within) if figure.unit is Unit.WORKDAYS else wording.duration(within)
    return " " + wording.say(N_("dalam {length}"), length=said)


def _what_is_left(one: AgencyFigures, wording: Wording) -> str:
    """Of what an agency did not finish: how much it never answered, and how much it refused."""
    left = {
        N_("{n} belum dijawab"): one.waiting,
        N_("{n} tidak dijawab pada waktunya"): one.expired,
        N_("{n} masih dikerjakan"): one.at_work,
        N_("{n} ditolak"): one.rejected,
        N_("{n} ditarik"): one.withdrawn,
    }
    said = [wording.say(words, n=n) for words, n in left.items() if n]
    return " " + wording.say(N_("Sisanya: {left}."), left=wording.listed(said)) if said else ""
