"""A desk calls somebody; and texts to 112."""

import time
from functools import partial
from typing import Any, Final
from uuid import UUID

from tanggap.incident.model import Actor
from tanggap.intake.model import Channel
from tanggap.interop.texts import take_text
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Transaction
from tanggap.scene import Scene
from tanggap.telephony import service, store
from tanggap.telephony.deciding.board import Board, Live
from tanggap.telephony.edge.told import number_of
from tanggap.telephony.model import Call, CallBackOutcome, Direction, Presence, Ringing

_OUTCOMES: Final = {
    408: CallBackOutcome.NO_ANSWER, 480: CallBackOutcome.NO_ANSWER, 487: CallBackOutcome.NO_ANSWER,
    486: CallBackOutcome.BUSY, 600: CallBackOutcome.BUSY,
}  # fmt: skip


class Outgoing:
    """Calls back, calls to agencies and interpreters; no browser needs a caller's number."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def on_out(self, told: dict[str, Any]) -> None:
        self._board.do(self._dial(told))

    async def _dial(self, told: dict[str, Any]) -> None:
        """A desk calls somebody: whom, is decided here, so that no browser needs a caller's number."""
        ci, dialled = str(told["ci"]), str(told.get("dialled") or "")
        person = UUID(hex=str(told.get("who")))
        name = self._board.desks.name_of(person)
        if name is None:
            self._board.send(op="refuse", ti=told["ti"], tl=told["tl"], where="no")
            return
        live = Live(ci, told, time.monotonic(), person=person, where="out")
        number, about = dialled, self._report_at(person)
        if dialled.startswith("kembali-"):
            live.of_call = UUID(hex=dialled.removeprefix("kembali-"))
            found = await self._board.writing.put(partial(_missed, live.of_call))
            if found is None or not found[0]:
                self._board.send(op="refuse", ti=told["ti"], tl=told["tl"], where="no")
                return
            number, about = f"+{found[0]}", found[1]
        self._board.calls[ci] = live
        self._board.seen.add(ci)
        self._board.desks.move(self._board.desks[person], Presence.TALKING, time.monotonic(), ci)
        self._board.write_presence()
        if about is not None:
            shown = "" if live.of_call else dialled
            ringing = Ringing(ci, direction=Direction.OUT, dialled=shown, of_call=live.of_call)
            call = await self._board.writing.put(partial(_out, ringing, about, Actor(name, person)))
            live.call, live.report = (call.id, call.report) if call else (None, None)
        self._board.send(
            op="dial", ti=told["ti"], tl=told["tl"], where="out", target=number, person=person.hex, ring_ms=60000,
            call=live.call.hex if live.call else "", report="",
        )  # fmt: skip

    def _report_at(self, person: UUID) -> UUID | None:
        """The report on which somebody works: that of their call."""
        return next(
            (live.report for live in self._board.calls.values() if live.person == person and live.report is not None), None
        )

    def on_out_failed(self, told: dict[str, Any]) -> None:
        live = self._board.calls.get(str(told["ci"]))
        if live is None:
            return
        live.ended_by = "network"
        if live.of_call is not None and live.person is not None:
            outcome = _OUTCOMES.get(int(told.get("code") or 0), CallBackOutcome.FAILED)
            by = Actor(self._board.desks.name_of(live.person) or "", live.person)
            self._board.tried(live.of_call, by, outcome, live)

    def on_text(self, told: dict[str, Any]) -> None:
        self._board.do(self._text(told))

    async def _text(self, told: dict[str, Any]) -> None:
        words, name = str(told.get("body") or ""), f"text:{told['ci']}"
        if await self._board.writing.put(partial(_texted, number_of(told), words, name)):
            self._board.send(op="stored", ti=told["ti"], tl=told["tl"])


async def _out(ringing: Ringing, report: UUID, by: Actor, tx: Transaction, scene: Scene) -> Call:
    return await service.call_out(tx, scene, ringing, report, by, utcnow())


async def _missed(call: UUID, tx: Transaction, scene: Scene) -> tuple[str, UUID]:
    return await service.number_to_dial(tx, scene, call), (await store.call(tx, scene.city, call)).report


async def _texted(number: str, words: str, name: str, tx: Transaction, scene: Scene) -> bool:
    await take_text(tx, scene, Channel.SMS, number, words, name, utcnow())
    return True
