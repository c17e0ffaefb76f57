"""Who calls in a simulated month: one line a call, made from a seed and nothing else."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from tanggap.city.pack import Pack
from tanggap.city.territory import Area, AreaKind
from tanggap.incident.model import Disposition
from tanggap.simulation.month.mix import Mix

#: A number of nobody (see `examples.UNDIALLABLE`), so that no simulated caller can be dialled back to a stranger.
NUMBER = "0100-0000-{:04d}"
MOST_NUMBERS = 10_000
#: Seconds a caller waits until somebody answers: 9 of 10 within 15 (the target), a few much longer.
ANSWER_MEDIAN_S, ANSWER_SPREAD = 6.0, 0.72
#: Seconds a caller waits who then hangs up.
PATIENCE_MEDIAN_S, PATIENCE_SPREAD = 25.0, 0.8
#: Median seconds of talk by what the call was.
TALK_S: dict[Disposition, float] = {
    Disposition.TEST: 14, Disposition.PRANK: 18, Disposition.SILENT: 12, Disposition.MISDIAL: 16,
    Disposition.INFORMATION: 70, Disposition.COUNSELLING: 420, Disposition.DUPLICATE: 55, Disposition.GENUINE: 95,
}  # fmt: skip
TALK_SPREAD = 0.5
#: Kinds of sentences in the pack's `said` by what the call was.
SAID_AS = {Disposition.COUNSELLING: "counselling_talk"}
#: A second caller calls about the same thing within this time.
SAME_THING = timedelta(minutes=40)


class Call(msgspec.Struct, frozen=True):
    """One call that never was. `about` is the ticket's place in the month; for a duplicate, that of the ticket it is about."""

    at: datetime
    kind: Disposition
    number: str
    wait_s: float  # until answered, or until the caller gives up
    talk_s: float
    words: str = ""
    address_words: str = ""
    category: str | None = None
    area: str | None = None
    lat: float | None = None
    lon: float | None = None
    about: int | None = None


def plan(mix: Mix, pack: Pack, seed: int) -> list[Call]:
    """All calls of the month, the first one first. The same mix, pack and seed give the same calls."""
    rng = random.Random(f"{seed} {mix.month}")  # noqa: S311 - not for secrets
    zone = ZoneInfo(pack.city.timezone)
    start, end = month_span(mix.month, zone)
    callers = _Callers(rng, mix.share.known_caller / 100)
    areas = [area for area in pack.areas if area.kind is AreaKind.KELURAHAN]
    said = {code: [one.words for one in pack.said if one.category == code] for code in mix.tickets}
    kinds = [category for category, count in mix.tickets.items() for _ in range(count)]
    rng.shuffle(kinds)
    tickets = [_ticket(rng, _moment(rng, mix, start, end), category, said[category], areas) for category in kinds]
    tickets = [msgspec.structs.replace(one, about=n) for n, one in enumerate(sorted(tickets, key=lambda one: one.at))]
    others: list[Call] = []
    for kind, count in mix.calls.items():
        sentences = [one.words for one in pack.said if one.kind == SAID_AS.get(kind, kind.value)]
        for _ in range(count):
            if kind is Disposition.DUPLICATE:
                others.append(_again(rng, rng.choice(tickets), end))
            else:
                others.append(_nobody_goes(rng, _moment(rng, mix, start, end), kind, sentences))
    calls = sorted([*tickets, *others], key=lambda one: one.at)
    return [msgspec.structs.replace(one, number=callers.next()) for one in calls]


def month_span(month: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a month as 2026-01, and the first after it, in the city's own days."""
    year, number = (int(part) for part in month.split("-"))
    start = datetime(year, number, 1, tzinfo=zone)
    return start, datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone)


def spread(rng: random.Random, median: float, sigma: float) -> float:
    """A duration with that median, log-normal, as service and waiting times are (Brown et al. 2005)."""
    return median * rng.lognormvariate(0.0, sigma)


def _moment(rng: random.Random, mix: Mix, start: datetime, end: datetime) -> datetime:
    day = start + timedelta(days=rng.randrange((end - start).days))
    (hour,) = rng.choices(range(len(mix.hours.weights)), mix.hours.weights)
    return day + timedelta(hours=hour, seconds=rng.randrange(3600), milliseconds=rng.randrange(1000))


def _nobody_goes(rng: random.Random, at: datetime, kind: Disposition, sentences: Sequence[str]) -> Call:
    if kind is Disposition.ABANDONED:
        return Call(at, kind, "", spread(rng, PATIENCE_MEDIAN_S, PATIENCE_SPREAD), 0.0)
    words = rng.choice(sentences) if sentences else ""
    return Call(at, kind, "", spread(rng, ANSWER_MEDIAN_S, ANSWER_SPREAD), spread(rng, TALK_S[kind], TALK_SPREAD), words)


def _ticket(rng: random.Random, at: datetime, category: str, sentences: Sequence[str], areas: Sequence[Area]) -> Call:
    area = rng.choice(areas)
    reach = area.radius_m / 3 / 111_000  # metres to degrees
    return Call(
        at, Disposition.GENUINE, "", spread(rng, ANSWER_MEDIAN_S, ANSWER_SPREAD),
        spread(rng, TALK_S[Disposition.GENUINE], TALK_SPREAD), rng.choice(sentences) if sentences else category,
        f"kelurahan {area.name}", category, area.code, area.inner_lat + rng.uniform(-reach, reach),
        area.inner_lon + rng.uniform(-reach, reach),
    )  # fmt: skip


def _again(rng: random.Random, first: Call, end: datetime) -> Call:
    """Somebody else calls about the same thing, once the first call has been handed over."""
    after = timedelta(seconds=first.wait_s + first.talk_s + 20)
    at = min(first.at + after + rng.random() * SAME_THING, end - timedelta(seconds=1))
    return msgspec.structs.replace(
        first, at=at, kind=Disposition.DUPLICATE, wait_s=spread(rng, ANSWER_MEDIAN_S, ANSWER_SPREAD),
        talk_s=spread(rng, TALK_S[Disposition.DUPLICATE], TALK_SPREAD),
    )  # fmt: skip


class _Callers:
    """Numbers in the order in which they call; some call again."""

    def __init__(self, rng: random.Random, again: float) -> None:
        self._rng = rng
        self._again = again
        self._known: list[str] = []

    def next(self) -> str:
        if self._known and (self._rng.random() < self._again or len(self._known) >= MOST_NUMBERS):
            return self._rng.choice(self._known)
        self._known.append(NUMBER.format(len(self._known)))
        return self._known[-1]
