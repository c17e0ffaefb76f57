"""The decider's end of one call's text: a UDP port that hears one caller alone, and tells them what the desk has typed."""

import asyncio
import secrets
import socket
import time
from collections import deque
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any, Final

import msgspec

from tanggap.platform.logs import Log
from tanggap.telephony.texting.letters import Cleaner
from tanggap.telephony.texting.offer import TextOffer
from tanggap.telephony.texting.rtp import BOM, LOST, PATIENCE_S, Malformed, Receiver, Sender, read_packet

log = Log("telephony")

#: Letters that a caller may write at once, and then each second: nobody types so fast. What is beyond is marked as lost.
MOST_AT_ONCE: Final = 4_000
PER_S: Final = 200
#: As T.140 has the end of a line.
LINE_END: Final = "\u2028"


class Heard(msgspec.Struct, frozen=True):
    """What the caller has written since the last time, and how far their stream was heard."""

    letters: str
    stream: tuple[int, int] | None


class Conversation(asyncio.DatagramProtocol):
    """One call's text. Who speaks is who was agreed on: the address in the offer, or that from which the INVITE came."""

    def __init__(self, offer: TextOffer, source: str = "", stream: tuple[int, int] | None = None) -> None:
        """`stream`: the caller's, and the number that comes next, when somebody has listened before us."""
        self.port = 0
        self.strangers = 0  # packets of nobody who was agreed on
        self._source = source
        self._transport: asyncio.DatagramTransport | None = None
        self._receiver = Receiver(offer.text_type, offer.red_type, stream)
        self._cleaner = Cleaner()
        self._sender = Sender(secrets.randbits(32), secrets.randbits(16), offer.text_type, offer.red_type, offer.per_s)
        self._offer = offer
        self._latched: tuple[str, int] | None = None
        self._heard, self._is_cut = "", False
        self._room, self._room_at = float(MOST_AT_ONCE), time.monotonic()
        self._typed: deque[tuple[int, int]] = deque()  # position, letters to go until it has gone out
        self.position = 0  # of the last piece that was given to us
        self._is_open = False

    async def open(self, made: socket.socket) -> "Conversation":
        """Listen at a port that is ours."""
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=made)
        self.port = made.getsockname()[1]
        return self

    def close(self) -> None:
        """Listen no more."""
        if self._transport is not None:
            self._transport.close()

    def agree_anew(self, offer: TextOffer) -> None:
        """The caller's side has described itself anew (a re-INVITE): from now on it may be heard somewhere else."""
        if (offer.host, offer.port) != (self._offer.host, self._offer.port):
            self._latched = None
        if (offer.text_type, offer.red_type) != (self._offer.text_type, self._offer.red_type):
            self._receiver = Receiver(offer.text_type, offer.red_type, self._receiver.heard)
            self._sender.speaks(offer.text_type, offer.red_type)
        self._offer = offer

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """A packet, of the caller or of somebody else."""
        if not self._is_callers(addr[0], addr[1], data):
            self.strangers += 1
            return
        self._take(self._receiver.hear(data, time.monotonic()))

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there (yet)."""

    def _is_callers(self, host: str, port: int, data: bytes) -> bool:
        if self._latched is not None:
            return self._latched == (host, port)
        if host not in (self._offer.host, self._source):
            return False
        try:
            read_packet(data, self._offer.text_type, self._offer.red_type)
        except Malformed:
            return False
        self._latched = (host, port)
        return True

    def _take(self, letters: str) -> None:
        made = self._cleaner.clean(letters)
        if not made:
            return
        now = time.monotonic()
        self._room = min(float(MOST_AT_ONCE), self._room + (now - self._room_at) * PER_S)
        self._room_at = now
        kept = made[: int(self._room)]
        self._room -= len(kept)
        self._heard += kept
        if len(kept) < len(made) and not self._is_cut:
            self._heard += LOST
        self._is_cut = len(kept) < len(made)

    def heard(self, *, is_over: bool = False) -> Heard | None:
        """What is new since the last time; None: nothing. When the call is over, what is missing is not waited for."""
        self._take(self._receiver.wait_over(time.monotonic() + (PATIENCE_S if is_over else 0.0)))
        letters, self._heard = self._heard, ""
        return Heard(letters, self._receiver.heard) if letters else None

    def type(self, letters: str, position: int) -> None:
        """Tell the caller; `position`: of the piece, see `gone_out`."""
        self._opened()
        said = letters.replace("\n", LINE_END)
        self._sender.type(said)
        self._typed.append((position, len(said)))
        self.position = position

    def greet(self) -> None:
        """Show networks on the way where we are."""
        self._opened()

    def _opened(self) -> None:
        if not self._is_open:
            self._is_open = True
            self._sender.type(BOM)
            self._typed.append((0, 1))

    def send(self) -> int:
        """Send what is due; the position up to which the caller has been told since the last time, 0: nothing new."""
        told = 0
        where = self._latched or (self._offer.host, self._offer.port)
        if self._transport is None or self._transport.is_closing() or ip_address(where[0]).is_unspecified:
            return told
        before = self._sender.unsaid
        packet = self._sender.packet(time.monotonic())
        if packet is not None:
            self._transport.sendto(packet, where)
            for position in self._gone(before - self._sender.unsaid):
                told = position
        return told

    def _gone(self, letters: int) -> Iterator[int]:
        while self._typed and letters >= self._typed[0][1]:
            position, count = self._typed.popleft()
            letters -= count
            yield position
        if self._typed and letters:
            self._typed[0] = (self._typed[0][0], self._typed[0][1] - letters)


def a_port(host: str, first: int, last: int, taken: set[int]) -> socket.socket | None:
    """A socket at a free even port from `first` to `last`, beginning anywhere; None: none is free."""
    even = [port for port in range(first + first % 2, last + 1, 2) if port not in taken]
    start = secrets.randbelow(len(even)) if even else 0
    for port in (*even[start:], *even[:start]):
        made = at_port(host, port)
        if made is not None:
            return made
    return None


def at_port(host: str, port: int) -> socket.socket | None:
    """A socket at this port; None: somebody else has it."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    try:
        made.bind((host, port))
    except OSError:
        made.close()
        return None
    return made
