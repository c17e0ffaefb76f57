"""What the decider knows of people when a call of theirs is over."""

from typing import Any
from uuid import UUID

from tanggap.telephony.deciding.board import Board, Live
from tanggap.telephony.model import Presence
from tanggap.telephony.settings import Queue, TelephonySettings

PERSON = UUID(int=7)


def board_with(*calls: Live) -> Board:
    nothing: Any = None
    telephony = TelephonySettings(queue=Queue(wrap_up_s=20))
    board = Board(nothing, "kendari", telephony, nothing, nothing, nothing, nothing, nothing)
    for call in calls:
        board.calls[call.ci] = call
    desk = board.desks.phone(PERSON, 1, 0.0)
    board.desks.move(desk, Presence.TALKING, 1.0, calls[-1].ci)
    return board


def test_who_asked_somebody_goes_on_with_the_caller_when_that_call_is_over() -> None:
    caller, asked = (Live(ci, {}, 0.0, person=PERSON, talking=True) for ci in ("caller", "asked"))
    board = board_with(caller, asked)
    board.done(asked, PERSON, 9.0, wraps_up=True)
    desk = board.desks[PERSON]
    assert (desk.state, desk.call) == (Presence.TALKING, "caller")
    del board.calls["asked"]
    board.done(caller, PERSON, 10.0, wraps_up=True)
    assert (desk.state, desk.call) == (Presence.WRAP_UP, None)


def test_a_call_that_is_not_theirs_any_more_changes_nothing() -> None:
    board = board_with(Live("theirs", {}, 0.0, person=PERSON, talking=True))
    board.done(Live("other", {}, 0.0), PERSON, 9.0, wraps_up=False)
    assert board.desks[PERSON].call == "theirs"


def test_who_only_rang_is_free_at_once() -> None:
    call = Live("a", {}, 0.0, person=PERSON)
    board = board_with(call)
    board.done(call, PERSON, 9.0, wraps_up=False)
    assert board.desks[PERSON].state is Presence.READY
