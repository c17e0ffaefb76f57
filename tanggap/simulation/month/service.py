"""A simulated month from its people to its recount."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from tanggap.city.pack import Pack
from tanggap.evaluation import service as evaluation
from tanggap.evaluation.left_lying import store as left_lying
from tanggap.evaluation.left_lying.model import Lying
from tanggap.evaluation.model import Figures, Period
from tanggap.incident.model import Actor
from tanggap.people import service as people
from tanggap.people.model import Person, Role
from tanggap.platform.database import Database, Transaction
from tanggap.platform.i18n import N_
from tanggap.scene import Scene, actor_of
from tanggap.simulation.month import store
from tanggap.simulation.month.measures import measured, shown_measures
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
    """What came of a month.

    `differences` are figures that a recount of the timeline does not confirm, and tickets that are neither closed nor on the list
    of what is left lying with an owner; `lying` is the length of that list.
    """

    played: Played
    figures: Figures
    differences: list[str]
    lying: int


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
        watch = await supervisor(tx, scene, planned[0].at)
    played = await Month(db, scene, mix, planned, cast, watch, seed).play(clockwork, tell)
    async with db.reading(scene.city) as conn:
        start, end = month_span(mix.month, ZoneInfo(scene.catalogue.city.timezone))
        period = Period(mix.month, start, end)
        figures = await evaluation.figures(conn, scene.city, period, scene.catalogue.city.timezone)
        performance = await evaluation.performance(conn, scene.catalogue, period, now=played.until)
        lying = await left_lying.everything(conn, scene.city, played.until)
        recount = Recount()
        async for entry in store.entries(conn, scene.city, played.until):
            recount.add(entry)
    counted = recount.counted(period) | measured(recount, period, played.until)
    found = differences(counted, shown(figures) | shown_measures(performance))
    return Simulated(played, figures, found + unseen(recount, lying), len(lying))


def unseen(recount: Recount, lying: Sequence[Lying]) -> list[str]:
    """Every ticket that is neither closed nor on the list with an owner, as a sentence. There should be none."""
    owned = {one.incident for one in lying if one.owner is not None}
    return [
        f"ticket {incident} of {one.opened_at:%Y-%m-%d}: neither closed nor on the list with an owner"
        for incident, one in recount.incidents.items()
        if not (one.is_closed or one.is_merged or incident in owned)
    ]


async def call_takers(tx: Transaction, scene: Scene, count: int, now: datetime) -> Cast:
    """The people of the simulation, as demonstration accounts that nobody can sign in to; made when they are not there."""
    names = [(f"simulasi{number:02}", f"{N_('Petugas simulasi')} {number}") for number in range(1, count + 1)]
    takers = [actor_of(await _person(tx, scene, login, name, Role.CALL_TAKER, now)) for login, name in names]
    return Cast(takers, {agency.code: Actor(agency.short, None, agency.code) for agency in scene.catalogue.agencies})


async def supervisor(tx: Transaction, scene: Scene, now: datetime) -> Person:
    """Who sees to what is left lying in the simulation."""
    return await _person(tx, scene, "simulasipengawas", N_("Pengawas simulasi"), Role.SUPERVISOR, now)


async def _person(tx: Transaction, scene: Scene, login: str, name: str, role: Role, now: datetime) -> Person:
    known = {person.login: person for person in await people.people(tx, scene.city)}
    if login in known:
        return known[login]
    person, _ = await people.add_person(tx, scene.city, login, name, [role], None, None, now, is_demo=True)
    return person
