"""Reaching a caller by a message: where to write, for who was not heard; where a point is sent, for who cannot say where it is.

Who sends it sees what became of it where they sent it from. The number is read when the message is handed over, and copied
nowhere. Without a gateway the message stands on the screen, for the call taker to send from a telephone of their own.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from tanggap import flow
from tanggap.city.store import set_setting, setting
from tanggap.incident import service as incidents
from tanggap.incident import store as rows
from tanggap.incident.model import SYSTEM, Actor, Disposition, Report
from tanggap.incident.refusals import TanggapRefusal
from tanggap.incident.timeline.model import Kind
from tanggap.location.sources.service import link_token
from tanggap.notification import store
from tanggap.notification.model import Channel, Occasion
from tanggap.notification.store import NewDelivery, ToCaller
from tanggap.notification.texts import Text, to_caller
from tanggap.people.audit import record_access
from tanggap.people.model import Person
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.i18n import DEFAULT_LOCALE, N_
from tanggap.platform.ids import new_id
from tanggap.scene import Scene, actor_of
from tanggap.verification.nuisance.service import thanks_testers

#: The job that sends a link to who was not heard, where the coordinator wants that.
REACH: Final = "reach_caller"
#: A number gets the link to /lapor at most once in this time.
ONCE_IN: Final = timedelta(hours=24)
#: And so many messages of any kind.
MOST_A_DAY: Final = 6
#: Who tries the number is thanked at most once in this time.
THANKED_ONCE_IN: Final = timedelta(days=30)
#: What a list shows as the one who is written to.
CALLER: Final = N_("Pelapor")
_SETTING: Final = "caller_links"


class Links(StrEnum):
    """Whether callers are written to."""

    OFF = "off"
    BY_HAND = "by_hand"  # when a call taker presses the button
    BY_ITSELF = "by_itself"  # and to everybody who was not heard, as soon as the call has ended


class Audited(StrEnum):
    """What this file writes into the audit."""

    SENT = "caller_link_sent"
    SWITCHED = "caller_links_switched"


class LinksOff(TanggapRefusal):
    """The coordinator has switched messages to callers off."""

    slug = "caller-links-off"
    sentence = N_("Pesan kepada pelapor dimatikan oleh koordinator.")


class NoNumber(TanggapRefusal):
    """Nobody knows the number, or it is none that takes messages."""

    slug = "caller-has-no-mobile"
    sentence = N_("Nomor pelapor tidak diketahui atau bukan telepon genggam: pesan tidak dapat dikirim.")


class SentAlready(TanggapRefusal):
    """The caller has that message already."""

    slug = "caller-link-sent-already"
    sentence = N_("Nomor ini sudah menerima tautan itu. Tunggu sampai terkirim, atau telepon kembali.")


async def links(conn: Connection, city: str) -> Links:
    """What the coordinator has chosen; by hand until then."""
    chosen = await setting(conn, city, _SETTING)
    return Links(chosen) if chosen in set(Links) else Links.BY_HAND


async def choose_links(tx: Transaction, city: str, chosen: Links, by: Person, now: datetime) -> None:
    """Switch messages to callers off, by hand, or by themselves."""
    await set_setting(tx, city, _SETTING, chosen.value, by.id, now)
    await record_access(tx, city, by, Audited.SWITCHED, f"setting:{_SETTING}", {"chosen": chosen.value}, now)


async def send_report_link(
    tx: Transaction, scene: Scene, public_url: str, way: Channel, report_id: UUID, by: Person | None, now: datetime
) -> tuple[ToCaller, Text]:
    """Send the address of /lapor to who was not heard: once for each report, and once a day to a number.

    Raises:
        LinksOff, NoNumber, SentAlready; NotFound.
    """
    report = await rows.lock_report(tx, scene.city, report_id)
    address = f"{public_url}/lapor"
    for one in await _messages_before(tx, scene, report, now):
        if one.occasion is Occasion.REPORT_LINK and one.report == report_id and one.channel is way is Channel.SCREEN:
            return one, to_caller(one.occasion, address, DEFAULT_LOCALE)  # on the screen once more
        if one.occasion is Occasion.REPORT_LINK:
            raise SentAlready
    return await _send(tx, scene, report, Occasion.REPORT_LINK, address, way, by, now)


async def send_point_link(
    tx: Transaction, scene: Scene, public_url: str, way: Channel, report_id: UUID, by: Person, now: datetime
) -> tuple[ToCaller, Text]:
    """Send the address at which the caller's phone sends its point; made when there is none that is good. Once for each address.

    Raises:
        LinksOff, NoNumber, SentAlready; WrongState: the report came to nothing.
    """
    link = await flow.ask_for_point(tx, scene, report_id, actor_of(by), now)
    report = await rows.report(tx, scene.city, report_id)
    before = await _messages_before(tx, scene, report, now)
    if any(one.occasion is Occasion.POINT_LINK and one.report == report_id and one.queued_at >= link.made_at for one in before):
        raise SentAlready
    address = f"{public_url}/titik/{link_token(scene.keyring, link.id)}"
    return await _send(tx, scene, report, Occasion.POINT_LINK, address, way, by, now)


async def reach_by_itself(tx: Transaction, scene: Scene, public_url: str, way: Channel, report_id: UUID, now: datetime) -> None:
    """Do the job «reach_caller»: the link to /lapor, where the coordinator still wants it and a gateway can carry it."""
    if way is Channel.SCREEN or await links(tx, scene.city) is not Links.BY_ITSELF:
        return
    try:
        async with tx.transaction():
            await send_report_link(tx, scene, public_url, way, report_id, None, now)
    except TanggapRefusal:
        return  # has it already, or cannot have it: that is no failure of the job


async def thank_tester(tx: Transaction, scene: Scene, way: Channel, report_id: UUID, now: datetime) -> None:
    """Do the job «thank_tester»: say that the number works, where it is still held for a test and the coordinator wants that.

    Once in thirty days to a number, so that nobody is invited to try again; only by a gateway.
    """
    report = await rows.lock_report(tx, scene.city, report_id)
    if way is Channel.SCREEN or report.disposition is not Disposition.TEST or not await thanks_testers(tx, scene.city):
        return
    try:
        async with tx.transaction():
            await _messages_before(tx, scene, report, now)
            before = await store.links_to(tx, scene.city, report.caller, now - THANKED_ONCE_IN) if report.caller else []
            if not report.is_example and all(one.occasion is not Occasion.THANKS for one in before):
                await _send(tx, scene, report, Occasion.THANKS, "", way, None, now)
    except TanggapRefusal:
        return  # cannot have it, or had enough: that is no failure of the job


async def _messages_before(tx: Transaction, scene: Scene, report: Report, now: datetime) -> list[ToCaller]:
    """What this caller was sent lately; their row is locked, so that two call takers do not send the same."""
    if await links(tx, scene.city) is Links.OFF:
        raise LinksOff
    if report.caller is None:
        raise NoNumber
    caller = await rows.lock_caller(tx, scene.city, report.caller)
    if not report.is_example and not _takes_messages(caller.masked):
        raise NoNumber
    before = await store.links_to(tx, scene.city, report.caller, now - ONCE_IN)
    if len(before) >= MOST_A_DAY:
        raise SentAlready
    return before


def _takes_messages(masked: str) -> bool:
    """Whether a number takes messages, by what a list shows of it: mobile numbers begin with 08 here; foreign ones may be any."""
    return masked.startswith("08") or masked[:1] in set("123456789")


async def _send(
    tx: Transaction, scene: Scene, report: Report, occasion: Occasion, link: str, way: Channel, by: Person | None, now: datetime
) -> tuple[ToCaller, Text]:
    if report.caller is None:
        raise NoNumber
    if report.is_example:
        way = Channel.SCREEN  # nobody outside is told of an example
    caller = await rows.lock_caller(tx, scene.city, report.caller)
    text, delivery = to_caller(occasion, link, DEFAULT_LOCALE), new_id()
    made = NewDelivery(
        id=delivery, notice=new_id(), occasion=occasion, channel=way, recipient=CALLER, subject=text.subject, text=text.text,
        link=text.link, address_masked=caller.masked, caller=caller.id, report=report.id, incident=report.incident,
        is_urgent=occasion is Occasion.POINT_LINK, is_example=report.is_example,
    )  # fmt: skip
    await store.insert(tx, scene.city, [made], now)
    actor: Actor = actor_of(by) if by is not None else SYSTEM
    body = {"occasion": occasion.value, "way": way.value, "delivery": str(delivery)}
    await incidents.record(tx, scene.city, Kind.LINK_SENT, actor, now, report=report, body=body)
    await record_access(tx, scene.city, by, Audited.SENT, f"report:{report.id}", {"occasion": occasion, "channel": way}, now)
    sent = await store.link_of_report(tx, scene.city, report.id, occasion)
    if sent is None:
        raise RuntimeError("a message that was put down is there")
    return sent, text
