"""What is wrong with an entry of a city's rules: where it stands in the pack and in a draft, and in which sentences it is told.

One set of rules holds for the pack's files and for what is edited in the browser. Each flaw is told twice: in English to who
writes packs, and (as a gettext key) in Indonesian to a city's coordinator.
"""

from collections import Counter
from collections.abc import Iterable

import msgspec

#: English and Indonesian; in the braces of both stand the values of the flaw.
Sentences = tuple[str, str]


class Flaw(msgspec.Struct, frozen=True):
    """What is wrong with one field."""

    file: str
    entry: str  # as the pack's messages name it
    kind: str
    code: str
    field: str  # its path in the entry: questions.0.when
    sentences: Sentences
    values: dict[str, str] = {}

    @property
    def english(self) -> str:
        """As whoever writes packs reads it."""
        return self.sentences[0].format(**self.values)

    @property
    def indonesian(self) -> str:
        """The gettext key of what a coordinator reads, with its braces."""
        return self.sentences[1]


def duplicates(names: Iterable[str]) -> list[str]:
    """What stands in `names` more than once, in order of first appearance."""
    return [name for name, count in Counter(names).items() if count > 1]
