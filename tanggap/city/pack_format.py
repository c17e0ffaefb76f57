"""The entries of a city pack as they stand in its TOML files, and how each becomes a record of the catalogue."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from tanggap.city.categories import Advice, Category, Choice, Question, QuestionKind
from tanggap.city.kinds import Priority, Provenance
from tanggap.city.model import Agency, Phrase
from tanggap.city.targets import Target
from tanggap.city.territory import Area, AreaKind, Place

Sources = Mapping[str, str]  # short name → what it stands for
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,79}$")]
AreaCode = Annotated[str, Meta(pattern=r"^[0-9]{2}(\.[0-9]{2,4}){1,3}$")]
Text = Annotated[str, Meta(min_length=1, max_length=1000)]
Points = tuple[Annotated[float, Meta(ge=-90, le=90)], Annotated[float, Meta(ge=-180, le=180)]]  # latitude, longitude
Seconds = Annotated[int, Meta(gt=0, le=315_360_000)]  # ten years at most


class PackEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a pack's file; a field that the format does not know is an error, because it is a typing mistake."""

    @staticmethod
    def title(raw: Mapping[str, Any]) -> str:
        """What names an entry of this kind in a message, also one that is not sound; '' when nothing does."""
        return str(raw.get("code", ""))


class AgencyEntry(PackEntry, frozen=True):
    """One [[agency]] of agencies.toml."""

    code: Code
    name: Text
    short: Text
    handles_id: Text
    handles_en: Text
    provenance: Provenance
    source: Text
    address: str = ""
    phones: tuple[Text, ...] = ()
    bases: tuple[Code, ...] = ()

    def record(self, sources: Sources) -> Agency:
        """The agency as the catalogue holds it."""
        return Agency(
            self.code,
            self.name,
            self.short,
            self.handles_id,
            self.handles_en,
            self.provenance,
            sources.get(self.source, self.source),
            self.address,
            self.phones,
            bases=self.bases,
        )


class ChoiceEntry(PackEntry, frozen=True):
    """One answer of a question of kind `choice`."""

    value: Code
    id: Text
    en: Text


class AdviceEntry(PackEntry, frozen=True):
    """What is read to the caller after an answer."""

    id: Text
    en: Text


class QuestionEntry(PackEntry, frozen=True):
    """One question of a category."""

    code: Code
    kind: QuestionKind
    id: Text
    en: Text
    choices: tuple[ChoiceEntry, ...] = ()
    raises: dict[str, Priority] = {}
    when: dict[str, tuple[str, ...]] = {}
    adds: dict[str, tuple[str, ...]] = {}
    advises: dict[str, AdviceEntry] = {}

    def record(self) -> Question:
        """The question as the catalogue holds it."""
        choices = tuple(Choice(choice.value, choice.id, choice.en) for choice in self.choices)
        advises = {answer: Advice(entry.id, entry.en) for answer, entry in self.advises.items()}
        return Question(self.code, self.kind, self.id, self.en, choices, self.raises, self.when, self.adds, advises)


class CategoryEntry(PackEntry, frozen=True):
    """One [[category]] of categories.toml."""

    code: Code
    name_id: Text
    name_en: Text
    group: Code
    priority: Priority
    lead: str
    support: tuple[str, ...]
    next: tuple[str, ...]
    provenance: Provenance
    source: Text
    words: Annotated[tuple[Text, ...], Meta(min_length=1)]
    advice_id: Text
    advice_en: Text
    questions: Annotated[tuple[QuestionEntry, ...], Meta(min_length=1, max_length=8)]

    def record(self, sources: Sources) -> Category:
        """The category as the catalogue holds it."""
        return Category(
            self.code,
            self.name_id,
            self.name_en,
            self.group,
            self.priority,
            self.lead,
            self.support,
            self.next,
            tuple(question.record() for question in self.questions),
            self.advice_id,
            self.advice_en,
            self.words,
            self.provenance,
            sources.get(self.source, self.source),
        )


class KecamatanEntry(PackEntry, frozen=True):
    """One kecamatan of districts.toml."""

    code: AreaCode
    name: Text
    centre: Points
    inner: Points
    area_km2: Annotated[float, Meta(gt=0)]
    provenance: Provenance
    source: Text
    aliases: tuple[Text, ...] = ()

    def record(self, sources: Sources) -> Area:
        """The kecamatan as the catalogue holds it."""
        return _area(self, AreaKind.KECAMATAN, None, sources)


class KelurahanEntry(KecamatanEntry, frozen=True, kw_only=True):
    """One kelurahan of districts.toml."""

    kecamatan: str

    def record(self, sources: Sources) -> Area:
        """The kelurahan as the catalogue holds it."""
        return _area(self, AreaKind.KELURAHAN, self.kecamatan, sources)


def _area(entry: KecamatanEntry, kind: AreaKind, parent: str | None, sources: Sources) -> Area:
    return Area(
        entry.code,
        kind,
        entry.name,
        parent,
        *entry.centre,
        *entry.inner,
        entry.area_km2,
        entry.provenance,
        sources.get(entry.source, entry.source),
        entry.aliases,
    )


class PlaceEntry(PackEntry, frozen=True):
    """One place of places.toml, or of a file in places/."""

    code: Code
    kind: Code
    name: Text
    at: Points
    within: Annotated[float, Meta(gt=0)]  # metres that the point may be off
    provenance: Provenance
    source: Text
    aliases: tuple[Text, ...] = ()
    area: str | None = None

    def record(self, sources: Sources) -> Place:
        """The place as the catalogue holds it."""
        source = sources.get(self.source, self.source)
        return Place(self.code, self.kind, self.name, self.aliases, *self.at, self.within, self.area, self.provenance, source)


class TargetEntry(PackEntry, frozen=True):
    """One priority's table of targets.toml."""

    acknowledge_s: Seconds
    travel_s: Seconds
    resolve_s: Seconds
    note: Text
    provenance: Provenance

    def record(self, priority: Priority) -> Target:
        """The target times as the catalogue holds them."""
        return Target(priority, self.acknowledge_s, self.travel_s, self.resolve_s, self.note, self.provenance)


class PhraseEntry(PackEntry, frozen=True):
    """One phrase of phrases.toml."""

    code: Code
    kind: Annotated[str, Meta(pattern=r"^(greeting|reply|announcement|reason)$")]
    id: Text
    en: Text
    provenance: Provenance

    def record(self, _sources: Sources) -> Phrase:
        """The phrase as the catalogue holds it."""
        return Phrase(self.code, self.kind, self.id, self.en, self.provenance)
