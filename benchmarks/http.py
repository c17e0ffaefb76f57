"""A small HTTP/1.1 client on one kept-alive connection: a load generator must cost less than what it measures."""

import asyncio
from types import TracebackType
from typing import Self

import msgspec


class Http:
    """One connection to 127.0.0.1; requests one after another."""

    def __init__(self, port: int, token: str | None = None) -> None:
        self._port = port
        self._head = f"host: 127.0.0.1:{port}\r\naccept-encoding: identity\r\n"
        if token:
            self._head += f"authorization: Bearer {token}\r\n"

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**24)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._writer.close()

    async def get(self, path: str, headers: str = "") -> tuple[int, bytes]:
        """Status and body."""
        self._writer.write(f"GET {path} HTTP/1.1\r\n{self._head}{headers}\r\n".encode())
        return await self._answer()

    async def post(self, path: str, body: object, headers: str = "") -> tuple[int, bytes]:
        """Status and body of a JSON post."""
        sent = msgspec.json.encode(body)
        head = (
            f"POST {path} HTTP/1.1\r\n{self._head}{headers}content-type: application/json\r\ncontent-length: {len(sent)}\r\n\r\n"
        )
        self._writer.write(head.encode() + sent)
        return await self._answer()

    async def _answer(self) -> tuple[int, bytes]:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split(" ", 2)[1])
        if "content-length:" in head:
            length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
            return status, await self._reader.readexactly(length)
        if "transfer-encoding: chunked" not in head:
            return status, b""
        parts = []
        while size := int((await self._reader.readuntil(b"\r\n")).split(b";")[0], 16):
            parts.append((await self._reader.readexactly(size + 2))[:-2])
        await self._reader.readuntil(b"\r\n")
        return status, b"".join(parts)

    async def open_stream(self, path: str, headers: str = "") -> asyncio.StreamReader:
        """The reader of a stream that does not end, after its head."""
        self._writer.write(f"GET {path} HTTP/1.1\r\n{self._head}{headers}\r\n".encode())
        await self._reader.readuntil(b"\r\n\r\n")
        return self._reader
