"""What somebody must be told of, who that is, and what becomes of the telling."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from tanggap.platform.i18n import N_
from tanggap.platform.refusals import Refusal


class Occasion(StrEnum):
    """Why somebody is told."""

    SENT = "sent"  # an agency is asked to act
    UNANSWERED = "unanswered"  # it has not said «ours» in time
    NOT_STARTED = "not_started"  # it has not gone in time
    NOT_FINISHED = "not_finished"  # it is not done in time
    WITHDRAWN = "withdrawn"  # it need not go after all
    REOPENED = "reopened"  # a citizen or the supervisor says it is not done
    UNDELIVERED = "undelivered"  # a message to somebody else could not be delivered
    REPLY = "reply"  # what we say to who has answered us
    TRIAL = "trial"  # somebody tries whether a contact can be reached
    REPORT_LINK = "report_link"  # to a caller who was not heard: where they can write
    POINT_LINK = "point_link"  # to a caller: where their phone sends its point
    THANKS = "thanks"  # to who tried the number: it works


#: What a caller is sent.
CALLER_LINKS: frozenset[Occasion] = frozenset({Occasion.REPORT_LINK, Occasion.POINT_LINK, Occasion.THANKS})


class ContactStep(StrEnum):
    """Whom of an agency: each stands behind the one before."""

    DUTY = "duty"  # its duty desk
    SECOND = "second"  # its second contact
    HEAD = "head"  # its head


class Channel(StrEnum):
    """By which way a message goes."""

    SCREEN = "screen"  # a notice on the agency's or the supervisor's page
    SMS = "sms"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    PUSH = "push"  # to a browser, as its own notice
    WEBHOOK = "webhook"  # to a program of the agency's


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be told: to contacts of an agency, or to the people on duty in a role of the centre."""

    occasion: Occasion
    agency: str | None = None
    step: ContactStep = ContactStep.DUTY
    role: str | None = None  # a people.model.Role of the centre, in place of an agency
    incident: UUID | None = None
    assignment: UUID | None = None
    is_urgent: bool = False  # danger to life: goes before everything else
    after_s: int | None = None  # how long it has waited, when it is told because nobody acted
    is_example: bool = False  # of the demonstration: nobody outside is told


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """One address of one contact, and by which channel it is reached. On the screen there is no address."""

    channel: Channel
    name: str
    contact: UUID | None = None
    agency: str | None = None
    person: UUID | None = None
    address_sealed: bytes | None = None
    address_masked: str = ""
    locale: str = "id"


class DeliveryState(StrEnum):
    """How far one message to one address is."""

    QUEUED = "queued"  # waits for its turn, or for the next attempt
    SENDING = "sending"  # a process is handing it over at this moment
    SENT = "sent"  # a provider took it; on a screen: it is shown there
    DELIVERED = "delivered"  # the provider says it arrived; on a screen: it was read
    DEAD = "dead"  # no further attempt: somebody must look
    SETTLED = "settled"  # it was dead, and somebody has dealt with it otherwise


class Delivery(msgspec.Struct, frozen=True):
    """One message to one address by one channel, as lists show it."""

    id: UUID
    notice: UUID
    occasion: Occasion
    channel: Channel
    provider: str | None
    agency: str | None
    person: UUID | None
    recipient: str
    address_masked: str
    incident: UUID | None
    assignment: UUID | None
    subject: str
    text: str
    is_urgent: bool
    state: DeliveryState
    attempts: int
    maybe_twice: bool
    queued_at: datetime
    next_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    dead_at: datetime | None
    error: str
    owner: UUID | None
    taken_at: datetime | None
    is_example: bool


class Undelivered(msgspec.Struct, frozen=True):
    """How many messages are dead and nobody's, since when, and whether one of them was about danger to life."""

    many: int
    since: datetime | None
    is_urgent: bool


class ProviderState(msgspec.Struct, frozen=True):
    """How a provider stands, as far as it was written down."""

    name: str
    failures: int
    open_since: datetime | None
    retry_at: datetime | None
    last_error: str
    changed_at: datetime


#: What stands in the way of a message, where no provider says it.
NO_PROVIDER = N_("belum ada penyedia untuk saluran ini")
ALL_DOWN = N_("semua penyedia gagal")
WAITING_FOR_PROVIDERS = N_("semua penyedia sedang dilewati")
EXAMPLE_STAYS = N_("contoh tidak dikirim ke luar")
UNREADABLE_ADDRESS = N_("alamat tidak dapat dibaca dengan kunci di server ini")
CUT_OFF = N_("proses terputus saat mengirim")

#: Wait before the next attempt by the number of attempts so far; after the last one the delivery is dead.
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 20, 60, 300, 900, 3600))
#: The same where somebody's life may hang on it: a person must know within two minutes that nobody was reached.
BACK_OFF_URGENT = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 10, 20, 30, 45))
#: A delivery that is dead and nobody's raises an alarm again after this time.
ALARM_AGAIN = timedelta(minutes=10)
ALARM_AGAIN_URGENT = timedelta(minutes=2)
#: A notice on a screen is shown this long, unless somebody has read it.
SHOWN_FOR = timedelta(hours=24)

CHANNEL_WORDS: Mapping[Channel, str] = {
    Channel.SCREEN: N_("layar"),
    Channel.SMS: N_("SMS"),
    Channel.WHATSAPP: N_("WhatsApp"),
    Channel.EMAIL: N_("surel"),
    Channel.PUSH: N_("notifikasi HP"),
    Channel.WEBHOOK: N_("webhook"),
}
STEP_WORDS: Mapping[ContactStep, str] = {
    ContactStep.DUTY: N_("Meja jaga"),
    ContactStep.SECOND: N_("Kontak kedua"),
    ContactStep.HEAD: N_("Kepala"),
}
STATE_WORDS: Mapping[DeliveryState, str] = {
    DeliveryState.QUEUED: N_("menunggu"),
    DeliveryState.SENDING: N_("sedang dikirim"),
    DeliveryState.SENT: N_("terkirim"),
    DeliveryState.DELIVERED: N_("sampai"),
    DeliveryState.DEAD: N_("gagal"),
    DeliveryState.SETTLED: N_("dibereskan"),
}


class UnknownDelivery(Refusal):
    """No such message in this city, or not this person's to read."""

    slug = "not-found"
    sentence = N_("Pesan ini tidak ditemukan.")


class DeliveryMoved(Refusal):
    """The message is in another state than the page showed."""

    slug = "wrong-state"
    sentence = N_("Pesan ini sudah ditangani atau sudah terkirim. Muat ulang halaman.")


def next_attempt(attempts: int, *, is_urgent: bool) -> timedelta | None:
    """How long to wait after this many attempts; None when there have been enough."""
    waits = BACK_OFF_URGENT if is_urgent else BACK_OFF
    return waits[attempts - 1] if 0 < attempts <= len(waits) else None
