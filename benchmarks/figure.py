"""One measured figure beside its reference, as a JSON line for machines and a table row for people."""

import sys
from collections.abc import Sequence

import msgspec
from rich.console import Console
from rich.table import Table


class Figure(msgspec.Struct, frozen=True):
    """What was measured, what it is held against, and whether the goal is met."""

    name: str
    value: float
    unit: str
    reference: str
    ratio: float
    goal: str
    met: bool


def against(name: str, value: float, unit: str, reference: str, reference_value: float, goal: str, met: bool) -> Figure:
    """A figure with its ratio to the reference's value."""
    ratio = value / reference_value if reference_value else float("nan")
    return Figure(name, round(value, 3), unit, f"{reference} = {reference_value:.4g}", round(ratio, 4), goal, met)


def say(figures: Sequence[Figure]) -> None:
    """JSON lines on standard output."""
    for figure in figures:
        print(msgspec.json.encode(figure).decode(), flush=True)


def tell(figures: Sequence[Figure]) -> None:
    """JSON lines, and a table when a person looks."""
    say(figures)
    show(figures)


def show(figures: Sequence[Figure], *, always: bool = False) -> None:
    """A table on the terminal when a person looks, or always."""
    if not sys.stdout.isatty() and not always:
        return
    table = Table("figure", "value", "unit", "reference", "ratio", "goal", "met")
    for figure in figures:
        row = (figure.name, f"{figure.value:g}", figure.unit, figure.reference, f"{figure.ratio:g}", figure.goal)
        table.add_row(*row, "yes" if figure.met else "NO")
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
