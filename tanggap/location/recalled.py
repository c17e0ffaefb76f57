"""What was found is recalled until a place changes that those words might find: one new name among 100,000 costs few answers."""

from collections.abc import Sequence

from tanggap.location.model import Entry, Found
from tanggap.location.names import Names
from tanggap.location.ranking import Asked, split
from tanggap.location.spelling import tokens
from tanggap.location.stretches import AREAS, LEAST_SCORE

#: Texts whose answer is kept, the last ones asked for.
MOST_KEPT = 256
#: After more changes than this at once nothing is recalled.
MOST_CHANGES = 50


class Recalled:
    """Answers of one gazetteer by what was said, and how many candidates were wanted."""

    def __init__(self, kept: dict[tuple[str, int], Found] | None = None) -> None:
        self._kept = kept or {}

    def get(self, said: str, most: int) -> Found | None:
        """What was found for these words."""
        return self._kept.get((said, most))

    def keep(self, said: str, most: int, found: Found) -> None:
        """Keep an answer; the oldest goes."""
        if len(self._kept) >= MOST_KEPT:
            self._kept.pop(next(iter(self._kept.copy())), None)  # a copy: several threads ask
        self._kept[said, most] = found

    def after(self, changed: Sequence[Entry], like: Names) -> "Recalled":
        """What still holds once `changed` entries came, went or are others (as they were and as they are)."""
        if not self._kept or len(changed) > MOST_CHANGES or any(entry.kind in AREAS for entry in changed):
            return Recalled()
        names = Names.of(changed, like.city_words, like=like)
        return Recalled({key: found for key, found in self._kept.copy().items() if not _may_be_found(names, like, key[0])})


def _may_be_found(names: Names, like: Names, said: str) -> bool:
    """Whether the words may find one of `names`: no score is above what the share of the name that was said allows."""
    asked = Asked(split(tokens(said), like), names)
    return any(asked.match(form, None).of_name ** 0.8 >= LEAST_SCORE for form in asked.candidates())
