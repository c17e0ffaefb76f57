"""What answers and words say of a priority that a call taker has chosen: they may offer a higher one, and never lower it."""

import msgspec

from tanggap.city.categories import Category
from tanggap.city.kinds import Priority
from tanggap.incident.model import Report
from tanggap.triage.model import never_lower
from tanggap.triage.reader import Reading


class Opinion(msgspec.Struct, frozen=True):
    """Another priority than the chosen one, and what speaks for it: the words of danger, or none where it is the answers."""

    priority: Priority
    is_higher: bool
    because: tuple[str, ...] = ()


def opinion_of(report: Report, category: Category | None, reading: Reading | None) -> Opinion | None:
    """What answers and words would say, where a call taker chose otherwise; None where they agree or nothing was chosen."""
    chosen = report.priority
    by_answers = category.priority_for(report.answers) if category else None
    by_words = Priority.P1 if reading is not None and reading.is_p1 else None
    said = never_lower(by_words, by_answers)
    if chosen is None or said is None or said is chosen:
        return None
    is_higher = never_lower(said, chosen) is not chosen
    return Opinion(said, is_higher, reading.why_p1 if reading is not None and is_higher and said is by_words else ())
