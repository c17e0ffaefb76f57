"""Recurring callers: people's measures, recorded, ending by themselves; and a thank-you for who tried the number."""

from datetime import timedelta

import pytest

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import Disposition, ReportState
from tanggap.incident.refusals import NotFound
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.scene import Scene
from tanggap.verification.nuisance import service as nuisance
from tanggap.verification.nuisance.model import MeasureUnclear
from tanggap.verification.nuisance.store import recurring
from tanggap.web.citizen.progress import ENDED, THANKED, tracked
from tests.integration.conftest import CITY
from tests.integration.verification.conftest import at
from tests.integration.verification.test_evidence import NUMBER, SITI, disposed, received


async def test_a_recurring_caller_stands_on_the_list_with_what_was_tried(db: Database, scene: Scene) -> None:
    for n, kind in enumerate([Disposition.TEST, Disposition.PRANK, Disposition.MISDIAL, Disposition.GENUINE]):
        await disposed(db, scene, await received(db, scene, -90 + n, number=NUMBER), kind, -80)
    await disposed(db, scene, await received(db, scene, -70, number="0812-9"), Disposition.TEST, -60)
    async with db.transaction(CITY) as tx:
        (found,) = await recurring(tx, CITY, at(0))
        assert (found.masked, found.unreal, found.real) == ("0813…42", 3, 1)
        measure = await nuisance.take_measure(tx, CITY, found.caller, "family", "ibunya tahu", 7, SITI, at(0))
        (one,) = (await recurring(tx, CITY, at(0)))[0].measures
        assert one.id == measure
        assert one.stands(at(0))
        assert not one.stands(at(0) + timedelta(days=7))
        await nuisance.end_measure(tx, CITY, measure, at(1))
        assert not (await recurring(tx, CITY, at(2)))[0].measures[0].stands(at(2))
        with pytest.raises(NotFound):
            await nuisance.end_measure(tx, CITY, measure, at(3))
        for kind, days in (("block", 7), ("family", 0), ("family", 1_000)):
            with pytest.raises(MeasureUnclear):
                await nuisance.take_measure(tx, CITY, found.caller, kind, "", days, SITI, at(3))
        with pytest.raises(NotFound):
            await nuisance.take_measure(tx, CITY, new_id(), "family", "", 7, SITI, at(3))
    again = await received(db, scene, 5, number=NUMBER)
    async with db.reading(CITY) as conn:
        assert (await rows.report(conn, CITY, again)).state is ReportState.WAITING


async def test_a_tester_is_thanked_only_where_that_is_switched_on(db: Database, scene: Scene) -> None:
    report = await received(db, scene, number=NUMBER)
    await disposed(db, scene, report, Disposition.TEST)
    async with db.transaction(CITY) as tx:
        told = await rows.report(tx, CITY, report)
        assert (await tracked(tx, scene.catalogue, told)).below == ENDED[Disposition.TEST]
        await nuisance.thank_testers(tx, CITY, True, None, at(2))
        shown = await tracked(tx, scene.catalogue, told)
        assert (shown.headline, shown.below) == THANKED
        await nuisance.thank_testers(tx, CITY, False, None, at(3))
        assert (await tracked(tx, scene.catalogue, told)).below == ENDED[Disposition.TEST]


async def test_a_test_call_ends_with_one_act_and_is_counted(db: Database, scene: Scene) -> None:
    report = await received(db, scene, words="coba saja")
    async with db.transaction(CITY) as tx:
        ended = await flow.dispose(tx, scene, report, Disposition.TEST, SITI, at(1))
    assert (ended.state, ended.disposition) == (ReportState.CLOSED, Disposition.TEST)
