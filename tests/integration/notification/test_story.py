"""From hand-over to the agency's answer by text message: who is told what, and what an answer does."""

import json
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from tanggap import flow, oversight
from tanggap.answering import read_answer
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, AssignmentState, Incident
from tanggap.incident.timeline import store as timelines
from tanggap.intake.model import Changes, Contact
from tanggap.intake.model import Channel as Door
from tanggap.interop.texts import take_text
from tanggap.notification.channels.model import Inbound
from tanggap.notification.contacts.service import add_of_person
from tanggap.notification.inbox.model import InboundState, Message
from tanggap.notification.inbox.service import READ_ANSWER, keep
from tanggap.notification.inbox.store import latest
from tanggap.notification.model import Channel, ContactStep, Delivery, DeliveryState, Notice, Occasion
from tanggap.notification.service import ANNOUNCE, announce
from tanggap.notification.store import on_screen, read_all_on_screen, read_on_screen
from tanggap.people import service as people
from tanggap.people import signing_in
from tanggap.people.model import Person, Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.jobs import Handler, run_next
from tanggap.platform.secrets import Keyring
from tanggap.scene import Scene, read_scene
from tanggap.telling import tell

from .conftest import CITY, NUMBER, AddContact, deliveries

DESK = Actor("Petugas 1", new_id())
TREE = Contact(
    Door.CALL, words="pohon tumbang, kata Bu Wati 0812345", address_words="dekat pasar baruga", number="0813-1111-2222"
)


class Story:
    """Tells the story, and does the jobs that follow each commit."""

    def __init__(self, db: Database, scene: Scene, public_url: str) -> None:
        self.db, self.scene, self.public_url = db, scene, public_url
        self.brought = 0

    async def follow(self) -> None:
        async def tells(tx: Transaction, payload: dict[str, object], now: object) -> None:
            await tell(tx, self.scene, self.public_url, payload, utcnow())

        async def reads(tx: Transaction, payload: dict[str, str], now: object) -> None:
            await read_answer(tx, self.scene, UUID(payload["message"]), take_text, utcnow())

        handlers: dict[str, Handler] = {ANNOUNCE: tells, READ_ANSWER: reads}
        while await run_next(self.db, CITY, handlers, utcnow()):
            pass

    async def incident(self, agencies: list[str], contact: Contact = TREE, *, is_example: bool = False) -> Incident:
        async with self.db.transaction(CITY) as tx:
            told = await flow.receive(tx, self.scene, contact, utcnow())
            await flow.claim(tx, self.scene, told.report, DESK, utcnow())
            await flow.describe(tx, self.scene, told.report, Changes({"category": "fallen_tree"}), DESK, utcnow())
            if is_example:
                await tx.execute("UPDATE report SET is_example = true WHERE city = $1 AND id = $2", CITY, told.report)
            incident = await flow.hand_over(tx, self.scene, told.report, agencies, DESK, utcnow())
        await self.follow()
        return incident

    async def answer(self, words: str, *, number: str = NUMBER, name: str = "", reply_to: str = "") -> Message:
        self.brought += 1
        said = Inbound(channel=Channel.SMS, external_id=name or f"{self.brought}", sender=number, words=words, reply_to=reply_to)
        async with self.db.transaction(CITY) as tx:
            await keep(tx, CITY, self.scene.keyring, "operator", [said], utcnow())
        await self.follow()
        async with self.db.reading(CITY) as conn:
            return (await latest(conn, CITY, 1))[0]

    async def states(self, incident: Incident) -> dict[str, AssignmentState]:
        async with self.db.reading(CITY) as conn:
            return {one.agency: one.state for one in await rows.assignments_of(conn, CITY, incident.id)}

    async def said(self, occasion: Occasion) -> list[Delivery]:
        return [one for one in await deliveries(self.db) if one.occasion is occasion]


@pytest.fixture
async def story(db: Database, city: str, keyring: Keyring) -> Story:
    async with db.reading(CITY) as conn:
        return Story(db, await read_scene(conn, keyring), "https://112.kendari.test")


async def test_an_agency_is_told_at_its_contacts_and_one_without_on_its_screen(story: Story, add_contact: AddContact) -> None:
    await add_contact("bpbd", Channel.SMS, NUMBER)
    await add_contact("bpbd", Channel.EMAIL, "piket@bpbd.test")
    await add_contact("bpbd", Channel.SMS, "081399998888", ContactStep.SECOND)
    incident = await story.incident(["bpbd", "dlhk"])
    told = {(one.agency, one.channel): one for one in await story.said(Occasion.SENT)}
    assert set(told) == {("bpbd", Channel.SMS), ("bpbd", Channel.EMAIL), ("dlhk", Channel.SCREEN)}
    text = told["bpbd", Channel.SMS].text
    assert f"KDI-{incident.number:04d}" in text
    assert "baruga" in text.casefold()
    assert "Wati" not in text
    assert "0812345" not in "".join(one.text + one.subject for one in told.values())
    assert told["bpbd", Channel.SMS].state is DeliveryState.QUEUED
    assert told["dlhk", Channel.SCREEN].state is DeliveryState.SENT


async def test_an_example_is_told_on_screens_only(story: Story, add_contact: AddContact) -> None:
    await add_contact("bpbd", Channel.SMS, NUMBER)
    await story.incident(["bpbd"], is_example=True)
    assert {one.channel for one in await story.said(Occasion.SENT)} == {Channel.SCREEN}


async def test_who_need_not_go_any_more_and_who_is_asked_again_are_told_so(story: Story, add_contact: AddContact) -> None:
    await add_contact("bpbd", Channel.SMS, NUMBER)
    incident = await story.incident(["bpbd"])
    for answer in ("1", "3"):
        assert (await story.answer(answer)).state is InboundState.ACTED
    async with story.db.transaction(CITY) as tx:
        await oversight.reopen(tx, story.scene, incident.id, "belum dipotong", DESK, utcnow())
    await story.follow()
    assert len(await story.said(Occasion.REOPENED)) == 1
    async with story.db.transaction(CITY) as tx:
        (asked,) = [one for one in await rows.assignments_of(tx, CITY, incident.id) if one.is_live]
        await oversight.reassign(tx, story.scene, asked.id, "dlhk", "salah instansi", DESK, utcnow())
    await story.follow()
    assert [one.agency for one in await story.said(Occasion.WITHDRAWN)] == ["bpbd"]


async def test_nobody_off_duty_is_told_and_with_nobody_there_it_stands_on_the_screen(story: Story, editor: Person) -> None:
    async with story.db.transaction(CITY) as tx:
        await announce(tx, Notice(occasion=Occasion.UNDELIVERED, role=Role.SUPERVISOR.value), utcnow())
    await story.follow()
    assert await story.said(Occasion.UNDELIVERED) == [], "nothing is dead"
    incident = await story.incident(["bpbd"])
    notice = Notice(occasion=Occasion.UNANSWERED, role=Role.SUPERVISOR.value, incident=incident.id, after_s=70)
    async with story.db.transaction(CITY) as tx:
        await announce(tx, notice, utcnow())
    await story.follow()
    async with story.db.reading(CITY) as conn:
        (shown,) = await on_screen(conn, CITY, None, utcnow())
        assert await on_screen(conn, CITY, None, utcnow() + timedelta(days=2)) == []
    assert shown.occasion is Occasion.UNANSWERED


async def test_of_one_assignment_the_newest_notice_stands_on_the_screen(story: Story) -> None:
    incident = await story.incident(["bpbd"])
    async with story.db.reading(CITY) as conn:
        (asked,) = await rows.assignments_of(conn, CITY, incident.id)
    about = {"occasion": Occasion.UNANSWERED, "role": Role.SUPERVISOR.value, "incident": incident.id, "assignment": asked.id}
    for after_s in (60, 120):
        async with story.db.transaction(CITY) as tx:
            await announce(tx, Notice(**about, after_s=after_s), utcnow())
        await story.follow()
    async with story.db.transaction(CITY) as tx:
        (shown,) = await on_screen(tx, CITY, None, utcnow())
        assert "2 menit" in shown.text
        assert await read_on_screen(tx, CITY, shown.id, None, utcnow())
        assert await on_screen(tx, CITY, None, utcnow()) == []
        await read_all_on_screen(tx, CITY, utcnow())


async def test_an_agency_answers_by_text_message_from_acceptance_to_the_end(story: Story, add_contact: AddContact) -> None:
    await add_contact("bpbd", Channel.SMS, NUMBER)
    incident = await story.incident(["bpbd"])
    for words, state in (
        ("1 terima", AssignmentState.ACKNOWLEDGED),
        ("4", AssignmentState.EN_ROUTE),
        ("3 selesai", AssignmentState.DONE),
    ):
        assert (await story.answer(words)).state is InboundState.ACTED
        assert (await story.states(incident))["bpbd"] is state
    replies = [one.text for one in await story.said(Occasion.REPLY)]
    assert any("diterima" in text for text in replies)
    async with story.db.reading(CITY) as conn:
        entries = await timelines.of_incident(conn, CITY, incident.id)
    assert {"Piket bpbd"} == {entry.actor_name for entry in entries if entry.kind.value in ("acknowledged", "en_route", "done")}
    assert (await story.answer("3 selesai")).state is InboundState.REFUSED


async def test_who_says_that_they_go_has_accepted(story: Story, add_contact: AddContact) -> None:
    await add_contact("bpbd", Channel.SMS, NUMBER)
    incident = await story.incident(["bpbd"])
    await story.answer("berangkat")
    assert (await story.states(incident))["bpbd"] is AssignmentState.EN_ROUTE


async def test_a_rejection_asks_the_next_agency(story: Story, add_contact: AddContact) -> None:
    await add_contact("bpbd", Channel.SMS, NUMBER)
    incident = await story.incident(["bpbd"])
    await story.answer("2 tolak regu habis")
    states = await story.states(incident)
    assert states.pop("bpbd") is AssignmentState.REJECTED
    assert AssignmentState.SENT in states.values()
    async with story.db.reading(CITY) as conn:
        (rejected,) = [one for one in await rows.assignments_of(conn, CITY, incident.id) if one.agency == "bpbd"]
    assert rejected.reason == "regu habis"


async def test_with_several_open_the_number_decides_and_nothing_is_guessed(story: Story, add_contact: AddContact) -> None:
    await add_contact("bpbd", Channel.SMS, NUMBER)
    first = await story.incident(["bpbd"])
    second = await story.incident(["bpbd"], msgspec.structs.replace(TREE, number="0813-2222-3333"))
    assert (await story.answer("1")).state is InboundState.UNCLEAR
    assert any(f"KDI-{second.number:04d}" in one.text for one in await story.said(Occasion.REPLY))
    assert (await story.answer(f"KDI-{second.number:04d} 1")).state is InboundState.ACTED
    assert [(await story.states(one))["bpbd"] for one in (first, second)] == [AssignmentState.SENT, AssignmentState.ACKNOWLEDGED]
    assert (await story.answer("1")).state is InboundState.ACTED, "one alone is left to be accepted"
    assert (await story.states(first))["bpbd"] is AssignmentState.ACKNOWLEDGED
    assert (await story.answer("KDI-9999 1")).state is InboundState.UNCLEAR


async def test_what_is_brought_again_is_not_done_again(story: Story, add_contact: AddContact) -> None:
    await add_contact("bpbd", Channel.SMS, NUMBER)
    await story.incident(["bpbd"])
    for _ in range(3):
        await story.answer("1", name="wamid.1")
    assert len(await story.said(Occasion.REPLY)) == 1
    await story.answer("4", name="aaa:7")
    await story.answer("4", name="bbb:1")
    assert len(await story.said(Occasion.REPLY)) == 2, "a line that was bound anew brought it again"


async def test_a_stranger_is_heard_by_112_and_the_unclear_are_not_answered_for_ever(
    story: Story, add_contact: AddContact
) -> None:
    await add_contact("bpbd", Channel.SMS, NUMBER)
    incident = await story.incident(["bpbd"])
    assert (await story.answer("1 terima", number="0852-0000-1111")).state is InboundState.REPORT
    assert (await story.answer("PROMO", number="TELKOMSEL")).state is InboundState.STRANGER
    async with story.db.reading(CITY) as conn:
        texted = await conn.fetch("select words, state from report where city = $1 and channel = 'sms'", CITY)
    assert [tuple(row) for row in texted] == [("1 terima", "waiting")]
    assert (await story.states(incident))["bpbd"] is AssignmentState.SENT
    assert await story.said(Occasion.REPLY) == []
    for n in range(9):
        assert (await story.answer(f"halo {n}")).state is InboundState.UNCLEAR
    assert len(await story.said(Occasion.REPLY)) == 4


async def test_an_agencys_people_are_told_in_their_browsers_while_they_are_signed_in(
    story: Story, db: Database, keyring: Keyring
) -> None:
    keys = {"p256dh": "B" * 87, "auth": "A" * 22}
    subscription = json.dumps({"endpoint": "https://push.example.net/a", "keys": keys})
    async with db.transaction(CITY) as tx:
        person, _ = await people.add_person(
            tx, CITY, "piket", "Piket", [Role.AGENCY], "bpbd", None, utcnow(), password="jalan pagi ke teluk", is_demo=True
        )
        for _ in range(2):
            await add_of_person(tx, keyring, person, Channel.PUSH, subscription, utcnow())
    await story.incident(["bpbd"])
    assert [one.channel for one in await story.said(Occasion.SENT)] == [Channel.SCREEN]
    await signing_in.log_in(db, CITY, keyring, "piket", "jalan pagi ke teluk", None, "test", utcnow())
    await story.incident(["bpbd"], msgspec.structs.replace(TREE, number="0813-3333-4444"))
    assert [one.channel for one in await story.said(Occasion.SENT)].count(Channel.PUSH) == 1
