"""What must hold in the ladder, the office hours, the holidays and the service levels, whoever wrote them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from tanggap.city.flaws import Flaw, Sentences, duplicates
from tanggap.city.kinds import Priority
from tanggap.city.ladder import CLOCK_WORDS, TOLD_WORDS, Clock, Told, code_of
from tanggap.city.pack_ladder import HOLIDAYS, LADDER, AgencyRuleEntry, HolidayEntry, OfficeHoursEntry, StepEntry, about_s
from tanggap.city.service_levels import FILE as LEVELS
from tanggap.city.service_levels import LEVEL_FIGURES, LevelEntry
from tanggap.city.targets import Target
from tanggap.city.working_time import Unit
from tanggap.platform.i18n import N_

#: A holiday further away than this from today's calendars is a typing mistake in the year.
YEARS = range(2020, 2061)

UNKNOWN_AGENCY: Sentences = (
    "names the agency `{agency}`, which agencies.toml does not have.",
    N_("Instansi «{agency}» tidak ada, atau sudah dipensiunkan."),
)
UNKNOWN_CATEGORY: Sentences = (
    "names the category `{category}`, which categories.toml does not have.",
    N_("Kategori «{category}» tidak ada, atau sudah dipensiunkan."),
)
NO_STEP: Sentences = (
    "has no step; every priority needs a ladder for each of the three clocks.",
    N_("Tangga {priority} «{clock}» menjadi kosong; tiap prioritas memerlukan tangga untuk ketiga waktunya."),
)
NOT_LATER: Sentences = (
    "comes after {after} {unit}, not later than the step before it ({before} {unit_before}).",
    N_("Harus lebih lambat daripada anak tangga sebelumnya ({told})."),
)
NOT_THE_COORDINATOR: Sentences = (
    "is the last of its ladder, which must end with the coordinator.",
    N_("Anak tangga terakhir; tangga harus berakhir di koordinator."),
)
TOO_EARLY: Sentences = (
    "comes before the {target_s} s that targets.toml gives the agency to answer.",
    N_("Lebih cepat daripada waktu target menjawab ({target_s} detik)."),
)
NOT_AGAIN: Sentences = (
    "has `again_minutes`, which only a coordinator's step may have.",
    N_("Hanya langkah koordinator yang dapat diulang."),
)
CLOSES_FIRST: Sentences = (
    "closes at {closes}, which is not later than it opens ({opens}).",
    N_("Jam tutup harus sesudah jam buka ({opens})."),
)
RULE_OF_NOBODY: Sentences = (
    "is an agency that agencies.toml does not have.",
    N_("Instansi «{agency}» tidak ada, atau sudah dipensiunkan."),
)
PAUSES_TWICE: Sentences = ("names {priority} twice in `pauses`.", N_("{priority} disebut dua kali."))
NO_HOURS: Sentences = (
    "pauses outside office hours, and there are no office_hours for it.",
    N_("Jamnya berhenti di luar jam kantor, padahal tidak ada jam kantor untuknya."),
)
ODD_YEAR: Sentences = ("is in the year {year}; is it a typing mistake?", N_("Tahun {year}: salah ketik?"))
UNKNOWN_FIGURE: Sentences = ("names the figure `{figure}`; there are {known}.", N_("Ukuran «{figure}» tidak ada."))
NO_WITHIN: Sentences = (
    "lacks `within`: `{figure}` is a duration.",
    N_("Isi batas waktunya: ukuran ini sebuah lama waktu."),
)
NEEDLESS_WITHIN: Sentences = (
    "has a `within`, but `{figure}` is a share by itself.",
    N_("Kosongkan: ukuran ini sudah sebuah bagian, tanpa batas waktu."),
)
UNKNOWN_GROUP: Sentences = (
    "names the group `{group}`, which no category of categories.toml has.",
    N_("Tidak ada kategori di kelompok «{group}»."),
)


Ladder = tuple[Priority, Clock, str | None, str | None]


def ladder_flaws(
    steps: Sequence[StepEntry], targets: Iterable[Target], agencies: set[str], categories: set[str]
) -> Iterator[Flaw]:
    """Agencies and categories exist; every priority has a ladder for every clock, which climbs in time to the coordinator."""
    ladders: dict[Ladder, list[StepEntry]] = {}
    for step in steps:
        yield from _step_flaws(step, agencies, categories)
        ladders.setdefault((step.priority, step.clock, step.category, step.agency), []).append(step)
    for priority in Priority if steps else ():
        for clock in Clock:
            if (priority, clock, None, None) not in ladders:
                code = code_of(priority, clock, Told.COORDINATOR, None, None)
                values = {"priority": priority.value, "clock": CLOCK_WORDS[clock]}
                yield Flaw(LADDER, f"{priority} {clock}", "rung", code, "code", NO_STEP, values)
    for ladder in ladders.values():
        yield from _order_flaws(sorted(ladder, key=lambda step: step.tell.height))
    yield from _early_flaws(ladders, targets)


def _early_flaws(ladders: Mapping[Ladder, Sequence[StepEntry]], targets: Iterable[Target]) -> Iterator[Flaw]:
    for target in targets:
        for step in ladders.get((target.priority, Clock.ANSWER, None, None), ()):
            if step.unit is not Unit.WORKING_DAYS and about_s(step) < target.acknowledge_s:
                yield _of_step(step, "after", TOO_EARLY, target_s=str(target.acknowledge_s))


def _step_flaws(step: StepEntry, agencies: set[str], categories: set[str]) -> Iterator[Flaw]:
    if step.agency is not None and step.agency not in agencies:
        yield _of_step(step, "agency", UNKNOWN_AGENCY, agency=step.agency)
    if step.category is not None and step.category not in categories:
        yield _of_step(step, "category", UNKNOWN_CATEGORY, category=step.category)
    if step.again_minutes is not None and step.tell is not Told.COORDINATOR:
        yield _of_step(step, "again_minutes", NOT_AGAIN)


def _order_flaws(ladder: Sequence[StepEntry]) -> Iterator[Flaw]:
    for lower, upper in pairwise(ladder):
        if lower.tell is upper.tell:
            continue  # told of as a step that stands twice
        if about_s(upper) <= about_s(lower):
            yield _of_step(
                upper, "after", NOT_LATER, after=str(upper.after), unit=upper.unit.value, before=str(lower.after),
                unit_before=lower.unit.value, told=TOLD_WORDS[lower.tell],
            )  # fmt: skip
    if ladder and ladder[-1].tell is not Told.COORDINATOR:
        yield _of_step(ladder[-1], "code", NOT_THE_COORDINATOR)


def _of_step(step: StepEntry, field: str, sentences: Sentences, **values: str) -> Flaw:
    code = code_of(step.priority, step.clock, step.tell, step.category, step.agency)
    return Flaw(LADDER, f"step {step.named}", "rung", code, field, sentences, values)


def office_flaws(hours: Sequence[OfficeHoursEntry], rules: Sequence[AgencyRuleEntry], agencies: set[str]) -> Iterator[Flaw]:
    """A day closes after it opens; agencies exist, and have hours when their clocks run in them only."""
    for one in hours:
        at = LADDER, f"office_hours {one.named}", "office_hours", one.code
        if one.closes <= one.opens:
            yield Flaw(*at, "closes", CLOSES_FIRST, {"closes": one.closes, "opens": one.opens})
        if one.agency is not None and one.agency not in agencies:
            yield Flaw(*at, "agency", UNKNOWN_AGENCY, {"agency": one.agency})
    for rule in rules:
        at = LADDER, f"agency {rule.agency}", "agency_rule", rule.agency
        if rule.agency not in agencies:
            yield Flaw(*at, "agency", RULE_OF_NOBODY, {"agency": rule.agency})
        for priority in duplicates(rule.pauses):
            yield Flaw(*at, "pauses", PAUSES_TWICE, {"priority": priority})
        if rule.pauses and not any(one.agency in (None, rule.agency) for one in hours):
            yield Flaw(*at, "pauses", NO_HOURS)


def holiday_flaws(holidays: Iterable[HolidayEntry]) -> Iterator[Flaw]:
    """Dates of these years."""
    for one in holidays:
        if one.date.year not in YEARS:
            said = one.date.isoformat()
            yield Flaw(HOLIDAYS, f"holiday {said}", "holiday", said, "date", ODD_YEAR, {"year": str(one.date.year)})


def level_flaws(levels: Iterable[LevelEntry], groups: set[str], *, is_own: bool) -> Iterator[Flaw]:
    """Levels are about figures that exist, with a time where one belongs; a city's own name groups that it has."""
    for level in levels:
        at = LEVELS, f"level {level.code}", "service_level", level.code
        if level.figure not in LEVEL_FIGURES:
            yield Flaw(*at, "figure", UNKNOWN_FIGURE, {"figure": level.figure, "known": ", ".join(LEVEL_FIGURES)})
        elif LEVEL_FIGURES[level.figure] and level.within is None:
            yield Flaw(*at, "within", NO_WITHIN, {"figure": level.figure})
        elif not LEVEL_FIGURES[level.figure] and level.within is not None:
            yield Flaw(*at, "within", NEEDLESS_WITHIN, {"figure": level.figure})
        for group in level.groups:
            if is_own and group not in groups:
                yield Flaw(*at, "groups", UNKNOWN_GROUP, {"group": group})
