"""A small month played through the house: nothing is lost, and its figures are what the timeline says."""

from datetime import UTC, datetime

import msgspec
import pytest

from tanggap import flow
from tanggap.city.pack import pack_folder, read_pack
from tanggap.commands.simulate import HouseClock
from tanggap.evaluation.model import Figures
from tanggap.evaluation.service import performance
from tanggap.incident.model import Disposition
from tanggap.incident.timeline import store as timelines
from tanggap.intake.model import Channel, Contact
from tanggap.platform.database import Connection, Database
from tanggap.scene import Scene
from tanggap.simulation.month.mix import read_mix
from tanggap.simulation.month.service import RealReportsError, simulate

NOW = datetime(2026, 2, 10, 3, 0, tzinfo=UTC)
CITY = "kendari"
CALLS = dict.fromkeys((Disposition.TEST, Disposition.PRANK, Disposition.ABANDONED, Disposition.INFORMATION), 5)
TICKETS = {"building_fire": 2, "fallen_tree": 4, "street_light": 5, "tree_pruning": 4, "traffic_accident": 3}


async def test_a_month_loses_nothing_and_its_figures_are_those_of_the_timeline(db: Database, scene: Scene) -> None:
    pack = read_pack(pack_folder(CITY))
    whole = read_mix(pack)
    share = msgspec.structs.replace(whole.share, unanswered=20, rejected=15, not_done=25)
    mix = msgspec.structs.replace(whole, calls=CALLS | {Disposition.DUPLICATE: 4}, tickets=TICKETS, share=share)
    rung: list[int] = []
    result = await simulate(db, scene, pack, mix, 7, HouseClock(db, scene), rung.append, takers=3)
    assert result.differences == []
    assert rung[-1] == result.played.calls == result.figures.calls == 42
    assert result.figures.incidents == 18
    assert result.figures.by_disposition["genuine"] == 18
    assert result.figures.by_disposition["duplicate"] == 4
    assert "" not in result.figures.by_disposition
    assert result.figures.funnel.resolved > 0
    async with db.reading(CITY) as conn:
        await the_views_say_the_same(conn, scene, result.figures)
        assert await timelines.broken_chains(conn, CITY) == []
        assert await conn.fetchval("SELECT count(*) FROM job WHERE failed_at IS NOT NULL OR attempt > 0") == 0
        assert await conn.fetchval("SELECT count(*) FROM report WHERE NOT is_example") == 0


async def the_views_say_the_same(conn: Connection, scene: Scene, figures: Figures) -> None:
    """What the recount was held against, as the views of the figures count it."""
    found = await performance(conn, scene.catalogue, figures.period)
    of, totals = found.all.measures, found.totals
    assert (totals.calls, totals.reports, totals.channels) == (figures.by_outcome, figures.by_disposition, figures.by_channel)
    assert (found.all.calls, found.all.reports, found.all.incidents) == (figures.calls, figures.reports, figures.incidents)
    assert of["answer"].levels[0].met == figures.calls_in_time
    assert of["acknowledged_in_time"].met == sum(one.within_target for one in figures.agencies)
    assert (of["finished"].met, of["confirmed"].met) == (figures.funnel.resolved, figures.funnel.confirmed)
    assert 0 < of["reopened"].met <= figures.reopened  # one may be opened again more than once
    assert {code: sum(states.values()) for code, states in totals.assignments.items()} == {
        one.agency: one.asked for one in figures.agencies
    }  # fmt: skip


async def test_no_month_is_simulated_among_real_reports(db: Database, scene: Scene) -> None:
    pack = read_pack(pack_folder(CITY))
    async with db.transaction(CITY) as tx:
        await flow.receive(tx, scene, Contact(Channel.WEB, words="sungguh"), NOW)
    with pytest.raises(RealReportsError):
        await simulate(db, scene, pack, read_mix(pack), 7, HouseClock(db, scene), print)
