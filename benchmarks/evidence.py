"""`python -m benchmarks evidence`: how well calibrated the probability is on simulated months, learnt and not.

The months (seeded) are made by people, not by the ledger's own formula: citizens in need, children who try the number,
pranksters who call again and again, pocket calls; each with habits of speaking, of naming a place, of answering a call-back.
Three months teach, the fourth is measured. Beside it: the weights as shipped, and the base rate for everybody.
"""

import random
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from benchmarks.figure import Figure, against
from tanggap.incident.model import Disposition
from tanggap.verification.learning.model import Case, curve, ece, fit
from tanggap.verification.ledger import ledger
from tanggap.verification.model import Apart, CallBack, CallTold, Earlier, Facts, Spoken
from tanggap.verification.weights import learnt, shipped

SEEDS = (1, 2, 3)
#: Reports a month that people said something about (Kendari, June 2025: 3,744 calls answered in three weeks).
A_MONTH = 2_000
START = datetime(2026, 7, 1, tzinfo=UTC)


class Kind(NamedTuple):
    """A kind of caller: its share, how often real, words (mean log-odds, spread), names a place, is one of many, answers back."""

    share: float
    real: float
    words: tuple[float, float]
    has_place: float
    together: float
    answers: float
    silent: float
    again: float
    wrong: Disposition


KINDS = (
    Kind(0.34, 0.97, (1.4, 1.0), 0.9, 0.22, 0.8, 0.03, 0.1, Disposition.INFORMATION),
    Kind(0.30, 0.02, (-1.9, 0.9), 0.08, 0.01, 0.5, 0.15, 0.25, Disposition.TEST),
    Kind(0.18, 0.04, (-0.9, 1.2), 0.25, 0.01, 0.3, 0.1, 0.8, Disposition.PRANK),
    Kind(0.12, 0.03, (0.0, 0.1), 0.01, 0.0, 0.25, 0.95, 0.3, Disposition.SILENT),
    Kind(0.06, 0.85, (0.5, 0.8), 0.5, 0.03, 0.6, 0.1, 0.2, Disposition.COUNSELLING),
)


def months(seed: int, count: int) -> list[list[Case]]:
    """Months of disposed reports."""
    rng = random.Random(seed)
    known: dict[Kind, list[list[Earlier]]] = {kind: [] for kind in KINDS}
    made: list[list[Case]] = [[] for _ in range(count)]
    for n in range(count * A_MONTH):
        at = START + timedelta(days=30 * count) * (n / (count * A_MONTH))
        kind = rng.choices(KINDS, [one.share for one in KINDS])[0]
        histories = known[kind]
        if histories and rng.random() < kind.again:
            history = rng.choice(histories[-60:])
        else:
            history = []
            histories.append(history)
        case = _case(rng, kind, at, tuple(history[-50:]))
        assert case.facts.disposition is not None
        history.append(Earlier(case.facts.disposition, at))
        made[n // A_MONTH].append(case)
    return made


def _case(rng: random.Random, kind: Kind, at: datetime, earlier: tuple[Earlier, ...]) -> Case:
    is_real = rng.random() < kind.real
    real_as = kind.wrong if kind.wrong in (Disposition.INFORMATION, Disposition.COUNSELLING) else Disposition.GENUINE
    disposition = rng.choice((Disposition.GENUINE, real_as)) if is_real else rng.choice((kind.wrong, Disposition.TEST))
    if not is_real and disposition in (Disposition.INFORMATION, Disposition.COUNSELLING):
        disposition = Disposition.MISDIAL
    is_silent = rng.random() < kind.silent
    said = Spoken() if is_silent else Spoken(rng.gauss(*kind.words) + (0.5 if is_real else -0.5))
    called = rng.random() < (0.5 if is_silent else 0.05)
    facts = Facts(
        report=UUID(int=rng.getrandbits(128)), at=at, words="" if is_silent else "kata", has_number=True,
        has_place=rng.random() < kind.has_place, earlier=earlier,
        together=rng.choice((1, 2, 5)) if is_real and rng.random() < kind.together else 0,
        apart=Apart(rng.choice((40.0, 3_000.0)) if not is_real else 60.0, 200.0) if rng.random() < 0.15 else None,
        call=CallTold(rng.uniform(3, 20), rng.uniform(0.9, 1.0), rng.random() < 0.5) if is_silent else CallTold(60.0, 0.2),
        callback=CallBack(rng.random() < (kind.answers if is_real else kind.answers / 3), at) if called else None,
        hour=at.hour, disposition=disposition,
    )  # fmt: skip
    return Case(facts, said)


def errors(seed: int) -> tuple[float, float, float]:
    """The calibration error on the fourth month: learnt from three, as shipped, and the base rate of the three."""
    *taught, measured = months(seed, 4)
    cases = [case for month in taught for case in month]
    log_odds, sd = fit(cases, shipped())
    new = learnt(1, log_odds, sd)
    real = [case.is_real for case in measured]
    base = sum(case.is_real for case in cases) / len(cases)
    by_new = [ledger(case.facts, case.said, new).p for case in measured]
    by_shipped = [ledger(case.facts, case.said, shipped()).p for case in measured]
    brier_new = sum((p - y) ** 2 for p, y in zip(by_new, real, strict=True)) / len(real)
    brier_base = sum((base - y) ** 2 for y in real) / len(real)
    return ece(curve(by_new, real)), ece(curve(by_shipped, real)), brier_new / brier_base


async def measure() -> list[Figure]:
    """The worst of several simulated years."""
    found = [errors(seed) for seed in SEEDS]
    learnt_ece, shipped_ece, brier = (max(one[n] for one in found) for n in range(3))
    return [
        against("evidence.ece", learnt_ece, "", "weights as shipped", shipped_ece, "≤ 0.05", learnt_ece <= 0.05),
        against("evidence.brier_of_base_rate", brier, "", "base rate", 1.0, "< 0.5", brier < 0.5),
    ]
