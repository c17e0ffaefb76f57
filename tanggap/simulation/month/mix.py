"""What a simulated month is made of, read from the city pack's `month.toml` and checked against the pack."""

import re
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from tanggap.city.kinds import Priority
from tanggap.city.pack import Pack
from tanggap.city.pack_reading import PackError, Problem, sentence_for
from tanggap.incident.model import Disposition

FILE = "month.toml"
HOURS = 24
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
#: Calls that may stand under [calls]: everything that is no ticket.
KINDS = frozenset(
    {
        Disposition.TEST, Disposition.PRANK, Disposition.SILENT, Disposition.ABANDONED, Disposition.MISDIAL,
        Disposition.DUPLICATE, Disposition.COUNSELLING, Disposition.INFORMATION,
    }
)  # fmt: skip


class Pace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Median seconds by priority: until acknowledged, until on the way, on the way, at work; and their spread."""

    spread: float
    P1: tuple[float, float, float, float]
    P2: tuple[float, float, float, float]
    P3: tuple[float, float, float, float]
    P4: tuple[float, float, float, float]

    def of(self, priority: Priority) -> tuple[float, float, float, float]:
        """The four medians of a priority."""
        found: tuple[float, float, float, float] = getattr(self, priority.value)
        return found


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many of a hundred do it."""

    unanswered: float
    rejected: float
    confirmed: float
    not_done: float
    reached: float
    known_caller: float


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Calls by hour of the city's day, relative."""

    weights: tuple[float, ...]


class Mix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One month: its calls by what they were, its tickets by category, and how agencies and citizens act."""

    month: str
    source: str
    calls: dict[Disposition, int]
    tickets: dict[str, int]
    finishes: dict[str, tuple[int, int]]
    pace: Pace
    share: Share
    hours: Hours

    @property
    def call_count(self) -> int:
        """All calls of the month."""
        return sum(self.calls.values()) + self.ticket_count

    @property
    def ticket_count(self) -> int:
        """Calls that become a ticket."""
        return sum(self.tickets.values())

    def finished_share(self, agency: str) -> float:
        """The share of its tickets that an agency finishes within the month."""
        done, of = self.finishes.get(agency) or self.finishes["others"]
        return done / of


def read_mix(pack: Pack, path: Path | None = None) -> Mix:
    """The month of a pack, or of another file.

    Raises:
        PackError: there is none, or it cannot be used; with every problem found.
    """
    file = path or pack.folder / FILE
    name = file.name
    try:
        raw = tomllib.loads(file.read_text("utf-8"))
        mix = msgspec.convert(raw, Mix)
    except FileNotFoundError as error:
        raise PackError([Problem(name, "", "The file is not there.")]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError([Problem(name, "", f"The file is not valid TOML: {error}.")]) from error
    except msgspec.ValidationError as error:
        raise PackError([Problem(name, "", sentence_for(str(error)))]) from error
    problems = [Problem(name, where, sentence) for where, sentence in _wrong(mix, pack)]
    if problems:
        raise PackError(problems)
    return mix


def _wrong(mix: Mix, pack: Pack) -> Iterator[tuple[str, str]]:
    if not MONTH.fullmatch(mix.month):
        yield "month", f"is {mix.month!r}; a month is written 2026-01."
    if len(mix.hours.weights) != HOURS or min(mix.hours.weights, default=-1) < 0 or sum(mix.hours.weights) <= 0:
        yield "hours.weights", "must be 24 numbers, none below 0, not all 0."
    yield from _wrong_counts(mix, {category.code for category in pack.categories})
    yield from _wrong_finishes(mix, {agency.code for agency in pack.agencies} | {"others"})


def _wrong_counts(mix: Mix, categories: Collection[str]) -> Iterator[tuple[str, str]]:
    if mix.ticket_count == 0:
        yield "tickets", "names no ticket."
    for kind in mix.calls.keys() - KINDS:
        yield f"calls.{kind.value}", "is not a kind of call without a ticket."
    for category in mix.tickets.keys() - set(categories):
        yield f"tickets.{category}", "is a category that the pack does not have."
    counts = {f"calls.{kind.value}": count for kind, count in mix.calls.items()}
    counts |= {f"tickets.{category}": count for category, count in mix.tickets.items()}
    for name, count in counts.items():
        if count < 0:
            yield name, "is less than nothing."


def _wrong_finishes(mix: Mix, agencies: Collection[str]) -> Iterator[tuple[str, str]]:
    if "others" not in mix.finishes:
        yield "finishes", "has no `others`, for the agencies that do not stand there."
    for agency, (done, of) in mix.finishes.items():
        if agency not in agencies:
            yield f"finishes.{agency}", "is an agency that the pack does not have."
        if not 0 <= done <= of or of == 0:
            yield f"finishes.{agency}", "must be [finished, of how many], the first not larger than the second."
