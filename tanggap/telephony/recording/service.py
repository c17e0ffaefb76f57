"""What happens to a recording: it begins, is sealed, fails, is heard, held, deleted. Each verb takes an open transaction."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec

from tanggap.incident import service as incidents
from tanggap.incident import store as reports
from tanggap.incident.model import SYSTEM, Actor
from tanggap.incident.refusals import NotFound
from tanggap.incident.timeline.model import Kind
from tanggap.people.audit import record_access
from tanggap.people.model import NotAllowed, Person
from tanggap.people.permissions import Act, may
from tanggap.platform.database import Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.text import clean_text
from tanggap.telephony import store
from tanggap.telephony.model import Call, EventKind, Recording, RecordingState

#: A call taker may hear again what they took themselves, for this long after its end: an address half heard, a name.
OWN_HEARD_AGAIN: Final = timedelta(hours=12)
MOST_REASON: Final = 300
_NAMES: Final = UUID("6d0f3a0e-6f3e-4f54-9d26-3a1c9f5f3a10")


class Audited(StrEnum):
    """What is written into the audit of who heard what."""

    HEARD = "recording_heard"
    HELD = "recording_held"
    RELEASED = "recording_released"
    LISTENED = "call_listened"
    WHISPERED = "call_whispered"
    JOINED = "call_joined"


class Sealed(msgspec.Struct, frozen=True):
    """What is known of a recording once its file is sealed."""

    path: str
    key_id: int
    sha256: bytes
    bytes: int
    seconds: float
    flaw: str
    silence: float | None = None  # share of it in which the caller was silent, see `silence.py`


def recording_id(capture: str) -> UUID:
    """The id of the recording that a capture becomes: the same one however often it is made."""
    return uuid5(_NAMES, capture)


async def begin(tx: Transaction, city: str, recording: UUID, call: Call, started_at: datetime) -> Recording:
    """Put down that there is a recording to be sealed; one that is known already stays as it is."""
    try:
        return await store.recording(tx, city, recording)
    except NotFound:
        made = Recording(
            recording, call.id, RecordingState.RECORDING, "", None, None, None, None, "", started_at, None, None, False, None,
            None, call.is_example,
        )  # fmt: skip
        await store.insert_recording(tx, city, made)
        return made


async def stored(tx: Transaction, city: str, recording: UUID, sealed: Sealed, keep: timedelta, now: datetime) -> Recording:
    """The file is sealed: its hash goes onto the timeline of the call and of the report, where nobody can change it."""
    before = await store.recording(tx, city, recording)
    if before.state in (RecordingState.STORED, RecordingState.DELETED):
        return before
    changed = await store.change_recording(
        tx, city, recording, state=RecordingState.STORED.value, path=sealed.path, key_id=sealed.key_id, sha256=sealed.sha256,
        bytes=sealed.bytes, seconds=sealed.seconds, silence=sealed.silence, flaw=sealed.flaw,
        stored_at=now, expires_at=before.started_at + keep,
    )  # fmt: skip
    body = {"recording": str(recording), "sha256": sealed.sha256.hex(), "after_s": round(sealed.seconds, 1)}
    await _told(tx, city, changed, Kind.RECORDED, SYSTEM, body, now)
    return changed


async def failed(tx: Transaction, city: str, recording: UUID, flaw: str, now: datetime) -> Recording:
    """The capture cannot be read, and will not be: the row says why."""
    before = await store.recording(tx, city, recording)
    if before.state is not RecordingState.RECORDING:
        return before
    changed = await store.change_recording(
        tx, city, recording, state=RecordingState.FAILED.value, flaw=clean_text(flaw, 200).text
    )
    await _event(tx, city, changed, None, {"recording": str(recording), "flaw": changed.flaw}, now)
    return changed


def may_hear(person: Person, operator: UUID | None, ended_at: datetime | None, now: datetime) -> bool:
    """Supervisors may; a call taker the calls that they had themselves (`operator`), for some hours."""
    if may(person, Act.HEAR_RECORDINGS):
        return True
    is_own = may(person, Act.TAKE_CALLS) and operator == person.id
    return is_own and (ended_at is None or now - ended_at <= OWN_HEARD_AGAIN)


async def hear(tx: Transaction, city: str, recording: UUID, by: Person, now: datetime) -> Recording:
    """Somebody plays a recording: the audit says so before the first second is sent.

    Raises:
        NotFound: no such recording, or its audio is not there (any more).
        NotAllowed: it is not for this person.
    """
    found = await store.recording(tx, city, recording)
    call = await store.call(tx, city, found.call)
    if not may_hear(by, call.operator, call.ended_at, now):
        raise NotAllowed(act=Act.HEAR_RECORDINGS.value)
    if found.state is not RecordingState.STORED:
        raise NotFound(kind="recording")
    detail = {"report": str(call.report), "call": str(call.id)}
    await record_access(tx, city, by, Audited.HEARD.value, f"recording:{recording}", detail, now)
    return found


async def hold(tx: Transaction, city: str, recording: UUID, by: Person, reason: str, now: datetime) -> Recording:
    """Keep a recording beyond its time: police, court, complaint. The reason stands on the report's timeline."""
    return await _held(tx, city, recording, by, True, clean_text(reason.strip(), MOST_REASON).text, now)


async def release(tx: Transaction, city: str, recording: UUID, by: Person, now: datetime) -> Recording:
    """Nobody needs it any longer: the rule for its age applies again."""
    return await _held(tx, city, recording, by, False, "", now)


async def _held(tx: Transaction, city: str, recording: UUID, by: Person, held: bool, reason: str, now: datetime) -> Recording:
    before = await store.lock_recording(tx, city, recording)
    if before.state is RecordingState.DELETED:
        raise NotFound(kind="recording")
    if before.legal_hold == held:
        return before
    changed = await store.change_recording(tx, city, recording, legal_hold=held, held_by=by.id if held else None)
    act = Audited.HELD if held else Audited.RELEASED
    await record_access(tx, city, by, act.value, f"recording:{recording}", {"call": str(before.call)}, now)
    body = {"recording": str(recording), "held": held, "words": reason}
    await _told(tx, city, changed, Kind.RECORDING_HELD, Actor(by.name, by.id), body, now)
    return changed


async def deleted(tx: Transaction, city: str, recording: UUID, now: datetime) -> Recording:
    """Its audio is gone from the folder: say so. The row and the hash stay, as proof of what there was and when it ended."""
    changed = await store.change_recording(tx, city, recording, state=RecordingState.DELETED.value, deleted_at=now)
    body = {"recording": str(recording), "sha256": changed.sha256.hex() if changed.sha256 else ""}
    await _told(tx, city, changed, Kind.RECORDING_DELETED, SYSTEM, body, now)
    return changed


async def _told(
    tx: Transaction, city: str, recording: Recording, kind: Kind, by: Actor, body: dict[str, Any], now: datetime
) -> None:
    await _event(tx, city, recording, by.id, {"state": recording.state.value, **body}, now)
    call = await store.call(tx, city, recording.call)
    report = await reports.lock_report(tx, city, call.report)
    await incidents.record(tx, city, kind, by, now, report=report, body={"call": str(call.id), **body})


async def _event(
    tx: Transaction, city: str, recording: Recording, person: UUID | None, body: dict[str, Any], now: datetime
) -> None:
    await store.append_event(tx, city, recording.call, new_id(), now, EventKind.RECORDING, person, body, recording.is_example)
