"""Asking for what confirmed reports teach, learning it aside, publishing it, taking it back."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from tanggap.city.model import Catalogue
from tanggap.city.store import count_change
from tanggap.incident.model import Actor
from tanggap.incident.refusals import NotFound, WrongState
from tanggap.platform.database import Database, Transaction
from tanggap.triage.building import learn_outside, said_of
from tanggap.triage.growth import store
from tanggap.triage.growth.model import LEAST_TAUGHT, LEAST_TRIED, GrowthState, sentences, side_by_side
from tanggap.triage.model_files import ModelFile
from tanggap.triage.reader import Reader

#: Reports of this time teach and are tried on; so many of them at most, the newest.
SINCE, MOST = timedelta(days=365), 3_000
#: Dispositions that teach beside the genuine; silence and what was cut off have no words.
KINDS = ("test", "prank", "misdial", "information")


async def ask(tx: Transaction, city: str, by: Actor, now: datetime) -> int:
    """Ask for a proposal; the worker learns it within a minute. Its version."""
    return await store.ask(tx, city, by.id, now)


async def learn_asked(db: Database, catalogue: Catalogue, reader: Reader, folder: Path, now: datetime) -> bool:
    """Learn what was asked for, if anything was; whether there was. `folder`: where it is learned, aside from models in use.

    What is in force is kept, and what it does not yet know is added. No transaction is open while it learns. A machine that dies
    in it has asked nothing away: the next one learns it.

    Raises:
        LearningError: the learner failed; it is tried again.
    """
    city = catalogue.city.code
    async with db.reading(city) as conn:
        version = await store.oldest_asked(conn, city)
        if version is None:
            return False
        reports = await store.confirmed(conn, city, now - SINCE, KINDS, MOST)
        kept = await store.in_force(conn, city)
    known = (*await asyncio.to_thread(said_of, catalogue), *kept)
    active = {category.code for category in catalogue.categories if category.active}
    reports = [one for one in reports if one.category is None or one.category in active]
    taught = await asyncio.to_thread(sentences, reports, reader, known, catalogue)
    tried = sum(not one.teaches for one in reports)
    state, basis = GrowthState.TOO_FEW, None
    if len(taught) >= LEAST_TAUGHT and tried >= LEAST_TRIED:
        said = (*known, *taught)
        await learn_outside(folder, catalogue, said)
        model = await asyncio.to_thread(ModelFile(folder, catalogue, said).load)
        state, basis = GrowthState.PROPOSED, await asyncio.to_thread(side_by_side, reports, reader, Reader(model, catalogue))
    async with db.transaction(city) as tx:
        await store.answer(tx, city, version, state, (*kept, *taught) if basis else (), basis)
    return True


async def publish(tx: Transaction, city: str, version: int, by: Actor, now: datetime) -> None:
    """Put a proposal in force: every machine learns it, and answers with what it had until then.

    Raises:
        NotFound: there is no such version.
        WrongState: it was decided on already.
    """
    await _decide(tx, city, version, GrowthState.PROPOSED, GrowthState.PUBLISHED, by, now)


async def refuse(tx: Transaction, city: str, version: int, by: Actor, now: datetime) -> None:
    """Put a proposal aside. Raises as `publish` does."""
    await _decide(tx, city, version, GrowthState.PROPOSED, GrowthState.WITHDRAWN, by, now)


async def withdraw(tx: Transaction, city: str, version: int, by: Actor, now: datetime) -> None:
    """Take published sentences back: those before them are in force again. Raises as `publish` does."""
    await _decide(tx, city, version, GrowthState.PUBLISHED, GrowthState.WITHDRAWN, by, now)


async def _decide(tx: Transaction, city: str, version: int, was: GrowthState, to: GrowthState, by: Actor, now: datetime) -> None:
    if not await store.decide(tx, city, version, was, to, by.id, now):
        found = await store.state_of(tx, city, version)
        if found is None:
            raise NotFound(kind="triage_growth")
        raise WrongState(now=found.value, to=to.value)
    if GrowthState.PUBLISHED in (was, to):
        await count_change(tx, city, now)  # by which every process hears of it
