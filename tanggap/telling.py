"""Telling people what happened: the notices of the story, with what may be said of the incident, made into deliveries."""

from datetime import datetime
from typing import Any

import msgspec

from tanggap.incident import store as rows
from tanggap.incident.model import Assignment, Incident
from tanggap.notification import service, texts
from tanggap.notification.contacts.model import Contact
from tanggap.notification.contacts.store import recipients_of_agency
from tanggap.notification.model import Channel, ContactStep, Notice, Occasion
from tanggap.notification.store import undelivered
from tanggap.notification.texts import Subject, Text
from tanggap.platform.database import Transaction
from tanggap.platform.i18n import N_, known_locale, translator
from tanggap.scene import Scene

#: Where the centre sees messages that are dead.
LIST_PATH = "/pengawas/pesan"


async def tell(tx: Transaction, scene: Scene, public_url: str, payload: dict[str, Any], now: datetime) -> None:
    """Do the job «announce»: find who is told, and put down one delivery for each address.

    A notice whose reason is gone meanwhile is not told.

    Raises:
        NotFound: the incident is not there.
    """
    notice = msgspec.convert(payload, Notice)
    if notice.occasion is Occasion.UNDELIVERED:
        dead = await undelivered(tx, scene.city)
        if not dead.many or dead.since is None:
            return
        told = await service.recipients(tx, scene.city, notice, now)
        after_s = (now - dead.since).total_seconds()
        link = public_url + LIST_PATH

        def say_dead(_channel: Channel, locale: str) -> Text:
            return texts.undelivered(dead.many, after_s, link, locale)

        await service.deliver(tx, scene.city, notice, told, say_dead, now)
        return
    if notice.incident is None:
        return
    incident = await rows.incident(tx, scene.city, notice.incident)
    assignment = await rows.assignment(tx, scene.city, notice.assignment) if notice.assignment else None
    if notice.occasion in (Occasion.SENT, Occasion.REOPENED) and assignment is not None and not assignment.is_live:
        return  # withdrawn or given back before anybody could be told: that is told by itself
    if incident.is_example:
        notice = msgspec.structs.replace(notice, is_example=True)
    told = await service.recipients(tx, scene.city, notice, now)

    def say(channel: Channel, locale: str) -> Text:
        subject = subject_of(scene, public_url, incident, assignment, notice, locale)
        return texts.text_of(notice, subject, channel, locale)

    await service.deliver(tx, scene.city, notice, told, say, now)


def subject_of(
    scene: Scene, public_url: str, incident: Incident, assignment: Assignment | None, notice: Notice, locale: str
) -> Subject:
    """What may be said of an incident: its number, kind, priority and place; nothing that a caller said of themselves."""
    language = known_locale(locale)
    category = scene.catalogue.categories_by_code.get(incident.category or "")
    agency = scene.catalogue.agencies_by_code.get(notice.agency or (assignment.agency if assignment else "") or "")
    area = scene.catalogue.areas_by_code.get(incident.area or "")
    place = (incident.place_label or incident.address_words).strip()
    if area is not None and area.name.casefold() not in place.casefold():
        place = f"{place}, {area.name}" if place else area.name
    return Subject(
        number=f"{scene.catalogue.city.prefix}-{incident.number:04d}",
        category=category.name(language) if category else translator(language)(N_("Kejadian")),
        priority=incident.priority.value,
        place=" ".join(place.split()),
        agency=agency.short if agency else "",
        link=f"{public_url}/t/{incident.number}",
        reason=translator(language)(assignment.reason) if assignment and notice.occasion is Occasion.WITHDRAWN else "",
    )


async def try_contact(tx: Transaction, scene: Scene, contact: Contact, now: datetime) -> None:
    """Send a message to one contact by which somebody tries whether it can be reached."""
    notice = Notice(occasion=Occasion.TRIAL, agency=contact.agency, step=contact.step or ContactStep.DUTY)
    steps = await recipients_of_agency(tx, scene.city, contact.agency or "", notice.step)
    told = [one for one in steps if one.contact == contact.id]
    await service.deliver(tx, scene.city, notice, told, lambda _channel, locale: texts.trial(contact.name, locale), now)
