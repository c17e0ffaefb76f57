"""Two catalogues side by side over the same incidents: who would have been asked, how urgent, what would have been late.

Compared are the rules, not what people did then: both sides are what the catalogue proposes by category and answers. A priority
that somebody chose by hand stays on both sides.
"""

from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue

#: Incidents that are listed by name, the newest.
MOST_LISTED = 50


class Tried(NamedTuple):
    """What is known of one incident. Times are seconds; None where it was not answered or finished yet."""

    id: UUID
    number: int
    opened_at: datetime
    category: str | None
    chosen: str | None  # the priority that a person chose
    answers: str  # as JSON
    acknowledged_s: float | None
    resolved_s: float | None


class Ruling(NamedTuple):
    """What one catalogue says of an incident."""

    agencies: tuple[str, ...]  # the lead first
    priority: Priority
    acknowledge_s: int
    resolve_s: int


class Listed(NamedTuple):
    """An incident that the new rules would treat otherwise."""

    tried: Tried
    old: Ruling
    new: Ruling


class ByCategory(msgspec.Struct):
    """One category's counts."""

    n: int = 0
    elsewhere: int = 0
    other_priority: int = 0


class Outcome:
    """The counts of a trial, incident by incident."""

    def __init__(self, old: Catalogue, new: Catalogue) -> None:
        """Nothing is counted yet."""
        self._catalogues = (old, new)
        self._rulings: dict[tuple[str | None, str | None, str], tuple[Ruling, Ruling]] = {}
        self.n = self.elsewhere = self.other_lead = self.nobody = self.sooner = self.less_soon = 0
        self.other_times = 0
        self.late: Counter[str] = Counter()  # acknowledged_old, acknowledged_new, resolved_old, resolved_new
        self.categories: dict[str, ByCategory] = {}
        self.moves: Counter[tuple[str, str]] = Counter()  # lead before, lead after
        self.listed: list[Listed] = []

    def count(self, tried: Tried) -> None:
        """Take one more incident in; the newest come first."""
        key = (tried.category, tried.chosen, tried.answers)
        rulings = self._rulings.get(key)
        if rulings is None:
            old, new = self._catalogues
            rulings = self._rulings[key] = (ruling(old, *key), ruling(new, *key))
        before, after = rulings
        self.n += 1
        row = self.categories.setdefault(tried.category or "", ByCategory())
        row.n += 1
        self._count_late(tried, before, after)
        if before is after or before == after:
            return
        is_elsewhere = set(before.agencies) != set(after.agencies) or before.agencies[:1] != after.agencies[:1]
        self.elsewhere += is_elsewhere
        row.elsewhere += is_elsewhere
        if before.agencies[:1] != after.agencies[:1]:
            self.other_lead += 1
            self.moves[("".join(before.agencies[:1]), "".join(after.agencies[:1]))] += 1
        self.nobody += bool(before.agencies) and not after.agencies
        self.sooner += after.priority < before.priority
        self.less_soon += after.priority > before.priority
        row.other_priority += after.priority != before.priority
        self.other_times += before[2:] != after[2:]
        if (is_elsewhere or after.priority != before.priority) and len(self.listed) < MOST_LISTED:
            self.listed.append(Listed(tried, before, after))

    def _count_late(self, tried: Tried, before: Ruling, after: Ruling) -> None:
        for name, took_s, old_s, new_s in (
            ("acknowledged", tried.acknowledged_s, before.acknowledge_s, after.acknowledge_s),
            ("resolved", tried.resolved_s, before.resolve_s, after.resolve_s),
        ):
            if took_s is not None:
                self.late[f"{name}_old"] += took_s > old_s
                self.late[f"{name}_new"] += took_s > new_s

    @property
    def other_priority(self) -> int:
        """How many would have another priority."""
        return self.sooner + self.less_soon

    @property
    def touched(self) -> list[tuple[str, ByCategory]]:
        """The categories in which anything would be different, the most first."""
        found = [(code, row) for code, row in self.categories.items() if row.elsewhere or row.other_priority]
        return sorted(found, key=lambda item: (-(item[1].elsewhere + item[1].other_priority), item[0]))


def ruling(catalogue: Catalogue, category: str | None, chosen: str | None, answers: str) -> Ruling:
    """What a catalogue says of an incident of a category with these answers (JSON). A retired category proposes nobody."""
    entry = catalogue.categories_by_code.get(category or "")
    given: dict[str, Any] = _answers(answers)
    priority = Priority(chosen) if chosen else entry.priority_for(given) if entry else Priority.P3
    agencies: tuple[str, ...] = ()
    if entry is not None and entry.active:
        lead = catalogue.competent(entry.code)[:1]
        known = catalogue.agencies_by_code
        added = [code for code in entry.added(given) if code in known and known[code].active] if lead else []
        agencies = tuple(dict.fromkeys([*lead, *catalogue.supporting(entry.code), *added]))
    target = catalogue.target(priority)
    return Ruling(agencies, priority, target.acknowledge_s, target.resolve_s)


def _answers(said: str) -> dict[str, Any]:
    found = msgspec.json.decode(said)
    return found if isinstance(found, dict) else {}
