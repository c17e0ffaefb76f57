"""Receiving reports and writing down what is said."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tanggap.incident import store as rows
from tanggap.incident.model import REPORT_NEXT, Actor, Report, ReportState, step
from tanggap.incident.refusals import WrongState
from tanggap.incident.service import entry_of, record
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.intake import store
from tanggap.intake.gathering import Gathering
from tanggap.intake.model import (
    MAX_WORDS,
    WRITABLE,
    Changes,
    Claim,
    Contact,
    Described,
    Received,
    flags_of,
    masked_number,
    normal_number,
)
from tanggap.intake.store import NewReport
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.platform.telemetry import REPORTS
from tanggap.platform.text import clean_text

MAX_ADDRESS = 1_000
MAX_NAME = 200
MAX_KEY = 200

#: Flags that go away by what a call taker fills in.
_FILLED_BY: Mapping[str, frozenset[str]] = {
    "no_place": frozenset({"address_words", "lat"}),
    "no_category": frozenset({"category"}),
    "no_number": frozenset({"number"}),
}


def track_token(keyring: Keyring, report_id: UUID) -> str:
    """The unguessable token of the citizen's page, derived from the report's id: it is stored nowhere."""
    return keyring.sign("track", str(report_id))


def token_hash(token: str) -> bytes:
    """What the database knows of a citizen's token."""
    return hashlib.sha256(token.encode()).digest()


def written(city: str, keyring: Keyring, contact: Contact, now: datetime) -> tuple[NewReport, str]:
    """A report as it will stand in the database, and the token that opens its page.

    Overlong or unprintable text is stored cut and made visible, flagged; the whole of an overlong text goes to the timeline.
    """
    words = clean_text(contact.words, MAX_WORDS)
    address = clean_text(contact.address_words, MAX_ADDRESS)
    name = clean_text(contact.name, MAX_NAME)
    number = normal_number(contact.number)
    flags = [*flags_of(contact, number), *dict.fromkeys((*words.flags, *address.flags, *name.flags))]
    report_id = contact.id or new_id()
    token = track_token(keyring, report_id)
    place = contact.location
    body: dict[str, Any] = {"channel": contact.channel.value, "flags": flags}
    if "overlong" in flags:
        body |= {
            "words": clean_text(contact.words, 200_000).text,
            "address_words": clean_text(contact.address_words, 50_000).text,
        }
    new = NewReport(
        city=city,
        caller_id=new_id(),
        number_hash=keyring.hash("caller", number) if number else None,
        number_sealed=keyring.encrypt("caller", number) if number else None,
        masked=masked_number(number) if number else None,
        at=contact.received_at or now,
        id=report_id,
        channel=contact.channel.value,
        words=words.text,
        address_words=address.text,
        caller_name=keyring.encrypt("name", name.text) if name.text else None,
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        uncertainty_m=place.uncertainty_m if place else None,
        location_source=place.source if place else None,
        place_label=clean_text(place.label, MAX_ADDRESS).text if place else "",
        area=place.area if place else None,
        category=contact.category,
        priority=contact.priority.value if contact.priority else None,
        flags=flags,
        track=token_hash(token),
        external_id=clean_text(contact.external_id, MAX_KEY).text if contact.external_id else None,
        is_example=contact.is_example,
        actor_name="Pelapor",
        body=body,
    )
    return new, token


async def receive(conn: Connection, city: str, keyring: Keyring, contact: Contact, now: datetime) -> Received:
    """Store a report as it was said, with its first timeline entry, in one statement.

    A repeated `external_id` returns the first report: a sender may try again without making two.
    """
    new, token = written(city, keyring, contact, now)
    return _received(new, token, await store.receive(conn, new), keyring)


async def receive_together(gathering: Gathering, keyring: Keyring, contact: Contact, now: datetime) -> Received:
    """As `receive`, in one round trip and one commit with whatever else comes in at this moment."""
    new, token = written(gathering.city, keyring, contact, now)
    return _received(new, token, await gathering.write(new), keyring)


def _received(new: NewReport, token: str, stored: UUID, keyring: Keyring) -> Received:
    if stored != new.id:
        return Received(stored, track_token(keyring, stored), is_repeat=True)
    REPORTS.labels(new.channel).inc()
    return Received(stored, token, is_repeat=False)


async def claim(tx: Transaction, city: str, report_id: UUID, by: Actor, now: datetime) -> Report:
    """Take a waiting report.

    Raises:
        WrongState: somebody else has it already, or it is closed. Claiming one's own again changes nothing.
    """
    report = await rows.lock_report(tx, city, report_id)
    if report.state is ReportState.ACTIVE and report.claimed_by == by.id:
        return report
    if report.state is not ReportState.WAITING:
        raise WrongState(now=report.state.value, to="active")
    report = await rows.change_report(tx, city, report_id, state=ReportState.ACTIVE.value, claimed_by=by.id, claimed_at=now)
    await record(tx, city, Kind.CLAIMED, by, now, report=report)
    return report


async def claim_together(tx: Transaction, city: str, claims: Sequence[Claim]) -> None:
    """Take waiting reports, each for its own call taker, with two statements; what does not wait any more is passed over."""
    claimed = {report.id: report for report in await store.claim(tx, city, claims)} if claims else {}
    await timelines.append(
        tx, city, [entry_of(Kind.CLAIMED, one.by, one.at, report=claimed[one.report]) for one in claims if one.report in claimed]
    )


async def take_over(tx: Transaction, city: str, report_id: UUID, by: Actor, reason: str, now: datetime) -> Report:
    """Move an active report to another desk, with a reason on the timeline."""
    report = await rows.lock_report(tx, city, report_id)
    if report.state is not ReportState.ACTIVE:
        raise WrongState(now=report.state.value, to="active")
    before = report.claimed_by
    report = await rows.change_report(tx, city, report_id, claimed_by=by.id, claimed_at=now)
    body = {"reason": clean_text(reason, MAX_ADDRESS).text, "taken_over": True, "from": str(before) if before else None}
    await record(tx, city, Kind.CLAIMED, by, now, report=report, body=body)
    return report


async def release(tx: Transaction, city: str, report_id: UUID, by: Actor, now: datetime) -> Report:
    """Put an active report back among those that wait, at its old place in the line."""
    report = await rows.lock_report(tx, city, report_id)
    step(REPORT_NEXT, report.state, ReportState.WAITING)
    report = await rows.change_report(tx, city, report_id, state=ReportState.WAITING.value, claimed_by=None, claimed_at=None)
    await record(tx, city, Kind.RELEASED, by, now, report=report)
    return report


async def describe(
    tx: Transaction, city: str, keyring: Keyring, report_id: UUID, changes: Changes, by: Actor, now: datetime
) -> Described:
    """Write what a call taker typed. Fields that somebody else changed meanwhile are kept as a note, not replaced.

    Sending the same change again changes nothing, so an unsure sender may repeat it.

    Raises:
        ValueError: a field that a report does not have.
    """
    unknown = set(changes.fields) - WRITABLE
    if unknown:
        raise ValueError(f"not a field of a report: {', '.join(sorted(unknown))}")
    report = await rows.lock_report(tx, city, report_id)
    updates: dict[str, Any] = {}
    conflicts: dict[str, Any] = {}
    flags = list(report.flags)
    for name, value in changes.fields.items():
        if name in ("number", "name"):
            await _seal(tx, city, keyring, name, str(value), updates, now)
            continue
        value, more = _cleaned(name, value)
        flags += more
        current = getattr(report, name)
        if current == value:
            continue
        if name in changes.was and _cleaned(name, changes.was[name])[0] != current and current not in (None, "", {}):
            conflicts[name] = value
        else:
            updates[name] = value
    kept = [flag for flag in dict.fromkeys(flags) if not (_FILLED_BY.get(flag, frozenset()) & _filled(report, updates, changes))]
    if kept != list(report.flags):
        updates["flags"] = kept
    if updates:
        report = await rows.change_report(tx, city, report_id, **updates)
    if conflicts:
        await record(tx, city, Kind.NOTE, by, now, report=report, body={"conflict": True, "kept": conflicts})
    told = {name: value for name, value in updates.items() if name in WRITABLE and name not in ("number", "name")}
    if told and (report.incident is not None or set(told) & {"lat", "category", "priority"}):
        await record(tx, city, Kind.DESCRIBED, by, now, report=report, body={"fields": told})
    return Described(report, tuple(conflicts))


def _filled(report: Report, updates: Mapping[str, Any], changes: Changes) -> set[str]:
    filled = {name for name, value in updates.items() if value not in (None, "")}
    if changes.fields.get("number"):
        filled.add("number")
    return filled | {
        name for name in ("address_words", "lat", "category") if getattr(report, name) not in (None, "") and name not in updates
    }


def _cleaned(name: str, value: Any) -> tuple[Any, list[str]]:
    if name in ("words", "address_words", "place_label"):
        cleaned = clean_text(str(value or ""), MAX_WORDS if name == "words" else MAX_ADDRESS)
        return cleaned.text, list(cleaned.flags)
    if name == "answers":
        return {clean_text(str(k), 80).text: clean_text(str(v), MAX_ADDRESS).text for k, v in dict(value or {}).items()}, []
    if name in ("lat", "lon", "uncertainty_m"):
        return (None if value in (None, "") else float(value)), []
    return (value or None), []


async def _seal(
    tx: Transaction, city: str, keyring: Keyring, name: str, value: str, updates: dict[str, Any], now: datetime
) -> None:
    """Encrypt a number or a name before it reaches a row."""
    if name == "name":
        text = clean_text(value, MAX_NAME).text
        updates["caller_name"] = keyring.encrypt("name", text) if text else None
        return
    number = normal_number(value)
    if number:
        updates["caller"] = await store.upsert_caller(
            tx, city, new_id(), keyring.hash("caller", number), keyring.encrypt("caller", number), masked_number(number), now
        )
