"""Descriptions of audio (SDP, RFC 8866): which way it goes, and answering a phone that describes its own anew."""

import re
from typing import Final

_WAY = re.compile(r"^a=(sendrecv|sendonly|recvonly|inactive)(?=\r?$)", re.MULTILINE)
_PASSWORD = re.compile(r"^a=ice-ufrag:(\S+)", re.MULTILINE)
_MID = re.compile(r"^a=mid:\S+", re.MULTILINE)
#: What somebody offers to do with the audio, and what is answered.
_OTHER_WAY: Final = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive", "sendrecv": "sendrecv"}


def way_of(sdp: str) -> str:
    """What a description says of its audio: sendrecv, sendonly, recvonly or inactive."""
    found = _WAY.search(sdp)
    return found[1] if found else "sendrecv"


def answer_again(offered: str, answered: str, asked: str, change: int) -> str:
    """The answer to a phone that describes its audio anew (`asked`): what it was `offered` at first, the other way round.

    `change` counts these. '' when it wants more than another way: of another network rtpengine would have to be told.
    """
    before, now = _PASSWORD.search(answered), _PASSWORD.search(asked)
    if (before and before[1]) != (now and now[1]):
        return ""
    way = f"a={_OTHER_WAY[way_of(asked)]}"
    made = _WAY.sub(way, offered, count=1) if _WAY.search(offered) else f"{offered.rstrip()}\r\n{way}\r\n"
    made = re.sub(r"^(o=\S+ \S+ )(\d+)", lambda o: f"{o[1]}{int(o[2]) + change}", made, count=1, flags=re.MULTILINE)
    # Who was active in DTLS at first stays so (RFC 8842, 5.5); an offer says «actpass» again.
    role = "passive" if "a=setup:active" in answered else "active"
    made = re.sub(r"^a=setup:\w+", f"a=setup:{role}", made, flags=re.MULTILINE)
    mid = _MID.search(asked)
    return made if mid is None or _MID.search(made) else f"{made.rstrip()}\r\n{mid[0]}\r\n"
