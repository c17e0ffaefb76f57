"""Letters become lines: corrections are made, what only machines read is left out, and who wrote when stays clear."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tanggap.telephony.texting.letters import BELL_SHOWN, PAUSE, Cleaner, Piece, Side, lines_of, typed, words_of

START = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
SARI, BUDI = UUID(int=1), UUID(int=2)


def caller(text: str, after_s: float = 0) -> Piece:
    return Piece(START + timedelta(seconds=after_s), Side.CALLER, text)


def desk(text: str, after_s: float = 0, person: UUID = SARI, name: str = "Sari") -> Piece:
    return Piece(START + timedelta(seconds=after_s), Side.DESK, text, person, name)


def said(*pieces: Piece) -> list[tuple[str, str]]:
    return [(line.side.value, line.text) for line in lines_of(pieces)]


def test_letters_become_a_line_and_corrections_are_made() -> None:
    assert said(caller("tolo"), caller("mg\b\bng ada"), caller(" maling")) == [("caller", "tolong ada maling")]


def test_both_sides_may_write_at_once() -> None:
    pieces = [
        caller("ada ma", 0),
        desk("kami mem", 1),
        caller("ling", 2),
        desk("baca\n", 3),
        caller("\n", 4),
        desk("di mana?", 5),
    ]
    assert said(*pieces) == [("caller", "ada maling"), ("desk", "kami membaca"), ("desk", "di mana?")]


def test_after_a_pause_and_an_answer_a_new_line_begins() -> None:
    late = 3 + PAUSE.total_seconds()
    assert said(caller("tolong"), desk("ya", 1), caller(" cepat", late)) == [
        ("caller", "tolong"), ("desk", "ya"), ("caller", " cepat"),
    ]  # fmt: skip
    assert said(caller("tolong"), caller(" cepat", late)) == [("caller", "tolong cepat")]


def test_a_line_that_was_ended_by_mistake_is_opened_again() -> None:
    assert said(caller("tolong\n"), caller("x\b\bng cepat")) == [("caller", "tolonng cepat")]


def test_another_call_taker_begins_a_line_of_their_own() -> None:
    lines = lines_of([desk("saya "), desk("lanjut", 1, BUDI, "Budi")])
    assert [(line.name, line.text) for line in lines] == [("Sari", "saya "), ("Budi", "lanjut")]


def test_backspaces_beyond_the_beginning_do_nothing() -> None:
    assert said(caller("\b\b\ba\b\b"), caller("b")) == [("caller", "b")]


def test_a_bell_is_seen() -> None:
    assert said(caller("\a")) == [("caller", BELL_SHOWN)]


def test_what_only_machines_read_is_left_out() -> None:
    cleaner = Cleaner()
    text = "\ufeffa\x00b\x1b[31mc\x9b1md\x98rahasia\x9ce\u202ef\x1bag"
    assert "".join(cleaner.clean(letter) for letter in text) == "abcdefg"
    assert Cleaner().clean("a\r\nb\rc\nd\u2028e\u2029f") == "a\nb\nc\nd\ne\nf"
    assert Cleaner().clean("🔥 👨‍👩‍👧 é") == "🔥 👨‍👩‍👧 é"


def test_a_sequence_that_never_ends_ends() -> None:
    assert Cleaner().clean("\x98" + "x" * 200 + "tolong").endswith("tolong")


@given(st.text(max_size=60), st.integers(1, 59))
def test_cleaning_does_not_depend_on_how_it_was_cut(text: str, at: int) -> None:
    cut = Cleaner()
    whole = Cleaner().clean(text)
    assert cut.clean(text[:at]) + cut.clean(text[at:]) == whole
    assert all(letter.isprintable() or letter in "\n\b\a" or ord(letter) > 0x9F for letter in whole)


@given(st.lists(st.tuples(st.sampled_from("cd"), st.text("ab \n\b", max_size=8)), max_size=12))
def test_any_conversation_has_lines(told: list[tuple[str, str]]) -> None:
    lines = lines_of([caller(text, n) if side == "c" else desk(text, n) for n, (side, text) in enumerate(told)])
    assert all(line.text and "\n" not in line.text and "\b" not in line.text for line in lines)
    assert words_of(lines, Side.CALLER).count("\n") <= len(lines)


def test_what_a_desk_types_is_cut_at_its_length() -> None:
    assert typed("a\r\nb\x00" + "c" * 20, 5) == "a\nbcc"
