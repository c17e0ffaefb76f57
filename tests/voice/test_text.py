"""Text within a call: a caller who cannot speak types, is read, and reads the answer, also while the decider is killed."""

import asyncio
import contextlib
import re
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tanggap.incident.model import Actor
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.scene import Scenes
from tanggap.telephony.model import CallState
from tanggap.telephony.texting import service
from tanggap.telephony.texting.letters import Side, words_of
from tanggap.telephony.texting.rtp import LOST, Receiver, Sender

from .conftest import CITY, Centre, Opens, audio_range
from .phone import SDP, Phone

TEXT = "m=text {port} RTP/AVP 100 98\r\na=rtpmap:98 t140/1000\r\na=rtpmap:100 red/1000\r\na=fmtp:100 98/98/98\r\n"


class Typist(asyncio.DatagramProtocol):
    """The text side of a telephone for total conversation: types, loses packets when told to, and shows what it reads."""

    def __init__(self) -> None:
        self.reads, self.port, self.loses = "", 0, 0
        self._sender, self._receiver = Sender(7, 100, 98, 100), Receiver(98, 100)
        self._transport: Any = None
        self._to: tuple[str, int] = ("127.0.0.1", 0)

    async def open(self) -> "Typist":
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    def hears(self, sdp: str) -> int:
        """What was answered: the port to which it types."""
        found = re.search(r"m=text (\d+) ", sdp)
        assert found is not None, sdp
        self._to = ("127.0.0.1", int(found[1]))
        return self._to[1]

    async def type(self, text: str) -> None:
        """Until it was said, and said again."""
        self._sender.type(text)
        while not self._sender.is_quiet:
            packet = self._sender.packet(time.monotonic())
            if packet is not None and self.loses:
                self.loses -= 1
            elif packet is not None:
                self._transport.sendto(packet, self._to)
            await asyncio.sleep(0.02)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        assert addr == self._to
        self.reads += self._receiver.hear(data, time.monotonic())

    def close(self) -> None:
        self._transport.close()


async def written(centre: Centre, scenes: Scenes, call: UUID, side: Side) -> str:
    """What stands in the database of one side."""
    scene = await scenes.get()
    async with centre.db.reading(CITY) as conn:
        return words_of(await service.conversation(conn, scene, call), side)


async def answers(centre: Centre, scenes: Scenes, call: UUID, by: UUID, said: str) -> None:
    """A call taker types, as their page does."""
    async with centre.db.transaction(CITY) as tx:
        await service.write(tx, await scenes.get(), call, new_id(), said, Actor("Sari", by), datetime.now(UTC))


async def kinds(centre: Centre, report: UUID) -> list[Kind]:
    async with centre.db.reading(CITY) as conn:
        return [entry.kind for entry in await timelines.of_report(conn, CITY, report)]


async def test_who_cannot_speak_types_and_reads_also_while_the_decider_dies(opens: Opens) -> None:
    audio, _ = audio_range()
    centre = await opens(rtp_last=audio + 399, text_first=audio + 400, text_last=audio + 499)
    person, phone = await centre.desk("sari")
    scenes = Scenes(centre.db, centre.settings, Keyring.load(centre.settings.secret_file))
    caller, typist = await centre.phone(), await Typist().open()
    with contextlib.closing(typist):
        call_id = caller.call("sip:112@112.local", body=SDP.format(port=caller.rtp_port) + TEXT.format(port=typist.port))
        answer = await caller.answered(call_id)
        assert [line.split()[0] for line in re.findall(r"m=.*", answer.body)] == ["m=audio", "m=text"]
        assert audio + 400 <= typist.hears(answer.body) <= audio + 499
        assert "m=text" not in phone.rang[0].body
        call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)

        async def reads(wanted: str) -> bool:
            return wanted in await written(centre, scenes, call.id, Side.CALLER)

        typist.loses = 2  # as many as are said again
        await typist.type("tolong ada malinh\bg di rumah")
        await centre.eventually(lambda: reads("tolong ada maling di rumah"))
        await answers(centre, scenes, call.id, person, "Kami mengerti. Petugas dikirim.\n")
        await centre.eventually(lambda: _is("Petugas dikirim." in typist.reads))

        await hold_and_back(phone, caller, call_id)
        centre.kill("decider")
        typist.loses = 4  # typed while nobody listens
        await typist.type(" lagi")
        await typist.type(" dan")
        centre.start("decider")
        await centre.eventually(lambda: _is("a call's text goes on" in centre.log("decider")))
        await typist.type(" dia masih di dalam")
        await centre.eventually(lambda: reads(f"{LOST} dia masih di dalam"))
        await answers(centre, scenes, call.id, person, "Tetap diam.\n")
        await centre.eventually(lambda: _is("Tetap diam." in typist.reads))
    caller.bye()
    await centre.eventually(lambda: _closed(centre, call.report))
    assert (await kinds(centre, call.report)).count(Kind.CALL_TEXT) == 1
    await scenes.close()


async def hold_and_back(phone: Phone, caller: Phone, call_id: str) -> None:
    """The desk holds the call: what it describes anew to the caller has as many lines as before (RFC 3264, 8)."""
    phone.reinvite("sendonly")
    asked = await caller.until(lambda m: m.method == "INVITE" and m.get("Call-ID") == call_id)
    assert re.findall(r"m=(\w+) [1-9]", asked.body) == ["audio", "text"]


async def _closed(centre: Centre, report: UUID) -> bool:
    return Kind.CALL_TEXT_KEPT in await kinds(centre, report)


async def _is(value: bool) -> bool:
    return value
