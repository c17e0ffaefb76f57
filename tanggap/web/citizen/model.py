"""What a citizen's form says, and what it is worth: nothing is required, nothing is refused for being odd."""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence

import msgspec

from tanggap.city.model import Catalogue
from tanggap.incident.model import Location
from tanggap.intake.model import Channel, Contact
from tanggap.platform.i18n import N_
from tanggap.triage.model import Suggester

#: Simple groups to choose from, as people would say them: icon and words. The catalogue's groups, fewer and plainer.
GROUPS: Mapping[str, tuple[str, str]] = {
    "fire": ("fire", N_("Kebakaran")),
    "medical": ("ambulance", N_("Sakit atau kecelakaan")),
    "rescue": ("people", N_("Perlu diselamatkan")),
    "disaster": ("flood", N_("Banjir, pohon, longsor")),
    "power": ("bolt", N_("Listrik")),
    "crime": ("police", N_("Kejahatan")),
    "infrastructure": ("road", N_("Jalan, lampu, air")),
    "environment": ("trash", N_("Sampah, lingkungan")),
    "public_order": ("sound", N_("Ketertiban")),
    "social": ("person", N_("Sosial")),
}
#: The flag that tells the call taker which group the citizen chose.
GROUP_FLAG = "said_"
SOURCES = ("device", "map")
#: A device that claims to be this unsure tells nothing of the place.
MOST_UNSURE_M = 20_000.0
#: How unsure a point is that was set by hand on a map.
BY_HAND_M = 50.0
#: What a page's key looks like; anything else is replaced by a new one.
KEY_SHAPE = re.compile(r"[A-Za-z0-9_-]{20,64}")
#: Longest text that is shown again in a form; what was said is stored whole.
MOST_SHOWN = 20_000


class Written(msgspec.Struct, frozen=True):
    """The fields of the report form as they were typed."""

    key: str
    words: str = ""
    address: str = ""
    lat: str = ""
    lon: str = ""
    uncertainty_m: str = ""
    source: str = ""
    group: str = ""
    number: str = ""
    name: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said at all."""
        fields = (self.words, self.address, self.lat, self.group, self.number, self.name)
        return not any(field.strip() for field in fields)

    @property
    def sender_key(self) -> str:
        """One key for one report: the page's own key and what was written. The same form sent twice is one report; a form that
        was changed after going back is another.
        """
        said = "\x1f".join(getattr(self, name) for name in self.__struct_fields__)
        return "web:" + hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def location_of(written: Written) -> Location | None:
    """The point that came with the form; None when there is none, or none on Earth."""
    try:
        lat, lon = float(written.lat), float(written.lon)
    except ValueError:
        return None
    if not (math.isfinite(lat) and math.isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    source = written.source if written.source in SOURCES else "map"
    return Location(lat, lon, _uncertainty_m(written.uncertainty_m), source)


def _uncertainty_m(said: str) -> float:
    try:
        metres = float(said)
    except ValueError:
        return BY_HAND_M
    return min(max(metres, 1.0), MOST_UNSURE_M) if math.isfinite(metres) else BY_HAND_M


def contact_of(written: Written, catalogue: Catalogue, suggester: Suggester) -> Contact:
    """The form as a contact: words and number as they were typed, odd things flagged."""
    location = location_of(written)
    flags = []
    if written.group in GROUPS:
        flags.append(GROUP_FLAG + written.group)
    if location is None and (written.lat.strip() or written.lon.strip()):
        flags.append("odd_point")
    if location is not None and not catalogue.city.bbox.contains(location.lat, location.lon):
        flags.append("outside_city")
    return Contact(
        channel=Channel.WEB,
        words=written.words,
        address_words=written.address,
        number=written.number,
        name=written.name,
        location=location,
        category=_category(written, catalogue, suggester),
        external_id=written.sender_key,
        flags=tuple(flags),
    )


def _category(written: Written, catalogue: Catalogue, suggester: Suggester) -> str | None:
    """The category that the words point to within the chosen group; None without a group: then the call taker chooses."""
    if written.group not in GROUPS:
        return None
    in_group = [category.code for category in catalogue.categories if category.group == written.group and category.active]
    found: Sequence[str] = [suggestion.category for suggestion in suggester.suggest(written.words, most=8)]
    return next((code for code in found if code in in_group), in_group[0] if len(in_group) == 1 else None)
