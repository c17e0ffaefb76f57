"""The sentences of a city pack (said/*.toml): what citizens say, by category and by disposition, for the triage to learn from."""

import tomllib
from collections.abc import Callable, Collection
from pathlib import Path

import msgspec

from tanggap.city.kinds import Priority

#: What a call may be when nobody needs to go; the names are those of the dispositions. `counselling_talk` is talk without need.
NOT_GENUINE = ("test", "prank", "silent", "misdial", "information", "counselling_talk")
#: A genuine report that teaches no category, only that it is genuine.
GENUINE = "genuine"
#: Longest sentence, in characters.
LONGEST = 400


class Said(msgspec.Struct, frozen=True):
    """One sentence: its category or None, its priority where it is not the category's own, and its kind."""

    words: str
    category: str | None
    priority: Priority | None
    kind: str


def read_said(folder: Path, categories: Collection[str], complain: Callable[[str, str, str], None]) -> tuple[Said, ...]:
    """The sentences under `folder`/said, one a line, under the code of their category or disposition.

    «P1|» in front of a sentence is its priority. `complain` is told of every mistake (file, entry, sentence).
    """
    found: list[Said] = []
    seen: dict[str, str] = {}
    for path in sorted((folder / "said").glob("*.toml")):
        name = f"said/{path.name}"
        try:
            tables = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            complain(name, "", f"The file is not valid TOML: {error}.")
            continue
        for code, block in tables.items():
            if code not in categories and code not in NOT_GENUINE and code != GENUINE:
                complain(name, code, "is neither a category of the pack nor a disposition.")
            elif not isinstance(block, str):
                complain(name, code, "must be one text with a sentence on each line.")
            else:
                found += _sentences(name, code, block, seen, complain)
    return tuple(found)


def _sentences(name: str, code: str, block: str, seen: dict[str, str], complain: Callable[[str, str, str], None]) -> list[Said]:
    found = []
    for line in filter(None, map(str.strip, block.splitlines())):
        head, bar, rest = line.partition("|")
        words, priority = (rest.strip(), head) if bar else (line, None)
        if priority is not None and priority not in list(Priority):
            complain(name, code, f"has the priority {head!r} in front of a sentence; there are P1 to P4.")
        elif not words or len(words) > LONGEST:
            complain(name, code, f"has an empty sentence, or one of more than {LONGEST} characters.")
        elif seen.setdefault(words.casefold(), code) != code:
            complain(name, code, f"has the sentence «{words}», which stands under {seen[words.casefold()]} too.")
        else:
            category = None if code in NOT_GENUINE or code == GENUINE else code
            kind = code if code in NOT_GENUINE else GENUINE
            found.append(Said(words, category, Priority(priority) if priority else None, kind))
    return found
