"""Notes that one shift leaves for the next."""

from datetime import datetime
from uuid import UUID

import msgspec

from tanggap.people.roster.model import OwnTurn, RosterRefusal
from tanggap.people.roster.swaps.model import News
from tanggap.platform.i18n import N_, Locale

#: Notes that wait for the next shift and are shown; older ones are counted.
MOST_SHOWN = 5


class Lies(msgspec.Struct, frozen=True):
    """What lies open when a shift goes."""

    open_incidents: int
    waiting: int


class Note(msgspec.Struct, frozen=True):
    """What those who go tell those who come."""

    id: UUID
    shift: UUID
    shift_id_name: str
    shift_en_name: str
    starts_at: datetime
    author: UUID
    author_name: str
    words: str
    open_incidents: int
    waiting: int
    written_at: datetime
    confirmed_by: UUID | None
    confirmed_by_name: str
    confirmed_at: datetime | None

    def shift_name(self, locale: Locale) -> str:
        """The name of the shift that wrote it."""
        return self.shift_en_name if locale == "en" else self.shift_id_name


class Duty(msgspec.Struct, frozen=True):
    """How one person stands to the roster now: what they are in, what they could begin, what waits for them."""

    current: OwnTurn | None
    startable: OwnTurn | None
    notes: tuple[Note, ...]
    swaps: News

    @property
    def notes_of_others(self) -> tuple[Note, ...]:
        """The notes that the shift this person is in, or could begin, did not write itself."""
        own = self.current or self.startable
        return tuple(note for note in self.notes if own is None or note.shift != own.turn.shift)


class NoteEmpty(RosterRefusal):
    """A note without words."""

    slug = "relief-note-empty"
    sentence = N_("Catatan serah terima masih kosong. Bila tidak ada yang khusus, tulis itu saja.")


class LastWithoutNote(RosterRefusal):
    """The last of a shift goes, and nobody has written a note."""

    slug = "last-without-note"
    sentence = N_(
        "Anda yang terakhir di giliran ini dan belum ada catatan serah terima. Tulis untuk regu berikutnya, lalu akhiri tugas."
    )


class NotForOwnShift(RosterRefusal):
    """A note is confirmed by the shift that comes, not by the one that wrote it."""

    slug = "not-for-own-shift"
    sentence = N_("Catatan ini dikonfirmasi oleh regu berikutnya, bukan oleh giliran yang menulisnya.")


class AlreadyConfirmed(RosterRefusal):
    """Somebody else was quicker."""

    slug = "already-confirmed"
    sentence = N_("Catatan ini sudah dikonfirmasi.")
