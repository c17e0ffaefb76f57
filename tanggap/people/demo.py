"""Demonstration accounts: random passwords, kept in a file that only its owner can read, the same after every restart."""

import os
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from tanggap.people import passwords, service, store
from tanggap.people.model import Person, Role
from tanggap.people.permissions import HOME
from tanggap.platform.database import Transaction
from tanggap.platform.i18n import N_

#: Login, name and role of those who work at the 112 centre; an agency's people follow from the catalogue.
CENTRE: tuple[tuple[str, str, Role], ...] = (
    ("petugas1", N_("Petugas 1"), Role.CALL_TAKER),
    ("petugas2", N_("Petugas 2"), Role.CALL_TAKER),
    ("pengawas", N_("Pengawas"), Role.SUPERVISOR),
    ("koordinator", N_("Koordinator"), Role.COORDINATOR),
    ("admin", N_("Administrator"), Role.ADMINISTRATOR),
    ("auditor", N_("Auditor"), Role.AUDITOR),
)
HEADING = "# Tanggap: akun percontohan. Hanya untuk mencoba; jangan dipakai untuk layanan nyata."


class DemoAccount(msgspec.Struct, frozen=True):
    """One account, as it is shown and kept in the file."""

    login: str
    password: str
    role: Role
    agency: str | None
    where: str


async def ensure_demo_people(
    tx: Transaction, city: str, agencies: Mapping[str, str], crews: Collection[str], path: Path, now: datetime
) -> list[DemoAccount]:
    """Make the demonstration accounts that are missing, and write all of them to `path` (mode 0600).

    `agencies` is code → short name: a dispatcher each; `crews` are the codes of those that also have a crew in the field.
    A password stands in the file; when the file is lost the account gets a new one, when the database is new it gets the file's.
    An account that was closed, or whose login a real person has, is left alone.
    """
    kept = read_accounts(path)
    present = {person.login: person for person in await store.people(tx, city)}
    accounts = []
    for login, name, role, agency in _cast(agencies, crews):
        password = kept.get(login) or passwords.new_password()
        if login not in present:
            await service.add_person(tx, city, login, name, [role], agency, None, now, password=password, is_demo=True)
        elif not (present[login].is_demo and present[login].active):
            continue
        elif login not in kept:
            await _give_password(tx, present[login], password, now)
        accounts.append(DemoAccount(login, password, role, agency, HOME[role]))
    if {account.login: account.password for account in accounts} != kept:
        write_accounts(path, accounts)
    return accounts


def _cast(agencies: Mapping[str, str], crews: Collection[str]) -> list[tuple[str, str, Role, str | None]]:
    centre: list[tuple[str, str, Role, str | None]] = [(login, name, role, None) for login, name, role in CENTRE]
    desks = [(code, f"Operator {short}", Role.AGENCY, code) for code, short in agencies.items()]
    field = [(f"{code}.regu", f"Regu {agencies[code]}", Role.FIELD, code) for code in agencies if code in crews]
    return [*centre, *desks, *field]


async def _give_password(tx: Transaction, person: Person, password: str, now: datetime) -> None:
    fresh = await passwords.hash_password(password)
    await store.change_person(tx, person.city, person.id, password_hash=fresh, password_changed_at=now)
    await store.end_sessions_of(tx, person.city, person.id, now)


async def deactivate_demo_people(tx: Transaction, city: str, now: datetime) -> list[UUID]:
    """Close every demonstration account, before an installation is used for real. Returns whose."""
    closed = []
    for person in await store.demo_people(tx, city):
        await store.change_person(tx, city, person.id, active=False)
        await store.end_sessions_of(tx, city, person.id, now)
        closed.append(person.id)
    return closed


def read_accounts(path: Path) -> dict[str, str]:
    """Login → password, as the file says; empty when there is none."""
    if not path.is_file():
        return {}
    lines = (line.split() for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return {words[0]: words[1] for words in lines if len(words) >= 2}


def write_accounts(path: Path, accounts: list[DemoAccount]) -> None:
    """Replace the file as a whole; nobody but its owner can read it at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    rows = [f"{a.login:<16}{a.password:<22}{a.role.value:<16}{a.where:<14}{a.agency or ''}".rstrip() for a in accounts]
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join([HEADING, *rows, ""]))
    draft.replace(path)
