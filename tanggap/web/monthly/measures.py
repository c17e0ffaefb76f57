"""CEPAT, TEPAT and TUNTAS as a table: each figure with its target and what it was the month before."""

from collections.abc import Callable

from tanggap.evaluation.model import Figures
from tanggap.evaluation.monthly.model import Month
from tanggap.evaluation.monthly.sentences import Wording
from tanggap.platform.i18n import N_
from tanggap.web.monthly.model import Section, Table

Said = Callable[[Figures], str]


def section(month: Month, wording: Wording) -> Section:
    """The three words' figures."""
    share, number = wording.share, wording.number

    def of_agencies(name: str) -> Said:
        return lambda f: share(sum(getattr(one, name) for one in f.agencies), sum(one.asked for one in f.agencies))

    lines: list[tuple[str, str, Said]] = [
        ("CEPAT", N_("panggilan dijawab dalam 15 detik"), lambda f: share(f.calls_in_time, sum(f.by_outcome.values()))),
        ("CEPAT", N_("laporan masuk sampai diteruskan (median)"), lambda f: wording.duration(f.hand_over_median_s)),
        ("CEPAT", N_("penugasan dijawab dalam target"), of_agencies("within_target")),
        ("TEPAT", N_("penugasan ditolak instansi"), of_agencies("rejected")),
        ("TUNTAS", N_("kejadian selesai"), lambda f: share(f.funnel.resolved, f.incidents)),
        ("TUNTAS", N_("kejadian dibenarkan pelapor"), lambda f: share(f.funnel.confirmed, f.incidents)),
        ("TUNTAS", N_("kali dibuka kembali"), lambda f: number(f.reopened)),
        ("TUNTAS", N_("nilai warga, dari 5"), lambda f: "–" if f.stars_mean is None else number(f.stars_mean, 1)),
    ]
    known = not month.is_first
    rows, last = [], ""
    for word, label, said in lines:
        rows.append(["" if word == last else word, wording.say(label), said(month.figures), said(month.before) if known else "–"])
        last = word
    heads = ["", wording.say(N_("Ukuran")), wording.say(N_("Bulan ini")), wording.month_before(month)]
    return Section(
        "CEPAT · TEPAT · TUNTAS",
        wording.say(N_("Seberapa cepat, seberapa tepat, seberapa tuntas")),
        [
            Table(
                wording.say(N_("Angka, di sampingnya bulan sebelumnya")),
                heads,
                [False, False, True, True],
                rows,
                widths=[0.8, 3.4, 1.2, 1.8],
            )
        ],
    )
