"""Proposing weights from dispositions, publishing them, taking them back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tanggap.city.model import Catalogue
from tanggap.incident.model import Actor
from tanggap.incident.refusals import NotFound, WrongState
from tanggap.platform.database import Connection, Transaction
from tanggap.verification import store as evidence
from tanggap.verification.learning import store
from tanggap.verification.learning.model import Case, TooFew, WeightsState, fit, side_by_side
from tanggap.verification.model import Hear
from tanggap.verification.weights import learnt, shipped

#: The month that is shown teaches nothing; what came in the half year before it does.
SHOWN, TAUGHT = timedelta(days=30), timedelta(days=180)
#: Reports that teach, the newest; and how many are read at a time.
MOST, BATCH = 6_000, 500


async def propose(tx: Transaction, catalogue: Catalogue, hear: Hear, by: Actor, now: datetime) -> int:
    """Learn weights from the dispositions of the half year before last month, try them on last month, keep both as a proposal.

    Returns its version. Nothing changes at the desks until it is published.

    Raises:
        TooFew: too few dispositions to learn from, or none to try on.
    """
    city = catalogue.city.code
    start = now - SHOWN
    taught = await _cases(tx, catalogue, hear, start - TAUGHT, start, now)
    tried = await _cases(tx, catalogue, hear, start, now, now)
    if not tried:
        raise TooFew
    log_odds, sd = fit(taught, shipped())
    in_force = await evidence.in_force(tx, city)
    basis = side_by_side(tried, len(taught), in_force, learnt(0, log_odds, sd), start, now)
    return await store.add(tx, city, {"log_odds": log_odds, "sd": sd}, basis, by.id, now)


async def _cases(
    conn: Connection, catalogue: Catalogue, hear: Hear, start: datetime, end: datetime, now: datetime
) -> Sequence[Case]:
    city = catalogue.city
    ids: Sequence[UUID] = await evidence.disposed_between(conn, city.code, start, end, MOST)
    cases: list[Case] = []
    for at in range(0, len(ids), BATCH):
        known, _ = await evidence.facts(conn, city.code, ids[at : at + BATCH], now, city.timezone)
        cases += [Case(facts, hear(facts.words)) for facts in known.values()]
    return cases


async def publish(tx: Transaction, city: str, version: int, by: Actor, now: datetime) -> None:
    """Put a proposal in force.

    Raises:
        NotFound: there is no such version.
        WrongState: it was decided on already.
    """
    await _decide(tx, city, version, WeightsState.PROPOSED, WeightsState.PUBLISHED, by, now)


async def refuse(tx: Transaction, city: str, version: int, by: Actor, now: datetime) -> None:
    """Put a proposal aside. Raises as `publish` does."""
    await _decide(tx, city, version, WeightsState.PROPOSED, WeightsState.WITHDRAWN, by, now)


async def withdraw(tx: Transaction, city: str, version: int, by: Actor, now: datetime) -> None:
    """Take published weights back: those before them are in force again. Raises as `publish` does."""
    await _decide(tx, city, version, WeightsState.PUBLISHED, WeightsState.WITHDRAWN, by, now)


async def _decide(
    tx: Transaction, city: str, version: int, was: WeightsState, to: WeightsState, by: Actor, now: datetime
) -> None:
    if await store.decide(tx, city, version, was, to, by.id, now):
        return
    found = await store.state_of(tx, city, version)
    if found is None:
        raise NotFound(kind="evidence_weights")
    raise WrongState(now=found.value, to=to.value)
