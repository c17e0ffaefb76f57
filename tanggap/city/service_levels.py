"""service_levels.toml of a city pack: the levels that the city wants its service to reach, and how they become records."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from tanggap.city.kinds import Priority, Provenance
from tanggap.city.pack_format import Code, PackEntry, Sources, Text
from tanggap.city.targets import ServiceLevel

FILE = "service_levels.toml"
#: The figures that a level may be about, and whether it says within how long. They are defined in evaluation/figures.py.
LEVEL_FIGURES: dict[str, bool] = {
    "answer": True, "processing": True, "acknowledgement": True, "turnout": True, "arrival": True, "first_answer": True,
    "resolution": True, "acknowledged_in_time": False, "first_agency_right": False, "location_corrected": False,
    "disposition_reversed": False, "duplicates_missed": False, "finished": False, "in_time": False, "reopened": False,
    "confirmed": False,
}  # fmt: skip


class LevelEntry(PackEntry, frozen=True):
    """One [[level]] of service_levels.toml."""

    code: Code
    figure: Text
    share: Annotated[float, Meta(gt=0, le=1)]
    provenance: Provenance
    source: Text
    within: Annotated[int, Meta(ge=0, le=10_000_000)] | None = None
    groups: tuple[Code, ...] = ()
    priorities: tuple[Priority, ...] = ()
    note: str = ""

    def record(self, sources: Sources) -> ServiceLevel:
        """The level as the catalogue holds it."""
        return ServiceLevel(
            self.code, self.figure, self.share, self.within, self.groups, self.priorities, self.note, self.provenance,
            sources.get(self.source, self.source),
        )  # fmt: skip


def folder_of_levels(pack: Path) -> Path:
    """Where the file lies that holds for a pack: its own, or the one with the field's norms for all."""
    return pack if (pack / FILE).exists() else Path(str(files("tanggap") / "cities"))
