"""Saying the monthly report's numbers, names and sentences in one language."""

from collections.abc import Callable

from tanggap.city.model import Catalogue
from tanggap.evaluation.monthly.model import Month
from tanggap.platform.i18n import N_, Locale, format_duration, format_month, format_number, translator

#: Agencies, categories and levels that one sentence names.
MOST_NAMED = 3


def lower(name: str) -> str:
    """A name inside a sentence; an abbreviation at its beginning stays."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


class Wording:
    """Says numbers, names and sentences in one language."""

    def __init__(self, catalogue: Catalogue, locale: Locale) -> None:
        self.catalogue = catalogue
        self.locale = locale
        self._translate: Callable[[str], str] = translator(locale)

    def say(self, sentence: str, **filled: str | int) -> str:
        """A sentence with its braces filled; whole numbers get their thousands marked."""
        said = {name: self.number(value) if isinstance(value, int) else value for name, value in filled.items()}
        return self._translate(sentence).format_map(said)

    def number(self, value: float, decimals: int = 0) -> str:
        """5.982 and 4,5; 5,982 and 4.5 in English."""
        return format_number(value, self.locale, decimals)

    def share(self, part: int, whole: int) -> str:
        """A share in whole per cent; one that is not nothing never reads 0, and one that is not all never 100."""
        if not whole:
            return "–"
        percent = 100 * part / whole
        if 0 < percent < 1:
            return "< 1 %"
        return f"{min(round(percent), 99) if part < whole else 100} %"

    def duration(self, seconds: float | None) -> str:
        """2 menit 10 detik, or a dash."""
        return "–" if seconds is None else format_duration(seconds, self.locale)

    def agency(self, code: str) -> str:
        """An agency's short name."""
        found = self.catalogue.agencies_by_code.get(code)
        return found.short if found else code

    def category(self, code: str) -> str:
        """A category as people read it."""
        found = self.catalogue.categories_by_code.get(code)
        return found.name(self.locale) if found else (code or self._translate(N_("tanpa kategori")))

    def category_within(self, code: str) -> str:
        """A category inside a sentence: small, unless an abbreviation begins it."""
        return lower(self.category(code))

    def listed(self, items: list[str]) -> str:
        """«a», «a dan b», «a, b, dan c»."""
        if len(items) < 2:
            return "".join(items)
        word = self._translate(N_("dan"))
        return f"{items[0]} {word} {items[1]}" if len(items) == 2 else f"{', '.join(items[:-1])}, {word} {items[-1]}"

    def month_before(self, month: Month) -> str:
        """The name of the month before; of its first days, while the month lasts."""
        start = month.before_period.start
        name = format_month(start.year, start.month, self.locale)
        if month.is_over:
            return name
        days = (month.before_period.end - start).days
        return self.say(N_("{days} hari pertama {month}"), days=days, month=name)
