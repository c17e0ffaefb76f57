"""A burst of callers about one fire: found, joined in one act, parted again without loss, and louder for the agencies."""

from uuid import UUID

import pytest

from tanggap import flow, oversight
from tanggap.incident import store as rows
from tanggap.incident.model import Disposition, Incident, Location, ReportState
from tanggap.incident.refusals import WrongState
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.platform.database import Database
from tanggap.scene import Scene
from tanggap.triage.duplicates import GROUPED
from tanggap.triage.service import nearby
from tests.integration.conftest import CITY
from tests.integration.verification.conftest import at
from tests.integration.verification.test_evidence import SITI, received, weighed


async def fire(db: Database, scene: Scene, n: int) -> UUID:
    place = Location(-3.994 + 0.0006 * (n % 4 - 1.5), 122.49 + 0.0005 * (n % 3 - 1), 100.0, "map")
    return await received(
        db, scene, n * 0.5, number=f"0812-7000-{n:04}", category="building_fire", location=place, words=f"rumah terbakar {n}"
    )  # fmt: skip


async def burst(db: Database, scene: Scene, count: int) -> tuple[UUID, list[UUID], Incident]:
    first, *others = [await fire(db, scene, n) for n in range(count)]
    async with db.transaction(CITY) as tx:
        await flow.claim(tx, scene, first, SITI, at(5))
        incident = await flow.hand_over(tx, scene, first, None, SITI, at(6))
    return first, others, incident


async def test_a_burst_is_found_while_it_waits_and_joined_in_one_act(db: Database, scene: Scene) -> None:
    first, others, incident = await burst(db, scene, 12)
    elsewhere = await received(db, scene, 3, category="building_fire", location=Location(-3.95, 122.53, 50.0, "map"))
    alone = (await weighed(db, scene, elsewhere, 7)).p
    async with db.transaction(CITY) as tx:
        found = await nearby(tx, scene.catalogue, await rows.report(tx, CITY, first), at(7), most=40)
        assert {near.report for near in found if near.is_waiting and near.p >= GROUPED} == set(others)
        joined, many = await flow.join_all(tx, scene, incident.id, [*others, first], SITI, at(8))
        assert (many, joined.report_count, joined.alarm) == (11, 12, 3)
        for report in others:
            stored = await rows.report(tx, CITY, report)
            assert (stored.state, stored.disposition, stored.incident) == (
                ReportState.CLOSED, Disposition.DUPLICATE, incident.id,
            )  # fmt: skip
        told = await timelines.of_incident(tx, CITY, incident.id, 200)
        alarms = [entry for entry in told if entry.kind is Kind.ALARM]
        assert [entry.body["level"] for entry in alarms] == [2, 3]
        assert all("damkarmat" in entry.audience for entry in alarms)
    known = await weighed(db, scene, first, 9)
    assert known.p > alone
    assert known.is_lifted


async def test_what_was_taken_meanwhile_is_left_to_who_took_it(db: Database, scene: Scene) -> None:
    _, others, incident = await burst(db, scene, 3)
    async with db.transaction(CITY) as tx:
        await flow.claim(tx, scene, others[0], SITI, at(7))
        _, many = await flow.join_all(tx, scene, incident.id, others, SITI, at(8))
        assert many == 1
        assert (await rows.report(tx, CITY, others[0])).state is ReportState.ACTIVE


async def test_a_joined_report_is_parted_again_with_all_it_says(db: Database, scene: Scene) -> None:
    first, others, incident = await burst(db, scene, 4)
    async with db.transaction(CITY) as tx:
        before = await rows.report(tx, CITY, others[0])
        joined, _ = await flow.join_all(tx, scene, incident.id, others, SITI, at(8))
        assert joined.alarm == 2
        parted = await flow.part(tx, scene, others[0], SITI, at(9))
        assert (parted.state, parted.disposition, parted.incident) == (ReportState.ACTIVE, None, None)
        for name in ("words", "category", "lat", "lon", "uncertainty_m", "caller", "answers", "flags", "received_at"):
            assert getattr(parted, name) == getattr(before, name)
        left = await rows.incident(tx, CITY, incident.id)
        assert (left.report_count, left.alarm) == (3, 1)
        with pytest.raises(WrongState):
            await flow.part(tx, scene, first, SITI, at(10))
        again, many = await flow.join_all(tx, scene, incident.id, others[:1], SITI, at(11))
        assert (many, again.report_count) == (0, 3)  # it is on a desk: joined there by hand
        assert (await flow.join(tx, scene, others[0], incident.id, SITI, at(12))).alarm == 2
        split = await oversight.split(tx, scene, others[1], SITI, at(13))
        assert (split.report_count, (await rows.incident(tx, CITY, incident.id)).alarm) == (1, 1)
