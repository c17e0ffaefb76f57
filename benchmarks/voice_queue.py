"""A burst in the queue, with simulated callers and operators: what bounds of 0, 20, 60 and 120 s do to waits.

    python -m benchmarks.voice_queue [--csv waits.csv] [--seeds 10]

100 times the usual rate for ten minutes, 80 % of it nuisance, 60 % of those with a history; callers lose patience, hang up and
most of them call again; 70 % of the genuine press «1», 5 % of nuisance, too. The queue is `tanggap.telephony.acd`, as the decider
runs it in a declared burst, looked at once a second. The reference is the same line with a bound of nothing: first come, first
served.

Numbers: usual rate 12 calls an hour (5,982 calls in 21 days, Kendari, June 2025) and 8 operators; and a provincial centre of 40
operators with five times the calls. Talking takes 25 s (nuisance) or 120 s (genuine), exponential, then 10 s of wrap-up; patience
150 s on the mean (exponential), 65 % call again after 20 s on the mean. All of these but the rate are assumptions; the shares of
those who press truly and falsely are varied in the second table.
"""

import argparse
import csv
import heapq
import itertools
import random
import statistics
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from benchmarks.figure import Figure, against
from tanggap.telephony.acd import Line
from tanggap.telephony.choosing import Free

BOUNDS_S = (0.0, 20.0, 60.0, 120.0)
USUAL_AN_HOUR = 12.0
TIMES = 100
MINUTES = 10
SEEDS = 10
NUISANCE, HISTORY = 0.8, 0.6
TALK_GENUINE_S, TALK_NUISANCE_S, WRAP_UP_S = 120.0, 25.0, 10.0
PATIENCE_S, AGAIN, AGAIN_AFTER_S = 150.0, 0.65, 20.0
LOOK_S = 1.0


class Centre(NamedTuple):
    """How many people answer, and how many times Kendari's calls come."""

    name: str
    operators: int
    times: float


class Pressing(NamedTuple):
    """Which share of the genuine presses «1», and of nuisance."""

    genuine: float = 0.7
    nuisance: float = 0.05


CENTRES = (Centre("Kendari, 8 operators", 8, 1), Centre("province, 40 operators", 40, 5))
ASSUMED = Pressing()
PRESSING = (ASSUMED, *itertools.starmap(Pressing, ((0.5, 0.02), (0.5, 0.1), (0.7, 0.02), (0.7, 0.2), (0.9, 0.05), (0.9, 0.2))))


class Outcome(NamedTuple):
    """What a burst did to its callers."""

    genuine_s: list[float]  # from a person's first try until somebody answered them
    nuisance_s: list[float]
    over_s: float  # most that anybody was served later than first come, first served in the same run
    lost: int  # calls neither served nor hung up: must be none
    served: int
    heard: float  # share of genuine callers who were heard at all
    called_in: int  # operators whose time after a call was cut short


class Person:
    """Somebody who calls, perhaps several times."""

    def __init__(self, chance: random.Random, at: float, pressing: Pressing) -> None:
        self.first = at
        self.is_nuisance = chance.random() < NUISANCE
        self.has_history = self.is_nuisance and chance.random() < HISTORY
        self.presses = chance.random() < (pressing.nuisance if self.is_nuisance else pressing.genuine)
        self.talks_s = chance.expovariate(1 / (TALK_NUISANCE_S if self.is_nuisance else TALK_GENUINE_S))
        self.tries = 0


class Burst:
    """One burst, and the time until the line is empty."""

    def __init__(self, centre: Centre, bound_s: float, seed: int, pressing: Pressing) -> None:
        self.chance = random.Random(seed)
        self.line = Line(bound_s)
        self.line.burst = True
        self.events: list[tuple[float, int, str, str]] = []
        self.numbers = itertools.count()
        self.idle = {UUID(int=n): 0.0 for n in range(1, centre.operators + 1)}
        self.resting: dict[UUID, float] = {}  # since when
        self.people: dict[str, Person] = {}
        self.waits: dict[bool, list[float]] = {True: [], False: []}  # by whether it was nuisance
        self.over_s = 0.0
        self.calls = self.hung_up = self.called_in = 0
        rate, at = USUAL_AN_HOUR * centre.times * TIMES / 3600, 0.0
        while (at := at + self.chance.expovariate(rate)) < MINUTES * 60:
            name = f"p{len(self.people)}"
            self.people[name] = Person(self.chance, at, pressing)
            self.later(at, "call", name)
        self.later(0.0, "look", "")

    def later(self, at: float, what: str, about: str) -> None:
        heapq.heappush(self.events, (at, next(self.numbers), what, about))

    def run(self) -> Outcome:
        while self.events:
            now, _, what, about = heapq.heappop(self.events)
            self.happens(what, about, now)
            if len(self.line):
                self.serve(now)
        genuine = sum(1 for person in self.people.values() if not person.is_nuisance)
        served = len(self.waits[True]) + len(self.waits[False])
        lost = self.calls - served - self.hung_up
        heard = len(self.waits[False]) / genuine
        return Outcome(self.waits[False], self.waits[True], self.over_s, lost, served, heard, self.called_in)

    def happens(self, what: str, about: str, now: float) -> None:
        if what == "look" and (self.events or len(self.line)):
            self.later(now + LOOK_S, "look", "")
        elif what == "ended":
            self.resting[UUID(about)] = now
            self.later(now + WRAP_UP_S, "rested", about)
        elif what == "rested":
            self.rested(UUID(about), now)
        elif what == "call":
            self.call(about, now)
        elif what == "press":
            self.line.press_urgent(about)
        elif what == "leave":
            self.leave(about, now)

    def rested(self, who: UUID, now: float) -> None:
        """Ready again, unless they were called in meanwhile (and perhaps rest after that call)."""
        if now - self.resting.get(who, now) > WRAP_UP_S / 2:
            del self.resting[who]
            self.idle[who] = now

    def call(self, name: str, now: float) -> None:
        person = self.people[name]
        person.tries += 1
        self.calls += 1
        key = f"{name}/{person.tries}"
        self.line.join(key, now, suspect=person.has_history)
        self.later(now + self.chance.expovariate(1 / PATIENCE_S), "leave", key)
        if person.presses:
            self.later(now + 8, "press", key)

    def leave(self, key: str, now: float) -> None:
        if self.line.leave(key) is None:
            return
        self.hung_up += 1
        if self.chance.random() < AGAIN:
            self.later(now + self.chance.expovariate(1 / AGAIN_AFTER_S), "call", key.split("/")[0])

    def serve(self, now: float) -> None:
        places = {place.key: place for place in self.line.places()}
        resting = [Free(who, since) for who, since in self.resting.items()]
        for match in self.line.match([Free(who, since) for who, since in self.idle.items()], now, resting=resting):
            if self.idle.pop(match.person, None) is None:
                del self.resting[match.person]
                self.called_in += 1
            person = self.people[match.key.split("/")[0]]
            self.waits[person.is_nuisance].append(now - person.first)
            stamped = places[match.key].stamped
            self.over_s = max(self.over_s, now - stamped if stamped is not None else 0.0)
            self.later(now + person.talks_s, "ended", str(match.person))


class Row(NamedTuple):
    """One point of the curve."""

    centre: str
    pressing: Pressing
    bound_s: float
    genuine_s: float  # median
    of_fcfs: float
    nuisance_s: float  # median
    heard: float
    over_s: float
    lost: int
    called_in: float  # share of all that were served


def simulate(centre: Centre, bound_s: float, seed: int, pressing: Pressing = ASSUMED) -> Outcome:
    """One burst."""
    return Burst(centre, bound_s, seed, pressing).run()


def curve(centre: Centre, seeds: int, pressing: Pressing = ASSUMED, bounds_s: Sequence[float] = BOUNDS_S) -> list[Row]:
    """What each bound does; the first of them is the reference."""
    rows: list[Row] = []
    reference = 0.0
    for bound_s in bounds_s:
        runs = [simulate(centre, bound_s, seed, pressing) for seed in range(seeds)]
        genuine = statistics.median(wait for run in runs for wait in run.genuine_s)
        reference = reference or genuine
        rows.append(
            Row(
                centre.name, pressing, bound_s, genuine, genuine / reference,
                statistics.median(wait for run in runs for wait in run.nuisance_s), statistics.mean(run.heard for run in runs),
                max(run.over_s for run in runs), sum(run.lost for run in runs),
                sum(run.called_in for run in runs) / sum(run.served for run in runs),
            )
        )  # fmt: skip
    return rows


def measure(seeds: int) -> list[Figure]:
    """The table's lines."""
    rows = [row for centre in CENTRES for row in curve(centre, seeds)]
    lost, most = sum(row.lost for row in rows), max(row.over_s - row.bound_s for row in rows)
    figures = [
        against("burst: calls lost", lost, "calls", "goal", 1, "0", lost == 0),
        against("most that anybody waited beyond first come, first served and the bound", most, "s", "goal", 1, "≤ 0", most <= 0),
    ]
    for row in rows:
        if row.bound_s:
            name = f"genuine callers' median wait, {row.centre}, bound {row.bound_s:.0f} s"
            first_come = row.genuine_s / row.of_fcfs
            figures.append(against(name, row.genuine_s, "s", "first come", first_come, "≤ 1/2 of it", row.of_fcfs <= 0.5))
    return figures


def main() -> None:
    """Print the tables, and write them where it is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--csv")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    asked = parser.parse_args()
    rows: list[Row] = []
    for centre in CENTRES:
        print(f"\n{centre.name}: {TIMES} × the usual rate for {MINUTES} minutes, {asked.seeds} runs")
        print("  press truly / falsely  bound  genuine median  × FCFS   nuisance   heard   most over FCFS   called in   lost")
        for pressing in PRESSING:
            for row in curve(centre, asked.seeds, pressing, BOUNDS_S if pressing == ASSUMED else BOUNDS_S[:3]):
                rows.append(row)
                print(
                    f"  {pressing.genuine:10.0%} / {pressing.nuisance:7.0%} {row.bound_s:6.0f} s {row.genuine_s:13.1f} s"
                    f" {row.of_fcfs:7.2f} {row.nuisance_s:8.1f} s {row.heard:6.0%} {row.over_s:14.1f} s {row.called_in:10.1%}"
                    f" {row.lost:6d}"
                )
    if asked.csv:
        with open(asked.csv, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                ["centre", "press_truly", "press_falsely", "bound_s", "genuine_median_s", "of_fcfs", "nuisance_median_s", "heard",
                 "over_s", "lost", "called_in"]
            )  # fmt: skip
            writer.writerows([row.centre, *row.pressing, row.bound_s, *(round(value, 3) for value in row[3:])] for row in rows)


if __name__ == "__main__":
    main()
