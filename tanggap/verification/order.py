"""The order in which waiting contacts are offered, and what is done with one who says nothing. Nobody is left out, ever."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from tanggap.city.kinds import Priority
from tanggap.platform.i18n import N_
from tanggap.verification.model import DOUBTFUL

#: The most that a low probability may make a contact wait behind later ones of the same priority, seconds.
MOST_WAIT_S = 20.0


class Waiting(msgspec.Struct, frozen=True):
    """A contact that nobody has taken: since when, how urgent by what is known, and the ledger's word."""

    report: UUID
    since: datetime
    priority: Priority | None = None
    p: float = 1.0
    is_lifted: bool = False


def urgency(priority: Priority | None) -> Priority:
    """Where a contact stands among the priorities: one of which nothing is known may be anything, and stands with the urgent."""
    return priority if priority is not None else Priority.P2


def held_s(one: Waiting, most_wait_s: float = MOST_WAIT_S) -> float:
    """For how many seconds later contacts of its priority go first: at most `most_wait_s`, as p falls from doubtful to 0.

    None for a lifted contact, and none where nothing speaks against it: knowing nothing is no reason to wait.
    """
    if one.is_lifted or urgency(one.priority) is Priority.P1:
        return 0.0
    return max(0.0, min(1.0, 1.0 - one.p / DOUBTFUL)) * max(0.0, most_wait_s)


def offered(waiting: Sequence[Waiting], most_wait_s: float = MOST_WAIT_S) -> list[Waiting]:
    """All of `waiting`, the next to be taken first: by priority, then by since when, a doubtful one at most `most_wait_s` later.

    So one that came `most_wait_s` before another of its priority always goes before it, whatever the probabilities.
    """
    return sorted(
        waiting,
        key=lambda one: (urgency(one.priority), one.since + timedelta(seconds=held_s(one, most_wait_s)), one.since, one.report),
    )


class SilentStep(StrEnum):
    """What is done with a contact who says nothing, in this order."""

    LISTEN = "listen"
    ASK = "ask"
    CALL_BACK = "call_back"
    SEND_LINK = "send_link"


SILENT_WORDS: dict[SilentStep, str] = {
    SilentStep.LISTEN: N_("Dengarkan: napas, teriakan, suara latar. Jangan tutup."),
    SilentStep.ASK: N_(
        "Minta tanda: «Kalau Anda butuh bantuan tetapi tidak bisa bicara, tekan angka apa saja atau ketuk telepon.»"
    ),
    SilentStep.CALL_BACK: N_("Kalau terputus, panggil balik."),
    SilentStep.SEND_LINK: N_("Kirim tautan lokasi lewat SMS."),
}


#: The steps of which only the one who takes them knows that they were taken.
SAID_BY_HAND: frozenset[SilentStep] = frozenset({SilentStep.LISTEN, SilentStep.ASK})


#: The same in a few words, as what was done.
SILENT_DONE: dict[SilentStep, str] = {
    SilentStep.LISTEN: N_("didengarkan"),
    SilentStep.ASK: N_("diminta memberi tanda"),
    SilentStep.CALL_BACK: N_("dipanggil balik"),
    SilentStep.SEND_LINK: N_("dikirimi tautan"),
}


def silent_steps(called_back: bool, link_sent: bool, said: Collection[SilentStep] = ()) -> list[tuple[SilentStep, bool]]:
    """The protocol for a silent contact, each step with whether it is done. No step ends the contact: only a person does."""
    done = {SilentStep.CALL_BACK: called_back, SilentStep.SEND_LINK: link_sent}
    return [(step, done.get(step, step in said)) for step in SilentStep]
