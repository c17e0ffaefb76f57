"""What an agency answers by text message or WhatsApp: read once, carried out as that agency, and answered.

What anybody else writes is no answer: it is for 112.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import ASSIGNMENT_NEXT, Actor, Assignment, AssignmentState, Incident
from tanggap.incident.refusals import NotFound, TanggapRefusal
from tanggap.intake.model import Channel as Intake
from tanggap.notification import service
from tanggap.notification.contacts.model import Contact
from tanggap.notification.contacts.service import PURPOSE
from tanggap.notification.contacts.store import who_has
from tanggap.notification.inbox import store as inbox
from tanggap.notification.inbox.model import REPLIES, Answer, InboundState, Meant, Message, meant
from tanggap.notification.model import Channel, Notice, Occasion, Recipient
from tanggap.notification.texts import Text, plain_sms
from tanggap.platform.database import Transaction
from tanggap.platform.i18n import N_, known_locale, translator
from tanggap.routing.store import live_tasks
from tanggap.scene import Scene

#: What the timeline says when an agency gave no reason.
NO_REASON = N_("Ditolak lewat pesan, tanpa alasan")
#: Numbers that one reply names.
MOST_NAMED = 4
#: Whoever has been asked back this often within this time is asked back no more.
MOST_UNCLEAR, LATELY = 4, timedelta(minutes=30)
#: To which state each answer leads.
LEADS_TO = {
    Answer.ACCEPT: AssignmentState.ACKNOWLEDGED,
    Answer.REJECT: AssignmentState.REJECTED,
    Answer.DONE: AssignmentState.DONE,
    Answer.SET_OUT: AssignmentState.EN_ROUTE,
    Answer.ARRIVED: AssignmentState.ON_SCENE,
}
#: By which channel of the intake a message to us becomes a report.
INTAKE_OF = {Channel.SMS: Intake.SMS, Channel.WHATSAPP: Intake.WHATSAPP}
#: Who says that they go, or are done, has accepted.
IMPLIES_ACCEPTING = frozenset({Answer.DONE, Answer.SET_OUT, Answer.ARRIVED})


class Open(NamedTuple):
    """An assignment that an answer may be about, and the contact who may answer for it."""

    assignment: Assignment
    incident: Incident
    contact: Contact


class Read(NamedTuple):
    """What became of a message: its state, the reply, and what it was about."""

    state: InboundState
    reply: str
    about: Open | None = None
    numbers: tuple[str, ...] = ()


#: Stores what a stranger wrote: channel, number, words, a name of it that is the same when it is brought again.
TakeText = Callable[[Transaction, Scene, Intake, str, str, str, datetime], Awaitable[UUID | None]]


async def read_answer(tx: Transaction, scene: Scene, message_id: UUID, take_text: TakeText, now: datetime) -> None:
    """Do the job «read_answer»: one message, once, whatever is brought again."""
    found = await inbox.lock(tx, scene.city, message_id)
    if found is None or found[0].state is not InboundState.NEW:
        return
    message, hashed, sealed = found
    contacts = await who_has(tx, scene.city, hashed)
    if not contacts:
        state = await _take_stranger(tx, scene, message, sealed, take_text, now)
        await inbox.handled(tx, scene.city, message_id, state, None, None, None, now)
        return
    read = await _read(tx, scene, message, contacts, now)
    contact = read.about.contact if read.about else contacts[0]
    assignment = read.about.assignment.id if read.about else None
    await inbox.handled(tx, scene.city, message_id, read.state, contact.id, contact.agency, assignment, now)
    if read.state is InboundState.UNCLEAR and await inbox.many_unclear(tx, scene.city, hashed, now - LATELY) > MOST_UNCLEAR:
        return  # two machines that answer each other would never end
    await _reply(tx, scene, message, contact, read, sealed, now)


async def _take_stranger(
    tx: Transaction, scene: Scene, message: Message, sealed: bytes, take_text: TakeText, now: datetime
) -> InboundState:
    """A text to 112. One that comes from no number (an operator's advertisement) is kept where it is."""
    number = scene.keyring.decrypt(PURPOSE, sealed)
    if not number.strip("0") or message.channel not in INTAKE_OF:
        return InboundState.STRANGER
    await take_text(tx, scene, INTAKE_OF[message.channel], number, message.words, f"message:{message.id}", now)
    return InboundState.REPORT


async def _read(tx: Transaction, scene: Scene, message: Message, contacts: list[Contact], now: datetime) -> Read:
    said = meant(message.words, scene.catalogue.city.prefix)
    if said is None:
        return Read(InboundState.UNCLEAR, "unclear")
    everything = await _open(tx, scene, contacts)
    numbers = tuple(dict.fromkeys(_number(scene, one.incident) for one in everything))
    fitting = [one for one in everything if _may(one.assignment, said.answer)]
    if said.number is not None:
        fitting = [one for one in everything if one.incident.number == said.number]
        if not fitting:
            return Read(InboundState.UNCLEAR, "wrong_number" if numbers else "nothing_open", numbers=numbers)
    elif message.reply_to:
        about = await inbox.assignment_of(tx, scene.city, message.provider, message.reply_to)
        fitting = [one for one in everything if one.assignment.id == about] or fitting
    if not fitting:
        return Read(InboundState.REFUSED, "nothing_open")
    if len({one.assignment.id for one in fitting}) > 1:
        return Read(InboundState.UNCLEAR, "several", numbers=tuple(_number(scene, one.incident) for one in fitting))
    try:
        async with tx.transaction():  # a refusal leaves nothing behind, and the message is still noted
            await _carry_out(tx, scene, fitting[0], said, now)
    except TanggapRefusal:
        return Read(InboundState.REFUSED, "too_late", fitting[0])
    return Read(InboundState.ACTED, said.answer.value, fitting[0])


async def _open(tx: Transaction, scene: Scene, contacts: list[Contact]) -> list[Open]:
    """Every assignment for which these contacts may answer, once each."""
    found: dict[UUID, Open] = {}
    for contact in contacts:
        for task in await live_tasks(tx, scene.city, contact.agency or ""):
            found.setdefault(task.assignment.id, Open(task.assignment, task.incident, contact))
    return list(found.values())


def _may(assignment: Assignment, answer: Answer) -> bool:
    to = LEADS_TO[answer]
    following = ASSIGNMENT_NEXT[assignment.state]
    if answer in IMPLIES_ACCEPTING and AssignmentState.ACKNOWLEDGED in following:
        return True
    return to in following


async def _carry_out(tx: Transaction, scene: Scene, about: Open, said: Meant, now: datetime) -> None:
    """Do what was answered, as the agency. Raises TanggapRefusal."""
    assignment, contact = about.assignment, about.contact
    by = Actor(contact.name, None, contact.agency)
    if said.answer is Answer.ACCEPT:
        await flow.acknowledge(tx, scene, assignment.id, by, now)
        return
    if said.answer is Answer.REJECT:
        await flow.reject(tx, scene, assignment.id, said.reason or NO_REASON, by, now)
        return
    if AssignmentState.ACKNOWLEDGED in ASSIGNMENT_NEXT[assignment.state]:
        await flow.acknowledge(tx, scene, assignment.id, by, now)
    await flow.progress(tx, scene, assignment.id, LEADS_TO[said.answer], "", by, now)


async def _reply(
    tx: Transaction, scene: Scene, message: Message, contact: Contact, read: Read, sealed: bytes, now: datetime
) -> None:
    """Answer by the same channel, at the number that wrote."""
    translate = translator(known_locale(contact.locale))
    named = ", ".join(read.numbers[:MOST_NAMED]) or "-"
    number = _number(scene, read.about.incident) if read.about else ""
    example = read.numbers[0] if read.numbers else ""
    text = translate(REPLIES[read.reply]).format(number=number, numbers=named, example=example)
    is_urgent = read.state is not InboundState.ACTED and any(read.numbers)
    incident = read.about.incident if read.about else None
    notice = Notice(
        occasion=Occasion.REPLY, agency=contact.agency, incident=incident.id if incident else None,
        assignment=read.about.assignment.id if read.about else None, is_urgent=is_urgent,
    )  # fmt: skip
    to = Recipient(
        channel=message.channel, name=contact.name, contact=contact.id, agency=contact.agency, address_sealed=sealed,
        address_masked=message.address_masked, locale=contact.locale,
    )  # fmt: skip
    await service.deliver(tx, scene.city, notice, [to], lambda _channel, _locale: Text("112", plain_sms(text)), now)


def _number(scene: Scene, incident: Incident) -> str:
    return f"{scene.catalogue.city.prefix}-{incident.number:04d}"


async def assignment_for(tx: Transaction, scene: Scene, number: int, agency: str) -> UUID:
    """An agency's newest assignment on the incident of that number. Raises NotFound."""
    incident = await rows.incident_by_number(tx, scene.city, number)
    own = [one for one in await rows.assignments_of(tx, scene.city, incident.id) if one.agency == agency]
    if not own:
        raise NotFound(kind="assignment")
    return max(own, key=lambda one: (one.is_live, one.sent_at)).id
