"""SMPP 3.4 as far as a sender of text messages needs it: its units as bytes (specification 3.4, chapters 4 and 5)."""

import struct
from enum import IntEnum

import msgspec

from tanggap.notification.texts import from_gsm, gsm_bytes, plain_sms

#: A longer unit than this is not SMPP: the line is given up.
LONGEST_UNIT = 70_000
HEADER_BYTES = 16
#: More bytes than this go into `message_payload` in place of `short_message`.
SHORT_MESSAGE_BYTES = 254
_RECEIPTED_MESSAGE_ID, _MESSAGE_PAYLOAD, _MESSAGE_STATE = 0x001E, 0x0424, 0x0427


class Command(IntEnum):
    """What a unit asks for; an answer has the highest bit set."""

    GENERIC_NACK = 0x80000000
    UNBIND = 0x00000006
    BIND_TRANSCEIVER = 0x00000009
    SUBMIT_SM = 0x00000004
    DELIVER_SM = 0x00000005
    ENQUIRE_LINK = 0x00000015


ANSWER = 0x80000000


class Status(IntEnum):
    """Of the many statuses, those that mean something of their own here."""

    OK = 0x00000000
    UNKNOWN_COMMAND = 0x00000003
    INVALID_DESTINATION = 0x0000000B
    QUEUE_FULL = 0x00000014
    THROTTLED = 0x00000058
    TRY_LATER = 0x00000064  # ESME_RX_T_APPN: we could not keep it, send it again


class MalformedUnit(ValueError):  # noqa: N818 - the house names what happened
    """Bytes that are no unit of SMPP."""


class Unit(msgspec.Struct, frozen=True):
    """One unit as it goes over the line."""

    command: int
    status: int
    sequence: int
    body: bytes = b""

    def encoded(self) -> bytes:
        """As bytes."""
        return struct.pack(">IIII", HEADER_BYTES + len(self.body), self.command, self.status, self.sequence) + self.body


class Delivered(msgspec.Struct, frozen=True):
    """What the other side brings by `deliver_sm`: a message of somebody's, or the receipt of one of ours."""

    sender: str
    words: str
    is_receipt: bool
    message_id: str = ""  # of the receipt
    state: str = ""  # of the receipt: DELIVRD, UNDELIV …
    is_partial: bool = False  # so far some parts of a long message have arrived, and not all


def header(said: bytes) -> tuple[int, int, int, int]:
    """Length, command, status and sequence. Raises MalformedUnit."""
    length, command, status, sequence = struct.unpack(">IIII", said)
    if not HEADER_BYTES <= length <= LONGEST_UNIT:
        raise MalformedUnit(f"a unit of {length} bytes")
    return length, command, status, sequence


def bind_body(system_id: str, password: str, system_type: str) -> bytes:
    """The body of bind_transceiver: we speak 3.4, and take what is for any address of ours."""
    return _text(system_id) + _text(password) + _text(system_type) + bytes((0x34, 0, 0)) + _text("")


def submit_body(sender: str, to: str, text: str, *, receipt: bool, is_urgent: bool) -> bytes:
    """The body of submit_sm: `to` in international form, the text in GSM 03.38, one byte a character."""
    coded = gsm_bytes(plain_sms(text))
    is_short = len(coded) <= SHORT_MESSAGE_BYTES
    ton, npi = (5, 0) if not sender.isdecimal() else (3, 1) if len(sender) <= 8 else (1, 1)  # name, short code, number
    body = _text("") + bytes((ton, npi)) + _text(sender) + bytes((1, 1)) + _text(to)
    body += bytes((0, 0, 2 if is_urgent else 0)) + _text("") + _text("") + bytes((1 if receipt else 0, 0, 0, 0))
    if is_short:
        return body + bytes((len(coded),)) + coded
    return body + b"\0" + struct.pack(">HH", _MESSAGE_PAYLOAD, len(coded)) + coded


def message_id(body: bytes) -> str:
    """The name that the other side gave a message, from submit_sm_resp."""
    return body.partition(b"\0")[0].decode("latin-1")[:200]


def delivered(body: bytes) -> Delivered:
    """What a deliver_sm brings. Raises MalformedUnit."""
    try:
        _, rest = _cut(body)
        sender, rest = _cut(rest[2:])
        _, rest = _cut(rest[2:])
        esm_class, rest = rest[0], rest[3:]
        _, rest = _cut(rest)
        _, rest = _cut(rest)
        coding, length = rest[2], rest[4]
        coded, options = rest[5 : 5 + length], _options(rest[5 + length :])
    except IndexError as error:
        raise MalformedUnit("a deliver_sm that ends too early") from error
    coded = coded or options.get(_MESSAGE_PAYLOAD, b"")
    if esm_class & 0x40 and coded:  # a header of parts stands in front
        coded = coded[1 + coded[0] :]
    words = _decoded(coded, coding)
    if esm_class & 0x3C != 0x04:
        return Delivered(sender, words, is_receipt=False)
    told = _receipt_fields(words)
    name = options.get(_RECEIPTED_MESSAGE_ID, b"").rstrip(b"\0").decode("latin-1") or told.get("id", "")
    state = _STATES.get(options.get(_MESSAGE_STATE, b"")[:1], "") or told.get("stat", "")
    return Delivered(
        sender, words, is_receipt=True, message_id=name[:200], state=state.upper()[:20], is_partial=_is_partial(told)
    )


#: message_state (5.2.28) as the words that receipts use (appendix B).
_STATES = {
    bytes((code,)): word
    for code, word in enumerate(("ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD"), start=1)
}
#: Words of a receipt that end a message.
ARRIVED = frozenset({"DELIVRD"})
LOST = frozenset({"EXPIRED", "DELETED", "UNDELIV", "REJECTD"})


def _receipt_fields(words: str) -> dict[str, str]:
    """`id:… sub:… stat:…`, as most centres write it."""
    return {name.lower(): value for name, _, value in (part.partition(":") for part in words.split()) if value}


def _is_partial(told: dict[str, str]) -> bool:
    """Whether fewer parts were delivered than were submitted (`sub:003 dlvrd:002`). Centres that do not count say 000 or 001."""
    submitted, delivered = told.get("sub", ""), told.get("dlvrd", "")
    is_counted = submitted.isascii() and submitted.isdecimal() and delivered.isascii() and delivered.isdecimal()
    return is_counted and 0 < int(delivered[:9]) < int(submitted[:9])


def _decoded(coded: bytes, coding: int) -> str:
    if coding == 8:
        return coded.decode("utf-16-be", "replace")
    if coding == 3:
        return coded.decode("latin-1")
    return from_gsm(coded) if coding in (0, 1) and max(coded, default=0) < 0x80 else coded.decode("latin-1")


def _text(said: str) -> bytes:
    return said.encode("latin-1", "replace").replace(b"\0", b"") + b"\0"


def _cut(said: bytes) -> tuple[str, bytes]:
    text, zero, rest = said.partition(b"\0")
    if not zero:
        raise MalformedUnit("a text without an end")
    return text.decode("latin-1"), rest


def _options(said: bytes) -> dict[int, bytes]:
    found = {}
    while len(said) >= 4:
        tag, length = struct.unpack(">HH", said[:4])
        found[tag] = said[4 : 4 + length]
        said = said[4 + length :]
    return found
