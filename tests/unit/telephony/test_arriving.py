"""Calls that come in: what is left of one when it comes again, or goes."""

from pathlib import Path

from .deciding import BUDI, SARI, a_decider


def test_a_call_is_at_one_desk_and_leaves_none_busy_however_often_it_comes(tmp_path: Path) -> None:
    """The same Call-ID again, its end told once: nobody's desk may stay busy with a call that is not there."""
    decider, board, _ = a_decider(tmp_path)
    board.desks.allow({SARI: "Sari", BUDI: "Budi"})
    for person in (SARI, BUDI):
        board.desks.phone(person, 1, 0.0)
    for _ in range(3):
        decider._hear({"ev": "call", "ci": "same", "ti": 1, "tl": 2})
        board.line.join("same", 0.0)
        decider._arriving.give_out()
    assert sorted(board.desks[person].state.value for person in (SARI, BUDI)) == ["ready", "ringing"]
    decider._hear({"ev": "ended", "ci": "same"})
    assert {board.desks[person].state.value for person in (SARI, BUDI)} == {"ready"}
