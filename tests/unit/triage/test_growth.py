"""What is left of a report's words before they teach, and which reports teach."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.city.pack import Pack
from tanggap.triage.growth.model import Confirmed, scrubbed, sentences, shared_words, side_by_side, vocabulary
from tanggap.triage.reader import Reader


@pytest.fixture(scope="module")
def known(pack: Pack, catalogue: Catalogue) -> frozenset[str]:
    return vocabulary(pack.said, catalogue)


def reported(n: int, words: str, category: str | None = "fallen_tree", caller: int | None = None, **more: object) -> Confirmed:
    what = {"kind": "genuine", "priority": Priority.P2} | more
    return Confirmed(UUID(int=n), UUID(int=caller or 1000 + n), words, category=category, **what)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("pohon tumbang di depan rumah, hp saya 081234567890", "pohon tumbang di depan rumah, hp saya"),
        ("atas nama Siti Wulandari, atap terbang", "atap terbang"),
        ("pak Zulfikarnain pingsan di pasar", "pak pingsan di pasar"),
        ("DT 4321 XY tabrakan sama truk", "tabrakan sama truk"),
        ("Zulfikarnain Wongkar", ""),
        ("", ""),
    ],
)
def test_numbers_names_and_rare_words_are_gone(known: frozenset[str], words: str, left: str) -> None:
    assert scrubbed(words, known) == left


@given(st.text(max_size=200), st.integers(100, 10**14))
@settings(max_examples=40)
def test_no_long_number_is_left_in_any_text(known: frozenset[str], text: str, number: int) -> None:
    assert str(number) not in scrubbed(f"{text} {number} pohon tumbang", known)


def test_a_word_that_three_callers_used_names_nobody() -> None:
    reports = [reported(n, "kampung Qwertana", caller=n // 2 + 1) for n in range(6)]
    assert "qwertana" not in shared_words(reports[:4])
    assert "qwertana" in shared_words(reports)


def test_only_what_people_corrected_teaches_and_never_a_lower_priority(reader: Reader, pack: Pack, catalogue: Catalogue) -> None:
    plain = reported(1, "pohon mahoni tumbang melintang tutup jalan raya")
    corrected = reported(2, "lampu jalan padam di lorong", "building_fire", priority=Priority.P3)
    raised = reported(3, "lampu jalan padam di lorong masjid", "power_cut", priority=Priority.P1)
    kept_apart = reported(5, "lampu jalan padam di gang", "building_fire")
    taught = sentences([plain, corrected, raised, kept_apart], reader, pack.said, catalogue)
    assert [(one.category, one.priority) for one in taught] == [("building_fire", None), ("power_cut", Priority.P1)]


def test_two_readers_are_held_against_each_other_on_what_taught_neither(reader: Reader) -> None:
    reports = [reported(n, "pohon tumbang tutup jalan") for n in range(10)]
    shown = side_by_side(reports, reader, reader)
    assert (shown.tried, shown.genuine, shown.now.first) == (2, 2, 2)
    assert shown.now == shown.new
