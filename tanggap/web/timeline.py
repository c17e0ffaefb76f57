"""Timeline entries as sentences that a person reads."""

from collections.abc import Callable
from typing import Any

from tanggap.city.model import Catalogue
from tanggap.incident.model import Disposition
from tanggap.incident.timeline.model import Kind, Recorded
from tanggap.location.estimate import ORIGIN_WORDS, Origin
from tanggap.notification.model import CALLER_LINKS, Channel, Occasion
from tanggap.notification.model import CHANNEL_WORDS as CHANNEL_WORDS_OF_MESSAGES
from tanggap.notification.texts import SUBJECTS
from tanggap.platform.i18n import N_, format_duration, known_locale
from tanggap.verification.order import SILENT_DONE, SilentStep
from tanggap.web.words import CLOCK_WORDS, TOLD_WORDS, number_of

#: What each kind of entry says. Names in braces are filled from the entry.
SENTENCES: dict[Kind, str] = {
    Kind.RECEIVED: N_("Laporan masuk melalui {channel}"),
    Kind.CLAIMED: N_("Diambil oleh {who}"),
    Kind.RELEASED: N_("Dikembalikan ke antrean oleh {who}"),
    Kind.DESCRIBED: N_("Keterangan diubah oleh {who}: {fields}"),
    Kind.DISPOSED: N_("Hasil verifikasi: {disposition} ({who})"),
    Kind.DISPOSITION_UNDONE: N_("Hasil verifikasi dibatalkan oleh {who}"),
    Kind.OPENED: N_("Menjadi kejadian {number}"),
    Kind.JOINED: N_("Laporan lain digabung: {words}"),
    Kind.SPLIT: N_("Satu laporan dipisah menjadi kejadian {to}"),
    Kind.MERGED: N_("Digabung ke kejadian {into}"),
    Kind.AMENDED: N_("Kejadian diperbaiki oleh {who}: {fields}"),
    Kind.SENT: N_("Diteruskan ke {agency}"),
    Kind.ACKNOWLEDGED: N_("Diterima {agency} setelah {after}"),
    Kind.REJECTED: N_("Ditolak {agency}: {reason}"),
    Kind.EXPIRED: N_("{agency} tidak menjawab pada waktunya"),
    Kind.WITHDRAWN: N_("Penugasan {agency} ditarik: {reason}"),
    Kind.EN_ROUTE: N_("{agency} berangkat"),
    Kind.ON_SCENE: N_("{agency} tiba di lokasi"),
    Kind.DONE: N_("{agency} menyatakan selesai: {note}"),
    Kind.ESCALATED: N_("Dinaikkan ke pengawas: {attention}"),
    Kind.REMINDED: N_("{agency} diingatkan oleh {who}, {waits} {after}"),
    Kind.RESOLVED: N_("Kejadian dinyatakan selesai setelah {after}"),
    Kind.CONFIRMED: N_("Pelapor membenarkan: sudah selesai"),
    Kind.NOT_DONE: N_("Pelapor: belum selesai. {words}"),
    Kind.RATED: N_("Pelapor memberi nilai {stars} dari 5. {words}"),
    Kind.CLOSED: N_("Kejadian ditutup: {reason}"),
    Kind.REOPENED: N_("Dibuka kembali: {words}"),
    Kind.NOTE: N_("Catatan {who}: {words}"),
    Kind.PHOTO: N_("Foto ditambahkan oleh {who}"),
    Kind.LOCATED: N_("Titik dari {origin}, ±{metres} m"),
    Kind.LINK_MADE: N_("Tautan lokasi dibuat oleh {who}"),
    Kind.PARTED: N_("Satu laporan dilepas dari kejadian ini oleh {who}"),
    Kind.PHONED_BACK: N_("Dipanggil balik oleh {who}: {answered}"),
    Kind.ALARM: N_("Tingkat alarm {level}: {callers} pelapor"),
    Kind.CALL_ANSWERED: N_("Panggilan dijawab {where} setelah {after}"),
    Kind.CALL_ABANDONED: N_("Panggilan berakhir sebelum dijawab, setelah {after}"),
    Kind.CALL_ENDED: N_("Panggilan selesai setelah {after}"),
    Kind.CALL_CUT: N_("Telepon petugas terputus; penelepon dialihkan ke petugas lain"),
    Kind.CALL_PASSED: N_("{who} memindahkan panggilan ke {target}"),
    Kind.CALL_TAKEN_OUTSIDE: N_("Panggilan dilanjutkan oleh nomor di luar pusat"),
    Kind.CALL_WHISPERED: N_("{who} berbicara kepada petugas saja"),
    Kind.CALL_JOINED: N_("{who} ikut bicara dalam panggilan"),
    Kind.CALL_HANDED_ON: N_("Panggilan dipindahkan ke petugas lain yang lebih memahami pelapor"),
    Kind.CALL_KEYS: N_("Penelepon menekan {keys}: tidak bisa bicara"),
    Kind.CALLED_BACK: N_("Ditelepon kembali oleh {who}: {outcome}"),
    Kind.LINK_SENT: N_("{link} dikirim ke nomor pelapor lewat {way} ({who})"),
    Kind.SILENT_STEP: N_("Penelepon diam: {step} ({who})"),
    Kind.RECORDED: N_("Rekaman {after} disimpan tersegel, sidik {fingerprint}"),
    Kind.RECORDING_HELD: N_("Rekaman ditahan oleh {who}: {words}"),
    Kind.RECORDING_DELETED: N_("Rekaman dihapus karena masa simpannya habis, sidik {fingerprint}"),
}

#: Where a call was answered; at the desk it is the person who is named.
WHERE_WORDS: dict[str, str] = {
    "ring_all": N_("salah satu meja"),
    "pstn": N_("nomor cadangan"),
    "mobile": N_("telepon genggam petugas"),
    "neighbour": N_("pusat panggilan tetangga"),
}

#: To what a call was passed; a colleague is named.
PASSED_WORDS: dict[str, str] = {
    "desk": N_("rekan"),
    "outside": N_("nomor di luar pusat"),
    "queue": N_("antrean"),
}

CALL_BACK_WORDS: dict[str, str] = {
    "reached": N_("tersambung"),
    "no_answer": N_("tidak diangkat"),
    "busy": N_("sedang sibuk"),
    "failed": N_("gagal tersambung"),
    "link_sent": N_("tautan lapor dikirim"),
}

RECORDING_RELEASED = N_("Penahanan rekaman dilepas oleh {who}")
CONFLICT = N_("Ketikan {who} yang berselisih, disimpan: {kept}")
NO_POINT = N_("{origin} tidak memberi titik")
ADDRESS_ONLY = N_("{origin} memberi alamat tanpa titik: {address}")
CLIMBED = N_("Eskalasi ke {told}: {agency} {waits} {after}")
PROMOTED = N_("{agency} menjadi instansi utama")

#: Dispositions as they are said at work.
DISPOSITION_WORDS: dict[Disposition, str] = {
    Disposition.GENUINE: N_("nyata"),
    Disposition.TEST: N_("uji coba"),
    Disposition.PRANK: N_("iseng"),
    Disposition.SILENT: N_("tanpa suara"),
    Disposition.ABANDONED: N_("terputus"),
    Disposition.MISDIAL: N_("salah sambung"),
    Disposition.INFORMATION: N_("informasi"),
    Disposition.COUNSELLING: N_("konseling"),
    Disposition.DUPLICATE: N_("laporan sama"),
}

CHANNEL_WORDS: dict[str, str] = {
    "call": N_("panggilan telepon"),
    "web": N_("halaman lapor"),
    "api": N_("aplikasi lain"),
    "whatsapp": N_("WhatsApp"),
    "sms": N_("SMS"),
    "walk_in": N_("datang langsung"),
    "replay": N_("putar ulang"),
}

ATTENTION_WORDS: dict[str, str] = {
    "no_agency": N_("belum ada instansi yang berwenang"),
    "all_rejected": N_("semua instansi menolak"),
    "unanswered": N_("instansi tidak menjawab"),
    "not_sent": N_("belum diteruskan"),
    "reopened": N_("dibuka kembali oleh pelapor"),
}

FIELD_WORDS: dict[str, str] = {
    "words": N_("keterangan"),
    "summary": N_("keterangan"),
    "address_words": N_("alamat"),
    "category": N_("kategori"),
    "priority": N_("prioritas"),
    "answers": N_("jawaban"),
    "lat": N_("titik lokasi"),
    "area": N_("kelurahan"),
    "place_label": N_("nama tempat"),
}

Translate = Callable[[str], str]


#: What of a body is an incident's number.
NUMBERED = ("number", "into", "to")


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def sentence(entry: Recorded, catalogue: Catalogue, translate: Translate, locale: str = "id") -> str:
    """One entry as a sentence in the reader's language. Plain text: templates escape it."""
    body = entry.body
    agency = catalogue.agencies_by_code.get(entry.agency or "")
    seconds = body.get("after_s")
    told = _Blank(
        {name: value for name, value in body.items() if isinstance(value, str | int | float)}
        | {
            **{name: number_of(catalogue.city, body[name]) for name in NUMBERED if isinstance(body.get(name), int)},
            "who": entry.actor_name if entry.actor else translate(entry.actor_name or N_("Sistem")),
            "agency": agency.short if agency else (entry.agency or ""),
            "after": format_duration(seconds, known_locale(locale)) if seconds is not None else "",
            "reason": translate(str(body.get("reason") or "")),
            "channel": translate(CHANNEL_WORDS.get(str(body.get("channel")), str(body.get("channel", "")))),
            "disposition": _disposition(body.get("disposition"), translate),
            "attention": translate(ATTENTION_WORDS.get(str(body.get("attention")), "")),
            "told": translate(TOLD_WORDS.get(str(body.get("step")), "")),
            "waits": translate(CLOCK_WORDS.get(str(body.get("clock")), "")),
            "fields": ", ".join(_field_names(body.get("fields"), translate)),
            "answered": translate(N_("dijawab") if body.get("answered") else N_("tidak dijawab")),
            "fingerprint": str(body.get("sha256", ""))[:16],
            "origin": _origin(body.get("origin"), translate),
            "where": _where(body.get("where"), entry.actor_name, entry.actor is not None, translate),
            "target": body.get("name") or translate(PASSED_WORDS.get(str(body.get("to")), "")),
            "outcome": translate(CALL_BACK_WORDS.get(str(body.get("outcome")), str(body.get("outcome", "")))),
            "step": translate(SILENT_DONE[SilentStep(body["step"])]) if body.get("step") in set(SilentStep) else "",
            "link": translate(SUBJECTS[Occasion(body["occasion"])]) if body.get("occasion") in CALLER_LINKS else "",
            "way": translate(CHANNEL_WORDS_OF_MESSAGES[Channel(body["way"])]) if body.get("way") in set(Channel) else "",
            "kept": "; ".join(f"{name}: {value}" for name, value in (body.get("kept") or {}).items()),
        }
    )
    if entry.kind is Kind.NOTE and body.get("conflict"):
        pattern = CONFLICT
    elif entry.kind is Kind.LOCATED and body.get("metres") is None:
        pattern = ADDRESS_ONLY if body.get("address") else NO_POINT
    elif entry.kind is Kind.RECORDING_HELD and not body.get("held"):
        pattern = RECORDING_RELEASED
    elif entry.kind is Kind.ESCALATED and body.get("step"):
        pattern = CLIMBED
    elif entry.kind is Kind.SENT and body.get("promoted"):
        pattern = PROMOTED
    else:
        pattern = SENTENCES[entry.kind]
    return translate(pattern).format_map(told).rstrip(": ").strip()


def _where(value: Any, who: str, is_person: bool, translate: Translate) -> str:
    if value == "ring_all" and is_person:
        return who
    return translate(WHERE_WORDS[value]) if value in WHERE_WORDS else who


def _disposition(value: Any, translate: Translate) -> str:
    return translate(DISPOSITION_WORDS[Disposition(value)]) if value in set(Disposition) else ""


def _origin(value: Any, translate: Translate) -> str:
    return translate(ORIGIN_WORDS[Origin(value)]) if value in set(Origin) else ""


def _field_names(fields: Any, translate: Translate) -> list[str]:
    names = (FIELD_WORDS[name] for name in fields or {} if name in FIELD_WORDS)
    return list(dict.fromkeys(translate(name) for name in names))
