"""Who can take a call at this moment: phones that are connected, pauses, calls, and the time after a call. In memory, pure."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

import msgspec

from tanggap.people.roster.model import Ability
from tanggap.telephony.choosing import Free
from tanggap.telephony.model import Operator, Presence


class Desk(msgspec.Struct):
    """One person, as the decider knows them. Times on its own monotonic clock, seconds."""

    person: UUID
    phones: int = 0
    state: Presence = Presence.AWAY
    since: float = 0.0
    call: str | None = None  # the call at their phone, by its Call-ID
    paused: bool = False
    desk: str = "main"
    is_browser: bool = True  # else a SIP telephone
    was_called_in: bool = False  # and said no: once is enough
    rested_since: float | None = None  # was called in from the time after a call: it goes on if that call goes elsewhere


class Desks:
    """Everybody who has, or had, a phone here."""

    def __init__(self) -> None:
        self._desks: dict[UUID, Desk] = {}
        self._at: dict[str, Desk] = {}  # the desk that a call is at
        self._allowed: Mapping[UUID, str] | None = None  # not known yet: whoever has signed in may answer
        self._abilities: Mapping[UUID, Ability] = {}
        self.changed: set[UUID] = set()  # whose presence is to be written

    def __getitem__(self, person: UUID) -> Desk:
        """A person's desk, made when unknown."""
        desk = self._desks.get(person)
        if desk is None:
            desk = self._desks[person] = Desk(person)
        return desk

    def name_of(self, person: UUID) -> str | None:
        """The name of somebody who may take calls; None for anybody else."""
        return self._allowed.get(person) if self._allowed is not None else None

    def may_answer(self, person: UUID) -> bool:
        """Whether calls go to this person. Before the database has ever said who may, everybody whose phone is connected."""
        return self._allowed is None or person in self._allowed

    def allow(self, people: Mapping[UUID, str]) -> None:
        """Who may take calls, with their names."""
        self._allowed = people

    def able(self, abilities: Mapping[UUID, Ability]) -> None:
        """What the roster says that people can and speak. Whoever is not on it answers like everybody."""
        self._abilities = abilities

    def _can(self, person: UUID) -> frozenset[str]:
        known = self._abilities.get(person)
        return known.all if known else frozenset()

    def here(self, desks: Collection[str]) -> dict[UUID, frozenset[str]]:
        """What each person at these desks can who takes calls sooner or later, busy or not."""
        return {one.person: self._can(one.person) for one in self._desks.values() if one.desk in desks and self._is_here(one)}

    def languages_here(self) -> frozenset[str]:
        """The languages beside Indonesian that somebody at work speaks."""
        there = (self._abilities.get(desk.person) for desk in self._desks.values() if self._is_here(desk))
        return frozenset().union(*(known.languages for known in there if known))

    def _is_here(self, desk: Desk) -> bool:
        return bool(desk.phones) and not desk.paused and self.may_answer(desk.person)

    def wished(self, operators: Iterable[Operator], now: float) -> None:
        """What people have set themselves: pause, desk."""
        for operator in operators:
            desk = self[operator.person]
            desk.paused, desk.desk = operator.paused, operator.desk
            if desk.paused and desk.state is Presence.READY:
                self.move(desk, Presence.AWAY, now)
            elif not desk.paused and desk.state is Presence.AWAY and desk.phones:
                self.move(desk, Presence.READY, now)

    def phone(self, person: UUID, phones: int, now: float) -> Desk:
        """A phone of theirs has come, or gone."""
        desk = self[person]
        had, desk.phones = desk.phones, phones
        if phones and desk.state is Presence.AWAY and not desk.paused:
            self.move(desk, Presence.READY, now)
        elif not phones and desk.state in (Presence.READY, Presence.WRAP_UP):
            self.move(desk, Presence.AWAY, now)
        elif bool(had) != bool(phones):
            self.changed.add(person)
        return desk

    def no_phones(self, now: float) -> None:
        """The edge has started anew: every phone must sign in again."""
        for desk in self._desks.values():
            self.phone(desk.person, 0, now)

    def move(self, desk: Desk, to: Presence, now: float, call: str | None = None) -> None:
        """Say what a person is doing now. A call is at one desk: whoever had it before is free again."""
        if desk.call is not None and desk.call != call:
            self._at.pop(desk.call, None)
        if call is not None:
            self.left(call, now, but=desk)
            self._at[call] = desk
        desk.rested_since = desk.since if to is Presence.RINGING and desk.state is Presence.WRAP_UP else None
        desk.was_called_in = False
        desk.state, desk.since, desk.call = to, now, call
        self.changed.add(desk.person)

    def rest(self, person: UUID, now: float) -> None:
        """They are free again: ready, or away where no phone is left or a pause was asked for. Last in the line of the idle."""
        desk = self[person]
        if desk.rested_since is not None and desk.phones:
            since = desk.rested_since
            self.move(desk, Presence.WRAP_UP, since)
            desk.was_called_in = True
            return
        self.move(desk, Presence.READY if desk.phones and not desk.paused else Presence.AWAY, now)

    def left(self, call: str, now: float, but: Desk | None = None) -> None:
        """A call is at no desk any more `but` this one, whatever was told of it: whoever had it is free again."""
        desk = self._at.get(call)
        if desk is not None and desk is not but:
            self.rest(desk.person, now)

    def wrapped_up(self, wrap_up_s: float, now: float) -> bool:
        """Bring everybody back whose time after a call is over; whether there was anybody."""
        over = [d.person for d in self._desks.values() if d.state is Presence.WRAP_UP and now - d.since >= wrap_up_s]
        for person in over:
            self.rest(person, now)
        return bool(over)

    def free(self) -> list[Free]:
        """Who can take a call now."""
        return [self._free(desk) for desk in self._desks.values() if self._is_free(desk)]

    def resting(self) -> list[Free]:
        """Whose time after a call still runs, and who could be called in: each of them once."""
        return [
            self._free(desk)
            for desk in self._desks.values()
            if desk.state is Presence.WRAP_UP and not desk.was_called_in and self._is_here(desk)
        ]

    def _free(self, desk: Desk) -> Free:
        return Free(desk.person, desk.since, desk.desk, self._can(desk.person))

    def anybody_free(self) -> bool:
        """Whether anybody can take a call now."""
        return any(map(self._is_free, self._desks.values()))

    def _is_free(self, desk: Desk) -> bool:
        return desk.state is Presence.READY and self._is_here(desk)

    def anybody(self) -> bool:
        """Whether anybody is here who will take calls sooner or later."""
        return any(self._is_here(desk) for desk in self._desks.values())
