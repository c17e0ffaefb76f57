"""How a city's calls come in and go out: ports, trunks, limits, and whom to ring when nobody at the centre answers.

Everything has a default that works for a demonstration on one machine. A city writes what differs into `telephony.toml` in its
data folder (docs/admin/telephony.md).
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from tanggap.platform.settings import Settings, SettingsError, settings_file

FILE: Final = "telephony.toml"
SECRET_FILE: Final = "telephony.secret"  # noqa: S105 - the name of a file
#: Where browsers reach the edge's WebSocket, below the public address.
WS_PATH: Final = "/telepon/ws"

#: Keys that a city may give a meaning: «1» is danger now, «55» is «I cannot speak».
FREE_KEYS: Final = frozenset("02346789*#")
#: A missed caller is called back at most this often again.
MOST_TRIES: Final = 20

#: What is most often written to somebody who cannot speak or hear.
TEXT_PHRASES: Final = (
    "Kami membaca. Apa yang terjadi?",
    "Di mana Anda sekarang?",
    "Kami mengerti. Petugas dikirim.",
    "Apakah Anda aman di situ?",
    "Tetap di sini, jangan tutup panggilan.",
)

_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,80}[a-z0-9])?")
_ADDRESS = re.compile(r"[0-9A-Za-z.:-]{1,253}")
_NUMBER = re.compile(r"\+?[0-9]{2,15}")
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class Trunk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An operator's line into the centre."""

    name: str
    host: str  # the operator's address, from which its calls come and to which ours go
    port: int = 5060
    transport: str = "udp"  # udp, tcp, tls
    sources: tuple[str, ...] = ()  # further addresses or networks (CIDR) from which its calls come
    refer: bool = False  # the operator said that it follows REFER (blind transfer)
    outgoing: bool = True  # calls may go out this way; the first such trunk is used while it is healthy


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What callers need of whoever answers, who come by this trunk, dialled this number, read this language or press this key."""

    needs: tuple[str, ...]  # codes of skills and languages, as the roster has them
    trunk: str = ""
    dialled: str = ""
    language: str = ""  # in which a caller reads the page of a web call: «en»
    key: str = ""  # while they hear the announcement; 1 and 5 have a meaning of their own
    say: str = ""  # what the announcement says of the key …
    voice: str = "id"  # … and in which of espeak-ng's voices


class Queue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How calls wait and are given out. Times in seconds."""

    ring_s: float = 8.0  # a phone that does not answer within this loses the call
    wrap_up_s: float = 20.0  # after a call its operator is left alone for this long
    nuisance_bound_s: float = 20.0  # who looks like nuisance waits at most this much longer than first come, first served
    skill_wait_s: float = 12.0  # a call waits this long for a busy person with the skill or language it needs; then for anybody
    overflow_after_s: float = 45.0  # with nobody free for this long, a call may go outside the centre
    overflow_ring_s: float = 25.0  # and rings there this long before the next step
    other_desks: tuple[str, ...] = ()  # desks that help when the main one is busy, in this order
    mobiles: tuple[str, ...] = ()  # numbers of people on call
    call_back_again_min: tuple[float, ...] = (2.0, 10.0, 30.0, 120.0)  # minutes after which a missed caller is called again
    neighbour: str = ""  # number of a neighbouring centre
    announcement: str = ""  # a wav of the city's own (8 kHz, mono, 16 bit); empty: spoken by espeak-ng
    burst_announcement: str = ""
    passed_announcement: str = ""  # while a call that was passed on rings elsewhere
    cut_announcement: str = ""  # when a call taker's phone died in a call, until somebody else goes on
    handed_on_announcement: str = ""  # when a call taker gave the call to somebody who understands the caller better

    @property
    def call_back_again(self) -> tuple[timedelta, ...]:
        """After how long a missed caller is called again, by the number of tries so far."""
        return tuple(timedelta(minutes=minutes) for minutes in self.call_back_again_min)


class TelephonySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `telephony.toml` says, or the defaults."""

    host: str = "127.0.0.1"  # on which the edge listens for SIP and RTP
    advertised: str = ""  # what the world sees instead, behind NAT
    realm: str = "112.local"
    sip_port: int = 5060
    tls_port: int = 0  # 0: no SIP over TLS
    tls_certificate: str = ""
    tls_key: str = ""
    ws_port: int = 8113
    decider_port: int = 8114  # Kamailio's evapi, on 127.0.0.1
    media_port: int = 8115  # rtpengine's NG protocol, on 127.0.0.1
    keys_port: int = 8116  # where rtpengine tells of keys pressed, on 127.0.0.1
    rtp_first: int = 30000
    rtp_last: int = 30999
    text_first: int = 0  # text within calls comes in here, one even port a call; 0: it is refused
    text_last: int = 0
    text_greeting: str = "112: mohon tunggu, petugas segera membaca. Silakan mulai menulis."  # to who waits; empty: nothing
    text_phrases: tuple[str, ...] = TEXT_PHRASES  # that a call taker sends with one click
    numbers: tuple[str, ...] = ("112", "+62112")  # what callers dial to reach the centre
    caller_id: str = "112"  # what those whom we call see
    emergency_fallback: str = ""  # a number that rings when nothing else is left
    recordings: str = ""  # folder; empty: `recordings` in the data folder
    recordings_kept_days: int = 90  # then their audio is deleted, unless somebody holds it
    trunks: tuple[Trunk, ...] = ()
    wishes: tuple[Wish, ...] = ()
    queue: Queue = Queue()

    def needs_of_line(self, trunk: str, dialled: str, language: str = "") -> frozenset[str]:
        """What callers need who come this way; a wish that names several things needs all of them to fit."""
        fitting = (
            wish
            for wish in self.wishes
            if (wish.trunk or wish.dialled or wish.language)
            and wish.trunk in ("", trunk)
            and wish.dialled in ("", dialled)
            and wish.language in ("", language)
        )
        return frozenset(code for wish in fitting for code in wish.needs)

    def needs_of_key(self, key: str) -> frozenset[str]:
        """What a waiting caller asks for by pressing a key."""
        return frozenset(code for wish in self.wishes if wish.key == key for code in wish.needs)


def telephony_settings(settings: Settings) -> TelephonySettings:
    """Read `telephony.toml` in the data folder; the defaults where there is none.

    Raises:
        SettingsError: the file cannot be read, or something in it is malformed or unsafe.
    """
    path = settings.home / FILE
    read = settings_file(path, TelephonySettings)
    _check(path, read)
    return read


def secret_path(settings: Settings) -> Path:
    """The file with the secret that we share with the edge."""
    return settings.home / SECRET_FILE


def recordings_folder(settings: Settings, telephony: TelephonySettings) -> Path:
    """Below it, `pcaps/`, `metadata/` and `tmp/` are rtpengine's."""
    return Path(telephony.recordings) if telephony.recordings else settings.home / "recordings"


def browser_address(settings: Settings, telephony: TelephonySettings) -> str:
    """The WebSocket that a browser's phone connects to: behind the city's proxy when the public address is https."""
    public = urlsplit(settings.public_url)
    if public.scheme == "https":
        return f"wss://{public.netloc}{WS_PATH}"
    return f"ws://{public.hostname}:{telephony.ws_port}{WS_PATH}"


def _check(path: Path, read: TelephonySettings) -> None:
    """Everything that is written into the edge's configuration has a narrow shape: nothing in it can be taken for a command."""
    wrong = [name for name, sound in _shapes(read) if not sound]
    if wrong:
        raise SettingsError(f"{path}: {', '.join(wrong)} is malformed; docs/admin/telephony.md shows the form of each.")


def _shapes(read: TelephonySettings) -> list[tuple[str, bool]]:
    ports = (read.sip_port, read.ws_port, read.decider_port, read.media_port, read.keys_port)
    queue = read.queue
    times = (
        queue.ring_s, queue.wrap_up_s, queue.nuisance_bound_s, queue.skill_wait_s, queue.overflow_after_s, queue.overflow_ring_s,
    )  # fmt: skip
    names = [trunk.name for trunk in read.trunks]
    return [
        ("host", bool(_ADDRESS.fullmatch(read.host))),
        ("advertised", not read.advertised or bool(_ADDRESS.fullmatch(read.advertised))),
        ("realm", bool(_DOMAIN.fullmatch(read.realm))),
        ("a port", all(0 < port < 65536 for port in ports) and len(set(ports)) == len(ports) and 0 <= read.tls_port < 65536),
        ("rtp_first and rtp_last", 1024 <= read.rtp_first < read.rtp_last < 65536),
        ("text_first and text_last", _text_ports_are_sound(read)),
        ("text_greeting or text_phrases", all(map(_is_short, (read.text_greeting, *read.text_phrases)))),
        ("numbers", bool(read.numbers) and all(map(_NUMBER.fullmatch, read.numbers))),
        ("caller_id", bool(_NUMBER.fullmatch(read.caller_id))),
        ("emergency_fallback", not read.emergency_fallback or bool(_NUMBER.fullmatch(read.emergency_fallback))),
        ("mobiles", all(map(_NUMBER.fullmatch, queue.mobiles))),
        ("neighbour", not queue.neighbour or bool(_NUMBER.fullmatch(queue.neighbour))),
        ("other_desks", all(map(_WORD.fullmatch, queue.other_desks))),
        ("a time of the queue", all(0 <= seconds <= 3600 for seconds in times) and queue.ring_s >= 2),
        ("skill_wait_s (at most 60)", queue.skill_wait_s <= 60),
        (
            "call_back_again_min",
            len(queue.call_back_again_min) <= MOST_TRIES and all(0 < minutes <= 1440 for minutes in queue.call_back_again_min),
        ),
        *_wishes(read),
        ("recordings_kept_days", 1 <= read.recordings_kept_days <= 36_500),
        ("a trunk's name", all(map(_WORD.fullmatch, names)) and len(set(names)) == len(names)),
        ("a trunk's host", all(_ADDRESS.fullmatch(trunk.host) for trunk in read.trunks)),
        ("a trunk's port", all(0 < trunk.port < 65536 for trunk in read.trunks)),
        ("a trunk's transport", all(trunk.transport in ("udp", "tcp", "tls") for trunk in read.trunks)),
        ("a trunk's sources", all(re.fullmatch(r"[0-9a-fA-F.:]+(/\d{1,3})?", s) for t in read.trunks for s in t.sources)),
        ("tls_certificate and tls_key", not read.tls_port or bool(read.tls_certificate and read.tls_key)),
        ("tls_certificate or tls_key", not re.search(r"[\"'\n\r]", read.tls_certificate + read.tls_key + read.recordings)),
    ]


def _is_short(text: str) -> bool:
    return len(text) <= 200 and text.isprintable()


def _text_ports_are_sound(read: TelephonySettings) -> bool:
    first, last = read.text_first, read.text_last
    if not first and not last:
        return True
    return 1024 <= first < last < 65536 and (last < read.rtp_first or first > read.rtp_last)


def _wishes(read: TelephonySettings) -> list[tuple[str, bool]]:
    wishes, names = read.wishes, {trunk.name for trunk in read.trunks}
    return [
        ("a wish's needs", all(wish.needs and all(map(_WORD.fullmatch, wish.needs)) for wish in wishes)),
        ("a wish of nobody", all(wish.trunk or wish.dialled or wish.language or wish.key for wish in wishes)),
        ("a wish's language", all(not wish.language or _WORD.fullmatch(wish.language) for wish in wishes)),
        ("a wish's trunk", all(not wish.trunk or wish.trunk in names for wish in wishes)),
        ("a wish's dialled number", all(not wish.dialled or _NUMBER.fullmatch(wish.dialled) for wish in wishes)),
        ("a wish's key (one of 0 2 3 4 6 7 8 9 * #)", all(not wish.key or wish.key in FREE_KEYS for wish in wishes)),
        ("a wish's voice", all(_WORD.fullmatch(wish.voice) for wish in wishes)),
        ("what a wish says", all(len(wish.say) <= 200 and wish.say.isprintable() for wish in wishes)),
    ]
