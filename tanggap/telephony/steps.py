"""One step in a call's life: its row and its event, written together. Every verb of this room takes its steps by these."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tanggap.platform.database import Transaction
from tanggap.platform.ids import new_id
from tanggap.scene import Scene
from tanggap.telephony import store
from tanggap.telephony.model import Call, CallState, EventKind, may_follow


async def moved(
    tx: Transaction, scene: Scene, call: Call, to: CallState, kind: EventKind, person: UUID | None, now: datetime,
    body: dict[str, Any] | None = None, **changes: Any,
) -> Call:  # fmt: skip
    """Move a call to a state that may follow; else leave it as it is."""
    if call.state is not to and not may_follow(call.state, to):
        return call
    if call.state is to and kind is EventKind.QUEUED:
        return call
    return await store.move_call(tx, scene.city, call, {"state": to.value, **changes}, new_id(), now, kind, person, body or {})


async def told(
    tx: Transaction, scene: Scene, call: Call, kind: EventKind, person: UUID | None, now: datetime,
    body: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write one more line of what happened to a call that stays in its state."""
    await store.append_event(tx, scene.city, call.id, new_id(), now, kind, person, body or {}, call.is_example)
