"""What a city aims at: the times of each priority, and the levels of its service."""

import msgspec

from tanggap.city.kinds import Priority, Provenance


class Target(msgspec.Struct, frozen=True):
    """The times that the city aims at for one priority, in seconds: from hand-over, from acknowledgement, from hand-over."""

    priority: Priority
    acknowledge_s: int
    travel_s: int
    resolve_s: int
    note: str
    provenance: Provenance


class ServiceLevel(msgspec.Struct, frozen=True):
    """A level that the city wants its service to reach: this share of a figure's cases, within this time."""

    code: str
    figure: str  # of evaluation/figures.py
    share: float  # 0–1
    within: int | None  # seconds, or working days for a figure that is counted in them; None: the figure is a share itself
    groups: tuple[str, ...]  # of categories; empty: all
    priorities: tuple[Priority, ...]  # empty: all
    note: str
    provenance: Provenance
    source: str
    active: bool = True
