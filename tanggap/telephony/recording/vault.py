"""Sealed files: AES-256-GCM in pieces, so that one can jump to a minute without opening the hour before it.

The pieces are bound to their file, their place and its end (the STREAM construction, Hoang et al. 2015): none can be changed,
moved, left out or brought from another recording without its being noticed.
"""

import os
import struct
from pathlib import Path
from typing import Final
from uuid import UUID

from tanggap.platform.secrets import Keyring, Unreadable

PURPOSE: Final = "recording"
PIECE: Final = 1 << 16
_TAG: Final = 16
_MAGIC: Final = b"TGR1"
#: Magic, key id, the file's own part of each nonce, bytes of the audio.
_HEAD: Final = struct.Struct("!4sB7sQ")


def seal(keyring: Keyring, path: Path, recording: UUID, audio: bytes) -> int:
    """Write a recording's audio to `path`, which appears whole or not at all; gives the id of the key.

    Raises:
        OSError: there is no room, or the folder cannot be written; nothing is left behind.
    """
    key_id, cipher = keyring.sealer(PURPOSE)
    own = os.urandom(7)
    head = _HEAD.pack(_MAGIC, key_id, own, len(audio))
    draft = path.with_suffix(".part")
    try:
        with draft.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(head)
            for number, start in enumerate(range(0, max(1, len(audio)), PIECE)):
                is_last = start + PIECE >= len(audio)
                file.write(cipher.encrypt(_nonce(own, number, is_last), audio[start : start + PIECE], head + recording.bytes))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return key_id


def length(path: Path) -> int:
    """Bytes of the audio in a sealed file. Raises Unreadable, OSError."""
    with path.open("rb") as file:
        return _head(file.read(_HEAD.size))[2]


def unseal(keyring: Keyring, path: Path, recording: UUID, first: int = 0, last: int | None = None) -> bytes:
    """The bytes `first` to `last` of a recording's audio; to the end without `last`.

    Raises:
        Unreadable: changed, cut, of another recording, or sealed with a key that is not in the key file.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
        key_id, own, whole = _head(head)
        cipher = keyring.opener(key_id, PURPOSE)
        final = max(0, whole - 1) // PIECE
        end = whole - 1 if last is None else min(last, whole - 1)
        if first > end:
            return b""
        opened = bytearray()
        for number in range(first // PIECE, end // PIECE + 1):
            file.seek(_HEAD.size + number * (PIECE + _TAG))
            sealed = file.read(PIECE + _TAG)
            opened += keyring.open_piece(cipher, _nonce(own, number, number == final), sealed, head + recording.bytes)
    start = first - first // PIECE * PIECE
    return bytes(opened[start : start + end - first + 1])


def sync_folder(folder: Path) -> None:
    """Let a rename or an unlink in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _head(head: bytes) -> tuple[int, bytes, int]:
    if len(head) < _HEAD.size:
        raise Unreadable("cut off")
    magic, key_id, own, whole = _HEAD.unpack(head)
    if magic != _MAGIC:
        raise Unreadable("not a sealed recording")
    return key_id, own, whole


def _nonce(own: bytes, number: int, is_last: bool) -> bytes:
    return own + struct.pack("!IB", number, is_last)
