"""What rtpengine writes beside a capture when a call is over: where the capture is, whose it is, who speaks at which port."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Final, NamedTuple
from urllib.parse import unquote
from uuid import UUID

from tanggap.telephony.recording.capture import CaptureBroken
from tanggap.telephony.recording.sides import Side

_MODE: Final = re.compile(r"SDP mode: (offer|answer)")
_MEDIA: Final = re.compile(r"m=audio (\d{1,5}) ")
_KEYS: Final = re.compile(r"a=rtpmap:(\d{1,3}) telephone-event/", re.IGNORECASE)
#: An edge that acted alone knows the call by its Call-ID only.
_CALL: Final = re.compile(r"call:([0-9a-fA-F]{32})")
_SIP: Final = re.compile(r"sip:(\S{1,300})")


class Metadata(NamedTuple):
    """A capture's own description."""

    capture: str  # the file's name, without folders: where it lies is not for it to say
    call: UUID | None
    sip_id: str
    ports: Mapping[int, Side]
    spoken: frozenset[int]


def orphan_metadata(capture: str, draft: str) -> Metadata:
    """What is known of a capture whose rtpengine was killed.

    Its name begins with the Call-ID, percent-encoded; the unfinished metadata (`draft`, may be empty) say who speaks where.
    """
    sip_id = unquote(capture.rpartition("-")[0])
    return read_metadata(f"{draft or capture}\nsip:{sip_id}\n")._replace(capture=capture)


def read_metadata(text: str) -> Metadata:
    """Read a metadata file.

    The SDP in it are those that rtpengine sent on: the one of the offer names the port at which the desk is heard, the one of the
    answer that of the caller. Later ones (hold, another desk) may come the other way, so the first word about a port stands.

    Raises:
        CaptureBroken: it names no capture, or no call.
    """
    lines = text.splitlines()
    name = PurePath(lines[0].strip()).name if lines else ""
    if not name:
        raise CaptureBroken("the metadata names no capture")
    call, sip_id = None, ""
    ports: dict[int, Side] = {}
    spoken: set[int] = set()
    side = Side.DESK
    for line in map(str.strip, lines[1:]):
        if mode := _MODE.fullmatch(line):
            side = Side.DESK if mode[1] == "offer" else Side.CALLER
        elif media := _MEDIA.match(line):
            ports.setdefault(int(media[1]), side)
        elif keys := _KEYS.match(line):
            spoken.add(int(keys[1]))
        elif found := _CALL.fullmatch(line):
            call = UUID(found[1])
        elif found := _SIP.fullmatch(line):
            sip_id = found[1]
    if call is None and not sip_id:
        raise CaptureBroken("the metadata names no call")
    return Metadata(name, call, sip_id, ports, frozenset(spoken))
