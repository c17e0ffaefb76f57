"""The HTTP server against strangers who do not keep to the rules, over real connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from tanggap.web import server as rules
from tanggap.web.server import Server, bound


async def answering(scope: Any, receive: Any, send: Any) -> None:
    """An application that counts the bytes of each body."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = str(size).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(rules, "HEAD_PATIENCE_S", 0.2)
    listening = bound("127.0.0.1", 0)
    server = Server(answering, has_lifespan=False)
    serving = asyncio.create_task(server.serve([listening]))
    yield listening.getsockname()[1]
    server.stop()
    await serving


async def sent(port: int, *pieces: bytes) -> bytes:
    """All that comes back until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            with suppress(ConnectionError):
                await writer.drain()
        async with asyncio.timeout(5):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_requests_of_one_connection_are_answered_in_order(port: int) -> None:
    first = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc"
    last = b"POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 70000\r\n\r\n" + b"x" * 70_000
    answer = await sent(port, first, last)
    assert answer.count(b"HTTP/1.1 200") == 2
    assert answer.index(b"\r\n\r\n3") < answer.index(b"\r\n\r\n70000")


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: a\r\nx-slow: "])
async def test_who_never_ends_a_request_is_hung_up_on(port: int, said: bytes) -> None:
    assert await sent(port, said) == b""


async def test_a_second_request_must_end_too(port: int) -> None:
    answer = await sent(port, b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", b"GET / HTTP/1.1\r\nhos")
    assert answer.count(b"HTTP/1.1 200") == 1


async def test_headers_without_end_are_not_collected(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "HEAD_PATIENCE_S", 60)
    endless = (b"x-%d: %s\r\n" % (number, b"y" * 1_000) for number in range(200))
    assert await sent(port, b"GET / HTTP/1.1\r\nhost: a\r\n", *endless) == b""


async def test_what_is_no_http_is_told_so(port: int) -> None:
    assert (await sent(port, b"\x16\x03\x01 hello\r\n\r\n")).startswith(b"HTTP/1.1 400")


async def test_processes_share_an_address(port: int) -> None:
    other = bound("127.0.0.1", port)
    assert other.getsockname()[1] == port
    other.close()
