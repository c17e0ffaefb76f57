"""A text message to 112 from anybody's phone: where the phone is (AML), or words, and then it is a report like any other."""

from datetime import datetime
from uuid import UUID

from tanggap import flow
from tanggap.incident.model import SYSTEM
from tanggap.intake.model import Channel, Contact
from tanggap.interop.aml import read_sms
from tanggap.platform.database import Transaction
from tanggap.scene import Scene


async def take_text(
    tx: Transaction, scene: Scene, channel: Channel, number: str, words: str, external_id: str, now: datetime
) -> UUID | None:
    """Store a text: the report that it became or whose caller it locates; None for a location that waits for its call."""
    heard = read_sms(words)
    if "not_aml" not in heard.flaws:
        return await flow.add_location_of_number(tx, scene, number, heard, SYSTEM, now)
    contact = Contact(channel, words=words, number=number, external_id=external_id[:200])
    return (await flow.receive(tx, scene, contact, now)).report
