"""What the words say of how real a report is, by phrases alone: what serves where no word model is trained."""

from collections.abc import Sequence
from functools import cache

from tanggap.platform.text import fold
from tanggap.verification.model import Spoken
from tanggap.verification.weights import phrases

#: Of a longer text the beginning is weighed, so that the time is bounded whatever is sent. Characters.
MOST_HEARD = 4_000


@cache
def _tries() -> tuple[tuple[str, ...], ...]:
    known = phrases()
    return tuple(tuple(fold(phrase).split()) for phrase in (*known.test, *known.prank))


def spoken(words: str, known: Sequence[str] = (), *, danger: bool = False) -> Spoken:
    """Weigh `words`; `known` are phrases of the catalogue in them, and `danger` says that one is of a category of priority 1.

    A phrase of the catalogue outweighs one of trying: who says both is heard as somebody in need.
    """
    weights = phrases()
    if known:
        return Spoken(weights.known_log_odds + weights.danger_log_odds * danger, tuple(known), danger)
    said = fold(words[:MOST_HEARD]).split()
    found = [
        " ".join(phrase)
        for phrase in _tries()
        if any(tuple(said[at : at + len(phrase)]) == phrase for at in range(len(said) - len(phrase) + 1))
    ]
    return Spoken(weights.test_log_odds, tuple(sorted(found, key=len, reverse=True)[:3])) if found else Spoken()
