"""Pictures of citizens and crews: judged by their content, stripped of everything but the picture."""

import hashlib
import io
from datetime import datetime
from uuid import UUID

import msgspec
from PIL import Image, ImageOps

from tanggap.incident import store
from tanggap.incident.model import Actor, Assignment, Incident, Kind, Photo, Report, TanggapRefusal
from tanggap.incident.service import record
from tanggap.platform.database import Transaction
from tanggap.platform.i18n import N_
from tanggap.platform.ids import new_id

MAX_BYTES = 10 * 1024 * 1024
#: Most pixels that are unpacked: a small file may claim a huge picture (decompression bomb).
MAX_PIXELS = 50_000_000
FULL_EDGE = 2048
THUMBNAIL_EDGE = 320
#: What phones and cameras send and Pillow opens without further libraries.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class NotAPhoto(TanggapRefusal):
    """The file is not a picture, whatever its name says, or is larger than we take."""

    slug = "not-a-photo"
    sentence = N_("Berkas ini bukan foto yang dapat dibuka (JPEG, PNG, WebP, paling besar 10 MB).")


class CleanPhoto(msgspec.Struct, frozen=True):
    """A picture decoded and encoded anew: no EXIF, no position of the camera, no second payload."""

    full: bytes
    thumbnail: bytes
    width: int
    height: int
    sha256: bytes


def clean_photo(content: bytes) -> CleanPhoto:
    """Decode `content` and make a JPEG of at most 2048 px and a thumbnail of it, turned upright, without metadata.

    CPU-bound: run it in a thread.

    Raises:
        NotAPhoto: too large, not a picture, or broken.
    """
    if len(content) > MAX_BYTES:
        raise NotAPhoto(reason="size")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise NotAPhoto(reason="pixels")
            opened.draft("RGB", (FULL_EDGE, FULL_EDGE))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except NotAPhoto:
        raise
    except Exception as error:  # a damaged file makes Pillow's parsers raise whatever they stumble over
        raise NotAPhoto(reason="content") from error
    upright.thumbnail((FULL_EDGE, FULL_EDGE))
    full = _jpeg(upright, quality=85)
    width, height = upright.size
    upright.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE))
    return CleanPhoto(full, _jpeg(upright, quality=75), width, height, hashlib.sha256(full).digest())


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    bare.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


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
    others = await store.assignments_of(tx, city, incident_id) if incident_id else []
    await record(
        tx, city, Kind.PHOTO, by, now, report=report, incident=incident or incident_id, assignments=others, agency=by.agency,
        body={"photo": str(photo.id), "sha256": clean.sha256.hex()},
    )  # fmt: skip
    return photo
