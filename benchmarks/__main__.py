"""`make bench`: all figures, one after another, each on an installation of its own."""

import asyncio
import sys

from benchmarks import (
    duplicates,
    evidence,
    figures,
    footprint,
    intake,
    left_lying,
    live,
    location,
    notifications,
    pages,
    places_page,
    rules,
    timers,
    triage,
)
from benchmarks.figure import Figure, say, show

FIGURES = {
    "intake": intake.measure, "live": live.measure, "footprint": footprint.measure, "pages": pages.measure,
    "location": location.measure, "places_page": places_page.measure,
    "triage": triage.measure, "duplicates": duplicates.measure, "evidence": evidence.measure,
    "notifications": notifications.measure,
    "rules": rules.measure,
    "figures": figures.measure,
    "timers": timers.measure, "left_lying": left_lying.measure,
}  # fmt: skip


def main() -> None:
    """Measure what is named on the command line, or everything."""
    measured: list[Figure] = []
    for name in sys.argv[1:] or FIGURES:
        print(f"# {name} …", file=sys.stderr, flush=True)
        found = asyncio.run(FIGURES[name]())
        say(found)  # at once: what comes after may fail
        measured += found
    show(measured)


main()
