"""What happens to a call, from its first ring to its end: each verb writes the call, its event and the report together.

A call opens its report by itself. The edge tells of facts, in the order in which it learns of them: a fact that no longer fits
(an answer to a call that has ended) changes nothing, and nothing here refuses a call.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tanggap import flow
from tanggap.incident import service as incidents
from tanggap.incident import store as reports
from tanggap.incident.model import SYSTEM, Actor, Disposition, Report, ReportState
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.intake.model import Channel, Contact
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.i18n import N_
from tanggap.platform.ids import new_id
from tanggap.platform.jobs import defer
from tanggap.platform.text import clean_text
from tanggap.reaching import REACH, Links, links
from tanggap.scene import Scene
from tanggap.telephony import store
from tanggap.telephony.model import (
    CALL_BACK_AGAIN,
    MAIN_DESK,
    MOST_KEYS,
    SILENT_KEYS,
    TEXT_CALL,
    UNANSWERED,
    URGENT_KEY,
    Call,
    CallBackOutcome,
    CallBackState,
    CallBackTry,
    CallState,
    Direction,
    EventKind,
    LapseReason,
    Outcome,
    Presence,
    Ringing,
    may_follow,
    next_call_back,
)
from tanggap.telephony.steps import moved, told
from tanggap.telephony.story import Answered, Ended, Offered, Queued, Story, Told

#: A caller who was heard settles the calls that were missed within this time before.
SETTLES = timedelta(hours=24)
#: Why a report is somebody else's now.
HANDED_ON = N_("Diserahkan oleh petugas sebelumnya")
#: How far back a caller's history says anything.
HISTORY = timedelta(days=180)


# ── a call comes in, and is answered, or not ──


async def call_rings(tx: Transaction, scene: Scene, ringing: Ringing, now: datetime) -> Call:
    """Store a call at its first ring, and the report that it opens, with number, trunk and every location that came along.

    The same call told twice is stored once. A location that cannot be read is kept as text, with its flaw.
    """
    contact = Contact(
        channel=Channel.CALL,
        number=ringing.number,
        id=ringing.report,
        external_id=f"call:{ringing.sip_id}"[:200],
        flags=(*(["web_call"] if ringing.direction is Direction.WEB else []), *([TEXT_CALL] if ringing.has_text else [])),
        is_example=ringing.is_example,
    )
    received = await flow.receive(tx, scene, contact, now)
    call = await _insert(tx, scene, ringing, received.report, now)
    for heard in () if received.is_repeat else ringing.heard:
        await flow.add_location(tx, scene, received.report, heard, SYSTEM, now)
    return call


async def call_out(tx: Transaction, scene: Scene, ringing: Ringing, report: UUID, by: Actor, now: datetime) -> Call:
    """Store a call that a desk makes: its report is the one that it is about."""
    known = await store.by_sip_id(tx, scene.city, ringing.sip_id)
    if known is not None:
        return known
    call = await _insert(tx, scene, ringing, report, now)
    return await store.change_call(tx, scene.city, call.id, operator=by.id)


async def tell(tx: Transaction, scene: Scene, told: Sequence[Told]) -> dict[UUID, Call]:
    """Write the most frequent facts of any number of calls with a few statements; returns the calls as they are now.

    A call that is not there is passed over.
    """
    calls = await store.lock_calls(tx, scene.city, list({one.call for one in told}))
    spoken = {one.call for one in told if isinstance(one, Answered | Ended)}
    about = {call.report for call in calls if call.id in spoken}
    story = Story(calls, await reports.lock_reports(tx, scene.city, list(about)) if about else [])
    for many, one in enumerate(told, 1):
        story.tell(one)
        if many % 8 == 0:
            await asyncio.sleep(0)
    await store.write_calls(tx, scene.city, [story.calls[call] for call in sorted(story.changed)])
    await store.append_events(tx, scene.city, story.events)
    await flow.claim_together(tx, scene, story.claims)
    await timelines.append(tx, scene.city, story.entries)
    await _remember_missed(tx, scene, story)
    await _settle_earlier(tx, scene, story.heard)
    return story.calls


async def _remember_missed(tx: Transaction, scene: Scene, story: Story) -> None:
    """Flag the reports of calls that nobody answered; their callers get a link where the city wants that by itself."""
    for report in {call.report: story.reports[call.report] for call, _ in story.missed}.values():
        if "call_abandoned" not in report.flags:
            await reports.change_report(tx, scene.city, report.id, flags=[*report.flags, "call_abandoned"])
    due = [(call, at) for call, at in story.missed if call.call_back_state is CallBackState.DUE]
    if due and await links(tx, scene.city) is Links.BY_ITSELF:
        for call, at in due:
            await defer(tx, REACH, {"report": str(call.report)}, run_at=at)


async def call_queued(tx: Transaction, scene: Scene, call_id: UUID, now: datetime, *, announced: bool = False) -> Call:
    """Nobody is free: the caller waits, and hears the announcement when there is one."""
    return (await tell(tx, scene, [Queued(call=call_id, at=now, event=new_id(), announced=announced)]))[call_id]


async def call_offered(tx: Transaction, scene: Scene, call_id: UUID, person: UUID, now: datetime) -> Call:
    """An operator's phone rings."""
    return (await tell(tx, scene, [Offered(call=call_id, at=now, event=new_id(), person=person)]))[call_id]


async def offer_lapsed(tx: Transaction, scene: Scene, call_id: UUID, person: UUID, reason: LapseReason, now: datetime) -> Call:
    """The phone at which it rang did not answer: the call is back at the front of the line."""
    call = await store.lock_call(tx, scene.city, call_id)
    if call.state is not CallState.OFFERED or call.operator != person:
        return call
    body = {"reason": reason.value}
    return await moved(tx, scene, call, CallState.QUEUED, EventKind.LAPSED, person, now, body, operator=None)


async def call_overflowed(
    tx: Transaction, scene: Scene, call_id: UUID, where: str, now: datetime, *, by_edge: bool = False
) -> Call:
    """The call rings outside the centre: `where` names the step (mobile, neighbour, ring_all, pstn), never a number."""
    call = await store.lock_call(tx, scene.city, call_id)
    kind = EventKind.FALLBACK if by_edge else EventKind.OVERFLOWED
    return await moved(tx, scene, call, CallState.OFFERED, kind, None, now, {"where": where}, operator=None)


async def call_answered(
    tx: Transaction, scene: Scene, call_id: UUID, by: Actor | None, now: datetime, *, where: str = "desk"
) -> Call:
    """Somebody has answered: an operator (`by`), who takes the report with it, or someone outside the centre (None)."""
    return (await tell(tx, scene, [Answered(call=call_id, at=now, event=new_id(), by=by, where=where)]))[call_id]


async def call_held(tx: Transaction, scene: Scene, call_id: UUID, by: UUID | None, held: bool, now: datetime) -> Call:
    """The operator puts the caller on hold, or comes back."""
    call = await store.lock_call(tx, scene.city, call_id)
    if held:
        return await moved(tx, scene, call, CallState.HELD, EventKind.HELD, by, now)
    if call.state is not CallState.HELD:
        return call
    return await moved(tx, scene, call, CallState.TALKING, EventKind.RESUMED, by, now)


async def phone_lost(tx: Transaction, scene: Scene, call_id: UUID, person: UUID, now: datetime) -> Call:
    """The phone of who talked died: the caller is at the front of the line, and is to be called back if nobody comes in time."""
    call = await store.lock_call(tx, scene.city, call_id)
    if call.state not in (CallState.TALKING, CallState.HELD) or call.operator != person:
        return call
    call = await moved(tx, scene, call, CallState.QUEUED, EventKind.LOST, person, now, operator=None)
    report = await _report(tx, scene, call)
    await _on_timeline(tx, scene, report, Kind.CALL_CUT, SYSTEM, now, {"call": str(call.id)})
    return call


async def call_goes_on(
    tx: Transaction,
    scene: Scene,
    call_id: UUID,
    by: Actor,
    now: datetime,
    *,
    why: str = N_("Telepon petugas sebelumnya terputus"),
) -> Call:
    """Somebody else goes on with a call, and with its report: the phone before had died, or had passed it on (`why`)."""
    call = await store.lock_call(tx, scene.city, call_id)
    if not may_follow(call.state, CallState.TALKING) or by.id is None:
        return call
    was_handed_on = call.handed_on_by is not None
    call = await moved(tx, scene, call, CallState.TALKING, EventKind.MOVED, by.id, now, operator=by.id, handed_on_by=None)
    report = await _report(tx, scene, call)
    if report.state is ReportState.WAITING:
        await flow.claim(tx, scene, report.id, by, now)
    elif report.state is ReportState.ACTIVE and report.claimed_by != by.id:
        await flow.take_over(tx, scene, report.id, by, HANDED_ON if was_handed_on else why, now)
    return call


async def call_abandoned(tx: Transaction, scene: Scene, call_id: UUID, now: datetime) -> Call:
    """The caller hung up before anybody answered: the report stays, and the caller is to be called back."""
    return await call_ended(tx, scene, call_id, "caller", now)


async def call_ended(tx: Transaction, scene: Scene, call_id: UUID, ended_by: str, now: datetime) -> Call:
    """Nobody is on the line any more; `ended_by` is caller, operator or network.

    One that nobody answered is to be called back.
    """
    return (await tell(tx, scene, [Ended(call=call_id, at=now, event=new_id(), by=ended_by)]))[call_id]


async def key_pressed(tx: Transaction, scene: Scene, call_id: UUID, key: str, now: datetime) -> Call:
    """The caller pressed a key. «1» while waiting says «danger now»; «55» says «I cannot speak», and goes onto the timeline."""
    call = await store.lock_call(tx, scene.city, call_id)
    if call.is_over or len(call.keys) >= MOST_KEYS or key not in "0123456789*#ABCD" or len(key) != 1:
        return call
    keys = call.keys + key
    urgent = call.is_urgent or (key == URGENT_KEY and call.state in UNANSWERED)
    call = await store.change_call(tx, scene.city, call.id, keys=keys, is_urgent=urgent)
    await told(tx, scene, call, EventKind.KEY, None, now, {"key": key})
    if keys.endswith(SILENT_KEYS) and "silent_keys" not in (flags := (report := await _report(tx, scene, call)).flags):
        await reports.change_report(tx, scene.city, report.id, flags=[*flags, "silent_keys"])
        await _on_timeline(tx, scene, report, Kind.CALL_KEYS, SYSTEM, now, {"call": str(call.id), "keys": SILENT_KEYS})
    return call


async def history(conn: Connection, scene: Scene, number: str, now: datetime) -> tuple[int, int]:
    """How many judged reports of a number were nuisance lately, and how many were not."""
    return await store.nuisance_history(conn, scene.city, scene.keyring.hash("caller", number), now - HISTORY)


# ── callers who were not heard ──


async def call_back_tried(
    tx: Transaction, scene: Scene, call_id: UUID, by: Actor, outcome: CallBackOutcome, now: datetime, out: UUID | None = None,
    again_after: Sequence[timedelta] = CALL_BACK_AGAIN,
) -> Call:  # fmt: skip
    """Somebody called a missed caller back. Tried again after each of `again_after` until reached, or given up."""
    call = await store.lock_call(tx, scene.city, call_id)
    tried = CallBackTry(new_id(), call.id, now, by.id, outcome, out)
    await store.insert_try(tx, scene.city, tried)
    report = await _report(tx, scene, call)
    body = {"call": str(call.id), "outcome": outcome.value}
    await told(tx, scene, call, EventKind.CALL_BACK, by.id, now, {"outcome": outcome.value})
    await _on_timeline(tx, scene, report, Kind.CALLED_BACK, by, now, body)
    if outcome is CallBackOutcome.REACHED:
        if report.state is ReportState.WAITING and by.id is not None:
            await flow.claim(tx, scene, report.id, by, now)
        return await store.change_call(
            tx, scene.city, call.id, call_back_state=CallBackState.REACHED.value, call_back_at=None,
            call_back_tries=call.call_back_tries + 1, outcome=Outcome.CALLED_BACK.value,
        )  # fmt: skip
    if outcome is CallBackOutcome.LINK_SENT or call.call_back_state is not CallBackState.DUE:
        return call
    tries = call.call_back_tries + 1
    again = next_call_back(tries, now, again_after)
    state = CallBackState.DUE if again is not None else CallBackState.GIVEN_UP
    return await store.change_call(
        tx, scene.city, call.id, call_back_state=state.value, call_back_at=again, call_back_tries=tries
    )


async def number_to_dial(tx: Transaction, scene: Scene, call_id: UUID) -> str:
    """The number of a call's caller, for the edge alone: a browser never sees what it calls back. '' when there is none."""
    call = await store.call(tx, scene.city, call_id)
    if call.caller is None:
        return ""
    _, sealed = await reports.caller(tx, scene.city, call.caller)
    return scene.keyring.decrypt("caller", sealed)


async def calls_to_call_back(conn: Connection, scene: Scene) -> list[Call]:
    """Whose callers are still to be called, most urgent first."""
    return await store.to_call_back(conn, scene.city)


# ── who can answer ──


async def presence(
    tx: Transaction, city: str, person: UUID, state: Presence, now: datetime, *, call: UUID | None = None, registered: bool = True
) -> None:
    """What the queue sees a person doing."""
    await store.set_presence(tx, city, [store.Seen(person, state, call, registered)], now)


async def pause(tx: Transaction, city: str, person: UUID, reason: str, now: datetime) -> None:
    """A person wants no calls for now; the queue follows within a second."""
    await store.set_pause(tx, city, person, True, clean_text(reason, 200).text, now)


async def resume(tx: Transaction, city: str, person: UUID, now: datetime) -> None:
    """A person wants calls again."""
    await store.set_pause(tx, city, person, False, "", now)


async def sit_at(tx: Transaction, city: str, person: UUID, desk: str, now: datetime) -> None:
    """At which desk a person sits: calls come to the main one first, and to the others of telephony.toml when it is busy."""
    await store.set_desk(tx, city, person, clean_text(desk, 40).text or MAIN_DESK, now)


async def declare_burst(tx: Transaction, city: str, queue: str, by: UUID, now: datetime) -> None:
    """From now on callers may sort themselves: «press 1 when there is danger now»."""
    await store.set_burst(tx, city, queue, now, by)


async def end_burst(tx: Transaction, city: str, queue: str) -> None:
    """The line is short again."""
    await store.set_burst(tx, city, queue, None, None)


# ── inside ──


async def _insert(tx: Transaction, scene: Scene, ringing: Ringing, report: UUID, now: datetime) -> Call:
    trunk, dialled = clean_text(ringing.trunk, 80).text, clean_text(ringing.dialled, 80).text
    call = await store.insert_call(
        tx, scene.city, ringing.call or new_id(), ringing.sip_id, report, ringing.direction.value, trunk, dialled,
        ringing.queue, now, ringing.of_call, ringing.is_example, new_id(), {"trunk": trunk, "locations": len(ringing.heard)},
    )  # fmt: skip
    if call is None:
        stored = await store.by_sip_id(tx, scene.city, ringing.sip_id)
        if stored is None:
            raise RuntimeError("a call that conflicts is there")
        return stored
    return call


async def _report(tx: Transaction, scene: Scene, call: Call) -> Report:
    return await reports.lock_report(tx, scene.city, call.report)


async def _on_timeline(
    tx: Transaction, scene: Scene, report: Report, kind: Kind, by: Actor, now: datetime, body: dict[str, Any]
) -> None:
    await incidents.record(tx, scene.city, kind, by, now, report=report, body=body)


async def _settle_earlier(tx: Transaction, scene: Scene, heard: Sequence[tuple[Call, Answered]]) -> None:
    """Callers who are heard now need not be called back for earlier calls; their empty reports end as abandoned."""
    by_caller = {call.caller: (call, told) for call, told in heard if call.caller is not None}
    if not by_caller:
        return
    since = min(told.at for _, told in by_caller.values()) - SETTLES
    for earlier in await store.unheard_of_callers(tx, scene.city, list(by_caller), since):
        call, told = by_caller[earlier.caller] if earlier.caller else (earlier, None)
        if told is None or earlier.id == call.id or earlier.rang_at > told.at:
            continue
        await store.change_call(tx, scene.city, earlier.id, call_back_state=CallBackState.SETTLED.value, call_back_at=None)
        report = await _report(tx, scene, earlier)
        if report.state is ReportState.WAITING and report.incident is None and not report.words and not report.address_words:
            await flow.dispose(tx, scene, report.id, Disposition.ABANDONED, told.by or SYSTEM, told.at)
