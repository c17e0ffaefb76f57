"""Why a candidate: which words agreed with what, and which did not."""

from tanggap.location.model import Reason
from tanggap.location.ranking import Asked, Match
from tanggap.location.spelling import sound
from tanggap.location.vocabulary import ABBREVIATED
from tanggap.platform.i18n import N_

SAME = N_("kata «{said}» cocok")
SOUNDS = N_("«{said}» terdengar seperti «{word}»")
SHORT = N_("«{said}» singkatan dari «{word}»")
SLIP = N_("«{said}» mirip «{word}»")
UNUSED = N_("«{said}» tidak dipakai")


def reasons(asked: Asked, match: Match) -> tuple[Reason, ...]:
    """The sentences for one scored entry: agreements first, then what was left over."""
    found: list[Reason] = []
    same: list[tuple[int, str]] = []
    for agreement in match.agreements:
        said = " ".join(token.said for at, token in enumerate(asked.tokens) if agreement.said >> at & 1 and token.said)
        word = asked.names.vocabulary.words[agreement.word]
        if not said:
            continue  # the second half of «wuawua»
        if agreement.likeness == 1.0:
            same.append((agreement.said, said))
        else:
            kind = SHORT if agreement.likeness == ABBREVIATED else SOUNDS if sound(said) == sound(word) else SLIP
            found.append(Reason(kind, {"said": said, "word": word}))
    if same:
        found.insert(0, Reason(SAME, {"said": " ".join(said for _, said in sorted(same))}))
    left = " ".join(
        token.said for at, token in enumerate(asked.tokens)
        if not match.used >> at & 1 and not token.is_filler and token.said.strip("- ")
    )  # fmt: skip
    if left:
        found.append(Reason(UNUSED, {"said": left}))
    return tuple(found)
