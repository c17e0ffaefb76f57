"""What entries of a catalogue are sorted by: how urgent something is, and how sure the catalogue is of itself."""

from collections.abc import Mapping
from enum import StrEnum

from tanggap.platform.i18n import N_


class Priority(StrEnum):
    """How urgent an incident is. P1 sorts first, so the most urgent of several is their `min`."""

    P1 = "P1"  # danger to life, now
    P2 = "P2"  # becomes dangerous if it waits
    P3 = "P3"  # today
    P4 = "P4"  # planned work

    @property
    def word(self) -> str:
        """The priority's name, as a gettext key."""
        return PRIORITY_WORDS[self]

    @property
    def shape(self) -> str:
        """The shape that says the priority without colour."""
        return PRIORITY_SHAPES[self]


PRIORITY_WORDS: Mapping[Priority, str] = {
    Priority.P1: N_("Darurat"),
    Priority.P2: N_("Mendesak"),
    Priority.P3: N_("Segera"),
    Priority.P4: N_("Terjadwal"),
}
PRIORITY_SHAPES: Mapping[Priority, str] = {Priority.P1: "▲", Priority.P2: "◆", Priority.P3: "●", Priority.P4: "■"}


class Provenance(StrEnum):
    """Whether an entry was seen in a public source, or is proposed by the pack's author until the city confirms it."""

    SOURCED = "sourced"
    PROPOSED = "proposed"
