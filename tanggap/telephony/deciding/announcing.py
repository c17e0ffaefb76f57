"""The voice that callers hear while they wait: for as many at once as the machine carries.

Each announcement is audio that rtpengine makes: 200 of them took a third of a core (2026-11-26). Without a limit the callers of a
great burst would take the cores from the calls that are answered. Who comes when all are in use hears the ringing tone, and keeps
the same place in the line.
"""

import os
import time
from typing import Final

from tanggap.platform.logs import Log
from tanggap.telephony.announcement import Announcements, Saying
from tanggap.telephony.deciding.board import Live
from tanggap.telephony.edge.media import Media, MediaFailed
from tanggap.telephony.edge.told import sdp_of

log = Log("telephony")

#: At once, for each core: a quarter of it.
MOST_PER_CORE: Final = 150
#: When rtpengine could not do it, nobody else asks for this long, seconds: it has calls to carry.
RESTS_S: Final = 3.0


class Announcing:
    """Which callers hear the announcement."""

    def __init__(self, media: Media, announcements: Announcements, most: int | None = None) -> None:
        """`most`: at once; None: by the machine's cores."""
        self._media, self._announcements = media, announcements
        self._most = most or MOST_PER_CORE * (os.cpu_count() or 1)
        self._hearing: set[str] = set()
        self._rests_until = 0.0

    async def begin(self, live: Live, saying: Saying, offered: str | None = None) -> str:
        """Let a caller hear it: the SDP that their side is told; empty: they hear the ringing tone.

        `offered`: the caller's own description of the audio, where it is not the whole of what they offered.
        """
        offered = sdp_of(live.told) if offered is None else offered
        # A browser hears no early media. Who heard it and is back in the line hears it still.
        if live.ci in self._hearing or str(live.told.get("proto")) in ("ws", "wss") or not offered:
            return ""
        if len(self._hearing) >= self._most or time.monotonic() < self._rests_until:
            return ""
        file = await self._announcements.file(saying)
        if not file:
            return ""
        self._hearing.add(live.ci)
        try:
            sdp = await self._media.announce(live.ci, offered, file)
        except MediaFailed as error:
            self._rests_until = time.monotonic() + RESTS_S
            log.warning("no announcement", reason=str(error), rests_s=RESTS_S)
            await self.end(live.ci)  # it may have begun all the same
            return ""
        if live.ci in self._hearing:
            return sdp
        await self._media.stop_announcement(live.ci)  # answered, or gone, while it began
        return ""

    def is_heard_by(self, call_id: str) -> bool:
        """Whether a caller hears it, or is about to."""
        return call_id in self._hearing

    async def end(self, call_id: str) -> None:
        """The caller has been answered, or is gone."""
        if call_id in self._hearing:
            self._hearing.discard(call_id)
            await self._media.stop_announcement(call_id)
