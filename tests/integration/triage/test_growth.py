"""From confirmed reports to sentences in force and back."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tanggap.city.model import Catalogue
from tanggap.city.pack import Pack
from tanggap.city.said import Said
from tanggap.incident.refusals import WrongState
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.scene import Scene
from tanggap.triage.building import Task, learn_once
from tanggap.triage.growth import service as growth
from tanggap.triage.growth import store
from tanggap.triage.growth.model import Figures, GrowthState, SideBySide
from tanggap.triage.learning import learn
from tanggap.triage.reader import Reader
from tests.integration.conftest import CITY
from tests.integration.verification.test_evidence import SITI

NOW = utcnow()
SAID = Said("seng dapur lepas semua", "strong_wind", None, "genuine")
#: What a proposal is shown with: better at categories, and one danger missed.
PROPOSED = SideBySide(tried=40, genuine=30, p1=8, now=Figures(20, 25, 8, 4, 5), new=Figures(24, 28, 7, 3, 6))


async def tried_calls(db: Database, count: int) -> None:
    """Calls that sound like reports of a lamp, and which people called a test."""
    async with db.transaction(CITY) as tx:
        for n in range(count):
            await tx.execute(
                """INSERT INTO report (city, id, received_at, channel, state, words, address_words, disposition, disposed_at,
                                       track)
                   VALUES ($1, $2, $3, 'call', 'closed', $4, '', 'test', $3, $5)""",
                CITY, UUID(int=n + 1), NOW - timedelta(hours=n + 1), f"lampu jalan padam di lorong {n}" + " Fahrurozi" * (n == 7),
                UUID(int=n + 1).bytes,
            )  # fmt: skip


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, pack: Pack) -> tuple[Said, ...]:
    """A part of the pack, learned in this process: what is tried here is the way, not the reading."""
    said = pack.said[::8]

    async def learn_here(folder: Path, catalogue: Catalogue, sentences: Sequence[Said]) -> None:
        learn_once(Task(folder, catalogue, tuple(sentences)))

    monkeypatch.setattr(growth, "said_of", lambda _catalogue: said)
    monkeypatch.setattr(growth, "learn_outside", learn_here)
    return said


async def test_what_people_corrected_is_learned_aside_published_and_taken_back(
    db: Database, scene: Scene, few: tuple[Said, ...], tmp_path: Path
) -> None:
    reader = Reader(learn(few, scene.catalogue), scene.catalogue)
    assert not await growth.learn_asked(db, scene.catalogue, reader, tmp_path, NOW), "nobody asked"
    async with db.transaction(CITY) as tx:
        assert await growth.ask(tx, CITY, SITI, NOW) == 1
        assert await growth.ask(tx, CITY, SITI, NOW) == 1, "asked once, however often the button is pressed"
    assert await growth.learn_asked(db, scene.catalogue, reader, tmp_path, NOW)
    async with db.reading(CITY) as conn:
        assert (await store.versions(conn, CITY))[0].state is GrowthState.TOO_FEW
    await tried_calls(db, 120)
    async with db.transaction(CITY) as tx:
        assert await growth.ask(tx, CITY, SITI, NOW) == 2
    await growth.learn_asked(db, scene.catalogue, reader, tmp_path, NOW)
    async with db.transaction(CITY) as tx:
        shown = (await store.versions(tx, CITY))[0]
        assert shown.state is GrowthState.PROPOSED
        assert not any("fahrurozi" in one.words for one in shown.sentences), "who is alone with a word is not named by it"
        assert shown.basis is not None
        assert shown.basis.new.not_genuine > shown.basis.now.not_genuine
        assert await store.in_force(tx, CITY) == (), "a proposal changes nothing"
        version = scene.catalogue.version
        await growth.publish(tx, CITY, 2, SITI, NOW)
        assert await store.in_force(tx, CITY) == shown.sentences
        assert await tx.fetchval("SELECT catalogue_version FROM city WHERE city = $1", CITY) == version + 1
        with pytest.raises(WrongState):
            await growth.refuse(tx, CITY, 2, SITI, NOW)
        await growth.withdraw(tx, CITY, 2, SITI, NOW)
        assert await store.in_force(tx, CITY) == ()
