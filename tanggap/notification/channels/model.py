"""What every channel is given, and what it may answer."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from tanggap.notification.model import Channel, Occasion


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One message with its address opened, as a channel sends it."""

    id: UUID
    channel: Channel
    to: str
    subject: str
    text: str
    link: str
    locale: str
    occasion: Occasion
    recipient: str
    is_urgent: bool
    attempts: int
    queued_at: datetime
    incident: UUID | None = None
    assignment: UUID | None = None


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """A message to us, as a provider brought it."""

    channel: Channel
    external_id: str
    sender: str
    words: str
    reply_to: str = ""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says became of a message that it took."""

    provider_id: str
    delivered: bool
    detail: str = ""


#: Keeps what a provider brings; when it returns, it is committed and may be acknowledged.
Keep = Callable[[str, list[Inbound | Receipt]], Awaitable[None]]


class Failed(Exception):  # noqa: N818 - the house names what happened
    """The provider did not take the message, surely: another may be asked, or the same later."""


class Throttled(Failed):
    """The provider is well, and wants to be asked more slowly."""


class Unsure(Exception):  # noqa: N818 - the house names what happened
    """It was handed over and no answer came: it may have gone out."""


class Unfit(Exception):  # noqa: N818 - the house names what happened
    """The provider says that nobody can ever be reached at this address; trying again is of no use."""


class Gone(Unfit):
    """The address was given up by its owner: it is switched off."""


#: A provider's own name of a message; several where it went out in parts, of each of which a receipt may come.
Names = str | tuple[str, ...]


class Carrier(Protocol):
    """One provider of one channel."""

    name: str
    channel: Channel
    rate_per_s: float
    in_flight: int

    async def send(self, message: Outgoing) -> Names:
        """Hand a message over; returns the provider's own name of it, '' when it has none, or the names of all its parts.

        Raises:
            Failed, Throttled, Unsure, Unfit, Gone.
        """

    async def run(self) -> None:
        """Do what the provider needs beside sending (keep a line open, hear what comes in), until cancelled."""


def values_of(message: Outgoing) -> Mapping[str, str]:
    """What a gateway's template may name."""
    return {
        "to": message.to,
        "text": message.text,
        "subject": message.subject,
        "link": message.link,
        "id": str(message.id),
    }
