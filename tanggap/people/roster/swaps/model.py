"""A swap, its states, and the only changes of state that there are."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from tanggap.people.roster.model import OwnTurn, RosterRefusal
from tanggap.platform.i18n import N_

#: A swap that is over is still told of for this long.
TOLD_FOR = timedelta(days=14)
#: A decision stands on the console of the two for this long.
NEWS_FOR = timedelta(hours=24)
#: How far from the turn that is given away the turn in return may lie.
RETURN_WITHIN = timedelta(days=21)


class SwapState(StrEnum):
    """How far a swap is."""

    ASKED = "asked"  # waits for the person who was asked
    AGREED = "agreed"  # waits for the supervisor
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"  # carried out
    DECLINED = "declined"  # by the supervisor


#: From each state, the states that may follow.
NEXT: Mapping[SwapState, frozenset[SwapState]] = {
    SwapState.ASKED: frozenset({SwapState.AGREED, SwapState.REFUSED, SwapState.WITHDRAWN}),
    SwapState.AGREED: frozenset({SwapState.APPROVED, SwapState.DECLINED, SwapState.WITHDRAWN}),
    SwapState.REFUSED: frozenset(),
    SwapState.WITHDRAWN: frozenset(),
    SwapState.APPROVED: frozenset(),
    SwapState.DECLINED: frozenset(),
}

STATE_WORDS: Mapping[SwapState, str] = {
    SwapState.ASKED: N_("menunggu jawaban rekan"),
    SwapState.AGREED: N_("rekan setuju, menunggu pengawas"),
    SwapState.REFUSED: N_("rekan tidak bisa"),
    SwapState.WITHDRAWN: N_("ditarik kembali"),
    SwapState.APPROVED: N_("disetujui pengawas, jadwal sudah berubah"),
    SwapState.DECLINED: N_("tidak disetujui pengawas"),
}


class Swap(msgspec.Struct, frozen=True):
    """One asks another to take a turn, or to change turns."""

    id: UUID
    given: OwnTurn
    asked: UUID
    asked_name: str
    back: OwnTurn | None
    words: str
    state: SwapState
    asked_at: datetime
    decided_by_name: str
    reason: str

    def is_open(self, now: datetime) -> bool:
        """Whether it can still come about."""
        begins = min(own.turn.starts_at for own in (self.given, self.back) if own is not None)
        return bool(NEXT[self.state]) and now < begins


class News(msgspec.Struct, frozen=True):
    """What of swaps somebody must see: how many wait for their answer, and what was decided last."""

    asked: int = 0
    decided: SwapState | None = None


class SwapUnclear(RosterRefusal):
    """A swap gives a coming turn of one's own to another member, for a coming turn of theirs or for nothing."""

    slug = "swap-unclear"
    sentence = N_("Pilih rekan, dan bila ingin bertukar, salah satu gilirannya yang belum dimulai.")


class SwapOver(RosterRefusal):
    """The swap was decided, taken back, or its turn has begun."""

    slug = "swap-over"
    sentence = N_("Permintaan tukar ini sudah selesai, atau gilirannya sudah dimulai.")


class AlreadyAsked(RosterRefusal):
    """There is an open swap of that turn already."""

    slug = "already-asked"
    sentence = N_("Giliran ini sudah diminta ditukar. Tarik permintaan itu lebih dahulu.")
