"""What a supervisor's forms do: each reads its fields, does one thing in one transaction, and says what to show next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tanggap import casework, flow, oversight
from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Incident, IncidentState
from tanggap.incident.refusals import NotFound, WrongState
from tanggap.intake.model import MAX_WORDS
from tanggap.location.service import located
from tanggap.platform.database import Transaction
from tanggap.platform.text import clean_text
from tanggap.routing.service import MAX_REASON
from tanggap.scene import Scene
from tanggap.web.forms import Form
from tanggap.web.supervisor.refusals import (
    ChangedMeanwhile,
    NoAgencyChosen,
    NoteMissing,
    NothingChanged,
    ReasonMissing,
    UnknownNumber,
    Unreadable,
)
from tanggap.web.words import number_in

MAX_PLACE = 500
#: What a point set by hand is uncertain by when nobody says otherwise, metres.
POINT_UNCERTAINTY_M = 50.0
#: Fields of an incident that the supervisor corrects as text; the point is two fields of its own.
TEXTS: Mapping[str, int] = {"summary": MAX_WORDS, "address_words": MAX_PLACE, "place_label": MAX_PLACE}


class Done(NamedTuple):
    """The incident to show next, and the word for what was done."""

    incident: UUID
    word: str


async def assign(tx: Transaction, scene: Scene, incident: UUID, form: Form, by: Actor, now: datetime) -> Done:
    """Ask further agencies."""
    chosen = [_agency(scene.catalogue, code) for code in dict.fromkeys(form.all_texts("instansi"))]
    if not chosen:
        raise NoAgencyChosen
    await oversight.assign(tx, scene, incident, chosen, by, now)
    return Done(incident, "assigned")


async def reassign(tx: Transaction, scene: Scene, incident: UUID, form: Form, by: Actor, now: datetime) -> Done:
    """Take an assignment from one agency and give it to another."""
    assignment = await rows.assignment(tx, scene.city, _id(form.text("penugasan")))
    if assignment.incident != incident:
        raise NotFound(kind="assignment")
    held = await rows.lock_incident(tx, scene.city, incident)
    if held.state is IncidentState.CLOSED:
        raise WrongState(now=held.state.value, to="assigned")
    agency = _agency(scene.catalogue, form.text("instansi"))
    await oversight.reassign(tx, scene, assignment.id, agency, _reason(form), by, now)
    return Done(incident, "reassigned")


async def merge(tx: Transaction, scene: Scene, incident: UUID, form: Form, by: Actor, now: datetime) -> Done:
    """Say that this incident is another one, named by its number."""
    number = number_in(form.text("nomor"))
    if number is None:
        raise UnknownNumber
    try:
        target = await rows.incident_by_number(tx, scene.city, number)
    except NotFound as unknown:
        raise UnknownNumber(number=number) from unknown
    merged = await oversight.merge(tx, scene, incident, target.id, by, now)
    return Done(merged.id, "merged")


async def split(tx: Transaction, scene: Scene, incident: UUID, form: Form, by: Actor, now: datetime) -> Done:
    """Make one report an incident of its own."""
    report = await rows.report(tx, scene.city, _id(form.text("laporan")))
    if report.incident != incident:
        raise WrongState(now="elsewhere", to="split")
    parted = await oversight.split(tx, scene, report.id, by, now)
    return Done(parted.id, "split")


async def reopen(tx: Transaction, scene: Scene, incident: UUID, form: Form, by: Actor, now: datetime) -> Done:
    """Open a finished incident again."""
    await oversight.reopen(tx, scene, incident, _reason(form), by, now)
    return Done(incident, "reopened")


async def close(tx: Transaction, scene: Scene, incident: UUID, form: Form, by: Actor, now: datetime) -> Done:
    """Close an incident; closing one that is closed says so."""
    held = await rows.lock_incident(tx, scene.city, incident)
    if held.state is IncidentState.CLOSED:
        raise WrongState(now=held.state.value, to="closed")
    await casework.close(tx, scene, incident, _reason(form), by, now)
    return Done(incident, "closed")


async def add_note(tx: Transaction, scene: Scene, incident: UUID, form: Form, by: Actor, now: datetime) -> Done:
    """Write a note that the incident's agencies see too."""
    said = clean_text(form.text("catatan"), MAX_WORDS).text.strip()
    if not said:
        raise NoteMissing
    await flow.note(tx, scene, said, by, now, incident=incident)
    return Done(incident, "noted")


async def amend(tx: Transaction, scene: Scene, incident: UUID, form: Form, by: Actor, now: datetime) -> Done:
    """Correct what an incident says: only the fields that were changed, unless somebody else changed the same ones meanwhile."""
    held = await rows.lock_incident(tx, scene.city, incident)
    if held.state is IncidentState.CLOSED:
        raise WrongState(now=held.state.value, to="amended")
    typed = {name: form.text(name).strip().replace("\r\n", "\n") for name in (*shown(held), "lat", "lon")}
    changed = {name: value for name, value in typed.items() if value != form.text(f"was_{name}").strip().replace("\r\n", "\n")}
    if not changed:
        raise NothingChanged
    present = shown(held) | point_shown(held)
    if any(
        present[name] not in (form.text(f"was_{name}").strip().replace("\r\n", "\n"), value) for name, value in changed.items()
    ):
        raise ChangedMeanwhile(fields=sorted(changed))
    await casework.amend(tx, scene, incident, _changes(scene.catalogue, held, changed), by, now)
    return Done(incident, "amended")


def shown(incident: Incident) -> dict[str, str]:
    """The fields of an incident that can be corrected, as they stand in the form."""
    return {
        "category": incident.category or "",
        "priority": incident.priority.value,
        "summary": incident.summary.strip(),
        "address_words": incident.address_words.strip(),
        "place_label": incident.place_label.strip(),
        "area": incident.area or "",
    }


def point_shown(incident: Incident) -> dict[str, str]:
    """The point, as it stands in the form: about a metre exact."""
    return {name: f"{value:.5f}" if value is not None else "" for name, value in (("lat", incident.lat), ("lon", incident.lon))}


def _changes(catalogue: Catalogue, incident: Incident, changed: Mapping[str, str]) -> dict[str, Any]:
    changes: dict[str, Any] = {name: clean_text(changed[name], most).text for name, most in TEXTS.items() if name in changed}
    if "category" in changed:
        if changed["category"] not in catalogue.categories_by_code:
            raise Unreadable(field="category")
        changes["category"] = changed["category"]
    if "priority" in changed:
        if changed["priority"] not in set(Priority):
            raise Unreadable(field="priority")
        changes["priority"] = changed["priority"]
    if changed.keys() & {"lat", "lon"}:
        changes |= _point(catalogue, incident, changed)
    if "area" in changed:
        if changed["area"] not in {area.code for area in catalogue.kelurahan}:
            raise Unreadable(field="area")
        changes["area"] = changed["area"]
    return changes


def _point(catalogue: Catalogue, incident: Incident, changed: Mapping[str, str]) -> dict[str, Any]:
    said = {**point_shown(incident), **{name: changed[name] for name in ("lat", "lon") if name in changed}}
    try:
        place = located(
            catalogue, float(said["lat"].replace(",", ".")), float(said["lon"].replace(",", ".")), POINT_UNCERTAINTY_M, "map"
        )
    except ValueError as error:
        raise Unreadable(field="lat") from error
    return {"lat": place.lat, "lon": place.lon, "uncertainty_m": place.uncertainty_m, "area": place.area or incident.area}


async def take(tx: Transaction, scene: Scene, report_id: UUID, form: Form, by: Actor, now: datetime) -> str:
    """Take a report to one's own desk: one that waits as it is, one that somebody has with a reason."""
    report = await rows.lock_report(tx, scene.city, report_id)
    if report.claimed_by is None or report.claimed_by == by.id:
        await flow.claim(tx, scene, report_id, by, now)
    else:
        await flow.take_over(tx, scene, report_id, by, _reason(form), now)
    return "taken"


async def release(tx: Transaction, scene: Scene, report_id: UUID, form: Form, by: Actor, now: datetime) -> str:
    """Put a report that somebody has back in the line, with a note that says why."""
    reason = _reason(form)
    await flow.release(tx, scene, report_id, by, now)
    await flow.note(tx, scene, reason, by, now, report=report_id)
    return "released"


def _reason(form: Form) -> str:
    said = clean_text(form.text("alasan"), MAX_REASON).text.strip()
    if not said:
        raise ReasonMissing
    return said


def _agency(catalogue: Catalogue, code: str) -> str:
    agency = catalogue.agencies_by_code.get(code)
    if agency is None or not agency.active:
        raise NoAgencyChosen
    return agency.code


def _id(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError as error:
        raise NotFound(kind="assignment") from error
