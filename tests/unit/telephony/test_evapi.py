"""What Kamailio tells: a header that is not there is nothing, and not the word for it."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.telephony.edge.evapi import LONGEST, Evapi, bodies_in, netstring


async def test_what_is_not_there_is_nothing() -> None:
    async def tell(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(netstring(b'{"ev":"call","who":"<null>","trunk":"telkom","ti":7}'))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(tell, "127.0.0.1", 0)
    evapi = await Evapi.connect(server.sockets[0].getsockname()[1])
    heard = [told async for told in evapi.messages()]
    await evapi.close()
    server.close()
    assert heard == [{"ev": "call", "who": "", "trunk": "telkom", "ti": 7}]


@given(st.lists(st.binary(max_size=40), max_size=8), st.lists(st.integers(1, 30), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_messages_arrive_whole_however_they_are_cut(bodies: list[bytes], cuts: list[int]) -> None:
    stream, read, found, n = b"".join(map(netstring, bodies)), bytearray(), [], 0
    while stream:
        size = cuts[n % len(cuts)]
        read += stream[:size]
        stream, n = stream[size:], n + 1
        found += bodies_in(read)
    assert found == bodies
    assert not read


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\n", b"%d:" % (LONGEST + 1), b"-5:abc,", b"123456789"])
def test_what_is_no_message_breaks_the_line(said: bytes) -> None:
    with pytest.raises(ValueError, match=r"too long|no netstring|invalid literal"):
        bodies_in(bytearray(said))
