"""Which documents of a pool to label next: those the model is unsure of, that are like others, and unlike each other.

A document's worth is its uncertainty x how typical x how new it is. Uncertainty is the mean entropy per word of the
model's probabilities. Typical: how near its ten nearest neighbours are, against the pool's median, so that a page like
no other does not win by being odd. New: how far it is from what was chosen before, or is labelled already.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from classifier.result import DocumentResult

Floats = NDArray[np.float32]
T = TypeVar("T")
MOST = 4096  # documents weighed against each other; of a larger pool the most uncertain
_HASHED, _FOLDED = 1 << 18, 1024
_NEIGHBOURS = 10
_AT_ONCE = 512


class Doubt(NamedTuple):
    """How unsure the model is of a document: 0 ... 1, and between which labels, for how much of its words."""

    uncertainty: float
    between: tuple[str, str]
    share: float


@dataclass(frozen=True)
class Suggestion:
    """One document to label, by its index, and why; ``worth`` is the product of the three figures."""

    index: int
    doubt: Doubt
    typical: float
    new: float

    @property
    def worth(self) -> float:
        """What the documents are chosen by."""
        return self.doubt.uncertainty * self.typical * self.new

    @property
    def reason(self) -> str:
        """Why, in one sentence."""
        first, second = self.doubt.between
        return (
            f"unsure of {self.doubt.share:.0%} of its words, mostly between {first} and {second} "
            f"(uncertainty {self.doubt.uncertainty:.2f}); {_grade(self.typical, 'typical')} of the pool, "
            f"{_grade(self.new, 'different')} from what is labelled or comes first"
        )

    def to_record(self, rank: int) -> dict[str, Any]:
        """Return what is added to the document's record."""
        figures = {"uncertainty": self.doubt.uncertainty, "typical": self.typical, "new": self.new, "worth": self.worth}
        return {"rank": rank, "reason": self.reason, **{name: round(value, 4) for name, value in figures.items()}}


def _grade(value: float, word: str) -> str:
    return f"{'very ' if value >= 0.8 else 'little ' if value < 0.4 else ''}{word}"


def doubt(result: DocumentResult) -> Doubt | None:
    """Return how unsure the model is of a document; None where it has no words."""
    words = result.words.astype(np.float64)
    total, k = float(words.sum()), len(result.classes)
    if not total or k < 2:
        return None
    proba = np.clip(result.proba, 1e-12, 1)
    entropy = -(proba * np.log(proba)).sum(1) / np.log(k)
    best = np.argsort(-proba, axis=1, kind="stable")[:, :2]
    best.sort(axis=1)
    pairs = np.bincount(best[:, 0] * k + best[:, 1], weights=words * entropy, minlength=k * k)
    first, second = divmod(int(pairs.argmax()), k)
    unsure = float(words[proba.max(1) < 0.75].sum())
    uncertainty = round(float((words * entropy).sum()) / total, 6)  # its last bits are not the document's
    return Doubt(uncertainty, (result.classes[first], result.classes[second]), unsure / total)


def most_uncertain(judged: Iterable[tuple[T, DocumentResult]], fewest_words: int) -> list[tuple[Doubt, T]]:
    """Return, in order, the at most ``MOST`` things whose results the model is most unsure of, of those long enough."""
    kept: list[tuple[float, int, Doubt, T]] = []
    for place, (thing, result) in enumerate(judged):
        found = doubt(result) if int(result.words.sum()) >= fewest_words else None
        if found is not None:
            entry = (found.uncertainty, -place, found, thing)
            heapq.heappush(kept, entry) if len(kept) < MOST else heapq.heappushpop(kept, entry)
    return [(found, thing) for _, _, found, thing in sorted(kept, key=lambda entry: -entry[1])]


def choose(doubts: Sequence[Doubt], texts: Sequence[str], labelled: Sequence[str], n: int) -> list[Suggestion]:
    """Return at most ``n`` documents, the one worth most first; what is wholly like another is not chosen twice."""
    rows = _vectors([*texts, *labelled])
    pool, done = rows[: len(texts)], rows[len(texts) :]
    typical = _typical(pool)
    nearest = _nearest(pool, done)
    uncertain = np.array([d.uncertainty for d in doubts])
    chosen: list[Suggestion] = []
    left = np.ones(len(texts), bool)
    for _ in range(min(n, len(texts))):
        new = np.clip(1 - nearest, 0, 1)
        worth = np.where(left, np.round(uncertain * typical * new, 6), -1)
        best = int(worth.argmax())
        if worth[best] <= 0:
            break
        chosen.append(Suggestion(best, doubts[best], float(typical[best]), float(new[best])))
        left[best] = False
        nearest = np.maximum(nearest, pool @ pool[best])
    return chosen


def _vectors(texts: Sequence[str]) -> Floats:
    """Return unit vectors of hashed words weighed by rarity, float32 (n, 1024); zero where there is no word."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
    from sklearn.preprocessing import normalize

    counts = HashingVectorizer(n_features=_HASHED, alternate_sign=False, norm=None).transform(texts)
    weighed = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    signs = 1.0 - 2.0 * ((weighed.indices // _FOLDED) & 1)
    folded = csr_matrix((weighed.data * signs, weighed.indices % _FOLDED, weighed.indptr), (len(texts), _FOLDED))
    dense: Floats = normalize(folded.toarray()).astype(np.float32)
    return dense


def _typical(pool: Floats) -> NDArray[np.float64]:
    """Return how near each document's neighbours are, (n,): 1 at the median and above, 0 where it has none."""
    k = min(_NEIGHBOURS, len(pool) - 1)
    if k < 1:
        return np.ones(len(pool))
    near = np.empty(len(pool))
    for first in range(0, len(pool), _AT_ONCE):
        alike = pool[first : first + _AT_ONCE] @ pool.T
        rows = np.arange(len(alike))
        alike[rows, rows + first] = -1
        near[first : first + _AT_ONCE] = np.partition(alike, -k, axis=1)[:, -k:].mean(1)
    near = np.clip(near, 0, None)
    middle = float(np.median(near))
    return np.minimum(near / middle, 1.0) if middle > 0 else np.ones(len(pool))


def _nearest(pool: Floats, done: Floats) -> NDArray[np.float64]:
    """Return how like each document is to the labelled one it is most like, (n,)."""
    found = np.zeros(len(pool))
    for first in range(0, len(done), _AT_ONCE):
        found = np.maximum(found, (pool @ done[first : first + _AT_ONCE].T).max(1))
    return found
