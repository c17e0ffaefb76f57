"""What must hold between the entries of a city pack: codes that exist, points inside the city, questions that can be answered."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tanggap.city.model import YES_NO_ANSWERS, BoundingBox, QuestionKind
from tanggap.city.pack_city import CityFile
from tanggap.city.pack_format import CategoryEntry, KecamatanEntry, KelurahanEntry, PlaceEntry, QuestionEntry

Complain = Callable[[str, str, str], None]  # file, entry, sentence

#: A source written as one bare word is a short name, and must be explained under [sources].
SHORT_NAME = re.compile(r"[a-z0-9_]+")


def duplicates(names: Iterable[str]) -> list[str]:
    """What stands in `names` more than once, in order of first appearance."""
    return [name for name, count in Counter(names).items() if count > 1]


def check_city(city: CityFile, complain: Complain) -> None:
    """The time zone exists, the box has an inside, and the map opens in it."""
    try:
        ZoneInfo(city.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        complain(
            "city.toml",
            "timezone",
            f"There is no time zone {city.timezone!r}; Indonesia has Asia/Jakarta, Asia/Makassar, Asia/Jayapura.",
        )
    box = city.bbox
    if not (-90 <= box.south < box.north <= 90 and -180 <= box.west < box.east <= 180):
        complain("city.toml", "bbox", "must have south below north and west below east, in degrees.")
    elif not box.contains(*city.map.centre):
        complain("city.toml", "map", "opens outside the city's bbox.")
    if list(city.shift_starts) != sorted(set(city.shift_starts)):
        complain("city.toml", "shift_starts", "must name the hours at which shifts begin in their order, each once.")
    for code in duplicates(neighbour.code for neighbour in city.neighbours):
        complain("city.toml", f"neighbours {code}", "stands in the file more than once; a code must be unique.")


def check_categories(categories: Sequence[CategoryEntry], agencies: set[str], complain: Complain) -> None:
    """Agencies exist and are named once; questions can be answered."""
    for category in categories:
        entry = f"category {category.code}"
        for role, codes in (("lead", (category.lead,)), ("support", category.support), ("next", category.next)):
            for code in codes:
                if code not in agencies:
                    complain(
                        "categories.toml", entry, f"names the agency `{code}` in `{role}`, which agencies.toml does not have."
                    )
            for code in duplicates(codes):
                complain("categories.toml", entry, f"names the agency `{code}` twice in `{role}`.")
            if role != "lead" and category.lead in codes:
                complain("categories.toml", entry, f"names its lead agency again in `{role}`.")
        for code in duplicates(question.code for question in category.questions):
            complain("categories.toml", entry, f"has two questions with the code `{code}`.")
        for question in category.questions:
            for sentence in (*question_problems(question, category), *tree_problems(question, category, agencies)):
                complain("categories.toml", f"{entry}, question {question.code}", sentence)


def question_problems(question: QuestionEntry, category: CategoryEntry) -> Iterable[str]:
    """What is wrong with one question, as sentences."""
    values = [choice.value for choice in question.choices]
    if question.kind is QuestionKind.CHOICE and len(values) < 2:
        yield "is a choice and needs at least two `choices`."
    if question.kind is not QuestionKind.CHOICE and values:
        yield f"is of kind {question.kind} and cannot have `choices`."
    for value in duplicates(values):
        yield f"has the choice `{value}` twice."
    for answer, priority in question.raises.items():
        if not _is_answer(question, values, answer):
            yield f"raises the priority on `{answer}`, which is no answer of it."
        if priority > category.priority:
            yield f"raises to {priority}, which is less urgent than the category's own {category.priority}."


def tree_problems(question: QuestionEntry, category: CategoryEntry, agencies: set[str]) -> Iterable[str]:
    """What is wrong with where a question stands in the tree, and with what its answers bring about."""
    at = category.questions.index(question)
    earlier = {other.code: other for other in category.questions[:at]}
    for code, wanted in question.when.items():
        asked = earlier.get(code)
        if asked is None:
            yield f"is asked after `{code}`, which is no earlier question of the category."
            continue
        for answer in wanted:
            if not _is_answer(asked, [choice.value for choice in asked.choices], answer):
                yield f"is asked after `{answer}`, which is no answer of `{code}`."
    values = [choice.value for choice in question.choices]
    for answer in (*question.adds, *question.advises):
        if not _is_answer(question, values, answer):
            yield f"does something on `{answer}`, which is no answer of it."
    for codes in question.adds.values():
        for code in codes:
            if code not in agencies:
                yield f"adds the agency `{code}`, which agencies.toml does not have."


def _is_answer(question: QuestionEntry, values: Sequence[str], answer: str) -> bool:
    if question.kind is QuestionKind.YES_NO:
        return answer in YES_NO_ANSWERS
    if question.kind is QuestionKind.CHOICE:
        return answer in values
    return question.kind is QuestionKind.NUMBER and re.fullmatch(r"\d{1,9}(\.\d{1,6})?", answer) is not None


def check_areas(
    kecamatan: Sequence[KecamatanEntry],
    kelurahan: Sequence[KelurahanEntry],
    parents: set[str],
    box: BoundingBox | None,
    complain: Complain,
) -> None:
    """Every kelurahan belongs to a kecamatan of the pack, no code is used on both levels, all points lie in the box."""
    for entry in kelurahan:
        if entry.kecamatan not in parents:
            complain(
                "districts.toml",
                f"kelurahan {entry.code}",
                f"names the kecamatan `{entry.kecamatan}`, which the file does not have.",
            )
        if entry.code in parents:
            complain("districts.toml", f"kelurahan {entry.code}", "has the code of a kecamatan.")
    for level, entries in (("kecamatan", kecamatan), ("kelurahan", kelurahan)):
        for area in entries:
            for name, point in (("centre", area.centre), ("inner", area.inner)):
                if box and not box.contains(*point):
                    complain("districts.toml", f"{level} {area.code}", f"has its {name} outside the city's bbox.")


def check_places(
    places: Mapping[str, Sequence[PlaceEntry]], kelurahan: set[str], box: BoundingBox | None, complain: Complain
) -> None:
    """Places, by file, lie in the box, in a kelurahan that exists; no two files have the same code."""
    seen: dict[str, str] = {}
    for file, entries in places.items():
        for place in entries:
            title = f"place {place.code}"
            if box and not box.contains(*place.at):
                complain(file, title, "lies outside the city's bbox.")
            if place.area is not None and place.area not in kelurahan:
                complain(file, title, f"names the kelurahan `{place.area}`, which districts.toml does not have.")
            if seen.setdefault(place.code, file) != file:
                complain(file, title, f"stands in {seen[place.code]} too; a code must be unique.")
