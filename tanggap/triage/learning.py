"""Learns what words mean from a city's sentences: kernel ridge regression, calibrated on its leave-one-out answers.

With some thousand sentences the exact answer to each by a model that has seen neither it nor its family costs one triangle
(`ridge.py`); on those answers temperature and thresholds are set. numpy is all it needs.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.city.said import GENUINE, NOT_GENUINE, Said
from tanggap.triage.features import features
from tanggap.triage.learned import Model, likeness
from tanggap.triage.reader import counted, phrases_of, places_of, tokens_of
from tanggap.triage.ridge import by_feature, fit

Floats = NDArray[Any]

#: Strength of the ridge, for rows of length one: chosen by leave-one-out on the pack's own sentences (0.2, 0.5, 1 were tried).
RIDGE = 0.35
#: A feature is kept when so many sentences have it.
LEAST_SENTENCES = 2
#: A feature that more than this share of the sentences has says little, and costs most of the time of an answer.
MOST_SENTENCES = 0.25
#: Exponent of the inverse document frequency: rare words weigh more, but one slip of the pen does not weigh most.
RARITY = 0.5
#: Of the P1 sentences, the share that must be above the threshold, each judged by a model that knows none of its family. They are
#: harder than calls: many are short, have no word of danger that another sentence shares, or were written to look harmless
#: (docs/decisions/0029-danger.md).
P1_RECALL = 0.98


def learn(said: Sequence[Said], catalogue: Catalogue) -> Model:
    """The model of a city's sentences. Sentences of categories that the catalogue does not have are left out.

    Raises:
        ValueError: there are not enough sentences to learn from.
    """
    active = {category.code for category in catalogue.categories if category.active}
    known = [one for one in said if one.category is None or one.category in active]
    codes = tuple(sorted({one.category for one in known if one.category is not None}))
    if len(codes) < 2 or len(known) < 50:
        raise ValueError("a city's pack needs sentences of at least two categories to learn from")
    phrases, places = phrases_of(catalogue), places_of(catalogue)
    rows = [counted(features(tokens_of(one.words, places), phrases, one.words.strip().startswith("("))) for one in known]
    frequency = Counter(name for row in rows for name in row)
    most = max(MOST_SENTENCES * len(rows), LEAST_SENTENCES)
    names = tuple(name for name, count in frequency.items() if LEAST_SENTENCES <= count <= most)
    index = {name: at for at, name in enumerate(names)}
    rarity = np.log(len(rows) / np.array([frequency[name] for name in names])) ** RARITY
    table = [_row(row, index, rarity) for row in rows]
    mixed = _mixed(known, codes, catalogue)
    targets = _targets(known, codes, mixed, catalogue)
    mean = targets.mean(axis=0)
    found = fit(table, len(names), targets - mean, RIDGE, likeness)
    urgent = frozenset(code for code in codes if catalogue.category(code).priority is Priority.P1)
    model = Model(codes, names, rarity, *by_feature(table, len(names)), found.weights, mean, urgent, mixed)
    return _calibrated(model, found.unseen + mean, targets, known)


def _row(row: Mapping[str, float], index: Mapping[str, int], rarity: Floats) -> tuple[Floats, Floats]:
    at = np.array([index[name] for name in row if name in index], dtype=np.int64)
    values = np.array([value for name, value in row.items() if name in index]) * rarity[at]
    length = float(np.sqrt(values @ values))
    return at, values / length if length else values


def _is_p1(one: Said, catalogue: Catalogue) -> bool:
    own = catalogue.category(one.category).priority if one.category else None
    return (one.priority or own) is Priority.P1


def _mixed(known: Sequence[Said], codes: Sequence[str], catalogue: Catalogue) -> tuple[str, ...]:
    """The categories that have enough sentences both with and without danger to life to tell them apart."""
    counts = Counter((one.category, _is_p1(one, catalogue)) for one in known)
    return tuple(code for code in codes if min(counts[code, True], counts[code, False]) >= LEAST_SENTENCES)


def _targets(known: Sequence[Said], codes: Sequence[str], mixed: Sequence[str], catalogue: Catalogue) -> Floats:
    """One column a category, one a kind of call that is not genuine, one for P1, one for the grave part of a mixed category."""
    danger = len(codes) + len(NOT_GENUINE)
    targets = np.zeros((len(known), danger + 1 + len(mixed)))
    for number, one in enumerate(known):
        if one.category is not None:
            targets[number, codes.index(one.category)] = 1
        if one.kind != GENUINE:
            targets[number, len(codes) + NOT_GENUINE.index(one.kind)] = 1
        if _is_p1(one, catalogue):
            targets[number, danger] = 1
            if one.category in mixed:
                targets[number, danger + 1 + mixed.index(one.category)] = 1
    return targets


def _calibrated(model: Model, unseen: Floats, targets: Floats, known: Sequence[Said]) -> Model:
    danger = targets[:, model.danger]
    named = targets[:, : model.danger].sum(axis=1) == 1
    seen, right = unseen[named], targets[named]
    model = model._replace(
        sharpness=_sharpness(seen[:, : model.danger], right[:, : model.danger]),
        apart_sharpness=_sharpness(model.apart(seen), model.apart(right)),
    )
    spread = model.spread(unseen)
    urgency = _logistic(model.urgency_inputs(unseen), danger, ridge=1.0)
    real = np.array([one.kind == GENUINE for one in known])
    # as many for as against, so that the log-odds are what the words add to whatever else is known of the caller
    even = np.where(real, 0.5 / max(real.mean(), 1e-9), 0.5 / max(1 - real.mean(), 1e-9))
    reality = _logistic(model.reality_inputs(spread), real.astype(float), even)
    model = model._replace(urgency=urgency, reality=reality)
    return model._replace(p1_threshold=float(np.quantile(model.p1_of(unseen)[danger == 1], 1 - P1_RECALL)))


def _sharpness(scores: Floats, targets: Floats) -> float:
    return float(min(range(4, 41), key=lambda sharpness: _surprise(scores, targets, float(sharpness))))


def _surprise(scores: Floats, targets: Floats, sharpness: float) -> float:
    scaled = scores * sharpness
    top = scaled.max(axis=1, keepdims=True)
    logs = scaled - top - np.log(np.exp(scaled - top).sum(axis=1, keepdims=True))
    return float(-(logs * targets).sum(axis=1).mean())


def _logistic(inputs: Floats, target: Floats, counts: Floats | None = None, ridge: float = 1e-3) -> Floats:
    """Weights of a logistic regression of few inputs (Newton's method, 25 steps). `counts`: how much each row counts."""
    weights = np.zeros(inputs.shape[1])
    counts = np.ones(len(inputs)) if counts is None else counts
    for _ in range(25):
        p = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (counts * (p - target)) + ridge * weights
        curve = (inputs * (counts * p * (1 - p))[:, None]).T @ inputs + (ridge + 1e-9) * np.eye(len(weights))
        weights = weights - np.linalg.solve(curve, slope)
    return weights
