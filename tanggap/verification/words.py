"""What the words of a report weigh as evidence that it is real: one item of the ledger, bounded, and never a judgement."""

import math
from collections.abc import Sequence

import msgspec

from tanggap.platform.i18n import N_

#: Words alone weigh at most this much against a report, in log-odds (odds of 1 to 4): what is said can be said in fear, in jest,
#: or by a child, and a real caller must not be lost for it.
MOST_AGAINST = math.log(4)
#: For a report they weigh at most this much (odds of 19 to 1).
MOST_FOR = math.log(19)
#: Nearer to even than this, in log-odds, words say nothing.
SILENT_BELOW = 0.4


class WordEvidence(msgspec.Struct, frozen=True):
    """What the words weigh: log-odds (positive: real), a gettext key with its words, and the words."""

    log_odds: float
    sentence: str
    because: tuple[str, ...]


def words_evidence(genuine: float, because: Sequence[str], in_danger: bool = False) -> WordEvidence | None:
    """The ledger's item for words that are genuine with probability `genuine` (0–1); None when they say nothing.

    Words of danger to life (`in_danger`) never weigh against a report.
    """
    p = min(max(genuine, 1e-6), 1 - 1e-6)
    log_odds = min(max(math.log(p / (1 - p)), -MOST_AGAINST), MOST_FOR)
    if abs(log_odds) < SILENT_BELOW or (in_danger and log_odds < 0):
        return None
    real, unreal = N_("Kata-katanya seperti laporan nyata: {words}"), N_("Kata-katanya seperti uji coba atau iseng: {words}")
    sentence = real if log_odds > 0 else unreal
    return WordEvidence(round(log_odds, 3), sentence, tuple(because))
