"""WAV: the caller left, the desk right. Kept as A-law, which loses nothing of what the network sent; played as 16 bit."""

import struct
from typing import Final

from tanggap.telephony.recording.g711 import RATE, linear

CHANNELS: Final = 2
_ALAW, _PCM = 6, 1
#: RIFF header, fmt chunk, data chunk's head of what is played.
PLAYED_HEAD: Final = 44


def kept_wav(caller: bytes, desk: bytes) -> bytes:
    """Both sides, of one length, as a stereo file in A-law (RIFF with fmt and fact chunks)."""
    audio = bytearray(2 * len(caller))
    audio[0::2], audio[1::2] = caller, desk
    shape = struct.pack("<HHIIHHH", _ALAW, CHANNELS, RATE, RATE * CHANNELS, CHANNELS, 8, 0)
    chunks = b"fmt " + struct.pack("<I", len(shape)) + shape + b"fact" + struct.pack("<II", 4, len(caller))
    chunks += b"data" + struct.pack("<I", len(audio))
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) + len(audio)) + b"WAVE" + chunks + audio


#: Bytes before the audio of what is kept.
KEPT_HEAD: Final = len(kept_wav(b"", b""))


def played_size(kept: int) -> int:
    """Bytes of the 16-bit file that plays a kept one of `kept` bytes."""
    return PLAYED_HEAD + 2 * max(0, kept - KEPT_HEAD)


def played_head(kept: int) -> bytes:
    """The first bytes of that file."""
    size = played_size(kept) - PLAYED_HEAD
    shape = struct.pack("<HHIIHH", _PCM, CHANNELS, RATE, 2 * RATE * CHANNELS, 2 * CHANNELS, 16)
    chunks = b"fmt " + struct.pack("<I", len(shape)) + shape + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) + size) + b"WAVE" + chunks


def needed(first: int, last: int, kept: int) -> tuple[int, int]:
    """Which bytes of the kept file the bytes `first` to `last` of the played one are made from; from after to when none."""
    low = max(0, first - PLAYED_HEAD) // 2
    high = (last - PLAYED_HEAD) // 2 if last >= PLAYED_HEAD else -1
    return KEPT_HEAD + low, min(KEPT_HEAD + high, kept - 1)


def played(first: int, last: int, kept: int, alaw: bytes) -> bytes:
    """The bytes `first` to `last` of the played file; `alaw` are the kept bytes that `needed` asked for."""
    head = played_head(kept)[first : last + 1]
    skipped = max(0, first - PLAYED_HEAD) % 2
    wanted = last - first + 1 - len(head)
    return head + linear(alaw)[skipped : skipped + wanted]
