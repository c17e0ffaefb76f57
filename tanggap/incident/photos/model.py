"""A picture, as it is kept and as it comes out of the cleaning."""

from datetime import datetime
from uuid import UUID

import msgspec

from tanggap.incident.refusals import TanggapRefusal
from tanggap.platform.i18n import N_


class NotAPhoto(TanggapRefusal):
    """The file is not a picture, whatever its name says, or is larger than we take."""

    slug = "not-a-photo"
    sentence = N_("Berkas ini bukan foto yang dapat dibuka (JPEG, PNG, WebP, paling besar 10 MB).")


class Photo(msgspec.Struct, frozen=True):
    """A picture without its bytes."""

    id: UUID
    report: UUID | None
    incident: UUID | None
    assignment: UUID | None
    agency: str | None
    added_at: datetime
    width: int
    height: int


class CleanPhoto(msgspec.Struct, frozen=True):
    """A picture decoded and encoded anew: no EXIF, no position of the camera, no second payload."""

    full: bytes
    thumbnail: bytes
    width: int
    height: int
    sha256: bytes
