"""The text side of a telephone for total conversation (RFC 4103), for tests."""

import asyncio
import re
import time
from datetime import UTC, datetime
from typing import Any

from tanggap.telephony.texting.letters import Cleaner, Piece, Side, lines_of
from tanggap.telephony.texting.rtp import Receiver, Sender

from .phone import SDP, Phone

TEXT = "m=text {port} RTP/AVP 100 98\r\na=rtpmap:98 t140/1000\r\na=rtpmap:100 red/1000\r\na=fmtp:100 98/98/98\r\n"


class Typist(asyncio.DatagramProtocol):
    """Types, loses packets when told to, and shows what it reads."""

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

    @property
    def lines(self) -> list[str]:
        """What it reads, with its corrections made."""
        return [line.text for line in lines_of([Piece(datetime.now(UTC), Side.DESK, Cleaner().clean(self.reads))])]

    def close(self) -> None:
        self._transport.close()


def offer(caller: Phone, typist: Typist) -> str:
    """Audio and text."""
    return SDP.format(port=caller.rtp_port) + TEXT.format(port=typist.port)
