"""Many callers about one thing, seen in the list while they still ring: by place and time alone where nothing was said yet."""

from collections.abc import Sequence
from string import ascii_uppercase
from typing import Final
from uuid import UUID

import msgspec

from tanggap.city.model import Catalogue
from tanggap.triage.duplicates import Told, group_of, grouped
from tanggap.web.console.store import Row

#: Fewer than this are no burst; what is alike of two stands beside the open report.
LEAST: Final = 3


class Burst(msgspec.Struct, frozen=True):
    """A group in the list: a letter to tell it from the others, and how many wait in it."""

    letter: str
    many: int


def bursts(waiting: Sequence[Row], catalogue: Catalogue) -> dict[UUID, Burst]:
    """The group of each waiting report that has one; the first to come names the first letter. Nothing is joined by this."""
    placed = [row for row in waiting if row.lat is not None or row.area is not None]
    if len(placed) < LEAST:
        return {}
    told = [
        Told(
            row.id, row.received_at, row.category, group_of(row.category, catalogue), row.lat, row.lon, row.uncertainty_m,
            row.area, row.words,
        )
        for row in placed
    ]  # fmt: skip
    large = [group for group in grouped(told) if len(group.members) >= LEAST]
    return {
        member: Burst(letter, len(group.members))
        for letter, group in zip(ascii_uppercase, large, strict=False)
        for member in group.members
    }
