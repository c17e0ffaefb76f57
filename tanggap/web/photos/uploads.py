"""Pictures out of a form: each is judged and made anew in a thread of its own, one at a time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import msgspec

from tanggap.incident.photos.cleaning import MAX_BYTES, clean_photo
from tanggap.incident.photos.model import CleanPhoto, NotAPhoto
from tanggap.incident.timeline.model import Kind, Recorded
from tanggap.web.forms import Form

#: Pictures taken from one form; further ones are named as not taken.
MOST_PHOTOS = 6
#: A form with all its pictures at their largest, and the text around them.
MAX_FORM_BYTES = MOST_PHOTOS * MAX_BYTES + 4 * 1024 * 1024
FIELD = "foto"

#: One thread: unpacking a large picture takes up to 150 MB, so a process does one after the other.
_DARKROOM = ThreadPoolExecutor(max_workers=1, thread_name_prefix="photo")


class Uploaded(msgspec.Struct, frozen=True):
    """What came with a form: pictures fit to keep, and the names of files that are none."""

    photos: tuple[CleanPhoto, ...] = ()
    refused: tuple[str, ...] = ()


async def photos_of_form(form: Form, field: str = FIELD) -> Uploaded:
    """The pictures of a form's field. Never raises for a bad file: it is named in `refused`."""
    photos: list[CleanPhoto] = []
    refused: list[str] = []
    files = form.all_files(field)
    for file in files[:MOST_PHOTOS]:
        content = await file.read(MAX_BYTES + 1)
        try:
            photos.append(await asyncio.get_running_loop().run_in_executor(_DARKROOM, clean_photo, content))
        except NotAPhoto:
            refused.append(_shown_name(file.filename))
    refused += (_shown_name(file.filename) for file in files[MOST_PHOTOS:])
    return Uploaded(tuple(photos), tuple(refused))


def not_kept_yet(photos: tuple[CleanPhoto, ...], timeline: list[Recorded], agency: str | None) -> list[CleanPhoto]:
    """Those of `photos` that this side has not added before: a form that is sent twice keeps each picture once."""
    kept = {entry.body.get("sha256") for entry in timeline if entry.kind is Kind.PHOTO and entry.agency == agency}
    once = {photo.sha256.hex(): photo for photo in photos}
    return [photo for sha256, photo in once.items() if sha256 not in kept]


def _shown_name(name: str) -> str:
    shown = "".join(char if char.isprintable() else "\ufffd" for char in name.replace("\\", "/").rsplit("/", 1)[-1])
    return shown if len(shown) <= 60 else shown[:28] + "…" + shown[-28:]
