"""Telling people: put down with what happened, resolved and sent after its commit."""

from datetime import datetime

import msgspec

from tanggap.notification.model import Notice
from tanggap.platform.database import Transaction
from tanggap.platform.jobs import Urgency, defer

#: The job that finds out who is to be told, and makes a delivery for each of them and each channel.
ANNOUNCE = "announce"


async def announce(tx: Transaction, notice: Notice, now: datetime) -> None:
    """Have a notice told once the caller's transaction has committed, and not before.

    Who is told is found then: whoever is on duty, at the contacts that hold then.
    """
    urgency = Urgency.URGENT if notice.is_urgent else Urgency.NORMAL
    await defer(tx, ANNOUNCE, msgspec.to_builtins(notice), run_at=now, priority=urgency)
