"""What was learned of a city's sentences: how like each of them the words are, and what that says."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]

#: What two likenesses at once count beside one: sentences that share several things say more than their sum. 0 to 3 were tried.
SQUARED = 2.0
_URGENCY_INPUTS = 15


def likeness(product: Floats) -> Floats:
    """How like two rows of length one are, by their inner product; 1 for the same."""
    return (product + SQUARED * product * product) / (1 + SQUARED)


class Heard(NamedTuple):
    """The answers to some words, and where they come from: which sentences each of the words' features stands in."""

    answers: Floats
    begin: Floats  # where a feature's sentences begin in the next two; features that stand in none are left out by learning
    sentence: Floats
    share: Floats  # what the meeting brings to the likeness to that sentence


class Model(NamedTuple):
    """What was learned: the sentences as rows of features, a weight for each sentence and answer, and how answers become
    probabilities. Answers are one for each category, each kind of call that is not genuine, P1, and the grave part of each
    category that has sentences with and without danger to life.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]  # of the features
    rarity: Floats
    starts: Floats  # where a feature's sentences begin in the next two, and at last where they end
    sentences: Floats
    values: Floats
    weights: Floats  # sentences × answers
    mean: Floats
    urgent: frozenset[str]  # categories of P1
    mixed: tuple[str, ...] = ()  # categories of which some sentences are P1 and some are not
    sharpness: float = 10.0
    apart_sharpness: float = 10.0
    urgency: Floats = np.zeros(_URGENCY_INPUTS)
    reality: Floats = np.zeros(2)
    p1_threshold: float = 0.5

    def hear(self, at: Floats, values: Floats) -> Heard:
        """The answers to a row: features `at`, of `values`; its length is one."""
        spans = [slice(begin, end) for begin, end in zip(self.starts[at].tolist(), self.starts[at + 1].tolist(), strict=True)]
        counts = self.starts[at + 1] - self.starts[at]
        first = np.cumsum(counts) - counts
        sentence = np.concatenate([self.sentences[span] for span in spans]).astype(np.intp)
        product = np.concatenate([self.values[span] for span in spans]) * np.repeat(values.astype(self.values.dtype), counts)
        products = np.bincount(sentence, product, len(self.weights)).astype(self.weights.dtype)
        share = product * ((1 + SQUARED * products) / (1 + SQUARED)).take(sentence)
        answers = np.einsum("i,ij->j", likeness(products), self.weights)  # not «@», which would wait for other cores
        return Heard(answers + self.mean, first, sentence, share)

    def brings(self, heard: Heard, column: int) -> Floats:
        """What each feature of the row brings to an answer; with the mean, they sum to it."""
        weights = np.ascontiguousarray(self.weights[:, column])
        return np.asarray(np.add.reduceat(heard.share * weights.take(heard.sentence), heard.begin))

    @property
    def danger(self) -> int:
        """The column of the answer learned for P1 itself; before it stand categories and kinds, behind it the grave parts."""
        return len(self.mean) - len(self.mixed) - 1

    def spread(self, answers: Floats) -> Floats:
        """Probabilities of categories and kinds that are not genuine, shape (n, `danger`); they sum to one."""
        return _shares(answers[:, : self.danger] * self.sharpness)

    def apart(self, answers: Floats) -> Floats:
        """The answers for categories and kinds, of each mixed category what is left without its grave part; then those parts."""
        parts = answers[:, self.danger + 1 :]
        rest = answers[:, : self.danger].copy()
        rest[:, [self.codes.index(code) for code in self.mixed]] -= parts
        return np.concatenate([rest, parts], axis=1)

    def urgency_inputs(self, answers: Floats) -> Floats:
        """What the danger to life is judged by, from answers (n × all of them), shape (n, `_URGENCY_INPUTS`): the answer learned
        for P1 itself, the shares of the P1 categories and of the others, their answers before they became shares, and the
        shares of what is grave and what is not, where a mixed category is two.
        """
        spread, head, plain = self.spread(answers), answers[:, self.danger], answers[:, : self.danger]
        urgent = [at for at, code in enumerate(self.codes) if code in self.urgent]
        other = [at for at, code in enumerate(self.codes) if code not in self.urgent]
        danger = _logit(spread[:, urgent].sum(axis=1))
        raised = np.sort(plain[:, urgent], axis=1)
        shares = _shares(self.apart(answers) * self.apart_sharpness)
        grave = np.zeros(shares.shape[1], dtype=bool)
        grave[[at for at in urgent if self.codes[at] not in self.mixed]] = True
        grave[self.danger :] = True
        return np.stack(
            [
                np.ones(len(head)), danger, 4 * head, 4 * head * head, head * danger,
                _logit(spread[:, urgent].max(axis=1, initial=0.0)), _logit(spread[:, other].max(axis=1, initial=0.0)),
                _logit(spread[:, len(self.codes) :].sum(axis=1)),
                4 * raised.max(axis=1, initial=0.0), 2 * raised[:, -3:].sum(axis=1), 2 * raised.sum(axis=1),
                4 * plain[:, other].max(axis=1, initial=0.0),
                _logit(shares[:, grave].sum(axis=1)), _logit(shares[:, grave].max(axis=1, initial=0.0)),
                _logit(shares[:, ~grave].max(axis=1, initial=0.0)),
            ],
            axis=1,
        )  # fmt: skip

    def reality_inputs(self, spread: Floats) -> Floats:
        """What is judged to be real: the share of all categories."""
        share = spread[:, : len(self.codes)].sum(axis=1)
        return np.stack([_logit(share), np.ones(len(share))], axis=1)

    def p1_of(self, answers: Floats) -> Floats:
        """Probability of danger to life."""
        return _sigmoid(self.urgency_inputs(answers) @ self.urgency)

    def real_of(self, spread: Floats) -> Floats:
        """Probability that the words are those of a genuine report."""
        return _sigmoid(self.reality_inputs(spread) @ self.reality)


def _shares(scaled: Floats) -> Floats:
    raised = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def _logit(p: Floats) -> Floats:
    clipped = np.clip(p, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))))
