"""Calls, the people who may answer them, and the only changes of state that exist."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec

from tanggap.incident.refusals import TanggapRefusal
from tanggap.location.estimate import Heard
from tanggap.platform.i18n import N_


class Direction(StrEnum):
    """From where a call comes."""

    IN = "in"  # from a trunk
    WEB = "web"  # from a browser at /lapor
    OUT = "out"  # from a desk: a call back, an agency, an interpreter


class CallState(StrEnum):
    """Where a call stands."""

    RINGING = "ringing"  # it has come in, nobody was chosen yet
    QUEUED = "queued"  # nobody is free: the caller hears the announcement and keeps the place
    OFFERED = "offered"  # an operator's phone rings
    TALKING = "talking"
    HELD = "held"  # answered, and put on hold by the operator
    ENDED = "ended"


#: From each state, the states that may follow. Nothing else changes a call's state.
CALL_NEXT: Final[Mapping[CallState, frozenset[CallState]]] = {
    CallState.RINGING: frozenset({CallState.QUEUED, CallState.OFFERED, CallState.TALKING, CallState.ENDED}),
    CallState.QUEUED: frozenset({CallState.OFFERED, CallState.TALKING, CallState.ENDED}),
    CallState.OFFERED: frozenset({CallState.QUEUED, CallState.OFFERED, CallState.TALKING, CallState.ENDED}),
    # Back to the line: the phone at the desk died in the middle of the call.
    CallState.TALKING: frozenset({CallState.HELD, CallState.QUEUED, CallState.ENDED}),
    CallState.HELD: frozenset({CallState.TALKING, CallState.QUEUED, CallState.ENDED}),
    CallState.ENDED: frozenset(),
}

#: States in which nobody talks with the caller yet.
UNANSWERED: Final = frozenset({CallState.RINGING, CallState.QUEUED, CallState.OFFERED})


class Outcome(StrEnum):
    """What came of a call. An ended call always has one, and it never changes to anything but `called_back`."""

    ANSWERED = "answered"  # by an operator of the centre
    OVERFLOWED = "overflowed"  # by somebody outside it: a mobile number, a neighbouring centre, the fallback
    ABANDONED = "abandoned"  # the caller hung up before anybody answered
    UNANSWERED = "unanswered"  # nobody could be reached, and the network ended it
    CALLED_BACK = "called_back"  # abandoned or unanswered at first, and reached later


class CallBackState(StrEnum):
    """Whether a caller who was not heard is still to be called."""

    DUE = "due"
    REACHED = "reached"
    GIVEN_UP = "given_up"  # tried as often as the rule says; stays in the figures and in the list's history
    SETTLED = "settled"  # the same caller called again and was heard


class CallBackOutcome(StrEnum):
    """How one try to call back ended."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    LINK_SENT = "link_sent"  # a message with the address of /lapor instead


class EventKind(StrEnum):
    """What a call's own timeline says."""

    RANG = "rang"
    QUEUED = "queued"
    ANNOUNCED = "announced"  # the caller hears the announcement
    OFFERED = "offered"  # an operator's phone rings
    LAPSED = "lapsed"  # it was taken away from them again; `reason` says why
    OVERFLOWED = "overflowed"  # it rings outside the centre
    FALLBACK = "fallback"  # the edge moved it without us
    ANSWERED = "answered"
    HELD = "held"
    RESUMED = "resumed"
    LOST = "lost"  # the phone of who talked died; the caller waits for somebody else
    MOVED = "moved"  # and somebody goes on
    PASSED = "passed"  # who talked passed it on to somebody else
    WHISPERED = "whispered"  # a supervisor speaks to the call taker alone
    JOINED = "joined"  # a supervisor speaks to both
    KEY = "key"  # the caller pressed a key
    ABANDONED = "abandoned"
    ENDED = "ended"
    CALL_BACK = "call_back"
    RECORDING = "recording"
    NEEDS = "needs"  # a skill or a language
    HANDED_ON = "handed_on"  # the call taker gave it back to the line, for somebody who can what it needs


class NeedsBy(StrEnum):
    """From what it is known which skill or language a call needs; the later ones count more."""

    HISTORY = "history"  # the caller needed it the last time
    LINE = "line"  # the trunk, or the number that was dialled
    KEY = "key"  # the caller pressed it
    PERSON = "person"  # a call taker or the supervisor says so


#: Whatever is known by an earlier one of these is replaced by what a later one says, never the other way.
NEEDS_ORDER: Final = tuple(NeedsBy)


class Presence(StrEnum):
    """What a person at a desk is doing, as the queue sees it."""

    AWAY = "away"  # no phone connected, or a pause
    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"  # the call has ended, the report is being finished


#: From each presence, those that may follow. A phone may go away at any moment.
PRESENCE_NEXT: Final[Mapping[Presence, frozenset[Presence]]] = {
    Presence.AWAY: frozenset({Presence.READY, Presence.TALKING}),
    Presence.READY: frozenset({Presence.RINGING, Presence.TALKING, Presence.AWAY}),
    Presence.RINGING: frozenset({Presence.READY, Presence.TALKING, Presence.WRAP_UP, Presence.AWAY}),
    Presence.TALKING: frozenset({Presence.WRAP_UP, Presence.READY, Presence.AWAY}),
    # To ringing: called in for somebody who would else wait beyond the queue's bound.
    Presence.WRAP_UP: frozenset({Presence.READY, Presence.RINGING, Presence.TALKING, Presence.AWAY}),
}


class LapseReason(StrEnum):
    """Why a call was taken away from a phone at which it rang."""

    NO_ANSWER = "no_answer"  # the time to answer is over
    GONE = "gone"  # the tab died, or its network did
    REFUSED = "refused"  # the operator pressed «not now»
    FAILED = "failed"  # the phone could not


#: An abandoned or unanswered call is due at once, and again after each of these, unless telephony.toml says otherwise.
CALL_BACK_AGAIN: Final = (timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=2))
#: The desk at which everybody sits who has chosen no other.
MAIN_DESK: Final = "main"
#: Skills and languages of one call that are kept.
MOST_NEEDS: Final = 8
#: A recording is kept this long, unless it is held.
RECORDING_KEPT: Final = timedelta(days=90)
#: Flag of a report whose caller can write within the call.
TEXT_CALL: Final = "text_call"
#: Most keys of one call that are kept; more is a stuck key.
MOST_KEYS: Final = 64
#: A caller who cannot speak presses these.
SILENT_KEYS: Final = "55"
#: In a burst: «press 1 when there is danger now».
URGENT_KEY: Final = "1"


class Ringing(msgspec.Struct, frozen=True):
    """A call at the moment in which it comes in, as the edge tells of it."""

    sip_id: str
    number: str = ""
    direction: Direction = Direction.IN
    trunk: str = ""
    dialled: str = ""
    queue: str = "main"
    heard: tuple[Heard, ...] = ()  # locations that came with it
    of_call: UUID | None = None
    is_example: bool = False
    call: UUID | None = None  # ids that were given already: the phone that rings knows them before they are stored
    report: UUID | None = None
    has_text: bool = False  # its caller can write within it


class Call(msgspec.Struct, frozen=True):
    """One voice call, from ring to hang-up."""

    city: str
    id: UUID
    sip_id: str
    report: UUID
    caller: UUID | None
    direction: Direction
    trunk: str
    dialled: str
    queue: str
    state: CallState
    outcome: Outcome | None
    rang_at: datetime
    offered_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    operator: UUID | None
    answered_where: str
    ended_by: str
    is_urgent: bool
    keys: str
    call_back_state: CallBackState | None
    call_back_at: datetime | None
    call_back_tries: int
    of_call: UUID | None
    rev: int
    is_example: bool
    needs: tuple[str, ...] = ()
    needs_by: NeedsBy | None = None
    hand_on_at: datetime | None = None  # its call taker wants somebody else to go on; the decider has not done it yet
    handed_on_by: UUID | None = None

    @property
    def is_over(self) -> bool:
        """Whether nobody is on the line any more."""
        return self.state is CallState.ENDED

    def wait_s(self, now: datetime) -> float:
        """Seconds from the first ring until somebody answered, the caller gave up, or now."""
        return ((self.answered_at or self.ended_at or now) - self.rang_at).total_seconds()


class CallEvent(msgspec.Struct, frozen=True):
    """One line of what happened to a call."""

    id: UUID
    at: datetime
    kind: EventKind
    person: UUID | None
    body: dict[str, Any]


class Operator(msgspec.Struct, frozen=True):
    """A person at a desk, as the queue knows them."""

    person: UUID
    state: Presence
    since: datetime
    call: UUID | None
    registered: bool
    paused: bool
    pause_reason: str
    desk: str


class CallBackTry(msgspec.Struct, frozen=True):
    """One try to call somebody back."""

    id: UUID
    call: UUID
    at: datetime
    by: UUID | None
    outcome: CallBackOutcome
    out: UUID | None


class RecordingState(StrEnum):
    """Where a recording stands."""

    RECORDING = "recording"  # the call goes on, or its file waits to be sealed
    STORED = "stored"
    FAILED = "failed"
    DELETED = "deleted"  # the row stays and says when


class Recording(msgspec.Struct, frozen=True):
    """What was recorded of a call: its row outlives its audio."""

    id: UUID
    call: UUID
    state: RecordingState
    path: str
    key_id: int | None
    sha256: bytes | None
    bytes: int | None
    seconds: float | None
    flaw: str
    started_at: datetime
    stored_at: datetime | None
    expires_at: datetime | None
    legal_hold: bool
    held_by: UUID | None
    deleted_at: datetime | None
    is_example: bool
    silence: float | None = None  # share of it in which neither the caller nor the desk spoke


class NobodyCan(TanggapRefusal):
    """Nobody else at work can what the call needs; it stays where it is."""

    slug = "nobody-can"
    sentence = N_("Tidak ada petugas lain yang bertugas dengan kemampuan itu. Panggilan tetap pada Anda.")


def may_follow(now: CallState, to: CallState) -> bool:
    """Whether a call may go from `now` to `to`."""
    return to in CALL_NEXT[now]


def outcome_at_end(call: Call, ended_by: str) -> Outcome:
    """What came of a call that ends now."""
    if call.outcome is not None:
        return call.outcome
    return Outcome.ABANDONED if ended_by == "caller" else Outcome.UNANSWERED


def next_call_back(tries: int, now: datetime, again: Sequence[timedelta] = CALL_BACK_AGAIN) -> datetime | None:
    """When to try again after `tries` tries that reached nobody; None when it was tried as often as the rule says."""
    return now + again[tries - 1] if 1 <= tries <= len(again) else None
