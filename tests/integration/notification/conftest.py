"""A city whose agencies have contacts, and real providers on loopback: an SMS centre, a mail server."""

import asyncio
import contextlib
import email
import email.policy
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
import smpp34
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tanggap.city.pack import Pack
from tanggap.city.service import load_pack
from tanggap.notification.channels.model import Carrier, Outgoing
from tanggap.notification.contacts import service as contacts
from tanggap.notification.contacts.model import Contact
from tanggap.notification.model import Channel, ContactStep, Delivery, Notice, Occasion, Recipient
from tanggap.notification.sending.sender import Sender
from tanggap.notification.service import deliver
from tanggap.notification.store import page
from tanggap.notification.texts import Text
from tanggap.people import service as people
from tanggap.people.model import Person, Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring

CITY = "kendari"
NUMBER = "081344556642"
#: How long a test waits for something that must happen; none waits for time to pass.
PATIENCE_S = 60.0


@pytest.fixture
async def city(db: Database, pack: Pack) -> str:
    """A city with agencies."""
    async with db.transaction(CITY) as tx:
        await load_pack(tx, pack, utcnow())
    return CITY


@pytest.fixture
async def editor(db: Database, city: str) -> Person:
    """Who enters contacts."""
    async with db.transaction(city) as tx:
        person, _ = await people.add_person(
            tx,
            city,
            "koordinator",
            "Koordinator",
            [Role.COORDINATOR],
            None,
            None,
            utcnow(),
            password="jalan pagi ke teluk",
            is_demo=True,
        )
    return person


AddContact = Callable[..., Awaitable[Contact]]


@pytest.fixture
def add_contact(db: Database, city: str, keyring: Keyring, editor: Person) -> AddContact:
    """Gives an agency an address."""

    async def add(agency: str, channel: Channel, address: str, step: ContactStep = ContactStep.DUTY) -> Contact:
        async with db.transaction(city) as tx:
            return await contacts.add_of_agency(
                tx, city, keyring, agency, step, f"Piket {agency}", channel, address, editor, utcnow()
            )

    return add


async def queue(
    db: Database, keyring: Keyring, many: int = 1, *, channel: Channel = Channel.SMS, address: str = "6281344556642",
    is_urgent: bool = False, is_example: bool = False, text: str = "112 KDI-0042",
) -> None:  # fmt: skip
    """Put deliveries down as the story does."""
    to = [
        Recipient(
            channel=channel, name="Piket", agency="bpbd", address_sealed=keyring.encrypt(contacts.PURPOSE, address),
            address_masked="0813…42",
        )
        for _ in range(many)
    ]  # fmt: skip
    notice = Notice(occasion=Occasion.SENT, agency="bpbd", is_urgent=is_urgent, is_example=is_example)
    async with db.transaction(CITY) as tx:
        await deliver(tx, CITY, notice, to, lambda _channel, _locale: Text("112", text, ""), utcnow())


async def deliveries(db: Database) -> list[Delivery]:
    """All there are."""
    async with db.reading(CITY) as conn:
        return await page(conn, CITY, "", "", "", 10_000)


async def until(true: Callable[[], Awaitable[Any]]) -> Any:
    """Wait until something holds; what it says then."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = await true()
            if found:
                return found
            await asyncio.sleep(0.02)


@asynccontextmanager
async def sending(
    db: Database, keyring: Keyring, *carriers: Carrier, clock: Callable[[], datetime] = utcnow
) -> AsyncIterator[None]:
    """The sender at work."""
    running = asyncio.create_task(Sender(db, CITY, keyring, carriers, clock).run())
    try:
        yield
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


def outgoing(**more: Any) -> Outgoing:
    """A message that goes out by itself, past the queue."""
    plain = {
        "id": new_id(), "channel": Channel.SMS, "to": "6281344556642", "subject": "Penugasan baru", "text": "112 KDI-0042",
        "link": "https://112.example.go.id/t/42", "locale": "id", "occasion": Occasion.SENT, "recipient": "Piket",
        "is_urgent": False, "attempts": 1, "queued_at": utcnow(),
    }  # fmt: skip
    return Outgoing(**{**plain, **more})


class FakeCarrier:
    """A provider in memory that does what a test tells it to."""

    def __init__(
        self,
        name: str,
        answer: Callable[[Outgoing], Awaitable[str]],
        *,
        rate_per_s: float = 500,
        in_flight: int = 20,
        channel: Channel = Channel.SMS,
    ) -> None:
        self.name, self.channel, self.rate_per_s, self.in_flight = name, channel, rate_per_s, in_flight
        self._answer = answer
        self.took: list[UUID] = []
        self.asked = 0

    async def send(self, message: Outgoing) -> str:
        self.asked += 1
        said = await self._answer(message)
        self.took.append(message.id)
        return said

    async def run(self) -> None:
        await asyncio.Event().wait()


class SmsCentre:
    """An operator's SMS centre: an SMPP server that is not ours."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.took: list[smpp34.SubmitSmEvent] = []
        self.refuse_with: int | None = None
        self.line: smpp34.Esme | None = None
        self._server = smpp34.Server("127.0.0.1", self.port, system_id="PUSAT")

    async def serve(self) -> None:
        await self._server.start()
        while True:
            event = await self._server.next()
            if isinstance(event, smpp34.Esme):
                self.line = event
            elif isinstance(event, smpp34.SubmitSmEvent):
                self.took.append(event)
                if self.refuse_with is not None:
                    event.reject(self.refuse_with)
                else:
                    event.accept(f"id-{len(self.took)}")

    async def bring(
        self, words: bytes, *, esm_class: int = 0, sender: str = "6281344556642", tlvs: tuple[smpp34.Tlv, ...] = ()
    ) -> int:
        """Bring a message or a receipt; the status with which it was acknowledged."""
        assert self.line is not None
        answer = await self.line.deliver_sm("112", words, source_addr=sender, esm_class=esm_class, tlvs=list(tlvs))
        return int(answer.command_status)


@pytest.fixture
async def sms_centre() -> AsyncIterator[SmsCentre]:
    """One that is running."""
    centre = SmsCentre()
    serving = asyncio.create_task(centre.serve())
    yield centre
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    await centre._server.stop()


class Mailbox:
    """Everything that a mail server took; it refuses whom it does not know."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address.startswith("tidak.ada@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("penuh@"):
            return "452 4.2.2 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        return "250 OK"


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="surel.test", loop=self.loop)


@pytest.fixture
def mail_server() -> Any:
    """A mail server on loopback: its port, and what it took."""
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = _Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield port, box
    controller.stop()
