"""Speaking to rtpengine: its NG protocol, bencoded dictionaries over UDP with a cookie in front."""

import asyncio
import contextlib
import re
import secrets
from typing import Any, Final

#: An answer takes under a millisecond; who waits for it holds a caller.
PATIENCE_S: Final = 0.4
TRIES: Final = 2
#: Kamailio waits this long for rtpengine when it starts (one that asks too early keeps the refusal for its first call), and asks
#: again after this, seconds. Without rtpengine calls still ring.
START_S: Final = 10.0
AGAIN_S: Final = 0.05
_FAKE: Final = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8 0 101\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)
_REPLACE: Final = ["origin", "session connection"]


#: As the edge's own offers and answers have it (kamailio.cfg, route OFFER).
_TO_BROWSER: Final[dict[str, Any]] = {
    "ICE": "force", "rtcp_mux": ["offer", "require"], "DTLS": "passive", "transport_protocol": "RTP/SAVPF", "SDES": ["off"],
}  # fmt: skip
_BACK_TO_BROWSER: Final[dict[str, Any]] = {
    "ICE": "force", "rtcp_mux": ["require"], "transport_protocol": "RTP/SAVPF", "SDES": ["off"],
}  # fmt: skip
_TO_PHONE: Final[dict[str, Any]] = {"ICE": "remove", "rtcp_mux": ["demux"], "transport_protocol": "RTP/AVP"}


class MediaFailed(Exception):  # noqa: N818 - the house names what happened
    """Rtpengine is away, or refuses; the call goes on without what was asked."""


def bencode(value: Any) -> bytes:
    """A value as BitTorrent's encoding has it; text as UTF-8."""
    if isinstance(value, bool | int):
        return b"i%de" % int(value)
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, dict):
        return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"
    if isinstance(value, list | tuple):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    raise TypeError(type(value).__name__)


def bdecode(blob: bytes) -> Any:
    """The value of a whole encoding.

    Raises:
        ValueError: it is none.
    """
    value, end = _decode(blob, 0)
    if end != len(blob):
        raise ValueError("something follows")
    return value


def _decode(blob: bytes, at: int) -> tuple[Any, int]:
    kind = blob[at : at + 1]
    if kind == b"i":
        end = blob.index(b"e", at)
        return int(blob[at + 1 : end]), end + 1
    if kind in (b"l", b"d"):
        at += 1
        values: list[Any] = []
        while blob[at : at + 1] != b"e":
            if at >= len(blob):
                raise ValueError("cut off")
            value, at = _decode(blob, at)
            values.append(value)
        if kind == b"l":
            return values, at + 1
        return dict(zip(values[::2], values[1::2], strict=True)), at + 1
    colon = blob.index(b":", at)
    length = int(blob[at:colon])
    if length < 0 or colon + 1 + length > len(blob):
        raise ValueError("cut off")
    return blob[colon + 1 : colon + 1 + length].decode("utf-8", "replace"), colon + 1 + length


class Media(asyncio.DatagramProtocol):
    """One socket to rtpengine; answers are matched by their cookies."""

    def __init__(self) -> None:
        """Use `open`."""
        self._transport: asyncio.DatagramTransport | None = None
        self._waiting: dict[bytes, asyncio.Future[dict[str, Any]]] = {}

    @classmethod
    async def open(cls, port: int) -> "Media":
        """A socket; rtpengine need not be there yet."""
        _, media = await asyncio.get_running_loop().create_datagram_endpoint(cls, remote_addr=("127.0.0.1", port))
        return media

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is there."""
        self._transport = transport  # type: ignore[assignment]  # asyncio gives datagram endpoints this one

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """An answer."""
        del addr
        cookie, _, body = data.partition(b" ")
        waiting = self._waiting.pop(cookie, None)
        if waiting is None or waiting.done():
            return
        try:
            waiting.set_result(bdecode(body))
        except (ValueError, RecursionError):
            waiting.set_result({"result": "error", "error-reason": "unreadable"})

    def error_received(self, exc: Exception) -> None:
        """Nobody listens: whoever waits finds out by the clock."""

    def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()

    async def ask(self, command: str, **said: Any) -> dict[str, Any]:
        """Rtpengine's answer to a command; names are written with `_` for `-`.

        Raises:
            MediaFailed: none in time, or a refusal.
        """
        body = {name.replace("_", "-"): value for name, value in said.items()} | {"command": command}
        cookie = secrets.token_hex(8).encode()
        packet = cookie + b" " + bencode(body)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[cookie] = answer
        try:
            for _ in range(TRIES):
                if self._transport is not None:
                    self._transport.sendto(packet)
                done, _pending = await asyncio.wait((answer,), timeout=PATIENCE_S)
                if done:
                    break
        finally:
            self._waiting.pop(cookie, None)
        if not answer.done():
            raise MediaFailed(f"{command}: no answer")
        told = answer.result()
        if told.get("result") not in ("ok", "pong"):
            raise MediaFailed(f"{command}: {told.get('error-reason', told.get('result'))}")
        return told

    async def announce(self, call_id: str, sdp: str, file: str) -> str:
        """Play a file to a caller, over and over, before anybody answers. Gives the SDP that the caller is told.

        Raises:
            MediaFailed: the caller hears the ringing tone instead.
        """
        name = announcement_id(call_id)
        await self.ask(
            "offer", call_id=name, from_tag="caller", sdp=sdp, replace=_REPLACE, ICE="remove", transport_protocol="RTP/AVP",
            flags=["trust address"],
        )  # fmt: skip
        answer = await self.ask(
            "answer", call_id=name, from_tag="caller", to_tag="announcement", sdp=_FAKE, replace=_REPLACE, ICE="remove",
            flags=["trust address"],
        )  # fmt: skip
        await self.ask("play media", call_id=name, from_tag="caller", file=file, repeat_times=1000)
        return str(answer["sdp"])

    async def stop_announcement(self, call_id: str) -> None:
        """End it, if there is one."""
        try:
            await self.ask("delete", call_id=announcement_id(call_id), flags=["fatal"])
        except MediaFailed:
            return

    async def heard_from(self, call_id: str, tag: str) -> int:
        """How many packets have come from one side of a call so far.

        Raises:
            MediaFailed: rtpengine does not answer, or knows no such call or side.
        """
        told = await self.ask("query", call_id=call_id)
        side = told.get("tags", {}).get(tag)
        if not isinstance(side, dict):
            raise MediaFailed("query: no such side")
        return sum(int(stream.get("stats", {}).get("packets", 0)) for one in side.get("medias", []) for stream in one["streams"])

    async def play(self, call_id: str, tag: str, file: str) -> None:
        """Speak to one side of a call, over and over.

        Raises:
            MediaFailed: it hears what it heard before.
        """
        await self.ask("play media", call_id=call_id, from_tag=tag, file=file, repeat_times=1000)

    async def quiet(self, call_id: str, tag: str) -> None:
        """Speak to it no longer."""
        with contextlib.suppress(MediaFailed):
            await self.ask("stop media", call_id=call_id, from_tag=tag)

    async def offer_again(self, call_id: str, tag: str, desk_tag: str, sdp: str, call: str, *, is_browser: bool) -> str:
        """Give the desk's side of a call to another phone: what that phone is offered. `sdp` is the caller's, as at first.

        Raises:
            MediaFailed: it cannot be given.
        """
        told = await self.ask(
            "offer", call_id=call_id, from_tag=tag, to_tag=desk_tag, sdp=sdp, record_call="on", metadata=f"call:{call}",
            replace=_REPLACE, flags=["trust address", "reset"], **(_TO_BROWSER if is_browser else _TO_PHONE),
        )  # fmt: skip
        return str(told["sdp"])

    async def answer_again(
        self, call_id: str, tag: str, desk_tag: str, sdp: str, ears: str, *, is_browser: bool, is_outside: bool = False
    ) -> None:
        """What that phone has answered. `ears` (address|port) is where the first phone said that it listens: by that rtpengine

        knows which of its ports the caller sends to, and keeps it. `is_browser`: the caller is one. `is_outside`: a telephone
        network has answered, which speaks at once, and is heard by rtpengine where it speaks from.

        Raises:
            MediaFailed: it cannot be given.
        """
        await self.ask(
            "answer", call_id=call_id, from_tag=tag, to_tag=desk_tag, sdp=at_ears(sdp, ears, always=is_outside),
            replace=_REPLACE,
            flags=["trust address"], **(_BACK_TO_BROWSER if is_browser else _TO_PHONE),
        )  # fmt: skip

    async def is_alive(self, call_id: str) -> bool:
        """Whether audio of this call still flows through rtpengine."""
        try:
            await self.ask("query", call_id=call_id)
        except MediaFailed:
            return False
        return True


async def answers(port: int, limit_s: float = START_S) -> bool:
    """Wait until rtpengine answers; False: it does not, and whoever waits goes on without it."""
    media = await Media.open(port)
    end = asyncio.get_running_loop().time() + limit_s
    try:
        while asyncio.get_running_loop().time() < end:
            try:
                await media.ask("ping")
            except MediaFailed:
                await asyncio.sleep(AGAIN_S)
            else:
                return True
    finally:
        media.close()
    return False


def at_ears(sdp: str, ears: str, *, always: bool = False) -> str:
    """A phone's description with the address and port at which another one listened (where it sends from is found by ICE).

    Else only `always`: a telephone without ICE listens where it says, and may be silent for a while.
    """
    address, _, port = ears.partition("|")
    if ("a=ice-ufrag:" not in sdp and not always) or not address or not port.isdigit():
        return sdp
    sdp = re.sub(r"^c=IN IP[46] \S+", f"c=IN IP{6 if ':' in address else 4} {address}", sdp, flags=re.MULTILINE)
    return re.sub(r"^m=audio \d+", f"m=audio {port}", sdp, count=1, flags=re.MULTILINE)


def announcement_id(call_id: str) -> str:
    """Under which name the announcement's audio runs: a call of its own for rtpengine."""
    return f"ann-{call_id}"
