"""What Kamailio tells: a header that is not there is nothing, and not the word for it."""

import asyncio

from tanggap.telephony.edge.evapi import Evapi, netstring


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
