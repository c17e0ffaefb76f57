"""What a message says: short, in the reader's language, without anything of the caller's own.

A text message has 160 characters of GSM 03.38's alphabet (3GPP TS 23.038); one that needs another alphabet has 70. So texts are
written in that alphabet, and the place is cut before anything else.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from tanggap.notification.model import Channel, Notice, Occasion
from tanggap.platform.i18n import N_, format_duration, known_locale, translator

#: Characters of one text message in GSM 03.38.
SMS_CHARACTERS: Final = 160
#: Where nothing is said about the place.
_NO_PLACE = N_("lokasi belum jelas")

_GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Its extension table: each of these takes two places.
_GSM_EXTENSION = "^{}\\[~]|€\f"
#: Signs that people here write, and the ones of the alphabet that stand for them.
_PLAIN = {
    "«": '"',
    "»": '"',
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "–": "-",
    "—": "-",
    "…": "...",
    "×": "x",
    "\u00a0": " ",
    "\t": " ",
}


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """The incident that a message is about, as far as everybody may know it who is told."""

    number: str  # KDI-0042
    category: str
    priority: str  # P1 … P4
    place: str
    agency: str = ""  # short name of the agency that was asked
    link: str = ""  # the agency's page of it
    reason: str = ""  # why it need not go, or is asked again


class Text(msgspec.Struct, frozen=True):
    """A message as it goes out."""

    subject: str
    text: str
    link: str = ""


#: What each occasion says; {place} is cut when there is not enough room.
TO_AGENCY: Mapping[Occasion, str] = {
    Occasion.SENT: N_("112 {number} {priority}: {category}, {place}. Balas 1 terima, 2 tolak, 4 berangkat, 3 selesai."),
    Occasion.REOPENED: N_("112 {number} {priority} DIBUKA LAGI: {category}, {place}. Balas 1 terima, 2 tolak."),
    Occasion.WITHDRAWN: N_("112 {number} DIBATALKAN: {category}, {place}. Tidak perlu berangkat."),
    Occasion.UNANSWERED: N_("112 {number} {priority} BELUM DIJAWAB {after}: {category}, {place}. Balas 1 terima, 2 tolak."),
    Occasion.NOT_STARTED: N_("112 {number} {priority} BELUM BERANGKAT {after}: {category}, {place}. Balas 4 berangkat."),
    Occasion.NOT_FINISHED: N_("112 {number} {priority} BELUM SELESAI {after}: {category}, {place}. Balas 3 selesai."),
}
TO_CENTRE: Mapping[Occasion, str] = {
    Occasion.SENT: N_("112 {number} {priority} dikirim ke {agency}: {category}, {place}."),
    Occasion.REOPENED: N_("112 {number} {priority} dibuka lagi: {category}, {place}."),
    Occasion.WITHDRAWN: N_("112 {number} dibatalkan untuk {agency}: {category}, {place}."),
    Occasion.UNANSWERED: N_("112 {number} {priority}: {agency} belum menjawab {after}. {category}, {place}."),
    Occasion.NOT_STARTED: N_("112 {number} {priority}: {agency} belum berangkat {after}. {category}, {place}."),
    Occasion.NOT_FINISHED: N_("112 {number} {priority}: {agency} belum selesai {after}. {category}, {place}."),
}
SUBJECTS: Mapping[Occasion, str] = {
    Occasion.SENT: N_("Penugasan baru"),
    Occasion.REOPENED: N_("Dibuka lagi"),
    Occasion.WITHDRAWN: N_("Dibatalkan"),
    Occasion.UNANSWERED: N_("Belum dijawab"),
    Occasion.NOT_STARTED: N_("Belum berangkat"),
    Occasion.NOT_FINISHED: N_("Belum selesai"),
    Occasion.UNDELIVERED: N_("Pesan gagal terkirim"),
    Occasion.TRIAL: N_("Uji coba"),
    Occasion.REPORT_LINK: N_("Tautan lapor"),
    Occasion.POINT_LINK: N_("Tautan lokasi"),
    Occasion.THANKS: N_("Ucapan terima kasih"),
}
TO_CALLER: Mapping[Occasion, str] = {
    Occasion.REPORT_LINK: N_(
        "112: panggilan Anda terputus sebelum dijawab. Bila masih perlu bantuan, telepon lagi atau tulis: {link}"
    ),
    Occasion.POINT_LINK: N_("112: buka ini untuk mengirim lokasi Anda: {link}"),
    Occasion.THANKS: N_(
        "112: terima kasih sudah mencoba, nomor ini berfungsi, gratis 24 jam. Dalam keadaan darurat telepon lagi kapan saja."
    ),
}
UNDELIVERED = N_("112: {many} pesan gagal terkirim, terlama {after}. Buka daftar pesan dan ambil alih.")
TRIAL = N_("112: ini pesan uji coba untuk {name}. Tidak perlu dibalas, tidak ada kejadian.")


def text_of(notice: Notice, subject: Subject, channel: Channel, locale: str) -> Text:
    """What one recipient reads. The link goes along by its own where the channel has room for it.

    An agency that is told by text message answers by text message; the others follow the link.
    """
    language = known_locale(locale)
    translate = translator(language)
    patterns = TO_AGENCY if notice.role is None else TO_CENTRE
    pattern = translate(patterns[notice.occasion])
    if channel not in (Channel.SMS, Channel.WHATSAPP) and notice.role is None:
        pattern = pattern.partition(translate(N_(" Balas ")))[0]
    said = {
        "number": subject.number,
        "priority": subject.priority,
        "category": subject.category,
        "agency": subject.agency,
        "after": format_duration(notice.after_s or 0, language),
        "place": subject.place or translate(_NO_PLACE),
    }
    title = f"{translate(SUBJECTS[notice.occasion])}: {subject.category} ({subject.number})"
    if channel is Channel.SMS:
        return Text(title, _fitted(pattern, said, subject.link), subject.link)
    text = pattern.format(**said)
    reason = f" ({subject.reason})" if subject.reason and notice.occasion in (Occasion.WITHDRAWN, Occasion.REOPENED) else ""
    return Text(title, text + reason, subject.link)


def undelivered(many: int, after_s: float, link: str, locale: str) -> Text:
    """That messages are dead, and nobody has taken them."""
    translate = translator(known_locale(locale))
    said = translate(UNDELIVERED).format(many=many, after=format_duration(after_s, known_locale(locale)))
    return Text(translate(SUBJECTS[Occasion.UNDELIVERED]), said, link)


def trial(name: str, locale: str) -> Text:
    """A message by which somebody tries whether a contact can be reached."""
    translate = translator(known_locale(locale))
    return Text(translate(SUBJECTS[Occasion.TRIAL]), plain_sms(translate(TRIAL).format(name=name)), "")


def to_caller(occasion: Occasion, link: str, locale: str) -> Text:
    """What a caller reads: one text message, nothing of what was reported, and an address of this house."""
    translate = translator(known_locale(locale))
    return Text(translate(SUBJECTS[occasion]), plain_sms(translate(TO_CALLER[occasion]).format(link=link)), link)


def plain_sms(text: str) -> str:
    """A text in the alphabet of text messages; what it lacks becomes «?»."""
    said = "".join(_PLAIN.get(char, char) for char in text)
    return "".join(char if char in _GSM or char in _GSM_EXTENSION else "?" for char in said)


def sms_length(text: str) -> int:
    """How many places a text takes in GSM 03.38."""
    return sum(2 if char in _GSM_EXTENSION else 1 for char in text)


def is_gsm(text: str) -> bool:
    """Whether a text can be said in GSM 03.38."""
    return all(char in _GSM or char in _GSM_EXTENSION for char in text)


def gsm_bytes(text: str) -> bytes:
    """A text as GSM 03.38's default alphabet, one byte a character, unpacked, as SMPP's data_coding 0 wants it."""
    coded = bytearray()
    for char in text:
        if char in _GSM_EXTENSION:
            coded += bytes((0x1B, _EXTENSION_CODES[char]))
        else:
            place = _GSM.find(char)
            coded.append(_CODES[place] if place >= 0 else 0x3F)
    return bytes(coded)


def from_gsm(coded: bytes) -> str:
    """What somebody wrote in GSM 03.38's default alphabet, unpacked."""
    said, is_extended = [], False
    for code in coded:
        if is_extended:
            said.append(_BY_EXTENSION.get(code, "?"))
            is_extended = False
        elif code == 0x1B:
            is_extended = True
        else:
            said.append(_BY_CODE.get(code, "?"))
    return "".join(said)


#: The code of each character of `_GSM`: they stand there in the table's order, without its escape (0x1B).
_CODES = [code for code in range(128) if code != 0x1B]
_EXTENSION_CODES = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
}  # fmt: skip
_BY_CODE = dict(zip(_CODES, _GSM, strict=True))
_BY_EXTENSION = {code: char for char, code in _EXTENSION_CODES.items()}


def _fitted(pattern: str, said: Mapping[str, str], link: str) -> str:
    """A text message of one part: the place is cut as far as needed; the link is left out when it does not fit even then."""
    for tail in (f" {link}" if link else "", ""):
        whole = plain_sms(pattern.format(**said) + tail)
        too_long = sms_length(whole) - SMS_CHARACTERS
        if too_long <= 0:
            return whole
        place = plain_sms(said["place"])
        shorter = place[: max(0, len(place) - too_long - 1)].rstrip(" ,.")
        cut = plain_sms(pattern.format(**{**said, "place": f"{shorter}."}) + tail)
        if len(shorter) >= 8 and sms_length(cut) <= SMS_CHARACTERS:
            return cut
    shortest = plain_sms(pattern.format(**{**said, "place": said["place"][:20], "category": said["category"][:30]}))
    return shortest[:SMS_CHARACTERS]
