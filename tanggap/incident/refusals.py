"""What cannot be done, each with the sentence that a person reads."""

from tanggap.platform.i18n import N_
from tanggap.platform.refusals import Refusal


class TanggapRefusal(Refusal):
    """Something that a person asked for with a report, an incident or an assignment cannot be done."""


class NotFound(TanggapRefusal):
    """No such report, incident or assignment in this city, or none that this person may see."""

    slug = "not-found"
    sentence = N_("Tidak ditemukan, atau bukan untuk Anda.")


class NotYours(TanggapRefusal):
    """The assignment belongs to another agency."""

    slug = "not-yours"
    sentence = N_("Penugasan ini bukan untuk instansi Anda.")


class WrongState(TanggapRefusal):
    """The state does not allow this step (any more): somebody else was quicker, or the page is stale."""

    slug = "wrong-state"
    sentence = N_("Langkah ini tidak berlaku lagi: keadaannya sudah berubah.")


class Stale(TanggapRefusal):
    """Somebody else changed the record since this page was read; what was typed is kept as a note."""

    slug = "stale"
    sentence = N_("Laporan ini baru saja diubah orang lain. Ketikan Anda disimpan sebagai catatan.")


class Incomplete(TanggapRefusal):
    """A hand-over needs a category and any location, or words for the agency to go by."""

    slug = "incomplete"
    sentence = N_("Sebelum dikirim: pilih kategori dan isi lokasi (kata-kata saja cukup).")
