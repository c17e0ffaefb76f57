"""CEPAT and TUNTAS counted again from the timeline, to be held against the figures that every screen shows."""

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tanggap.evaluation.figures import Performance
from tanggap.evaluation.model import Period
from tanggap.simulation.month.recount import Recount

DURATIONS = ("answer", "processing", "acknowledgement", "turnout", "arrival", "resolution")
SHARES = ("finished", "in_time", "reopened", "confirmed")


def measured(recount: Recount, period: Period, until: datetime) -> dict[str, Any]:
    """The measures of a period, as they stand at `until`, under the names that `shown_measures` gives to the evaluation's."""
    told = [one for one in recount.reports.values() if _in(period, one.received_at) and one.channel == "call"]
    opened = [one for one in recount.incidents.values() if _in(period, one.opened_at) and not one.is_merged]
    asked = [one for one in recount.asked.values() if _in(period, one.sent_at)]
    spans: dict[str, list[tuple[datetime, datetime | None]]] = {
        "answer": [(one.received_at, one.answered_at) for one in told],
        "processing": [(one.heard_at, one.sent_at) for one in opened],
        "acknowledgement": [(one.sent_at, one.acknowledged_at) for one in asked],
        "turnout": [(one.acknowledged_at, one.en_route_at) for one in asked if one.acknowledged_at],
        "arrival": [(one.sent_at, one.on_scene_at) for one in asked],
        "resolution": [(one.opened_at, one.resolved_at) for one in opened],
    }
    finished = [one for one in opened if one.resolved_at is not None]
    ever = [one for one in opened if one.resolved_at is not None or one.reopened]
    late = [one for one in opened if one.resolved_at is None and not one.is_closed and one.due_at and one.due_at < until]
    kept = [one for one in finished if one.resolved_at and one.due_at and one.resolved_at <= one.due_at]
    shares = {
        "finished": (len(opened), len(finished)),
        "in_time": (len(finished) + len(late), len(kept)),
        "reopened": (len(ever), sum(one.reopened > 0 for one in ever)),
        "confirmed": (len(finished), sum(one.is_confirmed for one in finished)),
    }
    found: dict[str, Any] = {}
    for name in DURATIONS:
        found |= _spread(name, spans[name])
    for name, (n, met) in shares.items():
        found |= {f"{name} of": n, f"{name} met": met}
    return found


def shown_measures(performance: Performance) -> dict[str, Any]:
    """The evaluation's measures under the recount's names."""
    measures, found = performance.all.measures, dict[str, Any]()
    for name in DURATIONS:
        one = measures[name]
        found |= {f"{name} of": one.n, f"{name} p50": one.p50, f"{name} p90": one.p90}
    for name in SHARES:
        found |= {f"{name} of": measures[name].n, f"{name} met": measures[name].met}
    return found


def _spread(name: str, spans: Iterable[tuple[datetime, datetime | None]]) -> dict[str, Any]:
    """How many, and the 50th and 90th percentile by nearest rank, of durations in started seconds."""
    lengths = sorted(math.ceil((end - start).total_seconds()) for start, end in spans if end is not None)
    ranks = {"p50": 0.5, "p90": 0.9}
    return {f"{name} of": len(lengths)} | {
        f"{name} {rank}": lengths[math.ceil(len(lengths) * share) - 1] if lengths else None for rank, share in ranks.items()
    }


def _in(period: Period, moment: datetime) -> bool:
    return period.start <= moment < period.end
