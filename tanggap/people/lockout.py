"""Slowing down password guessing without ever locking a centre out of its own desks.

The rule, and why it counts by login and device but never by address: docs/decisions/0003-lockout.md.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

#: Wrong passwords that cost nothing: a tired hand on a night shift.
FREE_FAILURES = 5
#: The wait after the first failure beyond those, doubling with each further one.
FIRST_DELAY_S = 2.0
#: The longest wait; some 110 guesses a day for one login at most.
LONGEST_DELAY_S = 900.0
#: Failures are forgotten after this long without another one.
FORGET_AFTER = timedelta(hours=24)


class Familiarity(StrEnum):
    """How well the device that tries is known, by the cookie that a successful sign-in left on it."""

    OWN = "own"  # this person has signed in on it
    HOUSE = "house"  # a colleague has
    STRANGER = "stranger"  # nobody has


class Tally(msgspec.Struct, frozen=True):
    """Wrong passwords in a row for one login from one kind of device, and when the last one was."""

    failures: int
    last_failed_at: datetime


def bucket_of(login: str, familiarity: Familiarity, device_hash: bytes | None) -> str:
    """The name under which failures are counted together.

    A device that the person has used counts alone, so strangers' failures never reach it; devices that only colleagues have
    used count together for each login; all others count together for each login, wherever they come from.
    """
    own = device_hash.hex() if familiarity is Familiarity.OWN and device_hash else ""
    return f"{familiarity.value}\n{login}\n{own}"


def delay_s(failures: int) -> float:
    """How long after the last of `failures` the next attempt may come, in seconds."""
    if failures < FREE_FAILURES:
        return 0.0
    doublings = min(failures - FREE_FAILURES, 32)
    return min(LONGEST_DELAY_S, FIRST_DELAY_S * float(1 << doublings))


def wait_s(tally: Tally | None, now: datetime) -> float:
    """Seconds until an attempt is let through; 0 when it may come now."""
    if tally is None or now - tally.last_failed_at >= FORGET_AFTER:
        return 0.0
    return max(0.0, delay_s(tally.failures) - (now - tally.last_failed_at).total_seconds())


def counted(tally: Tally | None, now: datetime) -> Tally:
    """The tally with one more attempt. It is written before the password is checked, so parallel guesses cannot share a turn."""
    if tally is None or now - tally.last_failed_at >= FORGET_AFTER:
        return Tally(1, now)
    return Tally(tally.failures + 1, now)
