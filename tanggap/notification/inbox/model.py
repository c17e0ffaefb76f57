"""An answer by text message: what people write, and what they mean by it. Whatever is not clear is asked back, never guessed."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from tanggap.notification.model import Channel
from tanggap.platform.i18n import N_
from tanggap.platform.text import fold

#: Longest message that is kept, characters.
MAX_WORDS = 2_000


class Answer(StrEnum):
    """What an agency says of an assignment."""

    ACCEPT = "accept"
    REJECT = "reject"
    DONE = "done"
    SET_OUT = "set_out"
    ARRIVED = "arrived"


class InboundState(StrEnum):
    """What became of a message to us."""

    NEW = "new"  # kept, not judged yet
    ACTED = "acted"  # it was an answer, and it was carried out
    UNCLEAR = "unclear"  # asked back what is meant
    REFUSED = "refused"  # clear, but it does not hold any more; the sender was told why
    REPORT = "report"  # from a number that is nobody's contact: a text to 112, and a report like any other
    STRANGER = "stranger"  # from no number at all: kept, and answered by nobody


class Message(msgspec.Struct, frozen=True):
    """A message to us, as lists show it."""

    id: UUID
    channel: Channel
    provider: str
    reply_to: str
    address_masked: str
    words: str
    received_at: datetime
    state: InboundState
    contact: UUID | None
    agency: str | None
    assignment: UUID | None


class Meant(msgspec.Struct, frozen=True):
    """What a message says: an answer, for the incident of that number when it names one, with a reason."""

    answer: Answer
    number: int | None = None
    reason: str = ""


#: The numbers that stand in every message of ours.
_DIGITS: Mapping[str, Answer] = {
    "1": Answer.ACCEPT,
    "2": Answer.REJECT,
    "3": Answer.DONE,
    "4": Answer.SET_OUT,
}
#: Words that people write in their place, folded. «Siap» and «ok» are not among them: they answer anything.
_WORDS: Mapping[str, Answer] = {
    **dict.fromkeys(("terima", "diterima", "menerima", "accept"), Answer.ACCEPT),
    **dict.fromkeys(("tolak", "ditolak", "menolak", "bukan", "reject"), Answer.REJECT),
    **dict.fromkeys(("selesai", "tuntas", "beres", "done"), Answer.DONE),
    **dict.fromkeys(("berangkat", "meluncur", "otw", "menuju"), Answer.SET_OUT),
    **dict.fromkeys(("tiba", "sampai", "dilokasi"), Answer.ARRIVED),
}
#: What a reason may well begin with («sampai besok tidak bisa»), though it answers where it stands alone.
_BEGINS_A_REASON = frozenset({Answer.ARRIVED})
#: KDI-0042, kdi 42, #42, or a bare number of four digits as our messages write it.
_NUMBER = re.compile(r"^\s*(?:([A-Za-z]{2,5})\s?-?\s?0*(\d{1,7})|#\s?0*(\d{1,7})|0*(\d{4,7}))\b[\s:.,-]*", re.ASCII)
_CODE = re.compile(r"^\s*([1-4])(?![0-9])[\s:.,)-]*", re.ASCII)
_WORD = re.compile(r"^\s*([A-Za-z]+)\b[\s:.,)-]*", re.ASCII)


def meant(said: str, prefix: str) -> Meant | None:
    """What a message says; None when it does not say one thing clearly. `prefix` stands before our numbers (KDI).

    «1», «terima», «1 terima», «KDI-0042 1», «2 tolak jalan putus», «2 jalan putus». A digit and a word that contradict each
    other are not clear; neither is anything behind an answer that needs no reason, unless it is courtesy.
    """
    rest = said.strip()
    number = None
    named = _NUMBER.match(rest)
    if named and (named.group(1) is None or named.group(1).casefold() == prefix.casefold()):
        number = int(named.group(2) or named.group(3) or named.group(4))
        rest = rest[named.end() :]
    digit = _CODE.match(rest)
    answer = None
    if digit:
        answer = _DIGITS[digit.group(1)]
        rest = rest[digit.end() :]
    word = _WORD.match(rest)
    by_word = _WORDS.get(fold(word.group(1))) if word else None
    if word and by_word and not (answer is Answer.REJECT and by_word in _BEGINS_A_REASON):
        if answer is not None and by_word is not answer:
            return None
        answer = by_word
        rest = rest[word.end() :] if word.group(1).casefold() != "bukan" else rest
    if answer is None:
        return None
    rest = rest.strip()
    if answer is Answer.REJECT:
        return Meant(answer, number, rest)
    if rest and not _is_courtesy(rest):
        return None
    return Meant(answer, number)


#: What people add out of politeness, and what does not change what they say.
_COURTESY = frozenset(
    (
        "ya", "pak", "bu", "bos", "min", "admin", "ndan", "komandan", "terima", "kasih", "terimakasih", "makasih", "trims",
        "siap", "laksanakan", "segera", "kami", "tim", "regu", "sudah", "mi", "ji", "di", "lokasi", "ke", "tkp", "lapangan",
        "dikerjakan", "ditangani", "oke", "ok", "baik", "86", "meluncur", "sekarang",
    )
)  # fmt: skip


def _is_courtesy(rest: str) -> bool:
    return all(word in _COURTESY for word in fold(rest).split())


#: What is answered, by what was carried out or what stands in the way; {number} and {category} of the incident.
REPLIES: Mapping[str, str] = {
    Answer.ACCEPT: N_("112 {number}: diterima. Balas 4 bila berangkat, 3 bila selesai."),
    Answer.REJECT: N_("112 {number}: penolakan dicatat. Terima kasih."),
    Answer.DONE: N_("112 {number}: selesai, dicatat. Terima kasih."),
    Answer.SET_OUT: N_("112 {number}: berangkat, dicatat. Balas 3 bila selesai."),
    Answer.ARRIVED: N_("112 {number}: tiba di lokasi, dicatat. Balas 3 bila selesai."),
    "unclear": N_("112: jawaban belum jelas. Tulis 1 terima, 2 tolak dan alasannya, 3 selesai, atau 4 berangkat."),
    "several": N_("112: ada beberapa penugasan. Tulis nomornya lebih dahulu, misalnya {example} 1. Terbuka: {numbers}."),
    "nothing_open": N_("112: tidak ada penugasan yang menunggu jawaban itu. Lihat halaman instansi."),
    "wrong_number": N_("112: penugasan nomor itu tidak ada pada Anda. Terbuka: {numbers}."),
    "too_late": N_("112 {number}: keadaannya sudah berubah, jawaban ini tidak berlaku lagi. Lihat halaman instansi."),
}

STATE_WORDS: Mapping[InboundState, str] = {
    InboundState.NEW: N_("belum dibaca"),
    InboundState.ACTED: N_("dijalankan"),
    InboundState.UNCLEAR: N_("ditanya kembali"),
    InboundState.REFUSED: N_("tidak berlaku"),
    InboundState.REPORT: N_("menjadi laporan"),
    InboundState.STRANGER: N_("pengirim tanpa nomor"),
}
