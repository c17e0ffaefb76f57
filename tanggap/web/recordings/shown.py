"""What a page says of a report's recordings to the person who looks."""

from datetime import datetime
from uuid import UUID

import msgspec

from tanggap.incident.model import Report
from tanggap.intake.model import Channel
from tanggap.people.model import Person
from tanggap.people.permissions import Act, may
from tanggap.platform.database import Connection
from tanggap.telephony import store
from tanggap.telephony.model import RecordingState
from tanggap.telephony.recording.service import may_hear


class ShownRecording(msgspec.Struct, frozen=True):
    """One recording, and what this person may do with it."""

    id: UUID
    state: RecordingState
    seconds: float | None
    started_at: datetime
    expires_at: datetime | None
    deleted_at: datetime | None
    is_held: bool
    may_hear: bool
    may_hold: bool


async def recordings_shown(
    conn: Connection, city: str, report: Report, person: Person, now: datetime
) -> tuple[ShownRecording, ...]:
    """The recordings of a report's calls. Only calls have any: nothing is asked for other reports."""
    if report.channel != Channel.CALL:
        return ()
    return tuple(
        ShownRecording(
            one.id, one.state, one.seconds, one.started_at, one.expires_at, one.deleted_at, one.legal_hold,
            may_hear=one.state is RecordingState.STORED and may_hear(person, one.operator, one.ended_at, now),
            may_hold=one.state is RecordingState.STORED and may(person, Act.SUPERVISE),
        )
        for one in await store.recordings_of_report(conn, city, report.id)
    )  # fmt: skip
