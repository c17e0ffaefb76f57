"""Triage from words held against keyword rules alone and a plain scikit-learn TF-IDF with logistic regression, in the same run.

By default on every fifth of the pack's own sentences, by models learned from the other four fifths; then on the sentences
kept for measuring (`benchmarks/kept/`), by models learned from the whole pack. With TANGGAP_BENCH_UTTERANCES (a CSV of id,
words, disposition, category, also_acceptable, priority) on a city's own alone.
"""

import asyncio
import csv
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from benchmarks.figure import Figure, against, percentile, tell
from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.said import Said
from tanggap.triage.learning import learn
from tanggap.triage.model import Suggester
from tanggap.triage.model_files import ModelFile
from tanggap.triage.reader import Reader

#: Sentences that teach nothing: everyday ones, and those of the border of danger.
KEPT = {"kept": Path(__file__).parent / "kept/utterances.csv", "border": Path(__file__).parent / "kept/border.csv"}
#: Every so manieth sentence of the pack is kept for measuring.
FOLDS = 5
#: What is held to be a test or a prank, and what is never to be held for one.
HALF, PROBABLY_NOT = 0.5, 0.2


class Utterance(NamedTuple):
    """What was said, and what it was."""

    words: str
    kind: str
    right: frozenset[str]
    is_p1: bool


class Answer(NamedTuple):
    """What was made of it."""

    categories: Sequence[str]
    is_p1: bool
    genuine: float


async def measure() -> list[Figure]:
    """The figures of triage."""
    return await asyncio.to_thread(figures)


def figures() -> list[Figure]:
    """Learn, answer, count."""
    pack = read_pack(pack_folder("kendari"))
    catalogue = Catalogue(pack.city, 1, pack.agencies, pack.categories, pack.areas, pack.targets, pack.phrases)
    path = os.environ.get("TANGGAP_BENCH_UTTERANCES")
    if path:
        return _figures(pack.said, {"triage": _from_file(Path(path))}, catalogue)
    rest = [one for at, one in enumerate(pack.said) if at % FOLDS]
    fifth = _figures(rest, {"triage, a fifth of the pack": [_from_pack(one, catalogue) for one in pack.said[::FOLDS]]}, catalogue)
    return fifth + _figures(pack.said, {f"triage, {name}": _from_file(file) for name, file in KEPT.items()}, catalogue)


def _figures(said: Sequence[Said], sets: Mapping[str, Sequence[Utterance]], catalogue: Catalogue) -> list[Figure]:
    """What models learned from `said` make of each of the `sets`, by its name."""
    began = time.perf_counter()
    model = learn(said, catalogue)
    learned_s = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        file = ModelFile(Path(folder), catalogue, said)
        file.save(model)
        size_mb = file.path.stat().st_size / 1e6
        began = time.perf_counter()
        suggester = Suggester(catalogue, Reader(file.load(), catalogue))
        loaded_s = time.perf_counter() - began
    began = time.perf_counter()
    plain = _plain(said, catalogue)
    plain_s = time.perf_counter() - began
    out = [one for name, asked in sets.items() for one in _answered(name, asked, suggester, catalogue, plain)]
    out.append(against("triage: learning", learned_s, "s", "TF-IDF", plain_s, "< 60", learned_s < 60))
    out.append(against("triage: loading", loaded_s, "s", "limit", 1, "< 1", loaded_s < 1))
    out.append(against("triage: model", size_mb, "MB", "limit", 50, "< 50", size_mb < 50))
    return out


def _answered(
    name: str, asked: Sequence[Utterance], suggester: Suggester, catalogue: Catalogue, plain: Callable[[str], Answer]
) -> list[Figure]:
    """How right the answers are, and how long they take, each beside both references."""
    ours, ours_ms = _answers(asked, lambda words: _ours(suggester, words))
    keywords, keywords_ms = _answers(asked, lambda words: _keywords(suggester, catalogue, words))
    reference, reference_ms = _answers(asked, plain)
    out = []
    for what, unit, count, goal, good in (
        ("category first", "share", _first, "≥ 0.85", lambda value: value >= 0.85),
        ("category among three", "share", _among_three, "≥ 0.95", lambda value: value >= 0.95),
        ("P1 recall", "share", _p1_recall, "≥ 0.99", lambda value: value >= 0.99),
        ("P1 precision", "share", _p1_precision, "≥ 0.70", lambda value: value >= 0.70),
        ("test and prank words known", "share", _unreal_known, "≥ 0.90", lambda value: value >= 0.90),
        ("genuine rated test or prank", "reports", _real_lost, "0", lambda value: value == 0),
    ):
        value = count(asked, ours)
        out.append(against(f"{name}: {what}", value, unit, "keywords", count(asked, keywords), goal, good(value)))
        out.append(against(f"{name}: {what}", value, unit, "TF-IDF", count(asked, reference), goal, good(value)))
    p95 = percentile(ours_ms, 0.95)
    out.append(against(f"{name}: answer p95", p95, "ms", "keywords", percentile(keywords_ms, 0.95), "< 10", p95 < 10))
    out.append(against(f"{name}: answer p95", p95, "ms", "TF-IDF", percentile(reference_ms, 0.95), "< 10", p95 < 10))
    return out


def _from_file(path: Path) -> list[Utterance]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            Utterance(
                row["words"],
                row["disposition"],
                frozenset(filter(None, (row["category"], *row["also_acceptable"].split(";")))),
                row["priority"] == Priority.P1,
            )
            for row in csv.DictReader(file)
        ]


def _from_pack(one: Said, catalogue: Catalogue) -> Utterance:
    own = catalogue.category(one.category).priority if one.category else None
    return Utterance(one.words, one.kind, frozenset([one.category] if one.category else []), (one.priority or own) is Priority.P1)


def _answers(asked: Sequence[Utterance], answer: Callable[[str], Answer]) -> tuple[list[Answer], list[float]]:
    answer("api")
    found, took_ms = [], []
    for one in asked:
        began = time.perf_counter()
        found.append(answer(one.words))
        took_ms.append(1000 * (time.perf_counter() - began))
    return found, took_ms


def _ours(suggester: Suggester, words: str) -> Answer:
    reading = suggester.read(words)
    if reading is None:
        return Answer((), False, HALF)
    return Answer([one.code for one in reading.categories], reading.is_p1, reading.genuine)


def _keywords(suggester: Suggester, catalogue: Catalogue, words: str) -> Answer:
    """A report without a keyword is held for a test, as rules would."""
    found = [one.category for one in suggester.by_keywords(words)]
    is_p1 = any(catalogue.category(code).priority is Priority.P1 for code in found)
    return Answer(found, is_p1, 1.0 if found else 0.0)


def _plain(said: Sequence[Said], catalogue: Catalogue) -> Callable[[str], Answer]:
    """One model over categories and kinds; P1 when the first category is P1."""
    taught = [(one.words, one.category or one.kind) for one in said if one.category or one.kind != "genuine"]
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10, max_iter=60))
    model.fit([words for words, _ in taught], [label for _, label in taught])
    labels = list(model.classes_)
    known = catalogue.categories_by_code

    def answer(words: str) -> Answer:
        shares = model.predict_proba([words])[0]
        ranked = [labels[at] for at in shares.argsort()[::-1]]
        categories = [label for label in ranked if label in known][:3]
        genuine = float(sum(share for label, share in zip(labels, shares, strict=True) if label in known))
        return Answer(categories, known[categories[0]].priority is Priority.P1, genuine)

    return answer


def _rate(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else float("nan")


def _first(asked: Sequence[Utterance], found: Sequence[Answer]) -> float:
    pairs = zip(asked, found, strict=True)
    return _rate([bool(one.right & set(got.categories[:1])) for one, got in pairs if one.kind == "genuine" and one.right])


def _among_three(asked: Sequence[Utterance], found: Sequence[Answer]) -> float:
    pairs = zip(asked, found, strict=True)
    return _rate([bool(one.right & set(got.categories)) for one, got in pairs if one.kind == "genuine" and one.right])


def _p1_recall(asked: Sequence[Utterance], found: Sequence[Answer]) -> float:
    return _rate([got.is_p1 for one, got in zip(asked, found, strict=True) if one.is_p1])


def _p1_precision(asked: Sequence[Utterance], found: Sequence[Answer]) -> float:
    return _rate([one.is_p1 for one, got in zip(asked, found, strict=True) if got.is_p1])


def _unreal_known(asked: Sequence[Utterance], found: Sequence[Answer]) -> float:
    return _rate([got.genuine < HALF for one, got in zip(asked, found, strict=True) if one.kind in ("test", "prank")])


def _real_lost(asked: Sequence[Utterance], found: Sequence[Answer]) -> float:
    return float(sum(got.genuine < PROBABLY_NOT for one, got in zip(asked, found, strict=True) if one.kind == "genuine"))


if __name__ == "__main__":
    tell(asyncio.run(measure()))
