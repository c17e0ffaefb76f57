"""The queue: who is given to whom, next. Pure: no clock, no network, no database.

Served first come, first served, with three exceptions, all of them bounded:

- a call that came back (its phone did not answer) is at the front; only when one phone after the other could not take it at all,
  it lets others go first for some seconds, or a call that no phone understands would stand before everybody;
- in a burst, who pressed «1» for danger goes before who did not, and of these who has no history of nuisance goes first;
- else, who looks like nuisance (by history alone) lets others go first.

Beside these, a call that needs a skill or a language may let others go first for a set time, while somebody who has it is at work
but busy; then anybody answers it (`choosing`).

The bound: at each moment in which an operator takes a call, first come, first served would have taken the longest waiting one;
that one is *stamped*. Nobody is served later than `bound_s` after their stamp. An exception is made only while the calls that are
stamped and still wait will all be served in time at the pace at which operators have lately become free, with a margin for luck;
otherwise the line moves by the clock. Whoever comes to the end of the bound all the same is given to somebody whose time after a
call still runs. So a slow line makes no exceptions at all, a fast one as many as its pace and those who rest allow.
"""

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from tanggap.telephony.choosing import Free, chosen

#: Slots (moments in which an operator takes a call) from which the pace is told, and how many are needed to tell any.
PACE_SLOTS: Final = 24
LEAST_SLOTS: Final = 6
#: The pace may fall (genuine calls last longer): gaps are taken this much longer than lately, by the slower of two looks back.
SLOWER: Final = 1.2
RECENT_SLOTS: Final = 8
#: The margin for luck, in standard deviations of the time until the n-th next slot (slots come about as in a Poisson process).
LUCK: Final = 3.0
#: Of those who rest after a call so many are not reckoned with: they may be ready before, and the next ones end their calls late.
UNRECKONED: Final = 3
#: Who rests is called in this long before the bound is reached, seconds: the line is looked at once a second.
CALL_IN_S: Final = 1.5
#: When this many phones in a row could not take a call (said nothing at all, or that they cannot), it is the call rather than the
#: phones; from then on it lets others go first, each time this much longer, seconds. Alone in the line it is offered at once.
MOST_FAILURES: Final = 3
BEHIND_S: Final = 5.0
#: Such calls leave this share of all desks to the others, for so long, seconds: many of them at once would ring at every desk.
LEFT_TO_OTHERS: Final = 1 / 4
LEFT_FOR_S: Final = 20.0
#: A call is offered to at most this many phones one by one, then to all at once: each costs the edge two branches of its 30.
MOST_OFFERS: Final = 8


NOBODY: Final[Mapping[UUID, frozenset[str]]] = {}


class Match(msgspec.Struct, frozen=True):
    """A call and the operator whose phone rings now."""

    key: str
    person: UUID


class Place(msgspec.Struct):
    """A call in the line."""

    key: str
    arrived: float
    number: int  # of its arrival
    needs: frozenset[str] = frozenset()
    held_until: float = 0.0  # until then it waits for somebody who has what it needs, if such a one is at work
    suspect: bool = False
    urgent: bool = False
    came_back: bool = False
    ready: bool = True  # the edge holds it, and would follow
    stamped: float | None = None  # when first come, first served would have taken it
    offers: int = 0
    failures: int = 0  # phones in a row that could not take it
    behind_until: float = 0.0  # until then it lets others go first
    refused_by: frozenset[UUID] = frozenset()


class Step(StrEnum):
    """Where a call goes outside the centre when the desks do not take it."""

    MOBILE = "mobile"
    NEIGHBOUR = "neighbour"
    LAST = "all"  # everybody at once, then the fallback number: the edge knows how


class Line:
    """The calls that wait, in order of arrival."""

    def __init__(self, bound_s: float) -> None:
        """`bound_s`: how much later than first come, first served anybody may be served, seconds."""
        self._bound_s = bound_s
        self._places: dict[str, Place] = {}
        self._arrivals: deque[str] = deque()  # in order, not yet stamped
        self._joined = 0
        self._slots: deque[float] = deque(maxlen=PACE_SLOTS)
        self._served_early: set[str] = set()  # taken before first come, first served would have
        self._resting = 0  # operators who could be called in
        self.burst = False  # callers sort themselves

    def __len__(self) -> int:
        """How many wait."""
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        """Whether a call waits."""
        return key in self._places

    def place(self, key: str) -> Place | None:
        """A call's place."""
        return self._places.get(key)

    def places(self) -> list[Place]:
        """Everybody who waits, in order of arrival."""
        return sorted(self._places.values(), key=lambda place: place.number)

    def join(self, key: str, at: float, *, suspect: bool = False) -> Place:
        """A call comes. The same one twice keeps its first place."""
        known = self._places.get(key)
        if known is not None:
            return known
        self._joined += 1
        place = self._places[key] = Place(key, at, self._joined, suspect=suspect)
        self._arrivals.append(key)
        return place

    def press_urgent(self, key: str) -> None:
        """The caller said «danger now»; that counts more than any history."""
        if key in self._places:
            self._places[key].urgent = True
            self._places[key].held_until = 0.0

    def doubt(self, key: str) -> None:
        """It is known by now that the caller looks like nuisance."""
        if key in self._places:
            self._places[key].suspect = True

    def want(self, key: str, needs: Iterable[str], until: float) -> None:
        """A call needs somebody with these skills or languages; until then it may be kept for one who is busy."""
        place = self._places.get(key)
        if place is not None:
            place.needs, place.held_until = frozenset(needs), 0.0 if place.urgent else until

    def leave(self, key: str) -> Place | None:
        """The caller hung up, or somebody outside has answered."""
        return self._places.pop(key, None)

    def put_back(self, place: Place, person: UUID | None, failed_at: float | None = None) -> None:
        """A phone did not answer: the call is at the front, and not offered to that person while others are free.

        `failed_at` is the time, when it was a phone that could not rather than a person who did not.
        """
        place.came_back = True
        place.failures = 0 if failed_at is None else place.failures + 1
        too_many = place.failures - MOST_FAILURES + 1
        place.behind_until = failed_at + BEHIND_S * too_many if failed_at is not None and too_many > 0 else 0.0
        if person is not None:
            place.refused_by |= {person}
        self._places[place.key] = place

    def match(
        self, free: Sequence[Free], now: float, others: Sequence[str] = (), others_after_s: float = 8.0,
        resting: Sequence[Free] = (), here: Mapping[UUID, frozenset[str]] = NOBODY,
    ) -> list[Match]:  # fmt: skip
        """Give calls to operators, as many as there are of both. The calls leave the line.

        `others` are desks that help the main one with calls that have waited `others_after_s`, in this order. `resting` are
        operators whose time after a call still runs: they are called in for who would else wait beyond the bound. `here` is what
        each person at work can, busy or not.
        """
        made: list[Match] = []
        self._resting = len(resting)
        idle = sorted(free, key=lambda one: (one.idle_since, one.person))
        passed: set[str] = set()
        while idle:
            place = self._next(now, passed, has_spare=len(idle) > len(here) * LEFT_TO_OTHERS)
            if place is None:
                break
            helping = others if now - place.arrived >= others_after_s else ()
            operator = chosen(place.needs, place.refused_by, idle, helping, here if now < place.held_until else NOBODY)
            if operator is None:
                passed.add(place.key)
                continue
            idle.remove(operator)
            self._serve(place, now)
            made.append(Match(place.key, operator.person))
        return made + self._call_in(resting, now)

    def _call_in(self, resting: Sequence[Free], now: float) -> list[Match]:
        """Give whoever comes to the end of the bound to who has rested longest."""
        made: list[Match] = []
        rested = sorted(resting, key=lambda one: (one.idle_since, one.person))
        for place in self.places() if rested and self._bound_s else []:
            if not place.ready or place.stamped is None or now - place.stamped < self._bound_s - CALL_IN_S:
                continue
            operator = chosen(place.needs, place.refused_by, rested, (), NOBODY)
            if operator is None:
                break
            rested.remove(operator)
            self._serve(place, now)
            made.append(Match(place.key, operator.person))
        self._resting = len(rested)
        return made

    def _next(self, now: float, passed: set[str], *, has_spare: bool) -> Place | None:
        waiting = [place for place in self.places() if place.ready and place.key not in passed]
        if not has_spare:
            waiting = [place for place in waiting if place.failures < MOST_FAILURES or now >= place.behind_until + LEFT_FOR_S]
        waiting = [place for place in waiting if now >= place.behind_until] or waiting
        if not waiting:
            return None
        back = [place for place in waiting if place.came_back]
        if back:
            return back[0]
        first = waiting[0]
        wished = min(waiting, key=self._rank)
        if wished is first or self._may_pass(now):
            return wished
        return first

    def _rank(self, place: Place) -> tuple[bool, bool, int]:
        """Who is wished to go first. In a burst only who pressed goes before others: every exception costs a promise."""
        return not place.urgent, place.suspect and (place.urgent or not self.burst), place.number

    def _may_pass(self, now: float) -> bool:
        """Whether somebody may be served before the longest waiting: everybody stamped must still be served in time."""
        gap_s = self._gap_s()
        if gap_s is None:
            return False
        due = sorted(place.stamped for place in self._places.values() if place.stamped is not None)
        stamps_now = 1 if self._first_unstamped() is not None else 0
        at_hand = max(0, self._resting - UNRECKONED) if self._bound_s else 0
        for n, stamped in enumerate([*due, *[now] * stamps_now][at_hand:], 1):
            if now + gap_s * (n + 1 + LUCK * math.sqrt(n)) > stamped + self._bound_s:
                return False
        return True

    def _serve(self, place: Place, now: float) -> None:
        del self._places[place.key]
        place.offers += 1
        place.held_until = 0.0
        if place.came_back:
            place.came_back = False
            return
        self._slots.append(now)
        stamped = self._first_unstamped()
        if stamped is None and place.stamped is None:
            place.stamped = now
        while self._arrivals:
            key = self._arrivals.popleft()
            candidate = place if key == place.key else self._places.get(key)
            if candidate is None and key not in self._served_early:
                continue  # hung up before its turn
            self._served_early.discard(key)
            if candidate is not None:
                candidate.stamped = now
            break
        if place.stamped is None:
            self._served_early.add(place.key)

    def _first_unstamped(self) -> str | None:
        return next((key for key in self._arrivals if key in self._places or key in self._served_early), None)

    def _gap_s(self) -> float | None:
        """The time between slots that is reckoned with; None while it cannot be told."""
        if len(self._slots) < LEAST_SLOTS:
            return None
        slots = list(self._slots)
        recent = slots[-RECENT_SLOTS:]
        return SLOWER * max((past[-1] - past[0]) / (len(past) - 1) for past in (slots, recent))


def next_step(
    waited_s: float, outside_tried: int, mobiles: int, has_neighbour: bool, has_last: bool, anybody_here: bool, after_s: float
) -> Step | None:
    """What comes next for a call that the desks do not take; None: it goes on waiting.

    With nobody signed in it goes outside at once; else when it has waited `after_s`. Each mobile number is tried once, in order,
    then the neighbouring centre, and with nobody signed in the last resort; then it waits on, first for whoever becomes free.
    """
    if anybody_here and waited_s < after_s:
        return None
    if outside_tried < mobiles:
        return Step.MOBILE
    if outside_tried == mobiles and has_neighbour:
        return Step.NEIGHBOUR
    if outside_tried == mobiles + has_neighbour and has_last and not anybody_here:
        return Step.LAST
    return None


def looks_like_nuisance(nuisance: int, sound: int) -> bool:
    """What a history alone says: at least three judged nuisance calls, and none in ten that was sound."""
    return nuisance >= 3 and sound * 10 <= nuisance
