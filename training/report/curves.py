"""Words judged right or wrong -> what a picture or a threshold table shows; plain arrays in, plain records out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..metrics import LEVEL, Floats, Ints, percentiles, reliability, resample
from ..verdicts import Verdicts

TARGETS = (0.9, 0.95, 0.99)
GRID = np.append(np.arange(100) / 100, (0.995, 0.999))  # every --min-score that is tried
POINTS = 100
FEWEST = 100  # words that must be left for their precision to mean anything


class Threshold(NamedTuple):
    """The lowest ``--min-score`` whose words of a label are at least ``target`` precise; None where none is.

    ``kept`` is the share of the label's words that are left; ``low`` and ``high`` bound ``precision`` over resampled
    documents.
    """

    target: float
    min_score: float | None
    precision: float | None
    kept: float | None
    low: float | None
    high: float | None


class Curve(NamedTuple):
    """Precision by recall as the least probability falls, all (m,), and the mean precision ``average``."""

    recall: Floats
    precision: Floats
    proba: Floats
    average: float


def precision_recall(proba: Floats, hit: NDArray[np.bool_]) -> Curve:
    """Return the curve of words (n,) with ``proba`` of a label, ``hit`` where they bear it; empty where none does."""
    order = np.argsort(-proba, kind="stable")
    right, taken = np.cumsum(hit[order]), np.arange(1, len(proba) + 1)
    last = np.flatnonzero(np.append(np.diff(proba[order]) != 0, len(proba) > 0))  # equals are taken together
    whole = int(hit.sum())
    if not whole:
        return Curve(np.zeros(0), np.zeros(0), np.zeros(0), float("nan"))
    recall, precision = right[last] / whole, right[last] / taken[last]
    average = float((np.diff(recall, prepend=0.0) * precision).sum())
    some = np.unique(np.searchsorted(recall, np.linspace(0, 1, POINTS + 1)).clip(max=len(last) - 1))
    return Curve(recall[some], precision[some], proba[order][last][some], average)


def label_words(verdicts: Verdicts, label: str) -> tuple[Floats, NDArray[np.bool_]]:
    """Return of all words that the model judged the probability of ``label`` and whether they bear it, both (n,)."""
    words, column = verdicts.words, verdicts.labels.index(label)
    covered = words.segment >= 0
    return verdicts.calls.proba[words.segment[covered], column], words.gold[covered] == column


def bins(verdicts: Verdicts, label: str, count: int = 10) -> list[dict[str, float | int]]:
    """Return the reliability of a label's probability: mean probability, share of hits and words of each full bin."""
    expected, seen, size = reliability(*label_words(verdicts, label), count)
    full = np.flatnonzero(size)
    return [
        {"probability": round(float(expected[i]), 4), "share": round(float(seen[i]), 4), "words": int(size[i])}
        for i in full
    ]


def threshold(
    verdicts: Verdicts, label: str, target: float, seed: int = 0, resamples: int = 1000, fewest: int = FEWEST
) -> Threshold:
    """Find the lowest score on ``GRID`` from which on what is called ``label`` is at least ``target`` precise.

    Scores that leave less than ``fewest`` words are not looked at.
    """
    words, column = verdicts.words, verdicts.labels.index(label)
    called, right = words.pred == column, words.gold == column
    for least in GRID:
        taken = called & (words.score >= least)
        if taken.sum() < fewest:
            break
        if (taken & right).sum() >= target * taken.sum():
            low, high = _bounds(words.document, taken, right, len(verdicts.documents), seed, resamples)
            precision, kept = (taken & right).sum() / taken.sum(), (taken & right).sum() / max(right.sum(), 1)
            rounded = [round(float(value), 4) for value in (least, precision, kept, low, high)]
            return Threshold(target, *rounded)
    return Threshold(target, None, None, None, None, None)


def _bounds(
    document: Ints, taken: NDArray[np.bool_], right: NDArray[np.bool_], n: int, seed: int, resamples: int
) -> tuple[float, float]:
    both, whole = (np.bincount(document[chosen], minlength=n) for chosen in (taken & right, taken))
    drawn = np.concatenate([_share(weights @ both, weights @ whole) for weights in resample(n, resamples, seed)])
    low, high = percentiles(drawn[:, None], LEVEL)
    return float(low[0]), float(high[0])


def _share(part: Ints, whole: Ints) -> Floats:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
