"""What words weigh as evidence."""

import math

from hypothesis import given
from hypothesis import strategies as st

from tanggap.verification.words import MOST_AGAINST, words_evidence


def test_words_of_a_real_report_weigh_for_it() -> None:
    told = words_evidence(0.9, ["terbakar"])
    assert told is not None
    assert told.log_odds > 0
    assert told.because == ("terbakar",)


def test_words_near_even_say_nothing() -> None:
    assert words_evidence(0.5, []) is None


@given(st.floats(0, 1))
def test_words_alone_never_weigh_more_than_four_to_one_against(genuine: float) -> None:
    told = words_evidence(genuine, [])
    assert told is None or (told.log_odds >= -MOST_AGAINST - 1e-3 and math.isfinite(told.log_odds))


@given(st.floats(0, 1))
def test_words_of_danger_never_weigh_against(genuine: float) -> None:
    told = words_evidence(genuine, [], in_danger=True)
    assert told is None or told.log_odds > 0
