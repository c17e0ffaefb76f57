"""Identifiers: ids that sort by time for rows, and unguessable tokens for people."""

import os
import secrets
import time
from uuid import UUID

#: Random bytes in a token: 160 bits, 27 characters.
TOKEN_BYTES = 20


def new_id() -> UUID:
    """A version 7 UUID (RFC 9562): 48 bits of milliseconds, then 74 random bits, so that new rows land side by side."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def new_token() -> str:
    """A token nobody can guess, safe in a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)
