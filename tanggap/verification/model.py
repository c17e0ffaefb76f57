"""Evidence about a report, as sentences with numbers; the judgement stays with the call taker."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from tanggap.incident.model import Disposition
from tanggap.platform.i18n import N_

#: One key each: the order is that of the key bar, Alt+1 … Alt+6 and on.
DISPOSITION_KEYS: Mapping[Disposition, str] = {
    Disposition.TEST: "Alt+1",
    Disposition.PRANK: "Alt+2",
    Disposition.SILENT: "Alt+3",
    Disposition.MISDIAL: "Alt+4",
    Disposition.INFORMATION: "Alt+5",
    Disposition.COUNSELLING: "Alt+6",
    Disposition.ABANDONED: "Alt+7",
}


class Leaning(StrEnum):
    """Which way a fact points."""

    REAL = "real"
    NOT_REAL = "not_real"
    NEUTRAL = "neutral"


class Evidence(msgspec.Struct, frozen=True):
    """One fact for or against, as a gettext key with its numbers."""

    sentence: str
    leaning: Leaning
    numbers: dict[str, int] = {}


#: Dispositions in a caller's history that speak against the next report, and those that speak for it.
AGAINST = frozenset({Disposition.TEST, Disposition.PRANK, Disposition.SILENT, Disposition.MISDIAL})
FOR = frozenset({Disposition.GENUINE, Disposition.DUPLICATE})


def evidence(history: Mapping[str, int], others_near: int, has_number: bool) -> list[Evidence]:
    """What is known about how real a report is.

    `history` counts the caller's earlier reports by disposition; `others_near` counts other open reports or incidents nearby.
    Nobody is refused for their history: it is shown, and the call taker decides.
    """
    facts = []
    real = sum(history.get(d, 0) for d in FOR)
    unreal = sum(history.get(d, 0) for d in AGAINST)
    if others_near:
        facts.append(Evidence(N_("{n} laporan lain di dekat sini"), Leaning.REAL, {"n": others_near}))
    if real:
        facts.append(Evidence(N_("{n} laporan nyata sebelumnya"), Leaning.REAL, {"n": real}))
    if unreal:
        facts.append(Evidence(N_("{n} kali uji coba, iseng, atau tanpa suara"), Leaning.NOT_REAL, {"n": unreal}))
    if not history:
        sentence = N_("Pertama kali melapor") if has_number else N_("Tanpa nomor: riwayat tidak diketahui")
        facts.append(Evidence(sentence, Leaning.NEUTRAL))
    return facts
