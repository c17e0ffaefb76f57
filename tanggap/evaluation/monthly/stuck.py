"""Where a month is stuck, as sentences made by rules as in `sentences.py`: the worst first, and who may be an example."""

from collections.abc import Iterator

from tanggap.evaluation.figures import FIGURES, Figure, Unit
from tanggap.evaluation.model import AgencyFigures
from tanggap.evaluation.monthly.model import Month
from tanggap.evaluation.monthly.wording import MOST_NAMED, Wording, lower
from tanggap.platform.i18n import N_

#: An agency is named for what it finished when it was asked at least this often; a level when so many were judged.
LEAST_ASKED = 5
#: Named as stuck below this share done, and as an example from the other on.
STUCK_SHARE, GOOD_SHARE = 0.5, 0.9
DAY_S = 86_400


def stuck(month: Month, wording: Wording) -> list[str]:
    """Where it is stuck, the worst first; and who may be an example."""
    return list(_stuck(month, wording))


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
    yield say(many if len(left) > 1 else one, n=len(left), lasted=lasted, category=wording.category_within(oldest.category))
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
                    name=lower(wording.say(figure.name)), about=f" ({about})" if about else "",
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
