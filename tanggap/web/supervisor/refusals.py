"""What the supervisor's forms refuse, each with its sentence."""

from tanggap.incident.refusals import Stale, TanggapRefusal
from tanggap.platform.i18n import N_


class ReasonMissing(TanggapRefusal):
    """An act that others must be able to understand later needs a reason."""

    slug = "reason-missing"
    sentence = N_("Tulis alasannya lebih dahulu; alasan ini tercatat di riwayat.")


class NoteMissing(TanggapRefusal):
    """A note without words."""

    slug = "note-missing"
    sentence = N_("Catatan masih kosong.")


class NoAgencyChosen(TanggapRefusal):
    """Nobody was chosen, or an agency that the city does not have."""

    slug = "no-agency-chosen"
    sentence = N_("Pilih sedikitnya satu instansi.")


class UnknownNumber(TanggapRefusal):
    """No incident of that number in this city."""

    slug = "unknown-number"
    sentence = N_("Tidak ada kejadian dengan nomor itu. Tulis nomornya saja, misalnya 42.")


class NothingChanged(TanggapRefusal):
    """A correction that corrects nothing."""

    slug = "nothing-changed"
    sentence = N_("Belum ada yang diubah.")


class Unreadable(TanggapRefusal):
    """A category, priority, kelurahan or coordinate that does not exist."""

    slug = "unreadable-field"
    sentence = N_("Isian ini tidak dikenal: periksa kategori, prioritas, kelurahan, dan koordinatnya.")


class ChangedMeanwhile(Stale):
    """Somebody else corrected the same field; what was typed stays in the form."""

    sentence = N_("Isian yang sama baru saja diubah orang lain. Ketikan Anda masih ada; bandingkan, lalu simpan lagi.")
