"""From words judged right or wrong to figures with intervals; plain arrays in, plain arrays out.

Everything follows from one table per document: how many words of each gold label were given each label. A table has one
row and one column more than there are labels; the last of each counts words that no span covers, which are wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Path = tuple[str, ...]

RESAMPLES = 1000
LEVEL = 0.95
BINS = 15
_CHUNK = 4_000_000  # numbers drawn at a time while resampling


class Scores(NamedTuple):
    """Figures per label, each (..., k), and their mean ``macro_f1`` (...)."""

    precision: Floats
    recall: Floats
    f1: Floats
    words: Ints
    macro_f1: Floats


class Comparison(NamedTuple):
    """Figures of model B less those of model A, all (m,).

    ``low`` and ``high`` bound the difference; ``better`` is the share of resamples in which B leads (a draw is half).
    """

    difference: Floats
    low: Floats
    high: Floats
    better: Floats


def count_words(document: Ints, gold: Ints, pred: Ints, n_documents: int, n_labels: int) -> Ints:
    """Return the tables, int64 (n_documents, k + 1, k + 1), gold in rows, pred in columns.

    ``document``, ``gold`` and ``pred`` are (n_words,); a label of -1 means that no span covers the word.
    """
    side = n_labels + 1
    row, column = np.where(gold < 0, n_labels, gold), np.where(pred < 0, n_labels, pred)
    cells = (document * side + row) * side + column
    return np.bincount(cells, minlength=n_documents * side * side).reshape(n_documents, side, side)


def scores(table: NDArray[Any]) -> Scores:
    """Return the figures of pooled tables (..., k + 1, k + 1).

    Precision is 0 where nothing was called by that label, recall where nothing bears it; all are NaN where neither is
    so. ``macro_f1`` is the mean over the labels that occur in the gold, NaN where none does.
    """
    right = np.diagonal(table, axis1=-2, axis2=-1)[..., :-1]
    gold, called = table.sum(-1)[..., :-1], table.sum(-2)[..., :-1]
    f1 = _ratio(2 * right, gold + called, np.nan)
    precision, recall = (np.where(np.isnan(f1), np.nan, _ratio(right, whole, 0.0)) for whole in (called, gold))
    present = gold > 0
    macro = _ratio(np.where(present, np.nan_to_num(f1), 0.0).sum(-1), present.sum(-1), np.nan)
    return Scores(precision, recall, f1, gold, macro)


def cut_exactly(tables: Ints, comment: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return, both (n_documents,), which documents hold comments and which have each word right as comment or not."""
    has = tables[:, comment].sum(1) > 0
    missed = tables[:, comment].sum(1) - tables[:, comment, comment]
    invented = tables[:, :, comment].sum(1) - tables[:, comment, comment]
    uncovered = tables[:, :, -1].sum(1)
    return has, (missed + invented + uncovered) == 0


def clean(tables: Ints, comment: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return, both (n_documents,), which documents are free of comments and in which no word is called one."""
    return tables[:, comment].sum(1) == 0, tables[:, :, comment].sum(1) == 0


def figure_names(labels: Sequence[str]) -> list[Path]:
    """Return where each column of ``figures`` belongs in a report."""
    by_label = [("labels", label, part) for part in ("precision", "recall", "f1") for label in labels]
    return [("macro_f1",), *by_label, ("trails_cut_exactly",), ("clean",)]


def figures(tables: Ints, labels: Sequence[str], comment: str, weights: NDArray[Any] | None = None) -> Floats:
    """Return every figure of ``figure_names``, (b, m); NaN where there is nothing to measure.

    ``weights`` (b, n_documents) says how often each document counts; by default once, and b is 1.
    """
    n, side = len(tables), len(labels) + 1
    weights = np.ones((1, n)) if weights is None else weights
    pooled = (weights.astype(np.float64) @ tables.reshape(n, side * side)).reshape(-1, side, side)
    found = scores(pooled)
    shares = [np.full(len(weights), np.nan)] * 2
    if comment in labels:
        column = list(labels).index(comment)
        shares = [_share(*judge(tables, column), weights) for judge in (cut_exactly, clean)]
    parts = [found.macro_f1[:, None], found.precision, found.recall, found.f1, *(share[:, None] for share in shares)]
    return np.concatenate(parts, axis=1)


def resample(n_documents: int, resamples: int, seed: int) -> Iterator[Ints]:
    """Yield how often each document is drawn, (b, n_documents) at a time, ``resamples`` rows in all."""
    rng = np.random.default_rng(seed)
    step = max(1, _CHUNK // max(n_documents, 1))
    for first in range(0, resamples, step):
        yield rng.multinomial(n_documents, np.full(n_documents, 1 / n_documents), min(step, resamples - first))


def intervals(
    tables: Ints, labels: Sequence[str], comment: str, seed: int = 0, resamples: int = RESAMPLES, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """Return percentile bounds of each figure over resampled documents, (m,) and (m,)."""
    drawn = [figures(tables, labels, comment, weights) for weights in resample(len(tables), resamples, seed)]
    return percentiles(np.concatenate(drawn), level)


def compare(
    a: Ints,
    b: Ints,
    labels: Sequence[str],
    comment: str,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Comparison:
    """Compare models A and B from their tables of the same documents in the same order, resampling both alike.

    Raises ValueError where the tables cannot be of the same documents.
    """
    if a.shape != b.shape or (a.sum(2) != b.sum(2)).any():
        raise ValueError("the two models were not judged on the same documents")

    def difference(weights: Ints | None) -> Floats:
        return figures(b, labels, comment, weights) - figures(a, labels, comment, weights)

    drawn = np.concatenate([difference(weights) for weights in resample(len(a), resamples, seed)])
    better = _mean((drawn > 0) + (drawn == 0) / 2, np.isfinite(drawn))
    return Comparison(difference(None)[0], *percentiles(drawn, level), better)


def calibration_error(proba: Floats, hit: NDArray[np.bool_], bins: int = BINS) -> float:
    """Return the expected calibration error of probabilities (n,) of what came true or not; NaN where n is 0.

    The mean over bins of equal width, by size, of how far the mean probability lies from the share of hits.
    """
    if not len(proba):
        return float("nan")
    bin_of = np.minimum((proba * bins).astype(np.int64), bins - 1)
    excess = np.bincount(bin_of, weights=proba - hit, minlength=bins)
    return float(np.abs(excess).sum() / len(proba))


def reliability(proba: Floats, hit: NDArray[np.bool_], bins: int = BINS) -> tuple[Floats, Floats, Ints]:
    """Return per bin the mean probability, the share of hits (both NaN where empty) and the size, each (bins,)."""
    bin_of = np.minimum((proba * bins).astype(np.int64), bins - 1)
    size = np.bincount(bin_of, minlength=bins)
    expected, seen = (np.bincount(bin_of, weights=values, minlength=bins) for values in (proba, hit))
    return _ratio(expected, size, np.nan), _ratio(seen, size, np.nan), size


def kept(gold: Ints, pred: Ints, score: Floats, column: int, min_score: float) -> tuple[float, float]:
    """Return precision and recall, by words, of keeping what is called ``column`` with at least ``min_score``.

    Precision is NaN where nothing is kept, recall where no word bears the label.
    """
    taken = (pred == column) & (score >= min_score)
    right, bearing = int((taken & (gold == column)).sum()), int((gold == column).sum())
    return _quotient(right, int(taken.sum())), _quotient(right, bearing)


def percentiles(drawn: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the bounds that hold the middle ``level`` of each column of (b, m), NaN aside; NaN where all is."""
    tail = (1 - level) / 2
    bounds = np.full((2, drawn.shape[1]), np.nan)
    for column in range(drawn.shape[1]):
        known = drawn[np.isfinite(drawn[:, column]), column]
        if len(known):
            bounds[:, column] = np.quantile(known, (tail, 1 - tail))
    return bounds[0], bounds[1]


def _share(of: NDArray[np.bool_], good: NDArray[np.bool_], weights: NDArray[Any]) -> Floats:
    return _ratio(weights @ (of & good), weights @ of, np.nan)


def _mean(values: NDArray[Any], known: NDArray[np.bool_]) -> Floats:
    return _ratio(np.where(known, values, 0.0).sum(0), known.sum(0), np.nan)


def _ratio(part: NDArray[Any], whole: NDArray[Any], otherwise: float) -> Floats:
    out: Floats = np.full(np.shape(whole), otherwise, np.float64)
    np.divide(part, whole, out=out, where=np.asarray(whole) > 0)
    return out


def _quotient(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
