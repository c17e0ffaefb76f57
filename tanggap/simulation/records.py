"""Records of another city's 112, as its spreadsheet has them: columns found by their names, nothing made up."""

import csv
import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tanggap.platform.text import fold

#: What a column may be called (folded), by what it says. Columns that say who was sent, or what it was taken for, are not
#: read on purpose: here the words and the address decide.
NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "no", "nomor", "nomor tiket", "tiket", "ticket", "kode", "external id", "nomor laporan"),
    "received": ("received", "received at", "waktu", "waktu lapor", "tanggal", "tanggal masuk", "created at", "date", "time"),
    "words": ("words", "keterangan", "uraian", "isi", "isi laporan", "deskripsi", "description", "laporan", "text", "kejadian"),
    "address": ("address", "alamat", "lokasi", "location", "tempat"),
    "village": ("village", "kelurahan", "desa", "desa kelurahan"),
    "district": ("district", "kecamatan"),
    "lat": ("lat", "latitude", "lintang"),
    "lon": ("lon", "lng", "long", "longitude", "bujur"),
    "number": ("number", "phone", "telepon", "nomor telepon", "no hp", "hp"),
    "name": ("name", "nama", "pelapor", "nama pelapor"),
}
DELIMITERS = ",;\t|"
#: One field of a record; what is longer is cut by the house itself, and flagged.
LONGEST_FIELD = 1_000_000


class NotARecordFileError(Exception):
    """The file has no column that says what happened or where; the message is one sentence."""


class Record(msgspec.Struct, frozen=True):
    """One record: its key, and what is sent for it."""

    key: str
    said: dict[str, Any]


class Records(msgspec.Struct, frozen=True):
    """All records of a file, and which of its columns were read as what."""

    records: tuple[Record, ...]
    columns: dict[str, str]
    ignored: tuple[str, ...]


def read_records(file: Path) -> Records:
    """The records of a CSV file.

    Raises:
        NotARecordFileError: it has no column for words, or for an address.
    """
    text = _decoded(file.read_bytes())
    csv.field_size_limit(LONGEST_FIELD)
    first_line = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first_line.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise NotARecordFileError(f"{file} cannot be read as CSV: {error}.") from error
    header = list(rows[0]) if rows else []
    columns = _columns([name for name in header if name])
    if not {"words", "address"} & set(columns):
        known = ", ".join(NAMES["words"][:4])
        raise NotARecordFileError(f"{file} has no column that says what happened (such as {known}).")
    ignored = tuple(name for name in header if name and name not in columns.values())
    return Records(_records(rows, columns), columns, ignored)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _columns(header: list[str]) -> dict[str, str]:
    folded = {fold(name): name for name in reversed(header)}
    return {
        what: next(folded[name] for name in names if name in folded)
        for what, names in NAMES.items()
        if any(name in folded for name in names)
    }


def _records(rows: list[dict[str, Any]], columns: Mapping[str, str]) -> tuple[Record, ...]:
    found: list[Record] = []
    seen: dict[str, dict[str, Any]] = {}
    for row in rows:
        said = {what: str(row.get(column) or "").strip() for what, column in columns.items()}
        if not any(said.values()):
            continue
        body = _body(said)
        digest = hashlib.sha256(msgspec.json.encode(body)).hexdigest()[:16]
        key = said.get("id") or digest
        if key in seen and seen[key] != body:  # an id that the other city used twice: both records are kept
            key = f"{key} {digest}"
        seen[key] = body
        found.append(Record(key, body))
    return tuple(found)


def _body(said: Mapping[str, str]) -> dict[str, Any]:
    parts = (said.get("address"), said.get("village"), said.get("district"))
    body = {
        "words": said.get("words"),
        "address": ", ".join(part for part in parts if part),
        "number": said.get("number"),
        "name": said.get("name"),
        "lat": said.get("lat"),
        "lon": said.get("lon"),
        "received_at": said.get("received"),
    }
    return {name: value for name, value in body.items() if value} | {"channel": "replay", "hand_over": True}
