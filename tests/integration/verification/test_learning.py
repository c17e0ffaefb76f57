"""From dispositions to published weights and back, by the coordinator's own pages."""

from datetime import timedelta

import pytest

from tanggap.incident.refusals import WrongState
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.scene import Scene
from tanggap.verification import store as evidence
from tanggap.verification.learning import service as learning
from tanggap.verification.learning.model import TooFew, WeightsState
from tanggap.verification.learning.store import versions
from tests.integration.conftest import CITY
from tests.integration.verification.conftest import NOW, at
from tests.integration.verification.test_evidence import SITI, received, weighed


async def lived(db: Database, now=NOW, reports: int = 600) -> None:  # type: ignore[no-untyped-def]
    """Months of disposed reports: who names a place is mostly real here, words or not."""
    rows = [
        (
            CITY, new_id(), now - timedelta(days=100 * n / reports, minutes=1), "call", "closed",
            "halo" if n % 2 else "tes", "pasar baru" if n % 3 else "", "genuine" if n % 3 and n % 7 else "test",
            now - timedelta(days=100 * n / reports), new_id().bytes,
        )
        for n in range(reports)
    ]  # fmt: skip
    async with db.transaction(CITY) as tx:
        for row in rows:
            await tx.execute(
                """INSERT INTO report (city, id, received_at, channel, state, words, address_words, disposition, disposed_at,
                                       track)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""", *row,
            )  # fmt: skip


async def test_weights_are_proposed_tried_published_and_taken_back(db: Database, scene: Scene) -> None:
    await lived(db)
    report = await received(db, scene, address_words="pasar baru")
    before = await weighed(db, scene, report)
    async with db.transaction(CITY) as tx:
        first = await learning.propose(tx, scene.catalogue, scene.hear, SITI, at(1))
    assert await weighed(db, scene, report) == before, "a proposal changes nothing"
    async with db.transaction(CITY) as tx:
        (shown,) = await versions(tx, CITY)
        assert shown.basis.ece_new < shown.basis.ece_now
        assert 0 < shown.basis.n < shown.basis.taught_by
        await learning.publish(tx, CITY, first, SITI, at(2))
        with pytest.raises(WrongState):
            await learning.publish(tx, CITY, first, SITI, at(3))
    after = await weighed(db, scene, report)
    assert after.version == first == 1
    assert after.p != before.p
    async with db.transaction(CITY) as tx:
        second = await learning.propose(tx, scene.catalogue, scene.hear, SITI, at(4))
        await learning.publish(tx, CITY, second, SITI, at(5))
        assert (await evidence.in_force(tx, CITY)).version == 2
        await learning.withdraw(tx, CITY, second, SITI, at(6))
        assert (await evidence.in_force(tx, CITY)).version == 1
        await learning.withdraw(tx, CITY, first, SITI, at(7))
        assert (await evidence.in_force(tx, CITY)).version == 0
        third = await learning.propose(tx, scene.catalogue, scene.hear, SITI, at(8))
        await learning.refuse(tx, CITY, third, SITI, at(9))
        assert [one.state for one in await versions(tx, CITY)] == [WeightsState.WITHDRAWN] * 3
    assert (await weighed(db, scene, report)).version == 0


async def test_too_few_dispositions_are_said_in_a_sentence(db: Database, scene: Scene) -> None:
    with pytest.raises(TooFew):
        async with db.transaction(CITY) as tx:
            await learning.propose(tx, scene.catalogue, scene.hear, SITI, utcnow())
