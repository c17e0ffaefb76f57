"""Shifts, turns and members of the roster, and every way in which they can be refused."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from tanggap.city.shift_plan import Need
from tanggap.people.model import Role
from tanggap.platform.i18n import N_, Locale
from tanggap.platform.refusals import Refusal

#: Roles that work shifts; agencies keep their own rosters.
DUTY_ROLES: tuple[Role, ...] = (Role.CALL_TAKER, Role.SUPERVISOR, Role.COORDINATOR)
#: How long before its beginning a turn can be signed on.
EARLY = timedelta(hours=1)
#: Whoever has not signed on this long after the beginning is late.
GRACE = timedelta(minutes=10)
#: Whoever does not sign off counts as gone this long after the end: relief may come late, a forgotten button must not last.
OVERRUN = timedelta(hours=2)
#: A roster that has somebody of a role within this time of now is kept for that role.
KEPT_WITHIN = timedelta(days=14)
#: Gaps are looked for this far ahead.
AHEAD_DAYS = 14
#: The longest roster that is made at once, weeks.
MOST_WEEKS = 12
MAX_WORDS = 2_000


class Employment(StrEnum):
    """How somebody is employed."""

    CIVIL_SERVANT = "civil_servant"
    CONTRACT = "contract"
    OTHER = "other"


class Presence(StrEnum):
    """How far one turn is, as a supervisor sees it."""

    PLANNED = "planned"
    DUE = "due"  # begins within the hour, or just did
    LATE = "late"  # has begun, and nobody signed on
    ON = "on"
    OVER = "over"  # signed on, and past the end
    DONE = "done"
    ABSENT = "absent"  # is over, and nobody ever signed on
    AWAY = "away"  # on leave or sick, as was noted before


class Member(msgspec.Struct, frozen=True):
    """Somebody of the centre who can be put on the roster. `home_agency`: who lends them; it bounds nothing."""

    person: UUID
    name: str
    role: Role
    team: str | None = None
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    home_agency: str | None = None
    employment: Employment = Employment.CONTRACT
    active: bool = True


class Ability(msgspec.Struct, frozen=True):
    """What somebody can do and speak beside Indonesian: codes of the city's plan."""

    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Both: a call asks for either."""
        return self.skills | self.languages


class Turn(msgspec.Struct, frozen=True):
    """One person's place in one shift."""

    id: UUID
    shift: UUID
    person: UUID
    name: str
    role: Role
    starts_at: datetime
    ends_at: datetime
    is_planned: bool = True
    signed_on_at: datetime | None = None
    signed_off_at: datetime | None = None
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    away: str | None = None  # the kind of an absence in whose days it begins

    @property
    def is_empty(self) -> bool:
        """Whether nobody comes: the person is away, and has not come all the same."""
        return self.away is not None and self.signed_on_at is None

    def presence(self, now: datetime) -> Presence:
        """How far it is."""
        if self.signed_off_at is not None:
            return Presence.DONE
        if self.signed_on_at is not None:
            if now < self.ends_at:
                return Presence.ON
            return Presence.OVER if now < self.ends_at + OVERRUN else Presence.DONE
        if self.is_empty:
            return Presence.AWAY
        if now >= self.ends_at:
            return Presence.ABSENT
        if now >= self.starts_at + GRACE:
            return Presence.LATE
        return Presence.DUE if now >= self.starts_at - EARLY else Presence.PLANNED

    def is_present(self, now: datetime) -> bool:
        """Whether the person is at work in this turn."""
        return self.presence(now) in (Presence.ON, Presence.OVER)


class Shift(msgspec.Struct, frozen=True):
    """One shift of one day, with who has a turn in it."""

    id: UUID
    day: date
    code: str
    name_id: str
    name_en: str
    starts_at: datetime
    ends_at: datetime
    needs: tuple[Need, ...]
    turns: tuple[Turn, ...] = ()

    def name(self, locale: Locale) -> str:
        """Its name in the reader's language."""
        return self.name_en if locale == "en" else self.name_id

    def covers(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.starts_at <= at < self.ends_at


class OwnTurn(msgspec.Struct, frozen=True):
    """A turn with the name of its shift, for whoever has it."""

    turn: Turn
    day: date
    code: str
    name_id: str
    name_en: str

    def name(self, locale: Locale) -> str:
        """The shift's name in the reader's language."""
        return self.name_en if locale == "en" else self.name_id


class ChangeKind(StrEnum):
    """What was done to the roster."""

    GENERATED = "generated"
    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"
    SWAPPED = "swapped"


class Change(msgspec.Struct, frozen=True):
    """One thing that was done to the roster, and what it would take to undo it."""

    id: UUID
    at: datetime
    kind: ChangeKind
    by: UUID
    by_name: str
    words: str
    added: tuple[UUID, ...]
    removed: tuple[UUID, ...]
    made: tuple[UUID, ...]
    undone_at: datetime | None = None


ROLE_WORDS: Mapping[Role, str] = {
    Role.CALL_TAKER: N_("petugas"),
    Role.SUPERVISOR: N_("pengawas"),
    Role.COORDINATOR: N_("koordinator"),
}


class RosterRefusal(Refusal):
    """What the roster refuses; each kind has its sentence."""

    slug = "roster"


class UnknownRosterEntry(RosterRefusal):
    """No such shift, turn, swap, note or change."""

    slug = "unknown-roster-entry"
    sentence = N_("Giliran, permintaan, atau catatan ini tidak ditemukan.")


class NoShiftPlan(RosterRefusal):
    """The city's pack says nothing of shifts."""

    slug = "no-shift-plan"
    sentence = N_("Kota ini belum punya pola giliran. Tambahkan shifts.toml ke paket kota.")


class WeeksUnclear(RosterRefusal):
    """A roster is made for 1 to 12 weeks from a day that can be read and is not over."""

    slug = "weeks-unclear"
    sentence = N_("Pilih tanggal mulai (hari ini atau sesudahnya) dan 1 sampai 12 minggu.")


class NobodyInTeams(RosterRefusal):
    """Nobody is in a team, so a roster would be empty."""

    slug = "nobody-in-teams"
    sentence = N_("Belum ada orang dalam regu. Isi dulu regu setiap orang di halaman Anggota.")


class NotAMember(RosterRefusal):
    """The person is not on the roster's list, or their account is closed."""

    slug = "not-a-member"
    sentence = N_("Orang ini belum ada di daftar anggota jadwal, atau akunnya sudah ditutup.")


class AlreadyThere(RosterRefusal):
    """The person has a turn in that shift already."""

    slug = "already-there"
    sentence = N_("Orang ini sudah ada di giliran itu.")


class MemberUnclear(RosterRefusal):
    """A member has one of the roles of the centre that are theirs, and a team, skills and languages that the plan knows."""

    slug = "member-unclear"
    sentence = N_("Periksa peran, regu, keahlian, bahasa, dan instansi asal: salah satunya tidak dikenal atau bukan miliknya.")


class TurnStarted(RosterRefusal):
    """Somebody has signed on to the turn, or it is over: it stays as it was."""

    slug = "turn-started"
    sentence = N_("Giliran ini sudah dimulai atau sudah lewat, jadi tidak dapat diubah lagi.")


class NothingToUndo(RosterRefusal):
    """The change was undone already, or what it did has been changed since."""

    slug = "nothing-to-undo"
    sentence = N_("Perubahan ini tidak dapat diurungkan lagi: sudah diurungkan, atau gilirannya sudah berubah atau dimulai.")


class NotYourTurn(RosterRefusal):
    """The turn, swap or note is somebody else's to decide on."""

    slug = "not-your-turn"
    sentence = N_("Ini giliran atau permintaan orang lain.")


class NoShiftNow(RosterRefusal):
    """No shift of the plan can be signed on to now."""

    slug = "no-shift-now"
    sentence = N_("Tidak ada giliran yang dapat dimulai sekarang.")


class NotSignedOn(RosterRefusal):
    """The act needs somebody who is on duty."""

    slug = "not-signed-on"
    sentence = N_("Mulai tugas Anda lebih dahulu.")
