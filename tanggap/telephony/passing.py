"""What people do with a call that goes on: a call taker passes it to somebody else, a supervisor speaks beside it.

Each verb writes the call, its event and the report together, as in `service`; a fact that comes too late changes nothing.
"""

import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote
from uuid import UUID

import msgspec

from tanggap.incident import service as incidents
from tanggap.incident import store as reports
from tanggap.incident.model import SYSTEM, Actor
from tanggap.incident.timeline.model import Kind
from tanggap.platform.database import Transaction
from tanggap.platform.i18n import N_
from tanggap.platform.ids import new_id
from tanggap.scene import Scene
from tanggap.telephony import store
from tanggap.telephony.model import Call, CallState, EventKind, may_follow

#: What a phone «dials» to give a call back to whoever is free first.
QUEUE: Final = "antrean"
#: Why a report has another holder when its call was passed on.
PASSED: Final = N_("Panggilan dipindahkan oleh petugas sebelumnya")
_USER = re.compile(r"sips?:([^@;>?\s]{1,80})@[^>]*", re.IGNORECASE)
_PERSON = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"\+?[0-9]{2,15}")


class Target(msgspec.Struct, frozen=True):
    """To whom a call is passed: a person's desk, a number outside the centre, or (neither) the front of the line."""

    person: UUID | None = None
    number: str = ""

    @property
    def kind(self) -> str:
        """As it is written down: never the number itself."""
        return "desk" if self.person else "outside" if self.number else "queue"


def target_of(refer_to: str) -> Target | None:
    """Whom a Refer-To header names; None for what is no target here, such as another call (Replaces)."""
    found = _USER.search(refer_to)
    if found is None or "replaces=" in refer_to.lower():
        return None
    user = unquote(found[1])
    if user == QUEUE:
        return Target()
    if _PERSON.fullmatch(user):
        return Target(person=UUID(hex=user))
    return Target(number=user) if _NUMBER.fullmatch(user) else None


async def call_passed(tx: Transaction, scene: Scene, call_id: UUID, by: Actor, target: Target, name: str, now: datetime) -> Call:
    """Who talked passes the call on and is free; until somebody answers it counts as waiting. `name`: of a colleague."""
    call = await store.lock_call(tx, scene.city, call_id)
    if call.state not in (CallState.TALKING, CallState.HELD):
        return call
    body = {"to": target.kind} | ({"name": name} if name else {})
    call = await _moved(tx, scene, call, CallState.QUEUED, EventKind.PASSED, by.id, now, body)
    await _on_timeline(tx, scene, call, Kind.CALL_PASSED, by, now, body)
    return call


async def call_rings_outside(tx: Transaction, scene: Scene, call_id: UUID, now: datetime) -> Call:
    """It rings at the number outside to which it was passed."""
    call = await store.lock_call(tx, scene.city, call_id)
    if not may_follow(call.state, CallState.OFFERED):
        return call
    return await _moved(tx, scene, call, CallState.OFFERED, EventKind.OVERFLOWED, None, now, {"where": "outside"})


async def call_goes_outside(tx: Transaction, scene: Scene, call_id: UUID, now: datetime) -> Call:
    """Somebody outside goes on with the call; its report stays with who has it."""
    call = await store.lock_call(tx, scene.city, call_id)
    if not may_follow(call.state, CallState.TALKING):
        return call
    call = await _moved(tx, scene, call, CallState.TALKING, EventKind.MOVED, None, now, {"where": "outside"})
    await _on_timeline(tx, scene, call, Kind.CALL_TAKEN_OUTSIDE, SYSTEM, now, {})
    return call


async def supervisor_speaks(tx: Transaction, scene: Scene, call_id: UUID, by: Actor, now: datetime, *, to_both: bool) -> Call:
    """A supervisor's voice comes to a call that goes on: for the call taker alone, or `to_both`."""
    call = await store.lock_call(tx, scene.city, call_id)
    kind = EventKind.JOINED if to_both else EventKind.WHISPERED
    await store.append_event(tx, scene.city, call.id, new_id(), now, kind, by.id, {}, call.is_example)
    await _on_timeline(tx, scene, call, Kind.CALL_JOINED if to_both else Kind.CALL_WHISPERED, by, now, {})
    return call


async def _moved(
    tx: Transaction, scene: Scene, call: Call, to: CallState, kind: EventKind, person: UUID | None, now: datetime,
    body: dict[str, Any],
) -> Call:  # fmt: skip
    changes = {"state": to.value, "operator": None}
    return await store.move_call(tx, scene.city, call, changes, new_id(), now, kind, person, body)


async def _on_timeline(
    tx: Transaction, scene: Scene, call: Call, kind: Kind, by: Actor, now: datetime, body: dict[str, Any]
) -> None:
    report = await reports.lock_report(tx, scene.city, call.report)
    await incidents.record(tx, scene.city, kind, by, now, report=report, body={"call": str(call.id), **body})
