"""What changed in a month, as sentences made by rules from the figures alone; where it is stuck stands in `stuck.py`.

A rule says nothing when there is nothing to say. A share is said beside its numbers, a change in per cent only where the number
before is large enough for per cent to mean something; below, both numbers are said. Sentences are Indonesian gettext keys whose
braces are filled here; they are worded so that one of a thing reads as well as many.
"""

from collections.abc import Iterator

from tanggap.evaluation.model import Figures
from tanggap.evaluation.monthly.model import NUISANCE, Month, calls
from tanggap.evaluation.monthly.wording import MOST_NAMED, Wording
from tanggap.platform.i18n import N_

#: From this number on a change is said in per cent: below, one call more or less would move it by five per cent and more.
LEAST_FOR_PERCENT = 20
#: A category is said to have grown by at least so many incidents.
LEAST_GROWTH = 3
#: Two durations closer than this share of the longer one are said to be the same.
SAME_DURATION = 0.05


def changes(month: Month, wording: Wording) -> list[str]:
    """What the month was, and what changed."""
    return list(_changes(month, wording))


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
        named = wording.listed([f"{wording.category_within(code)} ({wording.number(n)})" for n, code in most])
        yield wording.say(N_("Terbanyak: {named}."), named=named)
    if month.is_first:
        return
    growth = {code: n - before.get(code, 0) for code, n in now.items() if code}
    code = max(growth, key=lambda one: (growth[one], one), default="")
    if code and growth[code] >= LEAST_GROWTH:
        yield wording.say(
            N_("Yang paling bertambah: {category}, dari {before} menjadi {now}."),
            category=wording.category_within(code), before=before.get(code, 0), now=now[code],
        )  # fmt: skip


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
