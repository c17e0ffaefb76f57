"""What the console accepts and refuses, and the words of its buttons."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from tanggap.city.kinds import Priority
from tanggap.incident.model import Disposition
from tanggap.incident.refusals import TanggapRefusal
from tanggap.platform.i18n import N_
from tanggap.telephony.model import TEXT_CALL
from tanggap.verification.model import DISPOSITION_KEYS

Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Metres = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]
LocationSource = Annotated[str, msgspec.Meta(pattern=r"^(words|map|device|area)$")]


class Typed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields of a report as the screen sends them; what is not sent is not touched."""

    words: str | UnsetType = UNSET
    address_words: str | UnsetType = UNSET
    number: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    category: str | UnsetType | None = UNSET
    priority: Priority | UnsetType | None = UNSET
    answers: dict[str, str] | UnsetType = UNSET
    lat: Latitude | UnsetType | None = UNSET
    lon: Longitude | UnsetType | None = UNSET
    uncertainty_m: Metres | UnsetType | None = UNSET
    location_source: LocationSource | UnsetType | None = UNSET
    place_label: str | UnsetType = UNSET

    def as_fields(self) -> dict[str, Any]:
        """What was sent, by field."""
        named = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in named.items() if value is not UNSET}


class Saving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was typed since the last save, and what had stood there on this screen."""

    fields: Typed
    was: Typed = Typed()


class NewCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call that the screen opened; `key` is made there, so that the same call sent twice is one report."""

    key: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-zA-Z-]{8,64}$")] | None = None
    age_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 0.0


class NotSentYet(TanggapRefusal):
    """A genuine report that no agency has would be left lying unseen."""

    slug = "not-sent-yet"
    sentence = N_("Laporan nyata harus diteruskan dulu: Ctrl+Enter mengirimnya ke instansi.")


class NoAgencyChosen(TanggapRefusal):
    """A hand-over asks at least one agency."""

    slug = "no-agency-chosen"
    sentence = N_("Pilih sedikitnya satu instansi, lalu kirim.")


class ReasonMissing(TanggapRefusal):
    """Somebody else's report is taken over with a reason once they have had it for a moment."""

    slug = "reason-missing"
    sentence = N_("Tulis alasan mengambil alih laporan ini.")


#: How long a report that the wrong desk claimed is taken over without a reason, seconds.
MEND_S = 20.0

#: All dispositions with a key on the console: those that end a report, and «genuine» for a P1 that was sent unverified.
KEYS: Mapping[Disposition, str] = {**DISPOSITION_KEYS, Disposition.GENUINE: "Alt+8"}

#: The groups of categories as headings.
GROUP_WORDS: Mapping[str, str] = {
    "fire": N_("Kebakaran"),
    "rescue": N_("Penyelamatan"),
    "disaster": N_("Bencana alam"),
    "medical": N_("Medis"),
    "power": N_("Kelistrikan"),
    "crime": N_("Kejahatan"),
    "public_order": N_("Ketertiban umum"),
    "social": N_("Sosial"),
    "environment": N_("Lingkungan"),
    "infrastructure": N_("Prasarana kota"),
    "other": N_("Lain-lain"),
}

#: The drawing of each channel.
CHANNEL_ICONS: Mapping[str, str] = {
    "call": "phone", "web": "web", "api": "web", "whatsapp": "message", "sms": "message", "walk_in": "door", "replay": "web",
}  # fmt: skip

#: Seconds within which a contact should be taken: a call in 15 (NENA-STA-020.1, 90 % of calls), anything written in 5 minutes.
ANSWER_CALL_S = 15
ANSWER_OTHER_S = 300

#: What a report's flags say to whoever reads it.
FLAG_WORDS: Mapping[str, str] = {
    "odd_number": N_("Nomor pelapor tidak lazim"),
    "overlong": N_("Teks terlalu panjang: dipotong, utuh di riwayat"),
    "control_characters": N_("Ada tanda tak terbaca dalam teks"),
    "unknown_category": N_("Kategori dari pengirim tidak dikenal"),
    TEXT_CALL: N_("Penelepon dapat menulis teks dalam panggilan"),
}
