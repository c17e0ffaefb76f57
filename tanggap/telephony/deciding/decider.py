"""The decider: says whose phone rings, and has written down what happened.

One leads, Kamailio being the arbiter: whoever asks first, until the line breaks or no heartbeat comes. Others stand by. What it
knows it can learn anew at any moment: from the edge (phones, calls) and from the database (who talks with whom).
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable
from typing import Any, Final

from tanggap.platform.database import DatabaseAway
from tanggap.platform.logs import Log
from tanggap.telephony.acd import Line
from tanggap.telephony.deciding.arriving import Arriving
from tanggap.telephony.deciding.board import Board
from tanggap.telephony.deciding.moving import Moving
from tanggap.telephony.deciding.outgoing import Outgoing
from tanggap.telephony.deciding.passing import Passing
from tanggap.telephony.deciding.resuming import Resuming
from tanggap.telephony.deciding.talking import Talking
from tanggap.telephony.deciding.texting import Texting
from tanggap.telephony.edge.evapi import Evapi

log = Log("telephony")

BEAT_S: Final = 1.0
LOOK_S: Final = 1.0
#: Who was silent for longer may have been passed over by the edge.
SILENT_S: Final = 3.0
AGAIN_S: Final = 0.2


class Decider:
    """Everything that happens on one line to Kamailio."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._token = secrets.token_hex(8)
        self._beaten: float | None = None  # when we last said that we live
        self._arriving = Arriving(board)
        self._moving = Moving(board, self._arriving)
        self._talking = Talking(board, self._arriving, self._moving)
        self._resuming = Resuming(board, self._arriving, self._talking)
        self._outgoing = Outgoing(board)
        self._passing = Passing(board, self._moving)
        self._texting = Texting(board, self._arriving)
        arriving, talking, resuming, outgoing = self._arriving, self._talking, self._resuming, self._outgoing
        self._heard: dict[str, Callable[[dict[str, Any]], None]] = {
            "call": arriving.on_call, "held": arriving.on_held, "phone": arriving.on_phone, "answered": talking.on_answered,
            "alone": talking.on_alone, "media": talking.on_media, "bye": talking.on_bye, "ended": talking.on_ended,
            "failed": talking.on_failed, "unreached": talking.on_unreached, "out": outgoing.on_out,
            "out_failed": outgoing.on_out_failed, "text": outgoing.on_text, "live": resuming.on_live, "talks": resuming.on_talks,
            "past": resuming.on_past, "synced": resuming.on_synced, "refer": self._passing.on_refer,
            "text_offer": self._texting.on_offer,
        }  # fmt: skip

    def key(self, call_id: str, key: str) -> None:
        """The caller pressed a key; rtpengine told."""
        self._arriving.key(call_id, key)

    async def run(self) -> None:
        """Connect, lead or stand by, and come back whenever the line breaks; until cancelled."""
        while True:
            try:
                self._board.evapi = await Evapi.connect(self._board.telephony.decider_port)
            except OSError:
                await asyncio.sleep(AGAIN_S)
                continue
            tasks = [asyncio.create_task(self._beat()), asyncio.create_task(self._keep_looking())]
            try:
                async for told in self._board.evapi.messages():
                    self._hear(told)
            finally:
                for task in tasks:
                    task.cancel()
                self._board.leads = False
                self._texting.drop()
                await self._board.evapi.close()
                self._board.evapi = None
            log.warning("the line to Kamailio broke")

    async def _beat(self) -> None:
        while True:
            self.pulse(time.monotonic())
            await asyncio.sleep(BEAT_S)

    def pulse(self, now: float) -> None:
        """Say that we live, or ask for the lead; then do what is due, unless the edge may have gone on without us."""
        stood_still = self._beaten is not None and now - self._beaten > SILENT_S
        self._beaten = now
        self._board.send(op="beat" if self._board.leads else "lead", token=self._token)
        if self._board.leads and not stood_still:
            self._tick(now)

    async def _keep_looking(self) -> None:
        """Beside the heartbeat, which must not wait for the database."""
        while True:
            if self._board.leads:
                try:
                    await self._board.look()
                    self._moving.hand_on()
                    self._arriving.press()
                    await self._texting.look()
                except DatabaseAway:
                    pass  # who may answer, and what they can, is known from the last look
                except Exception:
                    log.error("a look at what people have set failed", exc_info=True)
            await asyncio.sleep(LOOK_S)

    def _hear(self, told: dict[str, Any]) -> None:
        event = str(told.get("ev"))
        if event == "leads" and told.get("token") == self._token:
            self._begin()
            return
        if event == "deposed" and told.get("token") == self._token and self._board.leads:
            # We were silent for too long (a machine that stood still, a clock that jumped): ask for the lead anew.
            self._board.leads = False
            self._texting.drop()
            log.warning("the edge went on without this decider")
            return
        heard = self._heard.get(event)
        if heard is None or not self._board.leads:
            return
        try:
            heard(told)
        except Exception:
            log.error("an event of the edge failed", event_kind=event, exc_info=True)
        self._board.write_presence()

    def _begin(self) -> None:
        """We lead now: forget what we thought, and ask."""
        self._board.leads = True
        now = time.monotonic()
        self._board.desks.no_phones(now)
        self._board.line = Line(self._board.queue.nuisance_bound_s)
        self._board.seen = set()
        self._board.out = {}
        log.info("this decider leads")
        self._board.do(self._ask_everything())

    async def _ask_everything(self) -> None:
        """First who may answer (from the database, if it is there), then which phones and calls there are (from the edge)."""
        with contextlib.suppress(DatabaseAway, TimeoutError):
            await asyncio.wait_for(self._board.look(), LOOK_S)
        self._board.send(op="sync")

    def _tick(self, now: float) -> None:
        self._board.desks.wrapped_up(self._board.queue.wrap_up_s, now)
        self._arriving.give_out()
        self._arriving.overflow(now)
        self._moving.look()
        self._board.write_presence()
