"""Text within calls: the caller's letters are heard here and stored, what the desks have typed goes out from here.

It stands beside the audio and knows nothing of phones, so it goes on whoever talks with the caller: a desk that has taken over,
nobody for a moment. A decider that comes later opens the same ports anew and knows from the database how far it was heard.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec

from tanggap.platform.clock import utcnow
from tanggap.platform.database import DatabaseAway, Transaction
from tanggap.platform.logs import Log
from tanggap.scene import Scene
from tanggap.telephony.deciding.arriving import Arriving
from tanggap.telephony.deciding.board import Board, Live
from tanggap.telephony.edge.told import sdp_of
from tanggap.telephony.texting import service, store
from tanggap.telephony.texting.conversing import Conversation, a_port, at_port
from tanggap.telephony.texting.offer import TextOffer, read_offer
from tanggap.telephony.texting.store import Text

log = Log("telephony")

#: How often what is due is sent, heard letters are handed on, and it is looked what the desks have typed, seconds.
STEP_S: Final = 0.1


class Texting:
    """The conversations of every call that has one."""

    def __init__(self, board: Board, arriving: Arriving) -> None:
        self._board = board
        self._open: dict[str, tuple[Live, Conversation]] = {}
        self._greeted: set[str] = set()
        self._running: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        arriving.offers_text = self.begin

    def begin(self, live: Live) -> None:
        """A call comes in: listen, if it may carry text. Whatever fails, it is answered without."""
        telephony = self._board.telephony
        offer = read_offer(sdp_of(live.told)) if telephony.text_first else None
        if offer is None:
            return
        taken = {conversation.port for _, conversation in self._open.values()}
        made = a_port(telephony.host, telephony.text_first, telephony.text_last, taken)
        if made is None:
            log.warning("no port is free for a call's text")
            return
        source = str(live.told.get("source") or "")
        live.text = offer.answer(telephony.advertised or telephony.host, made.getsockname()[1])
        live.text_offer = {"offer": msgspec.to_builtins(offer), "port": made.getsockname()[1], "source": source}
        self._go_on(live, Conversation(offer, source), made)

    def _go_on(self, live: Live, conversation: Conversation, made: Any) -> None:
        if live.ci in self._open:
            self._open[live.ci][1].close()
        conversation.port = made.getsockname()[1]
        self._open[live.ci] = (live, conversation)
        self._board.do(conversation.open(made))
        if self._running is None or self._running.done():
            self._running = asyncio.ensure_future(self._run())

    def on_offer(self, told: Mapping[str, Any]) -> None:
        """The caller's side describes itself anew."""
        found = self._open.get(str(told["ci"]))
        offer = read_offer(str(told.get("body") or ""))
        if found is not None and offer is not None:
            found[1].agree_anew(offer)

    def drop(self) -> None:
        """Somebody else leads: their ports are free for them."""
        for _, conversation in self._open.values():
            conversation.close()
        self._open.clear()
        for task in (self._running, self._looking):
            if task is not None:
                task.cancel()

    # ── beside the calls ──

    async def _run(self) -> None:
        while self._open:
            for ci, (live, conversation) in list(self._open.items()):
                try:
                    self._step(ci, live, conversation)
                except Exception:
                    log.error("a step of a call's text failed", exc_info=True)
            if self._looking is None or self._looking.done():  # nobody waits for a database that is slow
                self._looking = asyncio.ensure_future(self._look_at_desks())
            await asyncio.sleep(STEP_S)

    def _step(self, ci: str, live: Live, conversation: Conversation) -> None:
        is_over = self._board.calls.get(ci) is not live
        heard = conversation.heard(is_over=is_over)
        if heard is not None:
            self._board.tell(live, service.heard, heard.letters, heard.stream)
        told = conversation.send()
        if told:
            self._board.tell(live, service.went_out, told)
        if is_over:
            conversation.close()
            del self._open[ci]
            self._greeted.discard(ci)
            self._board.tell(live, service.ends, self._keep)
        elif live.talking:
            conversation.greet()
        elif live.may_write and ci not in self._greeted:
            self._greeted.add(ci)
            if self._board.telephony.text_greeting:
                self._board.tell(live, service.greet, self._board.telephony.text_greeting)

    @property
    def _keep(self) -> timedelta:
        return timedelta(days=self._board.telephony.recordings_kept_days)

    async def _look_at_desks(self) -> None:
        by_call = {live.call: conversation for live, conversation in self._open.values() if live.call is not None}
        if not by_call:
            return
        try:
            scene = await self._board.writing.scene_now()
            async with self._board.db.reading(self._board.city) as conn:
                found = await service.unsent(conn, scene, list(by_call))
        except DatabaseAway:
            return  # what the desks type is stored there, or not yet; it goes out when it is back
        except Exception:
            log.error("what the desks have typed could not be read", exc_info=True)
            return
        for call, position, letters in found:
            if position > by_call[call].position:
                by_call[call].type(letters, position)

    # ── what another decider has left ──

    async def look(self) -> None:
        """Once a second: conversations that nobody here has open are opened again, or closed when their call is over."""
        if not self._board.telephony.text_first:
            return
        async with self._board.db.reading(self._board.city) as conn:
            found = await store.still_open(conn, self._board.city)
        for text in found:
            live = self._board.calls.get(text.sip_id)
            if text.sip_id in self._open:
                continue
            if live is not None:
                self._open_again(live, text)
            elif text.is_over:
                self._board.writing.put(partial(_ends, text.call, self._keep))

    def _open_again(self, live: Live, text: Text) -> None:
        made = at_port(self._board.telephony.host, text.port)
        if made is None:
            return  # whoever led before has it still: in a second
        offer = msgspec.convert(text.offer["offer"], TextOffer)
        log.info("a call's text goes on", call=str(text.call))
        self._go_on(live, Conversation(offer, str(text.offer.get("source") or ""), text.heard), made)


async def _ends(call: UUID, keep: timedelta, tx: Transaction, scene: Scene) -> None:
    await service.ends(tx, scene, call, keep, utcnow())
