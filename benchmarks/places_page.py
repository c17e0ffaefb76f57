"""`python -m benchmarks.places_page`: the coordinator's list of places among 100,000 names, opened again and after a change.

Without the database: what the page asks of the gazetteer, and what taking a change costs before it. The reference is
looking up every text of the page anew, in the same run.
"""

import asyncio
import random
import time
from datetime import UTC, datetime
from uuid import UUID

from benchmarks.figure import Figure, against, percentile, tell
from benchmarks.location import CROWD, catalogue_of, pack_entries
from tanggap.city.boundaries import index_of
from tanggap.city.pack import pack_folder, read_pack
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.learning.model import LessonKind, Proposal, ProposalState
from tanggap.location.learning.service import kinds_known
from tanggap.location.model import Entry
from tanggap.platform.secrets import Keyring
from tanggap.scene import scene_of
from tanggap.simulation.made_up import made_up_places
from tanggap.web.coordinator import places_view
from tanggap.web.coordinator.places import MOST_SHOWN, MOST_TRIED

CHANGES = 40
GOAL_MS = 80.0
_NOW = datetime(2026, 11, 26, tzinfo=UTC)


class Page:
    """The page with its proposals and what was said lately."""

    def __init__(self, entries: list[Entry]) -> None:
        rng = random.Random(1)
        self.catalogue = catalogue_of(read_pack(pack_folder("kendari")))
        self._proposals = [_proposal(n, rng.choice(entries)) for n in range(MOST_SHOWN)]
        self._said = [f"pohon tumbang depan {rng.choice(entries).name.lower()}" for _ in range(MOST_TRIED)]
        self._scene = scene_of(self.catalogue, Gazetteer(()), Keyring({1: bytes(32)}))

    def opened_ms(self, gazetteer: Gazetteer) -> float:
        """Milliseconds to gather what the page shows."""
        began = time.perf_counter()
        places_view.rows(self._proposals, self._scene._replace(gazetteer=gazetteer), str)
        places_view.kinds(kinds_known(gazetteer), str)
        places_view.counts(gazetteer, str)
        places_view.known_share(gazetteer, self._said)
        return 1000 * (time.perf_counter() - began)

    def found_anew_ms(self, gazetteer: Gazetteer) -> float:
        """Milliseconds to look up every text of the page."""
        began = time.perf_counter()
        for said in (*(one.said for one in self._proposals), *self._said):
            gazetteer.find(said)
        return 1000 * (time.perf_counter() - began)


def _proposal(n: int, entry: Entry) -> Proposal:
    said = f"warung doyan bakso {n}" if n % 2 else entry.name.lower()[:-1]
    return Proposal(UUID(int=n), said, LessonKind.PLACE, None, entry.lat, entry.lon, 20.0, 0.0, entry.area, 2, 2, _NOW, _NOW,
                    ProposalState.PROPOSED, None, None)  # fmt: skip


def figures() -> list[Figure]:
    """Opened again; after each of some changes with taking the change; both beside all texts looked up anew."""
    known = pack_entries()
    entries = [*known, *made_up_places(CROWD - len(known), known)]
    page = Page(entries)
    gazetteer = Gazetteer(entries, index_of(page.catalogue), "Kendari")
    page.opened_ms(gazetteer)
    again, after, anew = [], [], []
    for n in range(CHANGES):
        again.append(page.opened_ms(gazetteer))
        began = time.perf_counter()
        entry = entries[n * 97]
        gazetteer = gazetteer.with_changes(
            [Entry(f"new-{n}", entry.kind, f"{entry.name} Baru", (), entry.lat, entry.lon, 50.0, entry.area)]
        )
        taken_ms = 1000 * (time.perf_counter() - began)
        after.append(taken_ms + page.opened_ms(gazetteer))
        anew.append(page.found_anew_ms(gazetteer))
    reference = percentile(anew, 0.95)
    return [
        against(f"places page, {name}, p95", percentile(found, 0.95), "ms", "all texts looked up anew, p95", reference,
                f"< {GOAL_MS:.0f} ms", percentile(found, 0.95) < GOAL_MS)
        for name, found in {"opened again": again, "after a change, taking it included": after}.items()
    ]  # fmt: skip


async def measure() -> list[Figure]:
    """The two figures."""
    return await asyncio.to_thread(figures)


if __name__ == "__main__":
    tell(asyncio.run(measure()))
