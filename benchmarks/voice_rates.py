"""How long a decision takes, and what asking us adds to a call's set-up: rounds by turns with the same Kamailio only relaying."""

import statistics
import sys

from benchmarks.figure import Figure, against, percentile
from benchmarks.voice_centre import Bench, said

ROUNDS, FAST, ROUND_S = 3, 300, 8
#: Calls a second, for how many seconds, and the goal for a decision's p99, ms.
DECIDING = ((20, 15, 10), (200, 10, 20))
#: What an overloaded machine leaves behind is waited for, seconds: calls that nobody ended run out by themselves.
SETTLES_S = 90
EDGE = ("rtpengine", "kamailio", "relaying", "operators")
_STORED = "outcome = 'answered' and state = 'ended'"


async def measure(bench: Bench) -> list[Figure]:
    """Decisions at 20 and 200 calls/s, then rounds of 300 calls/s, asking and relaying by turns."""
    called = len((await bench.call(20, 3))[0])  # warm
    figures = []
    for rate, seconds, goal_ms in DECIDING:
        before = len(bench.decided())
        delays, failed = await bench.call(rate, seconds)
        called += len(delays)
        await bench.until("state <> 'ended'", 0, SETTLES_S)
        deciding = bench.decided()[before:]
        _progress(f"asking {rate}/s: failed {failed}, {said(delays)}; deciding {said(deciding)}")
        decided = percentile(deciding, 0.99)
        name = f"decision with the real queue and store, p99 at {rate}/s"
        figures.append(against(name, decided, "ms", "goal", goal_ms, f"< {goal_ms} ms", decided < goal_ms))
    more_median, more_p99, costs = [], [], []
    failed_asking = asked = 0
    for _ in range(ROUNDS):
        delays, failed, cost_us = await _round(bench, asks=True)
        asked, called, failed_asking = asked + FAST * ROUND_S, called + len(delays), failed_asking + failed
        relayed, _, plain_us = await _round(bench, asks=False)
        if not delays or not relayed:
            raise SystemExit("no call was answered at all: the machine is too busy for this figure")
        more_median.append(percentile(delays, 0.5) - percentile(relayed, 0.5))
        more_p99.append(percentile(delays, 0.99) - percentile(relayed, 0.99))
        costs.append((cost_us, plain_us))
    median, p99 = statistics.median(more_median), statistics.median(more_p99)
    cost_us, plain_us = (statistics.median(cost) for cost in zip(*costs, strict=True))
    stored = await bench.until(_STORED, called)
    figures += [
        against(f"calls that failed at {FAST}/s", failed_asking, "calls", "of", asked, "0", failed_asking == 0),
        against(f"more delay by asking at {FAST}/s, of p99 ({_each(more_p99)})", p99, "ms", "allowed", 10, "≤ 10 ms", p99 <= 10),
        against(f"the same, of medians ({_each(more_median)})", median, "ms", "allowed", 10, "see the other", True),
        against(f"core time of a call when we are asked, {FAST}/s", cost_us, "µs", "relaying", plain_us, "see the ratio", True),
        against("calls stored as answered and ended", stored, "calls", "answered by SIPp", called, "all", stored == called),
    ]  # fmt: skip
    return figures


async def _round(bench: Bench, *, asks: bool) -> tuple[list[float], int, float]:
    """One round: delays, failures, and the time on a core that a call cost without SIPp's callers, µs; all of it written down."""
    names = (*EDGE, "decider", "postgres") if asks else EDGE
    before = bench.cpu_s(*names)
    delays, failed = await bench.call(FAST, ROUND_S, 0 if asks else bench.relaying.sip_port)
    await bench.until("state <> 'ended'", 0, SETTLES_S)
    cost_us = (bench.cpu_s(*names) - before) / (FAST * ROUND_S) * 1e6
    _progress(f"{'asking' if asks else 'relaying'} {FAST}/s: failed {failed}, {said(delays)}; {cost_us:.0f} µs of a core a call")
    return delays, failed, cost_us


def _each(values: list[float]) -> str:
    return ", ".join(f"{value:+.0f}" for value in values)


def _progress(line: str) -> None:
    print(f"# {line}", file=sys.stderr, flush=True)
