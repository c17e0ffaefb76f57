"""People, roles, sessions and tokens, and every way in which they can be refused."""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from tanggap.platform.i18n import N_
from tanggap.platform.refusals import Refusal


class Role(StrEnum):
    """What a person is here for. The permissions of each stand in `permissions.py`."""

    CALL_TAKER = "call_taker"  # answers, asks, hands over
    SUPERVISOR = "supervisor"  # sees all that is live; takes over, merges, reassigns
    COORDINATOR = "coordinator"  # the figures
    AGENCY = "agency"  # an agency's desk: answers its assignments
    FIELD = "field"  # an agency's crew
    AUDITOR = "auditor"  # who saw or changed what
    ADMINISTRATOR = "administrator"  # people, roles, sessions, tokens


#: Roles that exist only inside an agency; all others belong to the 112 centre and have no agency.
AGENCY_ROLES = frozenset({Role.AGENCY, Role.FIELD})

#: A session ends after this long without a request: a shift that left its desk.
SESSION_IDLE = timedelta(hours=12)
#: And after this long whatever happens (OWASP Session Management: an absolute timeout).
SESSION_ABSOLUTE = timedelta(hours=24)
#: `last_seen_at` is written at most this often, so that a busy screen costs no writes.
SEEN_EVERY = timedelta(minutes=1)
#: Somebody whose screen spoke to us within this time counts as present.
PRESENT_WITHIN = timedelta(minutes=3)
#: A device on which nobody signed in for this long is a stranger again.
DEVICE_KEPT = timedelta(days=90)

LOGIN_SHAPE = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
MAX_NAME = 120


class Person(msgspec.Struct, frozen=True):
    """Somebody who may sign in, or (for an API token) the machine that speaks for a role."""

    city: str
    id: UUID
    login: str
    name: str
    roles: frozenset[Role]
    agency: str | None
    locale: str
    active: bool
    is_demo: bool
    must_change_password: bool = False


class Session(msgspec.Struct, frozen=True):
    """One browser that a person has signed in with. The cookie's token is stored nowhere, only its hash."""

    id: UUID
    token_hash: bytes
    person: Person
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str

    def is_due_for_touch(self, now: datetime) -> bool:
        """Whether `last_seen_at` should be written again."""
        return now - self.last_seen_at >= SEEN_EVERY


class ApiToken(msgspec.Struct, frozen=True):
    """A machine's key to the API: one role, for an agency role one agency."""

    city: str
    id: UUID
    name: str
    role: Role
    agency: str | None
    issued_by: UUID | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def as_person(self) -> Person:
        """The machine in the place of a person, so that rights are asked for in one way only."""
        return Person(
            city=self.city,
            id=self.id,
            login=f"api:{self.name}",
            name=self.name,
            roles=frozenset({self.role}),
            agency=self.agency,
            locale="id",
            active=True,
            is_demo=False,
        )

    def is_valid(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Online(msgspec.Struct, frozen=True):
    """Somebody with a living session; `is_present` when a screen of theirs spoke to us in the last minutes."""

    person: Person
    since: datetime
    last_seen_at: datetime
    is_present: bool


class AuditEntry(msgspec.Struct, frozen=True):
    """One line of who saw or changed what."""

    id: UUID
    at: datetime
    person: UUID | None
    person_name: str
    act: str
    subject: str
    detail: dict[str, Any]


class WrongPassword(Refusal):
    """Login and password do not belong together; which of the two is wrong is never said."""

    slug = "wrong-password"
    sentence = N_("Nama masuk atau kata sandi salah.")


class LockedOut(Refusal):
    """Too many wrong passwords for this login from this kind of device; `retry_after_s` says for how long."""

    slug = "locked-out"
    sentence = N_("Terlalu banyak kata sandi salah. Tunggu sebentar, lalu coba lagi.")

    def __init__(self, retry_after_s: float) -> None:
        """Remember how long to wait, in seconds."""
        self.retry_after_s = retry_after_s
        super().__init__(retry_after_s=int(retry_after_s) + 1)


class Busy(Refusal):
    """More passwords wait to be checked than this machine should take on."""

    slug = "busy"
    sentence = N_("Terlalu banyak orang masuk bersamaan. Coba lagi beberapa detik lagi.")

    def __init__(self, retry_after_s: float = 5) -> None:
        """Remember how long to wait, in seconds."""
        self.retry_after_s = retry_after_s
        super().__init__(retry_after_s=int(retry_after_s))


class WeakPassword(Refusal):
    """The new password is too short, too long, too common, or contains the login."""

    slug = "weak-password"
    sentence = N_("Kata sandi baru belum aman: minimal 12 karakter, bukan yang umum, dan tidak memuat nama masuk.")


class LoginTaken(Refusal):
    """Another person of this city signs in with that name."""

    slug = "login-taken"
    sentence = N_("Nama masuk ini sudah dipakai.")


class UnfitLogin(Refusal):
    """A login is 2–40 small letters, digits, dots, dashes or underscores."""

    slug = "unfit-login"
    sentence = N_("Nama masuk terdiri dari 2–40 huruf kecil, angka, titik, atau tanda hubung.")


class UnfitRoles(Refusal):
    """No role at all, or agency roles without an agency, or an agency with roles of the 112 centre."""

    slug = "unfit-roles"
    sentence = N_("Peran instansi dan lapangan memerlukan instansi; peran pusat 112 tidak boleh memakai instansi.")


class UnknownPerson(Refusal):
    """No such person, session or token in this city."""

    slug = "unknown-person"
    sentence = N_("Akun, sesi, atau token ini tidak ditemukan.")


class LastAdministrator(Refusal):
    """Without this person nobody could administer the city any more."""

    slug = "last-administrator"
    sentence = N_("Ini administrator aktif terakhir. Tunjuk administrator lain lebih dahulu.")


class NotSignedIn(Refusal):
    """The act needs a person, and nobody has signed in."""

    slug = "not-signed-in"
    sentence = N_("Silakan masuk lebih dahulu.")


class PasswordIsTemporary(Refusal):
    """A first password must be changed before anything else."""

    slug = "password-is-temporary"
    sentence = N_("Ganti kata sandi sementara Anda lebih dahulu.")


class NotAllowed(Refusal):
    """The person's roles do not include this act."""

    slug = "not-allowed"
    sentence = N_("Peran Anda tidak mengizinkan halaman atau tindakan ini.")


def hash_of(token: str) -> bytes:
    """What is stored of a random token: its SHA-256. 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def fit_login(said: str) -> str:
    """A login as it is stored: trimmed, in small letters.

    Raises:
        UnfitLogin: it has another shape.
    """
    login = said.strip().lower()
    if not LOGIN_SHAPE.fullmatch(login):
        raise UnfitLogin
    return login


def fit_roles(roles: Iterable[Role], agency: str | None) -> frozenset[Role]:
    """The roles, when they may stand together.

    A person belongs to one agency or to the 112 centre, never to both: what an agency must not see of other agencies'
    incidents cannot leak through a second role.

    Raises:
        UnfitRoles: they may not.
    """
    wanted = frozenset(roles)
    if not wanted or bool(wanted & AGENCY_ROLES) != bool(agency) or (agency and wanted - AGENCY_ROLES):
        raise UnfitRoles(roles=sorted(wanted), agency=agency)
    return wanted
