"""The decider's process: its line to Kamailio, its writer, the keys that rtpengine tells of."""

import asyncio
import contextlib
import gc
import signal
from typing import Any, Final

import msgspec

from tanggap.city.service import NoCatalogueError
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.logs import Log
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.platform.supervisor import database_dsn
from tanggap.scene import Scenes
from tanggap.telephony.announcement import Announcements
from tanggap.telephony.deciding.board import Board
from tanggap.telephony.deciding.decider import Decider
from tanggap.telephony.edge.legs import Legs
from tanggap.telephony.edge.media import Media
from tanggap.telephony.settings import TelephonySettings
from tanggap.telephony.writing import GATHER_S, Writing

log = Log("telephony")

#: Looking for circles among all objects stops every decision for its time.
SELDOM: Final = (20_000, 20, 20)
#: RFC 4733 events 0–15.
KEYS = "0123456789*#ABCD"


class Keys(asyncio.DatagramProtocol):
    """Rtpengine tells here, in JSON, of each key that a caller pressed."""

    def __init__(self, decider: Decider) -> None:
        self._decider = decider

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """One key."""
        del addr
        try:
            told = msgspec.json.decode(data)
            number = int(told["event"])
            call_id = str(told["callid"])
        except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError):
            return
        if 0 <= number < len(KEYS):
            self._decider.key(call_id, KEYS[number])


async def _settle_down(scenes: Scenes) -> None:
    """Read the city before the first call needs it; what lives as long as the process is no more looked at for circles."""
    with contextlib.suppress(DatabaseAway, NoCatalogueError):
        await scenes.get()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


async def decide(settings: Settings, telephony: TelephonySettings) -> None:
    """Decide until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    db = await Database.open(database_dsn(settings), min_size=2, max_size=4)
    scenes = Scenes(db, settings, Keyring.load(settings.secret_file))
    opening = Writing(db, settings.city, scenes.get)  # a new call waits for no other's story
    writing = Writing(db, settings.city, scenes.get, gather_s=GATHER_S)
    media = await Media.open(telephony.media_port)
    announcements = Announcements(settings.home / "telephony", telephony.queue, telephony.wishes)
    legs = await Legs(telephony.decider_port).open()
    decider = Decider(Board(db, settings.city, telephony, opening, writing, media, announcements, legs))
    keys, _ = await loop.create_datagram_endpoint(
        lambda: Keys(decider), local_addr=("127.0.0.1", telephony.keys_port), reuse_port=True
    )
    deciding = asyncio.create_task(decider.run())
    writers = [asyncio.create_task(one.run()) for one in (opening, writing)]
    speaking = asyncio.create_task(announcements.prepare())
    settling = asyncio.create_task(_settle_down(scenes))
    await stop.wait()
    speaking.cancel()
    settling.cancel()
    deciding.cancel()
    await asyncio.wait([asyncio.create_task(one.settle()) for one in (opening, writing)], timeout=2)
    for writer in writers:
        writer.cancel()
    keys.close()
    legs.close()
    media.close()
    await scenes.close()
    await db.close()
