"""What is done with a file of places: read, compared, and all of it taken in one transaction, or nothing."""

import getpass
import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from tanggap.city.service import catalogue
from tanggap.location.imports import store
from tanggap.location.imports.duplicates import named_after
from tanggap.location.imports.files import open_file
from tanggap.location.imports.model import ImportReport, Tell, UnreadableFileError, Wanted
from tanggap.location.imports.plan import read
from tanggap.platform.database import Database

#: A file that lacks more than this share of a data set's places is probably cut off, or another file.
MOST_RETIRED = 0.5
FEW = 20
_DATASET = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")


class TooMuchGoneError(ValueError):
    """The file lacks most of what its data set has; the message says what to do."""


def dataset_named(said: str, file: Path) -> str:
    """The data set's name: as said, or the file's name without what comes after the first dot.

    Raises:
        UnreadableFileError: it cannot be one.
    """
    name = said or re.sub(r"[^a-z0-9_-]+", "-", file.name.lower().partition(".")[0]).strip("-_")
    if not _DATASET.fullmatch(name):
        raise UnreadableFileError(
            f"«{name}» cannot be the name of a data set: small letters, digits and - _ . only; say --dataset."
        )
    return name


async def import_places(
    db: Database, city: str, path: Path, wanted: Wanted, now: datetime, *, dry_run: bool, replace: bool, tell: Tell
) -> ImportReport:
    """Bring the data set `wanted.dataset` to what the file says; with `dry_run` say what that would change.

    Raises:
        UnreadableFileError: the file cannot be imported at all.
        TooMuchGoneError: it would retire most of its data set, and `replace` is not said.
        NoCatalogueError: no pack was loaded for the city yet.
        DatabaseAway: nothing was changed.
    """
    async with db.reading(city) as conn:
        known = await catalogue(conn)
    opened = open_file(path, known.city.bbox)
    checked = read(opened, known, wanted, tell)
    kept = [store.code_of(wanted.dataset, identity) for identity in checked.refused.ids]
    async with db.transaction(city) as tx:
        await store.begin(tx, city)
        same = named_after(checked.places, await store.others(tx, city, wanted.dataset))
        await store.stage(tx, wanted.dataset, checked.places)
        changes = await store.compare(tx, city, wanted.dataset, kept)
        report = ImportReport(opened.format, opened.row, checked, changes, same, dry_run)
        before = await store.count_active(tx, city, wanted.dataset)
        gone = changes.counts["retired"]
        if not (dry_run or replace) and gone > FEW and gone > MOST_RETIRED * before:
            raise TooMuchGoneError(
                f"The file lacks {gone:,} of the {before:,} places of «{wanted.dataset}»: is it cut off, or another data set's?"
                " If they are gone for good, say --replace."
            )
        if not dry_run:
            await store.write(tx, city, wanted.dataset, kept)
            await store.note(tx, city, wanted, _described(path), report, _who(), now)
    return report


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": digest}


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
