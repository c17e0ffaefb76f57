"""Reading the files of a pack: each file once, each entry by itself, and every problem kept, not only the first."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from tanggap.city.flaws import duplicates
from tanggap.city.kinds import Priority
from tanggap.city.pack_checks import SHORT_NAME
from tanggap.city.pack_city import CityFile
from tanggap.city.pack_format import PackEntry, TargetEntry
from tanggap.city.targets import Target

Raw = dict[str, Any]
SomeEntry = TypeVar("SomeEntry", bound=PackEntry)

#: msgspec's words for what is wrong with a field, and ours.
SENTENCES: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"Object missing required field `(.+?)`(?: - at `\$\.?(.*)`)?"), "lacks the field `{0}`."),
    (
        re.compile(r"Object contains unknown field `(.+?)`(?: - at `\$\.?(.*)`)?"),
        "has a field `{0}` that the format does not know.",
    ),
    (re.compile(r"Invalid enum value (.+?) - at `\$\.?(.*)`"), "has {0} in `{1}`, which is not one of the allowed values."),
    (re.compile(r"Expected `(.+?)`, got `(.+?)` - at `\$\.?(.*)`"), "needs a value of type {0} in `{2}`, not {1}."),
    (
        re.compile(r"Expected `str` matching regex '(.+)' - at `\$\.?(.*)`"),
        "has a value in `{1}` that is not written as it must be: it has to match {0}.",
    ),
    (re.compile(r"Expected (.+?) - at `\$\.?(.*)`"), "has a value in `{1}` that is not allowed: it must be {0}."),
)


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong in a pack."""

    file: str
    entry: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}: {self.entry}: {self.sentence}" if self.entry else f"{self.file}: {self.sentence}"


class PackError(Exception):
    """The pack cannot be used; `problems` has all that is wrong with it, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)))


class Reading:
    """One reading of one pack: its files, and the problems found so far."""

    def __init__(self, folder: Path, problems: list[Problem] | None = None) -> None:
        self.folder = folder
        self.problems: list[Problem] = [] if problems is None else problems
        self._files: dict[str, Raw] = {}
        self._used: dict[str, set[str]] = {}
        self._named: list[tuple[str, str, str]] = []  # file, entry, source

    def complain(self, file: str, entry: str, sentence: str) -> None:
        self.problems.append(Problem(file, entry, sentence))

    def file(self, name: str) -> Raw:
        if name not in self._files:
            self._files[name] = {}
            try:
                self._files[name] = tomllib.loads((self.folder / name).read_text("utf-8"))
            except FileNotFoundError:
                self.complain(name, "", "The file is missing.")
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                self.complain(name, "", f"The file is not valid TOML: {error}.")
        return self._files[name]

    def place_files(self) -> list[str]:
        """places.toml, or where a folder places/ stands in its stead, the files in it."""
        in_folder = sorted(f"places/{path.name}" for path in (self.folder / "places").glob("*.toml"))
        if in_folder and (self.folder / "places.toml").exists():
            self.complain("places.toml", "", "stands beside the folder places/; keep one of the two.")
        return in_folder or ["places.toml"]

    def sources(self, name: str) -> dict[str, str]:
        """What the short names of a file's sources stand for: its own, and those of sources.toml, which all files may use."""
        self._used.setdefault(name, set()).add("sources")
        shared = self.file("sources.toml") if (self.folder / "sources.toml").exists() else {}
        own = self.file(name).get("sources", {})
        return {str(key): str(value) for key, value in (shared | (own if isinstance(own, dict) else {})).items()}

    def city(self) -> CityFile | None:
        raw = self.file("city.toml")
        return self._convert("city.toml", "", raw, CityFile) if raw else None

    def if_there(self, name: str, key: str, kind: type[SomeEntry]) -> list[SomeEntry]:
        """The sound entries of a file that a pack may lack."""
        return self.entries(name, key, kind, least=0) if (self.folder / name).exists() else []

    def entries(self, name: str, key: str, kind: type[SomeEntry], least: int = 1) -> list[SomeEntry]:
        """The sound entries under `key`; every other one is complained about."""
        self._used.setdefault(name, set()).add(key)
        raw = self.file(name)
        if not raw:
            return []
        listed = raw.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
            self.complain(name, key, "must be a list of entries.")
            return []
        if len(listed) < least:
            self.complain(name, "", f"has no entry `{key}`; it needs at least one.")
        titles = [f"{key} {kind.title(entry) or f'no. {place}'}" for place, entry in enumerate(listed, 1)]
        for title in duplicates(titles):
            self.complain(name, title, "stands in the file more than once; a code must be unique.")
        self._named += [
            (name, title, str(entry["source"])) for title, entry in zip(titles, listed, strict=True) if "source" in entry
        ]
        read = (self._convert(name, title, entry, kind) for title, entry in zip(titles, listed, strict=True))
        return [entry for entry in read if entry is not None]

    def targets(self) -> tuple[Target, ...]:
        name = "targets.toml"
        raw = self.file(name)
        found = []
        for priority in Priority if raw else ():
            self._used.setdefault(name, set()).add(priority.value)
            if not isinstance(raw.get(priority.value), dict):
                self.complain(name, priority.value, "is missing; every priority needs its target times.")
            elif entry := self._convert(name, priority.value, raw[priority.value], TargetEntry):
                found.append(entry.record(priority))
        return tuple(found)

    def sources_named(self) -> None:
        for name, entry, source in self._named:
            if SHORT_NAME.fullmatch(source) and source not in self.sources(name):
                self.complain(name, entry, f"names the source `{source}`, which [sources] does not explain.")

    def codes(self, name: str, key: str) -> set[str]:
        """The codes under `key`, those of unsound entries too, so that one mistake is not reported again by all who name it."""
        listed = self.file(name).get(key, [])
        return {str(entry.get("code")) for entry in listed if isinstance(entry, dict)} if isinstance(listed, list) else set()

    def top_level(self) -> None:
        for name, used in self._used.items():
            for key in sorted(set(self.file(name)) - used - {"sources"}):
                self.complain(name, key, "is not part of the format; is it misspelt, or does it stand under [sources]?")

    def _convert(self, name: str, title: str, raw: Raw, kind: type[SomeEntry]) -> SomeEntry | None:
        try:
            return msgspec.convert(raw, kind, strict=True)
        except msgspec.ValidationError as error:
            self.complain(name, title, sentence_for(str(error)))
            return None


def sentence_for(message: str) -> str:
    """msgspec's message about an entry, as a sentence for the people who write packs."""
    for pattern, sentence in SENTENCES:
        if match := pattern.fullmatch(message):
            return sentence.format(*match.groups())
    return f"{message}."
