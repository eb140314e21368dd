"""What results have in common, drawn up for a whole batch at once: segments as JSON, counts by label."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from .labels import display_columns, display_order

_SCORES = [repr(round(i / 10000, 4)) for i in range(10001)]


@dataclass(frozen=True)
class Drawn:
    """A batch of documents, judged.

    Attributes:
        classes: labels, sorted; the columns of ``proba`` and ``alone``.
        starts, ends: integers (n,), code-point offsets of every segment of the batch.
        columns: integers (n,), index into ``classes`` of each segment's label.
        proba, alone: float64 (n, k).
        words: integers (n,).
        edges: index of each document's first segment, and at the end the number of segments.
    """

    classes: tuple[str, ...]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    columns: NDArray[np.int64]
    proba: NDArray[np.float64]
    alone: NDArray[np.float64]
    words: NDArray[np.int32]
    edges: list[int]

    @cached_property
    def scores(self) -> NDArray[np.int64]:
        """Probability of each segment's label in units of 1/10000, int64 (n,)."""
        return np.rint(self.proba[np.arange(len(self.columns)), self.columns] * 10000).astype(np.int64)

    @cached_property
    def counts(self) -> list[tuple[dict[str, int], dict[str, int]]]:
        """Return segments by label and words by label of each document, in display order."""
        k, documents = len(self.classes), len(self.edges) - 1
        cell = np.repeat(np.arange(documents), np.diff(self.edges)) * k + self.columns
        order = display_columns(self.classes)
        labels = display_order(self.classes)
        tables = []
        for weights in (None, self.words):
            table = np.bincount(cell, weights=weights, minlength=documents * k).astype(np.int64)
            tables.append(table.reshape(documents, k)[:, order].tolist())
        return [
            (dict(zip(labels, s, strict=True)), dict(zip(labels, w, strict=True))) for s, w in zip(*tables, strict=True)
        ]

    @cached_property
    def rows(self) -> list[str]:
        """Every segment as a JSON object."""
        return [f"{row}}}" for row in self._open_rows]

    @cached_property
    def rows_with_probabilities(self) -> list[str]:
        """Every segment as a JSON object with the probabilities of all labels, in the document and alone."""
        pairs = zip(self._open_rows, self._shares(self.proba), self._shares(self.alone), strict=True)
        return [f'{row}, "probabilities": {{{p}}}, "alone": {{{a}}}}}' for row, p, a in pairs]

    @property
    def _open_rows(self) -> list[str]:
        tails = _tails(self.classes)
        rows = zip(self.starts.tolist(), self.ends.tolist(), self.columns.tolist(), self.scores.tolist(), strict=True)
        return [f'{{"start": {s}, "end": {e}{tails[c]}{_SCORES[p]}' for s, e, c, p in rows]

    def _shares(self, proba: NDArray[np.float64]) -> list[str]:
        names = [json.dumps(label) for label in display_order(self.classes)]
        quanta = np.rint(proba[:, display_columns(self.classes)] * 10000).astype(np.int64).tolist()
        return [", ".join([f"{n}: {_SCORES[q]}" for n, q in zip(names, row, strict=True)]) for row in quanta]


@lru_cache(maxsize=16)
def _tails(classes: tuple[str, ...]) -> list[str]:
    return [f', "label": {json.dumps(c)}, "score": ' for c in classes]
