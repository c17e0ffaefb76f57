"""Address identification held against what one would reach for first: rapidfuzz's WRatio and scikit-learn's TF-IDF, same run.

By default on the pack's places and made-up queries, so that a clean clone can measure. With TANGGAP_BENCH_PLACES and
TANGGAP_BENCH_QUERIES (CSV files; id, query, expected_ids, lat, lon) on a city's own.
"""

import asyncio
import csv
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.address_queries import Query, known_queries, unknown_queries
from benchmarks.figure import Figure, against, percentile, tell
from tanggap.city.boundaries import index_of
from tanggap.city.model import Catalogue
from tanggap.city.pack import Pack, pack_folder, read_pack
from tanggap.location.entries import district_of, radius_m
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.model import Candidate, Entry
from tanggap.location.places_file import read_places
from tanggap.location.plane import distance_m
from tanggap.simulation.made_up import made_up_places

CROWD = 100_000
KNOWN, UNKNOWN = 1_000, 200
#: The references are slow among 100,000 names: they answer every n-th query.
EVERY = {"WRatio": 20, "TF-IDF": 4}
POINTS = 20_000
#: Every n-th query is typed key by key.
EACH_TYPED = 8

Reference = Callable[[str], list[str]]


class Trial(NamedTuple):
    """What is looked for where."""

    entries: list[Entry]
    queries: list[Query]


class Tally(NamedTuple):
    """Shares of the queries, and the seconds each took."""

    first: float
    among_five: float
    confident: float
    confident_wrong: float
    unknown_known: float
    within: float
    seconds: list[float]


def catalogue_of(pack: Pack) -> Catalogue:
    """The catalogue of a pack, without a database."""
    return Catalogue(pack.city, 1, pack.agencies, pack.categories, pack.areas, pack.targets, pack.phrases)


def pack_entries() -> list[Entry]:
    """The entries of the Kendari pack."""
    pack = read_pack(pack_folder("kendari"))
    catalogue = catalogue_of(pack)
    areas = [
        Entry(area.code, area.kind.value, area.name, area.aliases, area.lat, area.lon, radius_m(area),
              area.code if area.kind.value == "kelurahan" else None, district_of(catalogue, area.code))
        for area in (*catalogue.kecamatan, *catalogue.kelurahan)
    ]  # fmt: skip
    return areas + [
        Entry(place.code, place.kind, place.name, place.aliases, place.lat, place.lon, place.uncertainty_m, place.area,
              district_of(catalogue, place.area))
        for place in pack.places
    ]  # fmt: skip


def trial() -> Trial:
    """The city's own files when they are named, else the pack and made-up queries."""
    places, queries = os.environ.get("TANGGAP_BENCH_PLACES"), os.environ.get("TANGGAP_BENCH_QUERIES")
    if places and queries:
        with Path(queries).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        asked = [
            Query(row["query"], frozenset(filter(None, row["expected_ids"].split(";"))), "",
                  (float(row["lat"]), float(row["lon"])) if row.get("lat") else None)
            for row in rows
        ]  # fmt: skip
        return Trial(read_places(Path(places)), asked)
    entries = pack_entries()
    rng = random.Random(5)
    gone = {entry.name for entry in rng.sample([entry for entry in entries if entry.area], 40)}
    kept = [entry for entry in entries if entry.name not in gone]
    asked = known_queries(kept, KNOWN) + unknown_queries([entry for entry in entries if entry.name in gone], UNKNOWN)
    return Trial(kept, asked)


def tally(gazetteer: Gazetteer, one: Trial) -> Tally:
    """Ask everything once."""
    first = five = known = confident = wrong = unknown = unsure = within = pointed = 0
    seconds = []
    for query in one.queries:
        began = time.perf_counter()
        found = gazetteer.find(query.said)
        seconds.append(time.perf_counter() - began)
        if not query.expected:
            unknown += 1
            unsure += not found.confident
            continue
        known += 1
        is_first = bool(found.candidates) and found.candidates[0].place in query.expected
        first += is_first
        five += bool(query.expected & {candidate.place for candidate in found.candidates[:5]})
        confident += found.confident
        wrong += found.confident and not is_first
        if query.point and found.candidates:
            pointed += 1
            within += holds(found.candidates[0], query.point)
    return Tally(
        first / known, five / known, confident / known, wrong / max(1, confident), unsure / max(1, unknown),
        within / max(1, pointed), seconds,
    )  # fmt: skip


def typing_s(gazetteer: Gazetteer, one: Trial) -> list[float]:
    """Seconds for each key, from the first letter on, of every n-th query."""
    seconds = []
    for query in one.queries[::EACH_TYPED]:
        for end in range(1, len(query.said) + 1):
            began = time.perf_counter()
            gazetteer.find(query.said[:end])
            seconds.append(time.perf_counter() - began)
    return seconds


def holds(candidate: Candidate, point: tuple[float, float]) -> bool:
    """Whether a candidate's circle holds a point (degrees WGS 84)."""
    return distance_m(candidate.lat, candidate.lon, *point) <= candidate.uncertainty_m


def w_ratio(entries: Sequence[Entry]) -> Reference:
    """rapidfuzz's general-purpose scorer over all names."""
    names = [(name.lower(), entry.id) for entry in entries for name in (entry.name, *entry.names)]
    texts = [name for name, _ in names]
    return lambda said: list(
        dict.fromkeys(names[at][1] for _, _, at in process.extract(said.lower(), texts, scorer=fuzz.WRatio, limit=12))
    )[:5]


def tf_idf(entries: Sequence[Entry]) -> Reference:
    """scikit-learn's TF-IDF over groups of two to four characters, cosine similarity."""
    names = [(name.lower(), entry.id) for entry in entries for name in (entry.name, *entry.names)]
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    known = vectors.fit_transform([name for name, _ in names]).T.tocsr()

    def answer(said: str) -> list[str]:
        likeness = (vectors.transform([said.lower()]) @ known).toarray()[0]
        best = np.argpartition(-likeness, 12)[:12]
        return list(dict.fromkeys(names[at][1] for at in best[np.argsort(-likeness[best])].tolist()))[:5]

    return answer


def compared(name: str, answer: Reference, one: Trial, every: int) -> tuple[float, float, float]:
    """A reference's share right at first, among five, and its p95 in ms."""
    asked = [query for query in one.queries if query.expected][::every]
    seconds, first, five = [], 0, 0
    for query in asked:
        began = time.perf_counter()
        found = answer(query.said)
        seconds.append(time.perf_counter() - began)
        first += bool(found) and found[0] in query.expected
        five += bool(query.expected & set(found))
    return first / len(asked), five / len(asked), 1000 * percentile(seconds, 0.95)


async def measure() -> list[Figure]:
    """The table: the city's names alone, and among 100,000."""
    one = trial()
    figures: list[Figure] = []
    goals = {len(one.entries): (0.985, 0.995), CROWD: (0.97, 0.99)}
    for size in goals:
        entries = [*one.entries, *made_up_places(max(0, size - len(one.entries)), one.entries)]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        gazetteer = Gazetteer(entries, None, "Kendari")
        built_s = time.perf_counter() - began
        used_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        figures += _of_size(size, gazetteer, entries, one, goals[size])
    return [*figures, *_of_index(gazetteer, built_s, used_mb), *_of_points()]


def _of_size(size: int, gazetteer: Gazetteer, entries: Sequence[Entry], one: Trial, goal: tuple[float, float]) -> list[Figure]:
    ours, typed = tally(gazetteer, one), percentile(typing_s(gazetteer, one), 0.95)
    first, five = goal
    figures = []
    for name, make in {"WRatio": w_ratio, "TF-IDF": tf_idf}.items():
        at_one, at_five, p95 = compared(name, make(entries), one, EVERY[name] if size == CROWD else 1)
        figures += [
            against(f"recall@1 of {size}", ours.first, "share", name, at_one, f"≥ {first}", ours.first >= first),
            against(f"recall@5 of {size}", ours.among_five, "share", name, at_five, f"≥ {five}", ours.among_five >= five),
            against(f"p95 of {size}", 1000 * percentile(ours.seconds, 0.95), "ms", name, p95, "< 3 ms",
                    percentile(ours.seconds, 0.95) < 0.003),
        ]  # fmt: skip
    return [
        *figures,
        against(f"p99 of {size}", 1000 * percentile(ours.seconds, 0.99), "ms", "goal", 5.0, "< 5 ms",
                percentile(ours.seconds, 0.99) < 0.005),
        against(f"p95 of each key, {size}", 1000 * typed, "ms", "goal", 3.0, "< 3 ms", typed < 0.003),
        _share("confident but wrong", size, ours.confident_wrong, 0.01, at_most=True),
        _share("known and confident", size, ours.confident, 0.8),
        _share("unknown and «not known»", size, ours.unknown_known, 0.9),
        against(f"within the uncertainty of {size}", ours.within, "share", "goal", 0.95, "0.90–0.98", 0.9 <= ours.within <= 0.98),
    ]  # fmt: skip


def _share(name: str, size: int, value: float, goal: float, at_most: bool = False) -> Figure:
    met = value <= goal if at_most else value >= goal
    return against(f"{name} of {size}", value, "share", "goal", goal, f"{'≤' if at_most else '≥'} {goal}", met)


def _of_index(gazetteer: Gazetteer, built_s: float, used_mb: float) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "index")
        gazetteer.save(path)
        began = time.perf_counter()
        Gazetteer.load(path, None, "Kendari")
        loaded_s = time.perf_counter() - began
    return [
        against("index of 100000, memory", used_mb, "MB", "goal", 300, "< 300 MB", used_mb < 300),
        against("index of 100000, build", built_s, "s", "goal", 20, "< 20 s", built_s < 20),
        against("index of 100000, load", loaded_s, "s", "goal", 1.5, "< 1.5 s", loaded_s < 1.5),
    ]


def _of_points() -> list[Figure]:
    """Point → kelurahan, with the pack's centres and with square outlines around them."""
    catalogue = catalogue_of(read_pack(pack_folder("kendari")))
    index = index_of(catalogue)
    box, rng = catalogue.city.bbox, random.Random(1)
    points = [(rng.uniform(box.south, box.north), rng.uniform(box.west, box.east)) for _ in range(POINTS)]
    began = time.perf_counter()
    for point in points:
        index.at(*point)
    each_us = 1e6 * (time.perf_counter() - began) / POINTS
    return [against("point → kelurahan", each_us, "µs", "goal", 20, "< 20 µs", each_us < 20)]


if __name__ == "__main__":
    tell(asyncio.run(measure()))
