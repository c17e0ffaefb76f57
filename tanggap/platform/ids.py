"""Identifiers: ids that sort by time for rows, and unguessable tokens for people."""

import secrets
import threading
import time
from uuid import UUID

#: Random bytes in a token: 160 bits, 27 characters.
TOKEN_BYTES = 20
#: Of an id, beside its time, version and variant.
RANDOM_BITS = 74

_making = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A version 7 UUID (RFC 9562): 48 bits of milliseconds, then 74 random bits, so that new rows land side by side.

    Those of one process sort in the order in which they were made, also within a millisecond and when the clock is set back
    (section 6.2, method 2): two entries of a timeline that were written at the same moment keep their order.
    """
    global _last
    with _making:
        _last = max(time.time_ns() // 1_000_000 << RANDOM_BITS | secrets.randbits(RANDOM_BITS), _last + 1 + secrets.randbits(32))
        milliseconds, random = divmod(_last, 1 << RANDOM_BITS)
    return UUID(int=(milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | random >> 62 << 64 | 0x2 << 62 | random & (1 << 62) - 1)


def new_token() -> str:
    """A token nobody can guess, safe in a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)
