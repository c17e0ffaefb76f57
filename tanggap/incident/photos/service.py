"""Keeping a picture with its report, or with an agency's assignment."""

from datetime import datetime
from uuid import UUID

from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Assignment, Incident, Report
from tanggap.incident.photos import store
from tanggap.incident.photos.model import CleanPhoto, Photo
from tanggap.incident.service import record
from tanggap.incident.timeline.model import Kind
from tanggap.platform.database import Transaction
from tanggap.platform.ids import new_id


async def add_photo(
    tx: Transaction,
    city: str,
    clean: CleanPhoto,
    by: Actor,
    now: datetime,
    *,
    report: Report | None = None,
    incident: Incident | None = None,
    assignment: Assignment | None = None,
) -> Photo:
    """Keep a cleaned picture with its report, or with an agency's assignment, and say so on the timeline."""
    incident_id: UUID | None = incident.id if incident else report.incident if report else None
    photo = Photo(
        id=new_id(),
        report=report.id if report else None,
        incident=incident_id,
        assignment=assignment.id if assignment else None,
        agency=by.agency,
        added_at=now,
        width=clean.width,
        height=clean.height,
    )
    is_example = report.is_example if report else incident.is_example if incident else False
    await store.insert_photo(
        tx, city, photo, added_by=by.id, sha256=clean.sha256, full=clean.full, thumbnail=clean.thumbnail, is_example=is_example
    )
    others = await rows.assignments_of(tx, city, incident_id) if incident_id else []
    await record(
        tx, city, Kind.PHOTO, by, now, report=report, incident=incident or incident_id, assignments=others, agency=by.agency,
        body={"photo": str(photo.id), "sha256": clean.sha256.hex()},
    )  # fmt: skip
    return photo
