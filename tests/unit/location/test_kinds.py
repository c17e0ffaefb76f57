"""Every kind of place that an import can bring is understood, shown in words, and drawn."""

import pytest

from tanggap.city.pack import pack_folder, read_pack
from tanggap.location.imports.kinds import FIRST_WORDS, SPOKEN, UNKNOWN
from tanggap.location.imports.osm_tags import KINDS, LEVELS, RELIGIONS
from tanggap.location.model import Entry
from tanggap.location.spelling import WORDS
from tanggap.web.coordinator.places_view import KIND_WORDS
from tests.unit.location.kendari import KENDARI, first

#: Kinds that no word said before a name contradicts: anything, an administrative detail, a way between places.
WITHOUT_CLASS = {"landmark", "rw", "rt", "bus_route"}

IMPORTED = {
    kind
    for kinds in (SPOKEN, *FIRST_WORDS.values(), RELIGIONS, LEVELS, *KINDS.values(), {"": UNKNOWN})
    for kind in kinds.values()
    if kind
}
IN_PACK = {place.kind for place in read_pack(pack_folder("kendari")).places}


@pytest.mark.parametrize("kind", sorted(IMPORTED | IN_PACK))
def test_every_kind_has_a_class_or_deliberately_none_and_words_for_people(kind: str) -> None:
    assert (kind in WORDS.entry_kinds) != (kind in WITHOUT_CLASS)
    assert kind in KIND_WORDS


def test_every_class_of_an_entry_is_one_that_some_word_names_or_is_its_own() -> None:
    named = set(WORDS.kinds.values()) | {kind for pair in WORDS.kin for kind in pair.split()}
    assert set(WORDS.entry_kinds.values()) - named <= {"gate"}


def test_a_kind_said_for_another_speaks_against_a_place() -> None:
    more = KENDARI.with_changes(
        [
            Entry("tpu", "cemetery", "TPU Panah Merah", (), -3.97, 122.52, 80.0),
            Entry("apotek", "pharmacy", "Panah Merah", (), -3.98, 122.51, 50.0),
            Entry("bandara", "airport", "Panah Hitam", (), -4.08, 122.41, 600.0),
        ]
    )
    assert first("kuburan panah merah", more).place == "tpu"
    assert first("apotik panah merah", more).place == "apotek"
    assert first("bandara panah hitam", more).place == "bandara"
