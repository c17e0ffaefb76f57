"""`python -m benchmarks notifications`: a flood warning to 20,000 phones, and what it does to an alert about danger to life.

A real PostgreSQL that waits for its disk, our sender, and an SMS centre that is not ours (SMPP on loopback), which takes a fixed
number of messages a second. Beside it: the centre's own rate, and the same alert while nothing else is to be sent.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import smpp34

from benchmarks.figure import Figure, against, percentile
from benchmarks.installation import free_port
from tanggap.notification.channels.model import Inbound, Receipt
from tanggap.notification.channels.smpp import SmppLine
from tanggap.notification.contacts.service import PURPOSE
from tanggap.notification.model import Channel, Notice, Occasion, Recipient
from tanggap.notification.sending.sender import Sender
from tanggap.notification.service import deliver
from tanggap.notification.settings import Smpp
from tanggap.notification.texts import Text
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.platform.migrate import migrate
from tanggap.platform.postgres import EmbeddedPostgres
from tanggap.platform.secrets import Keyring

CITY = "kendari"
MANY = 20_000
RATE_PER_S = 250.0
ALERTS_BEFORE, ALERTS_DURING = 20, 40
ALERT_EVERY_S = 1.0
#: An alert may reach the gateway this much later than with an empty queue.
MOST_ADDED_S = 1.0


class Centre:
    """Takes everything, and notes when."""

    def __init__(self, port: int) -> None:
        self._server = smpp34.Server("127.0.0.1", port, system_id="PUSAT")
        self.took: dict[str, float] = {}
        self.twice = 0
        self._came = asyncio.Event()

    async def has(self, words: str) -> None:
        """Wait until it took a message."""
        while words not in self.took:
            self._came.clear()
            await self._came.wait()

    async def serve(self) -> None:
        """Answer until cancelled."""
        await self._server.start()
        while True:
            event = await self._server.next()
            if isinstance(event, smpp34.SubmitSmEvent):
                words = event.short_message.decode()
                self.twice += words in self.took
                self.took[words] = time.perf_counter()
                self._came.set()
                event.accept(f"id-{len(self.took)}")


async def _queue(db: Database, keyring: Keyring, texts: Sequence[str], *, is_urgent: bool) -> None:
    sealed = keyring.encrypt(PURPOSE, "6281344556642")
    to = Recipient(channel=Channel.SMS, name="Warga", agency="bpbd", address_sealed=sealed)
    waiting = iter(texts)
    notice = Notice(occasion=Occasion.SENT, agency="bpbd", is_urgent=is_urgent)
    async with db.transaction(CITY) as tx:
        await deliver(tx, CITY, notice, [to] * len(texts), lambda _channel, _locale: Text("112", next(waiting)), utcnow())


async def _alerts(db: Database, keyring: Keyring, centre: Centre, many: int) -> list[float]:
    """How long after its commit each of some alerts is at the gateway, seconds."""
    delays = []
    for _ in range(many):
        words = f"P1 {new_id()}"
        await _queue(db, keyring, [words], is_urgent=True)
        began = time.perf_counter()
        await centre.has(words)
        delays.append(max(0.0, centre.took[words] - began))
        await asyncio.sleep(max(0.0, ALERT_EVERY_S - (time.perf_counter() - began)))
    return delays


async def _keep(_provider: str, _brought: list[Inbound | Receipt]) -> None:
    return


async def _drain(db: Database, keyring: Keyring, port: int) -> tuple[float, list[float], list[float], Centre]:
    """Bulk messages a second, the delays of alerts before and during it, and what the centre saw."""
    centre = Centre(port)
    serving = asyncio.create_task(centre.serve())
    said = Smpp(
        name="operator", host="127.0.0.1", port=port, system_id="tanggap", password_file="x", rate_per_s=RATE_PER_S, in_flight=40
    )  # fmt: skip
    sending = asyncio.create_task(Sender(db, CITY, keyring, [SmppLine(said, "rahasia", _keep)]).run())
    await _alerts(db, keyring, centre, 3)
    before = await _alerts(db, keyring, centre, ALERTS_BEFORE)
    bulk = [f"banjir {n}" for n in range(MANY)]
    await _queue(db, keyring, bulk, is_urgent=False)
    began, known = time.perf_counter(), len(centre.took)
    during = asyncio.create_task(_alerts(db, keyring, centre, ALERTS_DURING))
    while len(centre.took) - known < MANY + (ALERTS_DURING if during.done() else 0):
        await asyncio.sleep(0.02)
        if sending.done():
            sending.result()
    last = max(centre.took[words] for words in bulk)
    delays = await during
    sending.cancel()
    serving.cancel()
    await asyncio.gather(sending, serving, return_exceptions=True)
    return (MANY + ALERTS_DURING) / (last - began), before, delays, centre


async def measure() -> list[Figure]:
    """Queue twenty thousand, send alerts among them."""
    folder = Path(tempfile.mkdtemp(prefix="tanggap-bench-"))
    server = EmbeddedPostgres(folder / "postgres")
    await server.start()
    try:
        await migrate(server.dsn)
        db = await Database.open(server.dsn, min_size=2, max_size=8)
        keyring = Keyring({1: bytes(range(32))})
        per_s, before, during, centre = await _drain(db, keyring, free_port())
        await db.close()
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    added_s = percentile(during, 0.99) - percentile(before, 0.5)
    return [
        against("20,000 deliveries drained", per_s, "/s", "gateway's rate", RATE_PER_S, "≥ 0.9", per_s >= 0.9 * RATE_PER_S),
        against(
            "P1 alert among them, p99", percentile(during, 0.99), "s", "p50 of an empty queue", percentile(before, 0.5),
            "at most 1 s more", added_s <= MOST_ADDED_S,
        ),
        against("sent twice", centre.twice, "messages", "sent", len(centre.took), "0", centre.twice == 0),
    ]  # fmt: skip
