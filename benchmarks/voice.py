"""Voice calls through a real edge: the table of what voice must reach, one line a figure, each with its goal.

    python -m benchmarks.voice [--short] [rates kills queue fuzz]

SIPp calls 112 and answers as operators, on the same cores as Kamailio, rtpengine, the decider and PostgreSQL (fsync on).
Under ten minutes in all; `--short` fuzzes for half a minute instead of five.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import voice_fuzz, voice_kills, voice_queue, voice_rates
from benchmarks.figure import Figure, say, show
from benchmarks.voice_centre import Bench

PARTS = ("rates", "kills", "queue", "fuzz")
FUZZ_S, SHORT_FUZZ_S = 300.0, 30.0


async def measure(parts: set[str], fuzz_s: float) -> list[Figure]:
    """All figures that were asked for."""
    figures: list[Figure] = []
    if parts & {"rates", "kills"}:
        folder = Path(tempfile.mkdtemp(prefix="tanggap-voice-"))
        bench = Bench(folder)
        try:
            await bench.start()
            await bench.start_reference()
            if "rates" in parts:
                figures += await voice_rates.measure(bench)
            if "kills" in parts:
                figures += await voice_kills.measure(bench)
        finally:
            await bench.stop()
            shutil.rmtree(folder, ignore_errors=True)
    if "queue" in parts:
        figures += voice_queue.measure(voice_queue.SEEDS)
    if "fuzz" in parts:
        figures += await voice_fuzz.measure(fuzz_s, voice_fuzz.SEED)
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("parts", nargs="*", help=f"some of: {', '.join(PARTS)}")
    asked = parser.parse_args()
    began = time.monotonic()
    measured = asyncio.run(measure(set(asked.parts or PARTS), SHORT_FUZZ_S if asked.short else FUZZ_S))
    say(measured)
    show(measured, always=True)
    print(f"# {time.monotonic() - began:.0f} s", file=sys.stderr)
