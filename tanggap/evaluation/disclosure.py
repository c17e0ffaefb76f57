"""What may be told of counts in public, so that nobody can be recognised by a small one, nor by what is left of a total.

A cell from 1 to 4 is withheld. Then the smallest of the others is withheld with it, and every cell that is equal to that one: so
whoever knows the total and this rule can exchange what is withheld among those cells, and knows none of them for certain
(complementary suppression; Hundepool et al., Statistical Disclosure Control, 2012, chapter 4). Where all others are empty, the
empty ones are withheld; where there are none, the whole table is.
"""

import math
from collections.abc import Iterable, Mapping

import msgspec

#: A count below this, and above nothing, is small.
SMALL = 5


def withheld(cells: Mapping[str, int]) -> frozenset[str]:
    """The keys of which nothing may be told. All of them: then not even the table's total may be."""
    small = {key for key, n in cells.items() if 0 < n < SMALL}
    if not small:
        return frozenset()
    rest = {key: n for key, n in cells.items() if key not in small}
    least = min((n for n in rest.values() if n), default=0)
    beside = {key for key, n in rest.items() if n == least}
    return frozenset(small | beside) if beside else frozenset(cells)


def told(cells: Mapping[str, int]) -> dict[str, int | None]:
    """The cells as they are published; None where nothing is told."""
    hidden = withheld(cells)
    return {key: None if key in hidden else n for key, n in cells.items()}


def may_be_told(tables: Iterable[Mapping[str, int]]) -> bool:
    """Whether tables that count the same things in different ways may be published, with their common total.

    Not when the total itself is small, nor when a table has no cell to withhold beside its small ones: its sum would tell them.
    """
    return all(
        not 0 < sum(cells.values()) < SMALL and (not (hidden := withheld(cells)) or _has_other(cells, hidden)) for cells in tables
    )


def _has_other(cells: Mapping[str, int], hidden: frozenset[str]) -> bool:
    return any(cells[key] == 0 or cells[key] >= SMALL for key in hidden)


class ShareTold(msgspec.Struct, frozen=True):
    """A share as it is published, in whole percent; `bound` says that it is only below («<») or above («>») that."""

    percent: int
    bound: str = ""


def share_told(met: int, n: int) -> ShareTold | None:
    """A share of cases: nothing of few cases, and only a bound where few are, or few are not."""
    if n < SMALL:
        return None
    few = math.ceil(100 * SMALL / n)
    if 0 < met < SMALL:
        return ShareTold(few, "<") if few < 100 else None
    if 0 < n - met < SMALL:
        return ShareTold(100 - few, ">") if few < 100 else None
    return ShareTold(round(100 * met / n))
