"""Asking for a swap, answering it, deciding on it."""

from datetime import datetime
from uuid import UUID

from tanggap.people.model import Person
from tanggap.people.roster import service as roster
from tanggap.people.roster import store as rows
from tanggap.people.roster.model import (
    MAX_WORDS,
    NotYourTurn,
    Turn,
    UnknownRosterEntry,
)
from tanggap.people.roster.swaps import store
from tanggap.people.roster.swaps.model import NEXT, AlreadyAsked, Swap, SwapOver, SwapState, SwapUnclear
from tanggap.platform.database import Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.text import clean_text


async def ask(
    tx: Transaction, city: str, turn_id: UUID, asked: UUID, in_return: UUID | None, words: str, by: Person, now: datetime
) -> UUID:
    """Ask a colleague to take one's own turn, in return for one of theirs or for nothing.

    Raises:
        UnknownRosterEntry; NotYourTurn; AlreadyAsked; SwapUnclear: not a coming turn, not a member, or not a turn of theirs.
    """
    own = await roster.find_turn(tx, city, turn_id)
    if own.turn.person != by.id:
        raise NotYourTurn
    member = await rows.member(tx, city, asked)
    back = (await roster.find_turn(tx, city, in_return)).turn if in_return else None
    if asked == by.id or member is None or not member.active or (back is not None and back.person != asked):
        raise SwapUnclear
    if any(not _is_coming(turn, now) for turn in (own.turn, back) if turn is not None):
        raise SwapUnclear
    swap = new_id()
    if not await store.insert(tx, city, swap, own.turn, asked, back, clean_text(words.strip(), MAX_WORDS).text, now):
        raise AlreadyAsked
    return swap


async def answer(tx: Transaction, city: str, swap_id: UUID, agrees: bool, by: Person, now: datetime) -> None:
    """The colleague says yes or no. Raises UnknownRosterEntry, NotYourTurn, SwapOver."""
    swap = await _open(tx, city, swap_id, SwapState.AGREED if agrees else SwapState.REFUSED, now)
    if swap.asked != by.id:
        raise NotYourTurn
    await store.answer(tx, city, swap_id, SwapState.AGREED if agrees else SwapState.REFUSED, now)


async def withdraw(tx: Transaction, city: str, swap_id: UUID, by: Person, now: datetime) -> None:
    """Whoever asked takes it back. Raises UnknownRosterEntry, NotYourTurn, SwapOver."""
    swap = await _open(tx, city, swap_id, SwapState.WITHDRAWN, now)
    if swap.given.turn.person != by.id:
        raise NotYourTurn
    await store.answer(tx, city, swap_id, SwapState.WITHDRAWN, now)


async def approve(tx: Transaction, city: str, swap_id: UUID, by: Person, now: datetime) -> None:
    """The supervisor says yes, and the turns change hands.

    Raises:
        UnknownRosterEntry, SwapOver; TurnStarted, AlreadyThere, NotAMember: the roster has changed since the two agreed.
    """
    swap = await _open(tx, city, swap_id, SwapState.APPROVED, now)
    back = swap.back.turn if swap.back else None
    await roster.exchange(tx, city, swap.given.turn, swap.asked, back, by, now)
    await store.decide(tx, city, swap_id, SwapState.APPROVED, by.name, "", now)


async def decline(tx: Transaction, city: str, swap_id: UUID, reason: str, by: Person, now: datetime) -> None:
    """The supervisor says no, and why. Raises UnknownRosterEntry, SwapOver."""
    await _open(tx, city, swap_id, SwapState.DECLINED, now, may_have_begun=True)
    said = clean_text(reason.strip(), MAX_WORDS).text
    await store.decide(tx, city, swap_id, SwapState.DECLINED, by.name, said, now)


async def _open(tx: Transaction, city: str, swap_id: UUID, to: SwapState, now: datetime, *, may_have_begun: bool = False) -> Swap:
    swap = await store.lock(tx, city, swap_id)
    if swap is None:
        raise UnknownRosterEntry
    if to not in NEXT[swap.state] or not (may_have_begun or to is SwapState.WITHDRAWN or swap.is_open(now)):
        raise SwapOver
    return swap


def _is_coming(turn: Turn, now: datetime) -> bool:
    return turn.signed_on_at is None and turn.starts_at > now
