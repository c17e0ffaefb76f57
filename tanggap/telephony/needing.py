"""Which skill or language a call needs, and who says so; and handing a call on to somebody who can what it needs."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from tanggap.incident.model import SYSTEM, Actor
from tanggap.incident.refusals import WrongState
from tanggap.incident.service import record
from tanggap.incident.store import lock_report
from tanggap.incident.timeline.model import Kind
from tanggap.people.roster.store import abilities
from tanggap.platform.database import Connection, Transaction
from tanggap.scene import Scene
from tanggap.telephony import store
from tanggap.telephony.model import MOST_NEEDS, NEEDS_ORDER, Call, CallState, EventKind, NeedsBy, NobodyCan
from tanggap.telephony.steps import moved, told

#: A caller's language is remembered this long.
REMEMBERED = timedelta(days=180)


async def want(
    tx: Transaction, scene: Scene, call_id: UUID, needs: Collection[str], by: NeedsBy, now: datetime, person: UUID | None = None
) -> Call:
    """Note what a call needs. What a person or a key has said is not replaced by a guess; nothing needed is a word, too."""
    call = await store.lock_call(tx, scene.city, call_id)
    wanted = tuple(sorted(set(needs))[:MOST_NEEDS])
    known = NEEDS_ORDER.index(call.needs_by) if call.needs_by else -1
    if call.is_over or NEEDS_ORDER.index(by) < known or (wanted == call.needs and by is call.needs_by):
        return call
    call = await store.change_call(tx, scene.city, call.id, needs=list(wanted), needs_by=by.value)
    await told(tx, scene, call, EventKind.NEEDS, person, now, {"needs": list(wanted), "by": by.value})
    return call


async def remember(
    tx: Transaction, scene: Scene, call_id: UUID, number: str, languages: Collection[str], now: datetime
) -> frozenset[str]:
    """Note on a call in which of these languages its caller was heard the last time; which."""
    known = await needed_before(tx, scene, number, languages, now)
    if known:
        await want(tx, scene, call_id, known, NeedsBy.HISTORY, now)
    return known


async def needed_before(conn: Connection, scene: Scene, number: str, languages: Collection[str], now: datetime) -> frozenset[str]:
    """The languages, of those that somebody at work speaks, in which a number's caller was heard the last time."""
    hashed = scene.keyring.hash("caller", number)
    return frozenset(await store.needed_lately(conn, scene.city, hashed, now - REMEMBERED)) & frozenset(languages)


async def hand_on(tx: Transaction, scene: Scene, call_id: UUID, needs: Collection[str], by: Actor, now: datetime) -> Call:
    """A call taker asks that somebody who can `needs` goes on with their call. The decider does it within a second.

    Raises:
        WrongState: they do not talk on this call.
        NobodyCan: nobody else at work can what is needed; the call stays where it is.
    """
    call = await store.lock_call(tx, scene.city, call_id)
    if call.state not in (CallState.TALKING, CallState.HELD) or by.id is None or call.operator != by.id:
        raise WrongState(now=call.state.value, to="handed_on")
    if not await _anybody_else(tx, scene, frozenset(needs), by.id):
        raise NobodyCan(needs=sorted(needs))
    await want(tx, scene, call_id, needs, NeedsBy.PERSON, now, by.id)
    return await store.change_call(tx, scene.city, call_id, hand_on_at=now, handed_on_by=by.id)


async def keep_after_all(tx: Transaction, scene: Scene, call_id: UUID, by: Actor) -> Call:
    """The call taker goes on with it after all, while nothing was done yet."""
    call = await store.lock_call(tx, scene.city, call_id)
    if call.handed_on_by != by.id or call.hand_on_at is None:
        return call
    return await store.change_call(tx, scene.city, call_id, hand_on_at=None, handed_on_by=None)


async def put_back(tx: Transaction, scene: Scene, call_id: UUID, person: UUID, now: datetime) -> Call:
    """It was taken from its call taker, and waits before all others for who can what it needs."""
    call = await store.lock_call(tx, scene.city, call_id)
    if call.state not in (CallState.TALKING, CallState.HELD) or call.operator != person:
        return await store.change_call(tx, scene.city, call_id, hand_on_at=None)
    body = {"needs": list(call.needs)}
    call = await moved(
        tx, scene, call, CallState.QUEUED, EventKind.HANDED_ON, person, now, body, operator=None, hand_on_at=None
    )  # fmt: skip
    report = await lock_report(tx, scene.city, call.report)
    await record(tx, scene.city, Kind.CALL_HANDED_ON, SYSTEM, now, report=report, body={"call": str(call.id), **body})
    return call


async def _anybody_else(conn: Connection, scene: Scene, needs: frozenset[str], than: UUID) -> bool:
    able = await abilities(conn, scene.city)
    for one in await store.operators(conn, scene.city):
        known = able.get(one.person)
        if one.person != than and one.registered and not one.paused and known is not None and needs <= known.all:
            return True
    return not needs
