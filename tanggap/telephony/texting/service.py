"""What happens to the text of a call: begun, heard, written at the desk, ended, deleted.

Letters are sealed as a recording is, and stored before anybody reads them. A fact that comes too late changes nothing.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from tanggap import flow
from tanggap.incident import service as incidents
from tanggap.incident import store as reports
from tanggap.incident.model import SYSTEM, Actor, ReportState
from tanggap.incident.refusals import NotFound, WrongState
from tanggap.incident.timeline.model import Kind
from tanggap.intake.model import Changes
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id
from tanggap.scene import Scene
from tanggap.telephony import store as calls
from tanggap.telephony.model import Call
from tanggap.telephony.texting import store
from tanggap.telephony.texting.letters import Line, Piece, Side, lines_of, typed, words_of
from tanggap.telephony.texting.store import Text

PURPOSE: Final = "call text"
#: Letters of one call that are kept of both sides together; who writes more is mending something, or means harm.
MOST_LETTERS: Final = 100_000
#: Letters that a desk sends at once.
MOST_AT_ONCE: Final = 2_000


async def begins(tx: Transaction, scene: Scene, call: UUID, offer: dict[str, Any], now: datetime) -> None:
    """A call comes in that may carry text: `offer` says where we listen (`port`) and where the caller does; empty: it may not."""
    if offer:
        await store.insert(tx, scene.city, call, offer["port"], offer, now)


async def heard(tx: Transaction, scene: Scene, call: UUID, letters: str, stream: tuple[int, int] | None, now: datetime) -> None:
    """The caller has written; `stream`: how far it was heard. The first letters go onto the report's timeline."""
    text = await store.lock(tx, scene.city, call)
    if text is None:
        return
    if stream is not None:
        await store.has_heard(tx, scene.city, call, *stream)
    if not letters or text.closed_at is not None or text.letters >= MOST_LETTERS:
        return
    sealed = scene.keyring.encrypt(PURPOSE, letters)
    await store.append(tx, scene.city, call, new_id(), now, Side.CALLER, None, sealed, len(letters))
    if not text.heard_letters:
        await _on_timeline(tx, scene.city, call, Kind.CALL_TEXT, {}, now)


async def write(tx: Transaction, scene: Scene, call_id: UUID, piece: UUID, said: str, by: Actor, now: datetime) -> None:
    """Who talks with the caller writes to them; the same piece told twice is written once.

    Raises:
        NotFound: no such call, or one without text.
        WrongState: the call is somebody else's, or over.
    """
    call = await calls.call(tx, scene.city, call_id)
    if call.is_over or by.id is None or call.operator != by.id:
        raise WrongState(to="written")
    await _say(tx, scene, call_id, piece, typed(said, MOST_AT_ONCE), by.id, now)


async def greet(tx: Transaction, scene: Scene, call: UUID, said: str, now: datetime) -> None:
    """The centre itself writes: to a caller who waits, and who may not hear the announcement."""
    text = await store.of_call(tx, scene.city, call)
    if text is not None and text.closed_at is None:
        await _say(tx, scene, call, new_id(), typed(f"{said}\n", MOST_AT_ONCE), None, now)


async def _say(tx: Transaction, scene: Scene, call: UUID, piece: UUID, said: str, by: UUID | None, now: datetime) -> None:
    text = await store.lock(tx, scene.city, call)
    if text is None or text.closed_at is not None:
        raise NotFound(kind="text")
    if said and text.letters < MOST_LETTERS:
        await store.append(tx, scene.city, call, piece, now, Side.DESK, by, scene.keyring.encrypt(PURPOSE, said), len(said))


async def went_out(tx: Transaction, scene: Scene, call: UUID, position: int, now: datetime) -> None:
    """What the desk wrote has gone out to the caller, up to this position."""
    await store.went_out(tx, scene.city, call, position, now)


async def ends(tx: Transaction, scene: Scene, call_id: UUID, keep: timedelta, now: datetime) -> None:
    """Nobody writes any more. The hash of the conversation goes onto the timeline; what a caller wrote to whom nobody

    answered is what their report says: a report like any other.
    """
    text = await store.lock(tx, scene.city, call_id)
    if text is None or text.closed_at is not None:
        return
    call = await calls.call(tx, scene.city, call_id)
    lines = await conversation(tx, scene, call_id)
    whole = "\n".join(f"{line.at.isoformat()} {line.side} {line.text}" for line in lines).encode("utf-8", "surrogatepass")
    hashed = hashlib.sha256(whole).digest() if lines else None
    await store.close(tx, scene.city, call_id, len(lines), hashed, now + keep, now)
    if hashed is None:
        return
    await _on_timeline(tx, scene.city, call_id, Kind.CALL_TEXT_KEPT, {"lines": len(lines), "sha256": hashed.hex()}, now)
    words = words_of(lines, Side.CALLER)
    if words and call.answered_at is None:
        await _told_in_writing(tx, scene, call, words, now)


async def _told_in_writing(tx: Transaction, scene: Scene, call: Call, words: str, now: datetime) -> None:
    report = await reports.lock_report(tx, scene.city, call.report)
    if report.state is not ReportState.CLOSED and not report.words:
        await flow.describe(tx, scene, report.id, Changes({"words": words}, {"words": ""}), SYSTEM, now)


async def conversation(conn: Connection, scene: Scene, call: UUID) -> list[Line]:
    """The lines of a call as they stand."""
    return lines_of([_opened(scene, one) for one in await store.pieces(conn, scene.city, [call])])


async def conversations(conn: Connection, scene: Scene, report: UUID) -> list[tuple[Text, list[Line]]]:
    """The conversations of a report's calls, with their lines."""
    found = await store.of_report(conn, scene.city, report)
    if not found:
        return []
    sealed = await store.pieces(conn, scene.city, [one.call for one in found])
    return [(text, lines_of([_opened(scene, one) for one in sealed if one.call == text.call])) for text in found]


async def unsent(conn: Connection, scene: Scene, open_calls: Sequence[UUID]) -> list[tuple[UUID, int, str]]:
    """What the desks have written and callers were not told yet: call, position, letters."""
    found = await store.unsent(conn, scene.city, open_calls)
    return [(one.call, one.position, scene.keyring.decrypt(PURPOSE, one.sealed)) for one in found]


async def delete_expired(tx: Transaction, city: str, now: datetime) -> int:
    """Delete what was kept long enough; how many conversations. Their rows and hashes stay."""
    over = await store.expired(tx, city, now)
    for call in over:
        text = await store.lock(tx, city, call)
        await store.delete_pieces(tx, city, call, now)
        if text is not None and text.sha256:
            await _on_timeline(tx, city, call, Kind.CALL_TEXT_DELETED, {"sha256": text.sha256.hex()}, now)
    return len(over)


def _opened(scene: Scene, one: store.Sealed) -> Piece:
    return Piece(one.at, one.side, scene.keyring.decrypt(PURPOSE, one.sealed), one.person, one.name or "")


async def _on_timeline(tx: Transaction, city: str, call_id: UUID, kind: Kind, body: dict[str, Any], now: datetime) -> None:
    call = await calls.call(tx, city, call_id)
    report = await reports.lock_report(tx, city, call.report)
    await incidents.record(tx, city, kind, SYSTEM, now, report=report, body={"call": str(call_id), **body})
