"""The HTTP server inside a web process: uvicorn on the process's own event loop, with limits on what a stranger may send.

All in one thread: a server with threads of its own hands each request over to the event loop, and on two busy cores that cost
more than the request (docs/decisions/0014-http-server.md).
"""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: A request's line and headers must be here after this, and a kept connection is closed when it is quiet for longer, seconds.
HEAD_PATIENCE_S = 15
#: Line and headers together; browsers with every cookie stay below a tenth of it, bytes.
MOST_HEAD = 64_000
#: Live screens keep their connection open for ever, so they are cut after this at the end, seconds.
END_PATIENCE_S = 2
BACKLOG = 1024


class Connection(HttpToolsProtocol):
    """One connection. Whoever sends headers too slowly, or too many, is hung up on, so that strangers cannot take up memory."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._head = 0
        self._is_in_head = True
        self._hurry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._hurry = self.loop.call_later(HEAD_PATIENCE_S, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_hurry()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the end of the headers."""
        if self._is_in_head:
            self._head += len(data)
        super().data_received(data)
        if self._is_in_head and self._head > MOST_HEAD:
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins; the first one of a connection has its time already."""
        super().on_message_begin()
        self._is_in_head = True
        self._head = 0
        if self._hurry is None:
            self._hurry = self.loop.call_later(HEAD_PATIENCE_S, self.transport.close)

    def on_headers_complete(self) -> None:
        """The rest is the application's, which limits bodies route by route."""
        self._is_in_head = False
        self._stop_hurry()
        super().on_headers_complete()

    def _stop_hurry(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None


class Server(uvicorn.Server):
    """Serves an ASGI application until `stop`. Signals are the process's own business."""

    def __init__(self, app: Any, *, has_lifespan: bool = True) -> None:
        """Serve `app`; without `has_lifespan` whoever made it opens and closes its house."""
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                ws="none",
                lifespan="on" if has_lifespan else "off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=HEAD_PATIENCE_S,
                timeout_graceful_shutdown=END_PATIENCE_S,
            )
        )

    async def listen(self, host: str, port: int) -> None:
        """Answer at an address, which other processes may answer at too, until `stop`."""
        await self.serve([bound(host, port)])

    def stop(self) -> None:
        """Take no more requests; end when those under way are answered, or soon."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at an address together with other web processes of this machine. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind(cast(Any, address))
        made.listen(BACKLOG)
    except OSError:
        made.close()
        raise
    return made
