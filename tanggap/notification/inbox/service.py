"""Keeping what providers bring: messages before anything judges them, receipts once."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tanggap.notification.channels.model import Inbound, Keep, Receipt
from tanggap.notification.contacts.service import PURPOSE, address_hash
from tanggap.notification.inbox import store
from tanggap.notification.inbox.model import MAX_WORDS
from tanggap.notification.sending.store import keep_receipts
from tanggap.platform.database import Database, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.jobs import Urgency, defer
from tanggap.platform.numbers import masked_number, normal_number
from tanggap.platform.secrets import Keyring
from tanggap.platform.text import clean_text

#: The job that reads one message to us.
READ_ANSWER = "read_answer"


async def keep(
    tx: Transaction, city: str, keyring: Keyring, provider: str, brought: Sequence[Inbound | Receipt], now: datetime
) -> None:
    """Keep all of it in the caller's transaction. What was brought before is not kept again, and not read again."""
    for one in brought:
        if isinstance(one, Inbound):
            number = normal_number(one.sender) or "0"
            words = clean_text(one.words, MAX_WORDS).text
            message = new_id()
            hashed, sealed = address_hash(keyring, one.channel, number), keyring.encrypt(PURPOSE, number)
            if await store.insert(tx, city, message, provider, one, words, hashed, sealed, masked_number(number), now):
                await defer(tx, READ_ANSWER, {"message": str(message)}, run_at=now, priority=Urgency.URGENT)
    receipts = [one for one in brought if isinstance(one, Receipt)]
    if receipts:
        await keep_receipts(tx, city, provider, receipts, now)


def keeper(db: Database, city: str, keyring: Keyring, clock: Callable[[], datetime]) -> Keep:
    """What a line that is open all the time calls with what it brings: kept and committed when it returns."""

    async def kept(provider: str, brought: list[Inbound | Receipt]) -> None:
        if brought:
            async with db.transaction(city) as tx:
                await keep(tx, city, keyring, provider, brought, clock())

    return kept
