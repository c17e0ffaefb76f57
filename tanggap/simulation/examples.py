"""The example reports of a city pack, read and checked; playing them is the flow's business."""

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from tanggap.city.flaws import duplicates
from tanggap.city.kinds import Priority
from tanggap.city.pack import Pack
from tanggap.city.pack_reading import PackError, Problem, sentence_for
from tanggap.incident.model import Disposition, ReportState
from tanggap.intake.model import Channel

FILE = "examples.toml"

#: Numbers that Indonesia does not assign: an example must never be dialled back to a stranger.
UNDIALLABLE = re.compile(r"0100-0000-\d{4}")

STEP = re.compile(r"\+(?P<minutes>\d+) (?P<act>[a-z_]+)(?: (?P<named>[a-z0-9 _-]+))?(?:: (?P<words>.+))?")


class Act(StrEnum):
    """What can happen to an example after it was taken, in the words of the timeline."""

    SENT = "sent"  # the call taker hands over: lead first, then supporting agencies
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"  # routing itself offers the next competent agency
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    DONE = "done"
    NOT_DONE = "not_done"  # the citizen: «belum selesai», which reopens the incident
    CONFIRMED = "confirmed"  # the citizen: it is done
    RATED = "rated"  # the citizen, with stars
    CLOSED = "closed"  # the supervisor closes it


#: Acts of an agency: they name exactly one.
BY_AGENCY = frozenset({Act.ACKNOWLEDGED, Act.REJECTED, Act.EN_ROUTE, Act.ON_SCENE, Act.DONE})


class Step(msgspec.Struct, frozen=True):
    """One thing that happened, minutes after the report came in."""

    after_min: int
    act: Act
    agencies: tuple[str, ...] = ()
    words: str = ""
    stars: int | None = None


class Example(msgspec.Struct, frozen=True):
    """One report that never was. With `joins` it is about an earlier example's incident; with steps it opens one itself."""

    code: str
    minutes_ago: int
    channel: Channel
    words: str
    state: ReportState
    address_words: str = ""
    number: str = ""
    name: str = ""
    category: str | None = None
    priority: Priority | None = None
    disposition: Disposition | None = None
    answers: dict[str, Any] = {}
    joins: str | None = None
    answered_s: int | None = None
    steps: tuple[Step, ...] = ()
    area: str | None = None  # kelurahan
    place_label: str = ""
    lat: float | None = None
    lon: float | None = None
    uncertainty_m: float | None = None

    def received_at(self, now: datetime) -> datetime:
        """When it came in, if the demonstration starts `now`."""
        return now - timedelta(minutes=self.minutes_ago)


class _ExampleEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One [[example]] as it stands in the file."""

    code: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,79}$")]
    minutes_ago: Annotated[int, Meta(ge=0)]
    channel: Channel
    words: str
    state: ReportState
    address_words: str = ""
    number: str = ""
    name: str = ""
    place: str | None = None
    area: str | None = None
    category: str | None = None
    priority: Priority | None = None
    disposition: Disposition | None = None
    answers: dict[str, str | int] = {}
    joins: str | None = None
    answered_s: int | None = None
    steps: tuple[str, ...] = ()


def read_examples(pack: Pack) -> list[Example]:
    """The pack's examples, the oldest first; an empty list when the pack has none.

    Raises:
        PackError: with every problem found.
    """
    path = pack.folder / FILE
    if not path.is_file():
        return []
    try:
        listed = tomllib.loads(path.read_text("utf-8")).get("example", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError([Problem(FILE, "", f"The file is not valid TOML: {error}.")]) from error
    problems: list[Problem] = []
    entries: list[_ExampleEntry] = []
    for number, raw in enumerate(listed, 1):
        try:
            entries.append(msgspec.convert(raw, _ExampleEntry))
        except msgspec.ValidationError as error:
            title = raw.get("code", f"no. {number}") if isinstance(raw, dict) else f"no. {number}"
            problems.append(Problem(FILE, f"example {title}", sentence_for(str(error))))
    problems += [Problem(FILE, f"example {code}", "stands there twice.") for code in duplicates(entry.code for entry in entries)]
    by_code = {entry.code: entry for entry in entries}
    for entry in entries:
        problems += [Problem(FILE, f"example {entry.code}", sentence) for sentence in _wrong(entry, by_code, pack)]
    if problems:
        raise PackError(problems)
    return sorted((_example(entry, pack) for entry in entries), key=lambda example: -example.minutes_ago)


def read_step(text: str) -> Step:
    """One step from its line.

    Raises:
        ValueError: the line is not one; the message says why.
    """
    found = STEP.fullmatch(text)
    if found is None or found["act"] not in list(Act):
        raise ValueError(f"has the step {text!r}, which is not «+minutes act agencies: words».")
    act, named = Act(found["act"]), tuple((found["named"] or "").split())
    if act is Act.RATED:
        if len(named) != 1 or named[0] not in "12345":
            raise ValueError(f"has the step {text!r}, which needs 1 to 5 stars.")
        return Step(int(found["minutes"]), act, (), found["words"] or "", int(named[0]))
    if (act is Act.SENT and not named) or (act in BY_AGENCY and len(named) != 1) or (act not in {Act.SENT, *BY_AGENCY} and named):
        raise ValueError(f"has the step {text!r}, which names too few or too many agencies.")
    return Step(int(found["minutes"]), act, named, found["words"] or "")


def _wrong(entry: _ExampleEntry, by_code: dict[str, _ExampleEntry], pack: Pack) -> Iterator[str]:
    if entry.number and not UNDIALLABLE.fullmatch(entry.number):
        yield "has a number that somebody could have; write 0100-0000-….."
    category = next((category for category in pack.categories if category.code == entry.category), None)
    named = (
        ("place", entry.place, {place.code for place in pack.places}),
        ("area", entry.area, {area.code for area in pack.areas}),
        ("category", entry.category, {category.code} if category else set()),
    )
    for what, code, known in named:
        if code is not None and code not in known:
            yield f"names the {what} `{code}`, which the pack does not have."
    for question in entry.answers.keys() - ({question.code for question in category.questions} if category else set()):
        yield f"answers the question `{question}`, which its category does not ask."
    competent = {category.lead, *category.next} if category else set()
    yield from _wrong_outcome(entry, by_code)
    yield from _wrong_steps(entry, {agency.code for agency in pack.agencies}, competent)


def _wrong_outcome(entry: _ExampleEntry, by_code: dict[str, _ExampleEntry]) -> Iterator[str]:
    if (entry.state is ReportState.CLOSED) != (entry.disposition is not None):
        yield "is closed without a disposition, or has one without being closed."
    if (entry.disposition is Disposition.GENUINE) != bool(entry.steps):
        yield "is genuine without steps, or has steps without being genuine."
    if (entry.disposition is Disposition.DUPLICATE) != (entry.joins is not None):
        yield "is a duplicate that joins nothing, or joins without being one."
    if entry.joins is not None:
        first = by_code.get(entry.joins)
        if first is None or not first.steps or first.minutes_ago <= entry.minutes_ago:
            yield f"joins `{entry.joins}`, which is no earlier example with an incident."


def _wrong_steps(entry: _ExampleEntry, agencies: set[str], competent: set[str]) -> Iterator[str]:
    asked: set[str] = set()
    last = 0
    for text in entry.steps:
        try:
            step = read_step(text)
        except ValueError as error:
            yield str(error)
            continue
        if step.act is Act.SENT:
            asked |= set(step.agencies)
        for agency in step.agencies:
            if agency not in agencies:
                yield f"names the agency `{agency}`, which agencies.toml does not have."
            elif agency not in asked:
                yield f"lets `{agency}` answer, which was not asked."
        if step.act is Act.REJECTED:
            asked |= competent
        if not last <= step.after_min <= entry.minutes_ago:
            yield f"has the step {text!r} out of order, or in the future."
        last = step.after_min


def _example(entry: _ExampleEntry, pack: Pack) -> Example:
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__ if name not in ("place", "steps", "area")}
    where: dict[str, Any] = {}
    for area in pack.areas:
        if area.code == entry.area:
            where = _where(area.name, area.inner_lat, area.inner_lon, area.radius_m, area.code)
    for place in pack.places:
        if place.code == entry.place:
            where = _where(place.name, place.lat, place.lon, place.uncertainty_m, entry.area or place.area)
    return Example(steps=tuple(read_step(text) for text in entry.steps), **fields, **where)


def _where(label: str, lat: float, lon: float, uncertainty_m: float, area: str | None) -> dict[str, Any]:
    return {"place_label": label, "lat": lat, "lon": lon, "uncertainty_m": uncertainty_m, "area": area}
