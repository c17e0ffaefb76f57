"""What the roster's pages say: states, needs, acts and days in words."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tanggap.city.shift_plan import Known, Need, NeedKind, ShiftPlan
from tanggap.people.model import Role
from tanggap.people.roster.absences.model import ABSENCE_WORDS
from tanggap.people.roster.model import ROLE_WORDS, ChangeKind, Employment, Presence
from tanggap.people.roster.swaps.model import STATE_WORDS
from tanggap.platform.i18n import MONTHS, N_, Locale, translator

PRESENCE_WORDS: Mapping[Presence, str] = {
    Presence.PLANNED: N_("terjadwal"),
    Presence.DUE: N_("segera mulai"),
    Presence.LATE: N_("terlambat"),
    Presence.ON: N_("bertugas"),
    Presence.OVER: N_("belum mengakhiri tugas"),
    Presence.DONE: N_("selesai"),
    Presence.ABSENT: N_("tidak hadir"),
    Presence.AWAY: N_("izin"),
}

EMPLOYMENT_WORDS: Mapping[Employment, str] = {
    Employment.CIVIL_SERVANT: N_("ASN"),
    Employment.CONTRACT: N_("kontrak"),
    Employment.OTHER: N_("lainnya"),
}

CHANGE_WORDS: Mapping[ChangeKind, str] = {
    ChangeKind.GENERATED: N_("membuat jadwal"),
    ChangeKind.ADDED: N_("menambahkan"),
    ChangeKind.REMOVED: N_("mengeluarkan"),
    ChangeKind.REPLACED: N_("mengganti"),
    ChangeKind.SWAPPED: N_("menyetujui tukar"),
}

DONE_WORDS: Mapping[str, str] = {
    "dibuat": N_("Jadwal dibuat. Bila keliru, urungkan di bagian «Perubahan terakhir»."),
    "ditambah": N_("Ditambahkan ke giliran ini."),
    "dikeluarkan": N_("Dikeluarkan dari giliran ini."),
    "diganti": N_("Diganti."),
    "diurungkan": N_("Perubahan diurungkan."),
    "disetujui": N_("Tukar disetujui; jadwal sudah berubah, dan keduanya melihatnya."),
    "ditolak": N_("Tukar tidak disetujui; keduanya melihat alasannya."),
    "absen": N_("Dicatat. Giliran pada hari-hari itu dihitung kosong; lihat kekurangannya di Jadwal regu."),
    "absen-dicabut": N_("Catatan izin dicabut; gilirannya dihitung lagi."),
    "anggota": N_("Anggota disimpan. Giliran yang sudah dibuat tidak berubah."),
    "mulai": N_("Tugas dimulai. Selamat bertugas."),
    "selesai": N_("Tugas diakhiri. Terima kasih."),
    "bahasa": N_("Bahasa Anda disimpan; panggilan yang membutuhkannya didahulukan untuk Anda."),
    "dicatat": N_("Catatan serah terima disimpan; regu berikutnya melihatnya sampai dikonfirmasi."),
    "dikonfirmasi": N_("Serah terima dikonfirmasi."),
    "diminta": N_("Permintaan tukar dikirim; rekan Anda melihatnya di layarnya."),
    "dijawab": N_("Jawaban Anda disimpan."),
    "ditarik": N_("Permintaan ditarik kembali."),
    "dicabut": N_("Alamat kalender dicabut: ponsel yang memakainya tidak lagi melihat jadwal Anda."),
}

DAYS: dict[Locale, tuple[str, ...]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def day_said(day: date, locale: Locale) -> str:
    """A day as people say it: Senin, 23 Nov."""
    return f"{DAYS[locale][day.weekday()]}, {day.day} {MONTHS[locale][day.month - 1]}"


def need_said(plan: ShiftPlan | None, need: Need, locale: Locale) -> str:
    """What a need asks for, in a word or two."""
    if need.kind is NeedKind.ROLE:
        return translator(locale)(ROLE_WORDS[Role(need.code)])
    return known_said(_known(plan, need.kind), need.code, locale)


def known_said(known: tuple[Known, ...], code: str, locale: Locale) -> str:
    """A skill or language by its name; a code that the plan lost stays as it is."""
    return next((one.name(locale) for one in known if one.code == code), code)


def _known(plan: ShiftPlan | None, kind: NeedKind) -> tuple[Known, ...]:
    if plan is None:
        return ()
    return plan.skills if kind is NeedKind.SKILL else plan.languages


def names(plan: ShiftPlan | None, locale: Locale) -> dict[str, Any]:
    """The functions and tables by which templates say what they show."""
    say_need: Callable[[Need], str] = lambda need: need_said(plan, need, locale)  # noqa: E731 - one of several small ones
    return {
        "plan": plan,
        "need_said": say_need,
        "day_said": lambda day: day_said(day, locale),
        "skill_said": lambda code: known_said(plan.skills if plan else (), code, locale),
        "language_said": lambda code: known_said(plan.languages if plan else (), code, locale),
        "presence_words": PRESENCE_WORDS,
        "absence_words": ABSENCE_WORDS,
        "employment_words": EMPLOYMENT_WORDS,
        "change_words": CHANGE_WORDS,
        "duty_role_words": ROLE_WORDS,
        "swap_words": STATE_WORDS,
        "translate": translator(locale),
    }
