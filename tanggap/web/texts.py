"""What pages say of the text within a report's calls: the 112 team reads it as it reads the report's words."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tanggap.incident.model import Report
from tanggap.platform.database import Connection
from tanggap.platform.i18n import N_, Locale, translator
from tanggap.scene import Scene
from tanggap.telephony.model import TEXT_CALL
from tanggap.telephony.texting import service
from tanggap.telephony.texting.letters import Line, Side

CALLER_WROTE = N_("Penelepon menulis: {words}")
DESK_WROTE = N_("{who} menulis: {words}")
CENTRE = N_("Pusat 112")


class ShownText(msgspec.Struct, frozen=True):
    """The conversation of one call."""

    call: UUID
    is_live: bool
    lines: tuple[Line, ...]


async def texts_shown(conn: Connection, scene: Scene, report: Report) -> tuple[ShownText, ...]:
    """The conversations of a report's calls. Nothing is asked for reports whose callers could not write."""
    if TEXT_CALL not in report.flags:
        return ()
    found = await service.conversations(conn, scene, report.id)
    return tuple(ShownText(one.call, one.closed_at is None and not one.is_over, tuple(lines)) for one, lines in found)


def has_written(texts: Sequence[ShownText]) -> bool:
    """Whether a caller has said anything in writing."""
    return any(line.side is Side.CALLER for text in texts for line in text.lines)


def sentences(texts: Sequence[ShownText], locale: Locale) -> list[tuple[datetime, str]]:
    """Every line as a sentence of the report's history, and when it was begun."""
    say = translator(locale)
    told = []
    for line in (line for text in texts for line in text.lines):
        pattern = CALLER_WROTE if line.side is Side.CALLER else DESK_WROTE
        told.append((line.at, say(pattern).format(who=line.name or say(CENTRE), words=line.text)))
    return told
