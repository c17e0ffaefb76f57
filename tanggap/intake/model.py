"""What comes in: the contact as it was said, and what a call taker may write onto the report."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from tanggap.city.kinds import Priority
from tanggap.incident.model import Actor, Location, Report
from tanggap.platform.numbers import masked_number as masked_number  # a contact's number is the most common one
from tanggap.platform.numbers import normal_number as normal_number


class Channel(StrEnum):
    """How a report reached us."""

    CALL = "call"
    WEB = "web"
    API = "api"
    WHATSAPP = "whatsapp"
    SMS = "sms"
    WALK_IN = "walk_in"
    REPLAY = "replay"


#: Longest text kept in one field, characters. What is longer is cut here, flagged, and kept whole on the timeline.
MAX_WORDS = 8_000


class Contact(msgspec.Struct, frozen=True):
    """What one citizen told us, before anybody judged it. Nothing is required: an empty contact is a report too."""

    channel: Channel
    words: str = ""
    address_words: str = ""
    number: str = ""
    name: str = ""
    location: Location | None = None
    category: str | None = None
    priority: Priority | None = None
    external_id: str | None = None
    id: UUID | None = None  # of the report, where the door has named it already
    received_at: datetime | None = None  # when the sender took it, if earlier than now
    flags: tuple[str, ...] = ()  # what the door that it came through noticed
    is_example: bool = False


class Received(msgspec.Struct, frozen=True):
    """What the citizen is told: the report is stored, and this token opens its page."""

    report: UUID
    token: str
    is_repeat: bool  # the sender's key was seen before: same report, nothing written twice


class Claim(msgspec.Struct, frozen=True):
    """A report that goes to whoever answered its call."""

    report: UUID
    by: Actor
    at: datetime


class Changes(msgspec.Struct, frozen=True):
    """What a call taker typed: new values by field, and the values that were on the screen before (`was`).

    A field is changed when the stored value is still what was on the screen; else two people wrote the same field, and the
    later text is kept as a note instead of replacing the other's.
    """

    fields: dict[str, Any]
    was: dict[str, Any] = {}


#: Fields of a report that a call taker may write. `number` and `name` are sealed before they are stored.
WRITABLE = frozenset(
    [
        "words",
        "address_words",
        "number",
        "name",
        "category",
        "priority",
        "answers",
        "lat",
        "lon",
        "uncertainty_m",
        "location_source",
        "place_label",
        "area",
    ]
)


class Described(msgspec.Struct, frozen=True):
    """The report after a change; `conflicts` names the fields that somebody else had changed meanwhile."""

    report: Report
    conflicts: tuple[str, ...] = ()


def flags_of(contact: Contact, number: str) -> list[str]:
    """What is missing or odd, said as flags. A report is never refused for any of them."""
    flags = list(contact.flags)
    if contact.location is None and not contact.address_words.strip():
        flags.append("no_place")
    if contact.category is None:
        flags.append("no_category")
    if not number:
        flags.append("no_number")
    elif not 9 <= len(number) <= 15:
        flags.append("odd_number")
    return flags
