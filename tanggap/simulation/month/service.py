"""A simulated month from its people to its recount."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from tanggap.city.pack import Pack
from tanggap.evaluation import service as evaluation
from tanggap.evaluation.model import Figures, Period
from tanggap.incident.model import Actor
from tanggap.people import service as people
from tanggap.people.model import Person, Role
from tanggap.platform.database import Database, Transaction
from tanggap.platform.i18n import N_
from tanggap.scene import Scene, actor_of
from tanggap.simulation.month import store
from tanggap.simulation.month.mix import Mix
from tanggap.simulation.month.plan import month_span, plan
from tanggap.simulation.month.play import Clockwork, Month, Played
from tanggap.simulation.month.recount import Recount, differences, shown
from tanggap.simulation.play import Cast

#: Kendari's call takers: 8 civil servants and 12 under contract.
CALL_TAKERS = 20


class RealReportsError(Exception):
    """Somebody real has reported here: no simulation among that."""

    def __init__(self) -> None:
        super().__init__(
            "Real people have reported here. Simulate in a folder of its own: TANGGAP_HOME=… tanggap simulate --month"
        )


class Simulated(msgspec.Struct, frozen=True):
    """What came of a month: `differences` are figures that a recount of the timeline does not confirm."""

    played: Played
    figures: Figures
    differences: list[str]


async def simulate(
    db: Database, scene: Scene, pack: Pack, mix: Mix, seed: int, clockwork: Clockwork, tell: Callable[[int], None],
    takers: int = CALL_TAKERS,
) -> Simulated:  # fmt: skip
    """Play a month into the database and hold its figures against a recount of the timeline.

    Raises:
        RealReportsError: there are reports of real people.
    """
    planned = plan(mix, pack, seed)
    async with db.transaction(scene.city) as tx:
        if await store.has_real_reports(tx, scene.city):
            raise RealReportsError
        cast = await call_takers(tx, scene, takers, planned[0].at)
    played = await Month(db, scene, mix, planned, cast, seed).play(clockwork, tell)
    async with db.reading(scene.city) as conn:
        start, end = month_span(mix.month, ZoneInfo(scene.catalogue.city.timezone))
        period = Period(mix.month, start, end)
        figures = await evaluation.figures(conn, scene.city, period, scene.catalogue.city.timezone)
        recount = Recount()
        async for entry in store.entries(conn, scene.city, played.until):
            recount.add(entry)
    return Simulated(played, figures, differences(recount.counted(period), shown(figures)))


async def call_takers(tx: Transaction, scene: Scene, count: int, now: datetime) -> Cast:
    """The people of the simulation, as demonstration accounts that nobody can sign in to; made when they are not there."""
    known = {person.login: person for person in await people.people(tx, scene.city)}
    takers = [await _person(tx, scene, known, f"simulasi{number:02}", number, now) for number in range(1, count + 1)]
    return Cast(takers, {agency.code: Actor(agency.short, None, agency.code) for agency in scene.catalogue.agencies})


async def _person(tx: Transaction, scene: Scene, known: dict[str, Person], login: str, number: int, now: datetime) -> Actor:
    if login not in known:
        name = f"{N_('Petugas simulasi')} {number}"
        person, _ = await people.add_person(tx, scene.city, login, name, [Role.CALL_TAKER], None, None, now, is_demo=True)
        return actor_of(person)
    return actor_of(known[login])
