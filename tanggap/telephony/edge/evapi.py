"""The line to Kamailio: JSON objects in netstrings over TCP (its evapi module)."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec

#: A message that claims to be longer is none of ours, bytes.
LONGEST: Final = 1_000_000
#: Its length and the colon, bytes.
LONGEST_HEAD: Final = 8


def netstring(message: bytes) -> bytes:
    """`<length>:<message>,`"""
    return b"%d:%s," % (len(message), message)


#: What Kamailio writes for a header or a variable that is not there.
NOTHING: Final = "<null>"


class Evapi:
    """One connection. Kamailio's side uses Nagle's algorithm, so every read is acknowledged at once (else: 40 ms more)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Use `connect`."""
        self._reader = reader
        self._writer = writer
        self._socket: socket.socket = writer.get_extra_info("socket")
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @classmethod
    async def connect(cls, port: int) -> "Evapi":
        """Raises OSError: Kamailio does not listen (yet)."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    def send(self, **said: Any) -> None:
        """Say something; a broken line is noticed by who reads."""
        self._writer.write(netstring(msgspec.json.encode(said)))

    async def messages(self) -> AsyncIterator[dict[str, Any]]:
        """What Kamailio tells, until the line breaks. What is no JSON object is passed over."""
        read = bytearray()
        while True:
            try:
                self._quick()
                more = await self._reader.read(65_536)
                read += more
                bodies = bodies_in(read)
            except (OSError, ValueError):
                return
            for body in bodies:
                with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                    told = msgspec.json.decode(body)
                    if isinstance(told, dict):
                        yield {name: "" if said == NOTHING else said for name, said in told.items()}
            if not more:
                return

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    def _quick(self) -> None:
        if hasattr(socket, "TCP_QUICKACK"):
            with contextlib.suppress(OSError):
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def bodies_in(read: bytearray) -> list[bytes]:
    """Take the whole netstrings out of what was read. Raises ValueError: these are none, or one is too long."""
    found, at = [], 0
    while (colon := read.find(b":", at, at + LONGEST_HEAD)) >= 0:
        length = int(read[at:colon])
        if not 0 <= length <= LONGEST:
            raise ValueError("too long")
        if colon + length + 2 > len(read):
            break
        found.append(bytes(read[colon + 1 : colon + 1 + length]))
        at = colon + length + 2
    else:
        if len(read) - at >= LONGEST_HEAD:
            raise ValueError("no netstring")
    del read[:at]
    return found
