"""Lines of the audit as sentences that a person reads."""

from collections.abc import Callable, Mapping
from typing import Any

from tanggap.location.learning.service import Audited as Learnt
from tanggap.notification.contacts.service import Audited as Contacts
from tanggap.notification.service import Audited as Messages
from tanggap.people.audit import Audited
from tanggap.people.model import AuditEntry, Role
from tanggap.people.roster.calendar.service import Audited as Calendar
from tanggap.people.roster.membership import LANGUAGES_CHANGED, MEMBER_CHANGED
from tanggap.people.roster.service import Audited as Rostered
from tanggap.platform.i18n import N_
from tanggap.reaching import Audited as Reached
from tanggap.rulebook import Audited as Ruled
from tanggap.telephony.recording.service import Audited as Recorded
from tanggap.web.words import ROLE_WORDS

Translate = Callable[[str], str]

#: What each act was. Names in braces are filled from the line.
SENTENCES: Mapping[str, str] = {
    Audited.SIGNED_IN: N_("{who} masuk{device}"),
    Audited.SIGN_IN_FAILED: N_("Kata sandi salah untuk {about}{device}"),
    Audited.SIGNED_OUT: N_("{who} keluar"),
    Audited.PASSWORD_CHANGED: N_("{who} mengganti kata sandinya sendiri"),
    Audited.PASSWORD_RESET: N_("{who} memberi {about} kata sandi baru"),
    Audited.PERSON_ADDED: N_("{who} membuat akun {login}: {roles}"),
    Audited.PERSON_CHANGED: N_("{who} mengubah {about}: {before} menjadi {after}"),
    Audited.PERSON_DEACTIVATED: N_("{who} menutup akun {about}"),
    Audited.PERSON_REACTIVATED: N_("{who} membuka kembali akun {about}"),
    Audited.SESSION_ENDED: N_("{who} mengakhiri sesi {about}"),
    Audited.TOKEN_ISSUED: N_("{who} menerbitkan token «{name}»: {roles}"),
    Audited.TOKEN_REVOKED: N_("{who} mencabut token «{name}»"),
    Audited.CALLER_NUMBER_SEEN: N_("{who} melihat nomor pelapor"),
    Audited.AUDIT_READ: N_("{who} membaca audit{filters}"),
    Recorded.HEARD: N_("{who} memutar rekaman panggilan"),
    Recorded.HELD: N_("{who} menahan rekaman panggilan"),
    Recorded.RELEASED: N_("{who} melepas penahanan rekaman panggilan"),
    Recorded.LISTENED: N_("{who} mendengarkan panggilan yang berlangsung"),
    Ruled.PUBLISHED: N_("{who} menerbitkan aturan versi {name}"),
    Ruled.SCHEDULED: N_("{who} menjadwalkan rancangan aturan terbit {name}"),
    Ruled.UNSCHEDULED: N_("{who} membatalkan jadwal terbit rancangan aturan"),
    Ruled.UNDONE: N_("{who} mengembalikan aturan lama sebagai versi {name}"),
    Ruled.REFUSED: N_("{who} tidak menerbitkan rancangan aturan pada waktunya: ada yang harus diperbaiki"),
    Rostered.GENERATED: N_("{who} membuat jadwal regu: {added} giliran"),
    Rostered.CHANGED: N_("{who} mengubah jadwal regu"),
    Rostered.UNDONE: N_("{who} mengurungkan perubahan jadwal regu"),
    MEMBER_CHANGED: N_("{who} mengubah anggota jadwal: {about}"),
    LANGUAGES_CHANGED: N_("{who} mengubah bahasa yang dikuasainya"),
    Reached.SENT: N_("{who} mengirim tautan ke nomor pelapor"),
    Reached.SWITCHED: N_("{who} mengubah pengiriman tautan kepada pelapor"),
    Calendar.MADE: N_("{who} membuat alamat kalender jadwalnya"),
    Calendar.REVOKED: N_("{who} mencabut alamat kalender jadwalnya"),
    Contacts.ADDED: N_("{who} menambah kontak {masked}"),
    Contacts.CHANGED: N_("{who} mengubah kontak {masked}"),
    Contacts.REMOVED: N_("{who} menghapus kontak {masked}"),
    Contacts.RESTORED: N_("{who} memulihkan kontak {masked}"),
    Contacts.TRIED: N_("{who} mengirim pesan uji coba ke {masked}"),
    Contacts.KEY_SEEN: N_("{who} melihat kunci webhook {masked}"),
    Messages.TAKEN: N_("{who} mengambil pesan yang gagal"),
    Messages.RESENT: N_("{who} mengirim ulang sebuah pesan"),
    Messages.SETTLED: N_("{who} menandai pesan yang gagal sebagai beres"),
    Learnt.PLACE_APPROVED: N_("{who} menyetujui «{said}» sebagai {name}"),
    Learnt.PLACE_MERGED: N_("{who} menjadikan «{said}» nama lain sebuah tempat"),
    Learnt.PLACE_REJECTED: N_("{who} menolak usulan tempat «{said}»"),
    Learnt.PLACE_UNDONE: N_("{who} mengurungkan keputusan tentang «{said}»"),
}

#: Each act in a few words, for the filter.
ACT_WORDS: Mapping[str, str] = {
    Audited.CALLER_NUMBER_SEEN: N_("Nomor pelapor dilihat"),
    Audited.AUDIT_READ: N_("Audit dibaca"),
    Recorded.HEARD: N_("Rekaman diputar"),
    Recorded.HELD: N_("Rekaman ditahan"),
    Recorded.RELEASED: N_("Penahanan rekaman dilepas"),
    Recorded.LISTENED: N_("Panggilan didengarkan"),
    Rostered.GENERATED: N_("Jadwal regu dibuat"),
    Rostered.CHANGED: N_("Jadwal regu diubah"),
    Rostered.UNDONE: N_("Perubahan jadwal diurungkan"),
    MEMBER_CHANGED: N_("Anggota jadwal diubah"),
    LANGUAGES_CHANGED: N_("Bahasa sendiri diubah"),
    Reached.SENT: N_("Tautan ke pelapor dikirim"),
    Reached.SWITCHED: N_("Tautan kepada pelapor diatur"),
    Calendar.MADE: N_("Alamat kalender dibuat"),
    Calendar.REVOKED: N_("Alamat kalender dicabut"),
    Contacts.ADDED: N_("Kontak ditambah"),
    Contacts.CHANGED: N_("Kontak diubah"),
    Contacts.REMOVED: N_("Kontak dihapus"),
    Contacts.RESTORED: N_("Kontak dipulihkan"),
    Contacts.TRIED: N_("Kontak diuji"),
    Contacts.KEY_SEEN: N_("Kunci webhook dilihat"),
    Messages.TAKEN: N_("Pesan diambil"),
    Messages.RESENT: N_("Pesan dikirim ulang"),
    Messages.SETTLED: N_("Pesan dibereskan"),
    Audited.SIGNED_IN: N_("Masuk"),
    Audited.SIGN_IN_FAILED: N_("Kata sandi salah"),
    Audited.SIGNED_OUT: N_("Keluar"),
    Audited.PASSWORD_CHANGED: N_("Kata sandi diganti"),
    Audited.PASSWORD_RESET: N_("Kata sandi baru diberikan"),
    Audited.PERSON_ADDED: N_("Akun dibuat"),
    Audited.PERSON_CHANGED: N_("Peran diubah"),
    Audited.PERSON_DEACTIVATED: N_("Akun ditutup"),
    Audited.PERSON_REACTIVATED: N_("Akun dibuka kembali"),
    Audited.SESSION_ENDED: N_("Sesi diakhiri"),
    Audited.TOKEN_ISSUED: N_("Token diterbitkan"),
    Audited.TOKEN_REVOKED: N_("Token dicabut"),
    Ruled.PUBLISHED: N_("Aturan diterbitkan"),
    Ruled.SCHEDULED: N_("Aturan dijadwalkan"),
    Ruled.UNSCHEDULED: N_("Jadwal aturan dibatalkan"),
    Ruled.UNDONE: N_("Aturan dikembalikan"),
    Ruled.REFUSED: N_("Aturan tidak jadi terbit"),
    Learnt.PLACE_APPROVED: N_("Nama tempat disetujui"),
    Learnt.PLACE_MERGED: N_("Nama lain digabungkan"),
    Learnt.PLACE_REJECTED: N_("Usulan tempat ditolak"),
    Learnt.PLACE_UNDONE: N_("Keputusan tempat diurungkan"),
}

DEVICE_WORDS: Mapping[str, str] = {
    "own": N_("dari perangkatnya sendiri"),
    "house": N_("dari perangkat rekan"),
    "stranger": N_("dari perangkat yang belum dikenal"),
}

FILTER_WORDS: Mapping[str, str] = {
    "orang": N_("orang tertentu"),
    "tindakan": N_("tindakan tertentu"),
    "tentang": N_("satu hal"),
    "hari": N_("satu hari"),
    "kejadian": N_("riwayat satu kejadian"),
}


def sentence(entry: AuditEntry, names: Mapping[str, str], translate: Translate) -> str:
    """One line in the reader's language; `names` says who a person's id is. Plain text: templates escape it."""
    pattern = SENTENCES.get(entry.act)
    if pattern is None:
        return f"{entry.person_name}: {entry.act}"
    detail = entry.detail
    device = translate(DEVICE_WORDS.get(str(detail.get("device")), ""))
    filters = [translate(FILTER_WORDS[name]) for name in detail if name in FILTER_WORDS]
    roles = detail.get("roles") or ([detail["role"]] if detail.get("role") else [])
    return translate(pattern).format(
        who=entry.person_name if entry.person else translate(entry.person_name),
        about=names.get(entry.subject.removeprefix("person:"), translate(N_("seseorang"))),
        device=f" {device}" if device else "",
        login=detail.get("login", ""),
        name=detail.get("name", ""),
        said=detail.get("said", ""),
        added=detail.get("added", ""),
        masked=detail.get("masked", ""),
        roles=_roles(roles, translate),
        before=_roles(detail.get("from") or [], translate),
        after=_roles(detail.get("to") or [], translate),
        filters=": " + ", ".join(filters) if filters else "",
    )


def _roles(codes: Any, translate: Translate) -> str:
    known = {role.value: translate(ROLE_WORDS[role]) for role in Role}
    return ", ".join(known.get(str(code), str(code)) for code in codes) or "–"
