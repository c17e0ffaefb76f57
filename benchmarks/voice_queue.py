"""A burst in the queue, with simulated callers and operators: what bounds of 0, 20, 60 and 120 s do to waits.

    python -m benchmarks.voice_queue [--csv waits.csv]

100 times the usual rate for ten minutes, 80 % of it nuisance, 60 % of those with a history; callers lose patience, hang up and
most of them call again; 70 % of the genuine press «1», 5 % of nuisance, too. The queue is `tanggap.telephony.acd`, as the decider
runs it. The reference is the same line with a bound of nothing: first come, first served.

Numbers: usual rate 12 calls an hour (5,982 calls in 21 days, Kendari, June 2025) and 8 operators; and a provincial centre of 40
operators with five times the calls. Talking takes 25 s (nuisance) or 120 s (genuine), exponential, then 10 s of wrap-up; patience
150 s on the mean (exponential), 65 % call again after 20 s on the mean. All of these but the rate are assumptions.
"""

import argparse
import csv
import heapq
import random
import statistics
from typing import NamedTuple
from uuid import UUID

from tanggap.telephony.acd import Line
from tanggap.telephony.choosing import Free

BOUNDS_S = (0.0, 20.0, 60.0, 120.0)
USUAL_AN_HOUR = 12.0
TIMES = 100
MINUTES = 10
NUISANCE, HISTORY = 0.8, 0.6
PRESS_GENUINE, PRESS_NUISANCE = 0.7, 0.05
TALK_GENUINE_S, TALK_NUISANCE_S, WRAP_UP_S = 120.0, 25.0, 10.0
PATIENCE_S, AGAIN, AGAIN_AFTER_S = 150.0, 0.65, 20.0


class Centre(NamedTuple):
    name: str
    operators: int
    times: float  # of Kendari's calls


class Outcome(NamedTuple):
    genuine_s: list[float]  # from a person's first try until somebody answered them
    nuisance_s: list[float]
    over_s: float  # most that anybody was served later than first come, first served in the same run
    lost: int  # calls neither served nor hung up: must be none
    served: int
    heard: float  # share of genuine callers who were heard at all


class Person:
    """Somebody who calls, perhaps several times."""

    def __init__(self, chance: random.Random, at: float) -> None:
        self.first = at
        self.is_nuisance = chance.random() < NUISANCE
        self.has_history = self.is_nuisance and chance.random() < HISTORY
        self.presses = chance.random() < (PRESS_NUISANCE if self.is_nuisance else PRESS_GENUINE)
        talk_s = TALK_NUISANCE_S if self.is_nuisance else TALK_GENUINE_S
        self.takes_s = chance.expovariate(1 / talk_s) + WRAP_UP_S
        self.tries = 0


class Burst:
    """One burst, and the time until the line is empty."""

    def __init__(self, centre: Centre, bound_s: float, seed: int) -> None:
        self.chance = random.Random(seed)
        self.line = Line(bound_s)
        self.events: list[tuple[float, int, str, str]] = []
        self.idle = {UUID(int=n): 0.0 for n in range(1, centre.operators + 1)}
        self.people: dict[str, Person] = {}
        self.waits: dict[bool, list[float]] = {True: [], False: []}  # by whether it was nuisance
        self.over_s = 0.0
        self.calls = self.hung_up = 0
        rate, at = USUAL_AN_HOUR * centre.times * TIMES / 3600, 0.0
        while (at := at + self.chance.expovariate(rate)) < MINUTES * 60:
            name = f"p{len(self.people)}"
            self.people[name] = Person(self.chance, at)
            self.later(at, "call", name)

    def later(self, at: float, what: str, about: str) -> None:
        heapq.heappush(self.events, (at, len(self.events) + self.calls * 1_000_000, what, about))

    def run(self) -> Outcome:
        while self.events:
            now, _, what, about = heapq.heappop(self.events)
            if what == "free":
                self.idle[UUID(about)] = now
            elif what == "call":
                self.call(about, now)
            elif what == "press":
                self.line.press_urgent(about)
            else:
                self.leave(about, now)
            if self.idle and len(self.line):
                self.serve(now)
        genuine = sum(1 for person in self.people.values() if not person.is_nuisance)
        served = len(self.waits[True]) + len(self.waits[False])
        lost = self.calls - served - self.hung_up
        return Outcome(self.waits[False], self.waits[True], self.over_s, lost, served, len(self.waits[False]) / genuine)

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
        for match in self.line.match([Free(who, since) for who, since in self.idle.items()], now):
            del self.idle[match.person]
            person = self.people[match.key.split("/")[0]]
            self.waits[person.is_nuisance].append(now - person.first)
            stamped = places[match.key].stamped
            self.over_s = max(self.over_s, now - stamped if stamped is not None else 0.0)
            self.later(now + person.takes_s, "free", str(match.person))


def simulate(centre: Centre, bound_s: float, seed: int) -> Outcome:
    """One burst."""
    return Burst(centre, bound_s, seed).run()


def main() -> None:
    """Print the table, and write it where it is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--csv")
    parser.add_argument("--seeds", type=int, default=10)
    asked = parser.parse_args()
    rows = []
    for centre in (Centre("Kendari, 8 operators", 8, 1), Centre("province, 40 operators", 40, 5)):
        print(f"\n{centre.name}: {TIMES} × the usual rate for {MINUTES} minutes, {asked.seeds} runs")
        print("  bound  genuine median  × FCFS   nuisance median   genuine heard   most over FCFS   lost")
        reference = 0.0
        for bound_s in BOUNDS_S:
            runs = [simulate(centre, bound_s, seed) for seed in range(asked.seeds)]
            genuine = statistics.median(wait for run in runs for wait in run.genuine_s)
            nuisance = statistics.median(wait for run in runs for wait in run.nuisance_s)
            reference = reference or genuine
            over, lost = max(run.over_s for run in runs), sum(run.lost for run in runs)
            heard = statistics.mean(run.heard for run in runs)
            rows.append((centre.name, bound_s, genuine, genuine / reference, nuisance, heard, over, lost))
            print(
                f"  {bound_s:4.0f} s {genuine:10.1f} s {genuine / reference:10.2f} {nuisance:14.1f} s {heard:14.0%}"
                f" {over:14.1f} s {lost:7d}"
            )
    if asked.csv:
        with open(asked.csv, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["centre", "bound_s", "genuine_median_s", "of_fcfs", "nuisance_median_s", "heard", "over_s", "lost"])
            writer.writerows(rows)


if __name__ == "__main__":
    main()
