"""What a roster should not ask of one person: two places at once, too little rest, too many hours. Warnings; pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from tanggap.city.shift_plan import Limits
from tanggap.platform.i18n import N_

WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


class Rule(StrEnum):
    """What is looked at."""

    DOUBLE = "double"
    REST = "rest"
    STRETCH = "stretch"  # turns with less than the least rest between them are one stretch of work
    WEEK = "week"


WARNING_SENTENCES: Mapping[Rule, str] = {
    Rule.DOUBLE: N_("ganda: bertumpuk {hours} jam dengan giliran lain"),
    Rule.REST: N_("istirahat hanya {hours} jam (sedikitnya {limit})"),
    Rule.STRETCH: N_("{hours} jam kerja tanpa istirahat penuh (paling banyak {limit})"),
    Rule.WEEK: N_("{hours} jam dalam 7 hari (paling banyak {limit})"),
}


class Span(msgspec.Struct, frozen=True):
    """A time that one person is to work."""

    id: UUID
    starts_at: datetime
    ends_at: datetime


class Warned(msgspec.Struct, frozen=True):
    """One warning: which rule, by how much, and the spans it is about."""

    rule: Rule
    hours: float
    limit: float
    spans: frozenset[UUID]

    def said(self, translate: Callable[[str], str]) -> str:
        """The warning as people read it."""
        return translate(WARNING_SENTENCES[self.rule]).format(hours=_number(self.hours), limit=_number(self.limit))


def _number(hours: float) -> str:
    return f"{hours:.1f}".removesuffix(".0").replace(".", ",")


def warnings_of(spans: Iterable[Span], limits: Limits) -> list[Warned]:
    """All that is wrong with the spans of one person, the worst of each rule first."""
    ordered = sorted(spans, key=lambda span: (span.starts_at, span.ends_at, span.id))
    found = [
        *_pairs(ordered, limits),
        *_stretches(ordered, limits),
        *_weeks(ordered, limits.most_hours_week),
    ]
    order = list(Rule)
    return sorted(found, key=lambda one: (order.index(one.rule), _mildness(one)))


def warnings_about(span: Span, others: Iterable[Span], limits: Limits) -> list[Warned]:
    """What is wrong with one span among the person's others: of each rule the worst."""
    worst: dict[Rule, Warned] = {}
    for one in warnings_of([*(other for other in others if other.id != span.id), span], limits):
        if span.id in one.spans:
            worst.setdefault(one.rule, one)
    return list(worst.values())


def _mildness(one: Warned) -> float:
    return one.hours if one.rule is Rule.REST else -one.hours


def _pairs(ordered: Sequence[Span], limits: Limits) -> Iterable[Warned]:
    for place, first in enumerate(ordered):
        for second in ordered[place + 1 :]:
            between = second.starts_at - first.ends_at
            pair = frozenset({first.id, second.id})
            if between < timedelta(0):
                both = min(first.ends_at, second.ends_at) - second.starts_at
                yield Warned(Rule.DOUBLE, both / HOUR, 0.0, pair)
            elif between < timedelta(hours=limits.least_rest_h):
                yield Warned(Rule.REST, between / HOUR, limits.least_rest_h, pair)


def _stretches(ordered: Sequence[Span], limits: Limits) -> Iterable[Warned]:
    stretch: list[Span] = []
    worked, until = timedelta(0), datetime.min.replace(tzinfo=UTC)
    for span in [*ordered, None]:
        if stretch and (span is None or span.starts_at - until >= timedelta(hours=limits.least_rest_h)):
            if worked > timedelta(hours=limits.most_hours_day):
                yield Warned(Rule.STRETCH, worked / HOUR, limits.most_hours_day, frozenset(one.id for one in stretch))
            stretch, worked = [], timedelta(0)
        if span is not None:
            worked += max(span.ends_at - max(span.starts_at, until), timedelta(0))
            until = max(until, span.ends_at)
            stretch.append(span)


def _weeks(ordered: Sequence[Span], most: int) -> Iterable[Warned]:
    """Every seven days that may be the fullest: they begin where a span begins, or end where one ends."""
    begins = {span.starts_at for span in ordered} | {span.ends_at - WEEK for span in ordered}
    for begin in sorted(begins):
        parts = {span.id: _within(span, begin, begin + WEEK) for span in ordered}
        worked = sum(parts.values(), timedelta(0))
        if worked > timedelta(hours=most):
            yield Warned(Rule.WEEK, worked / HOUR, most, frozenset(one for one, part in parts.items() if part))


def _within(span: Span, begin: datetime, end: datetime) -> timedelta:
    return max(min(span.ends_at, end) - max(span.starts_at, begin), timedelta(0))
