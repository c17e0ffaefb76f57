"""The line to Kamailio: JSON objects in netstrings over TCP (its evapi module)."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec

#: A message that claims to be longer is none of ours, bytes.
LONGEST: Final = 1_000_000


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
        while True:
            try:
                self._quick()
                length = int((await self._reader.readuntil(b":"))[:-1])
                if not 0 <= length <= LONGEST:
                    return
                body = (await self._reader.readexactly(length + 1))[:-1]
            except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                return
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                told = msgspec.json.decode(body)
                if isinstance(told, dict):
                    yield {name: "" if said == NOTHING else said for name, said in told.items()}

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    def _quick(self) -> None:
        if hasattr(socket, "TCP_QUICKACK"):
            with contextlib.suppress(OSError):
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
