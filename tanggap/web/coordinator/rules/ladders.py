"""The ladder as one page a priority: who is told after how long, all steps of it in one form."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tanggap.city.kinds import Priority
from tanggap.city.ladder import Clock, Told, code_of
from tanggap.city.rules.kinds import KINDS, Body
from tanggap.city.rules.model import Problem, Proposed
from tanggap.city.rules.service import Draft
from tanggap.platform.i18n import N_
from tanggap.web.coordinator.rules import form as forms
from tanggap.web.forms import Form

RUNG = KINDS["rung"]
CLOCK_TITLES: Mapping[Clock, str] = {
    Clock.ANSWER: N_("Belum menjawab, sejak diteruskan"),
    Clock.START: N_("Belum berangkat, sejak diterima"),
    Clock.FINISH: N_("Belum selesai, sejak diteruskan"),
}


class Cell(NamedTuple):
    """One step: who is told, and when; `body` as it stands in the draft, or as it was typed."""

    code: str
    tell: Told
    body: Body
    rev: int
    is_changed: bool
    problems: tuple[Problem, ...]


class LadderView(NamedTuple):
    """One clock's ladder, of the city, a category or an agency."""

    clock: Clock
    category: str | None
    agency: str | None
    cells: tuple[Cell, ...]

    @property
    def key(self) -> str:
        """What tells it from the others of its priority."""
        return "/".join((self.clock.value, self.category or "", self.agency or ""))


def priority_of(said: str) -> Priority:
    """The priority that a page asks for; P1 where it names none."""
    return Priority(said) if said in list(Priority) else Priority.P1


def ladders(draft: Draft, priority: Priority, typed: Form | None = None) -> list[LadderView]:
    """The ladders of a priority: the city's own first, each clock in its order."""
    known = {(one.body.get("category"), one.body.get("agency"), one.body.get("clock")) for one in _rungs(draft, priority)}
    own = {(None, None, clock.value) for clock in Clock}
    found = [
        LadderView(Clock(clock), category, agency, _cells(draft, priority, Clock(clock), category, agency, typed))
        for category, agency, clock in known | own
        if clock in list(Clock)
    ]
    order = list(Clock)
    return sorted(found, key=lambda one: (one.category or "", one.agency or "", order.index(one.clock)))


def _rungs(draft: Draft, priority: Priority) -> Iterable[Proposed]:
    rungs = (one for (kind, _), one in draft.entries.items() if kind == RUNG.name)
    return (one for one in rungs if one.active and one.body.get("priority") == priority)


def _cells(
    draft: Draft, priority: Priority, clock: Clock, category: str | None, agency: str | None, typed: Form | None
) -> tuple[Cell, ...]:
    found = []
    for tell in Told:
        code = code_of(priority, clock, tell, category, agency)
        one, edit = draft.entries.get((RUNG.name, code)), draft.edits.get((RUNG.name, code))
        body = one.body if one is not None and one.active else {}
        if typed is not None and f"{code}.after" in typed.texts:
            body = typed_body(typed, code, body)
        problems = tuple(each for each in draft.problems if (each.kind, each.code) == (RUNG.name, code))
        found.append(Cell(code, tell, body, edit.rev if edit else 0, bool(one and one.is_changed), problems))
    return tuple(found)


def typed_body(form: Form, code: str, before: Body) -> Body:
    """A step's body with what stands in its part of the form."""
    prefix = f"{code}."
    part = Form({name.removeprefix(prefix): values for name, values in form.texts.items() if name.startswith(prefix)})
    return forms.read(RUNG, part, before)
