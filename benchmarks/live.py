"""From a commit to the screens: 200 consoles on one feed, reconnecting ones among them."""

import asyncio
import contextlib
import time

import msgspec

from benchmarks.figure import Figure, against, percentile, tell
from benchmarks.http import Http
from benchmarks.installation import installed

CONSOLES = 200
EVENTS = 200
PACE_S = 0.03


class Screen:
    """One console: what it received and when; comes back with its last id when it is cut off."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token
        self.seen: dict[str, float] = {}
        self.doubled = 0
        self.last_id = ""
        self.ready = asyncio.Event()

    async def watch(self, cut_after: int | None) -> None:
        """Read the stream for ever; once, cut it after some events."""
        while True:
            async with Http(self._port, self._token) as http:
                again = f"last-event-id: {self.last_id}\r\n" if self.last_id else ""
                reader = await http.open_stream("/api/live", again)
                self.ready.set()
                with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                    await self._read(reader, cut_after)
            cut_after = None

    async def _read(self, reader: asyncio.StreamReader, cut_after: int | None) -> None:
        while True:
            line = await reader.readuntil(b"\n")
            if line.startswith(b"id: "):
                self.last_id = line[4:].strip().decode()
            elif line.startswith(b"data: ") and b'"received"' in line:
                report = msgspec.json.decode(line[6:])["report"]
                self.doubled += report in self.seen
                self.seen[report] = time.perf_counter()
                if cut_after is not None and len(self.seen) >= cut_after:
                    return


async def measure() -> list[Figure]:
    """Post reports one by one and see when the last console has each."""
    async with installed() as (house, token):
        port = house.settings.port
        screens = [Screen(port, token) for _ in range(CONSOLES)]
        # Every tenth console loses its connection in the middle and comes back.
        tasks = [asyncio.create_task(s.watch(EVENTS // 3 if n % 10 == 0 else None)) for n, s in enumerate(screens)]
        await asyncio.gather(*(screen.ready.wait() for screen in screens))
        committed: dict[str, float] = {}
        trips = []
        async with Http(port, token) as http:
            for number in range(EVENTS):
                began = time.perf_counter()
                _, answer = await http.post("/api/reports", {"channel": "api", "words": f"uji {number}"})
                committed[msgspec.json.decode(answer)["report"]] = time.perf_counter()
                trips.append(time.perf_counter() - began)
                await asyncio.sleep(PACE_S)
        async with asyncio.timeout(20):
            while any(len(screen.seen) < EVENTS for screen in screens):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    steady = [screen for n, screen in enumerate(screens) if n % 10]
    last = [1000 * (max(screen.seen[report] for screen in steady) - at) for report, at in committed.items()]
    late, trip = percentile(last, 0.99), 1000 * percentile(trips, 0.5)
    wrong = sum(screen.doubled + len(set(committed) - set(screen.seen)) for screen in screens)
    return [
        against("live_p99", late, "ms", "median of the post itself, ms", trip, "< 100 ms", late < 100),
        against("live_p50", percentile(last, 0.5), "ms", "median of the post itself, ms", trip, "< 100 ms", late < 100),
        against("live_skipped_or_doubled", wrong, "events", "events × consoles", EVENTS * CONSOLES, "0", wrong == 0),
    ]


if __name__ == "__main__":
    tell(asyncio.run(measure()))
