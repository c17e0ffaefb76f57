"""Five minutes of broken SIP at a real edge, and an emergency call that is right among it every few seconds.

    python -m benchmarks.voice_fuzz [--seconds 300] [--seed 112]

Goals: no process of the edge dies, every right call is answered. The messages are those of tests/voice/torture.py, mangled. What
is answered among them was a call after all: it is hung up, or every operator would soon talk with nobody.
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure, against, tell
from benchmarks.voice_centre import CITY, Bench
from tests.voice.phone import Message, Phone
from tests.voice.test_supervised import pids_of
from tests.voice.torture import Maker, mangled

#: Broken messages between two calls that are right, and how long such a call may wait for its answer, seconds.
BETWEEN = 500
ANSWERED_S = 30.0
SEED = 112


class Everybody(Phone):
    """The phones of all operators: each call that is one is answered, whatever became of the others."""

    def _invited(self, message: Message) -> None:
        if not (message.get("Call-ID") and message.get("CSeq") and message.all("Via")):
            return
        self._reply(message, "180 Ringing", tag=True)
        self._reply(message, "200 OK", tag=True, sdp=True)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """As any phone, and forgotten: there are many."""
        super().datagram_received(data, addr)
        self.messages.clear()


async def measure(seconds: float, seed: int) -> list[Figure]:
    """Send, call, count."""
    folder = Path(tempfile.mkdtemp(prefix="tanggap-fuzz-"))
    bench, chance = Bench(folder), random.Random(seed)
    sent = called = answered = 0
    try:
        await bench.start()
        bench.kill("operators")  # SIPp does not outlive what the fuzzer makes of a call
        phones = await Everybody(bench.telephony.sip_port).open(bench.operator_port)
        before = pids_of(folder)
        rough = await Phone(bench.telephony.sip_port).open()
        maker = Maker(rough.port, rough.rtp_port)
        texts = [one.text for one in (*maker.right(), *maker.wrong())]
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for _ in range(BETWEEN):
                rough.send_bytes(mangled(chance, chance.choice(texts)))
                sent += 1
                await asyncio.sleep(0.001)  # what comes faster than it is read never reaches the parser
                _hang_up(rough)
            await bench.refresh()
            called += 1
            answered += await _answered(bench)
        died = int(pids_of(folder) != before)
        rough.close()
        phones.close()
    finally:
        await bench.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return [
        against("broken messages sent", sent, "messages", "seconds", seconds, "see the ratio", True),
        against("deaths of the edge", died, "deaths", "goal", 1, "0", died == 0),
        against("right calls answered among them", answered, "calls", "called", called, "all", answered == called),
    ]


def _counts(rows: list[Any]) -> str:
    return ", ".join(f"{row['count']} {row['state']}" for row in rows)


def _hang_up(rough: Phone) -> None:
    """Acknowledge and end whatever was answered."""
    for told in rough.messages:
        if told.code == 200 and "INVITE" in told.get("CSeq") and told.get("Contact"):
            rough.end(told)
    rough.messages.clear()


async def _answered(bench: Bench) -> bool:
    caller = await Phone(bench.telephony.sip_port).open()
    try:
        told = await caller.answered(caller.call("sip:112@112.local"), ANSWERED_S)
    except TimeoutError:
        async with bench.db.reading(CITY) as conn:
            calls = await conn.fetch("select state, count(*) from call where state <> 'ended' group by state order by state")
            desks = await conn.fetch("select state, count(*) from operator group by state order by state")
        print(f"# a right call was not answered: calls {_counts(calls)}; desks {_counts(desks)}", file=sys.stderr, flush=True)
        return False
    else:
        caller.bye()
        return told.code == 200
    finally:
        caller.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    figures = asyncio.run(measure(asked.seconds, asked.seed))
    tell(figures)
    sys.exit(0 if all(figure.met for figure in figures) else 1)
