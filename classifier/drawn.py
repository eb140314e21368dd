"""What results have in common, drawn up for a whole batch at once: segments as JSON, counts by label."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .labels import display_columns, display_order
from .rows import QUANTA, Cells, chosen, laid, numbers, shares

_BLOCK = 1 << 14  # segments written in one go, so that the longest document takes little memory


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
        return np.rint(self.proba[np.arange(len(self.columns)), self.columns] * QUANTA).astype(np.int64)

    @cached_property
    def counts(self) -> list[tuple[dict[str, int], dict[str, int]]]:
        """Return segments by label and words by label of each document, in display order."""
        labels = display_order(self.classes)
        halves = ((row[: len(labels)], row[len(labels) :]) for row in self._table)
        return [(dict(zip(labels, s, strict=True)), dict(zip(labels, w, strict=True))) for s, w in halves]

    @cached_property
    def written_counts(self) -> list[str]:
        """``"segments_by_label": {...}, "words_by_label": {...}`` for each document."""
        names = [json.dumps(label).replace("%", "%%") for label in display_order(self.classes)]
        cells = ", ".join(f"{name}: %d" for name in names)
        template = f'"segments_by_label": {{{cells}}}, "words_by_label": {{{cells}}}'
        return [template % tuple(row) for row in self._table]

    @property
    def _table(self) -> list[list[int]]:
        """Segments by label, then words by label, of each document."""
        k, documents = len(self.classes), len(self.edges) - 1
        cell = np.repeat(np.arange(documents), np.diff(self.edges)) * k + self.columns
        order = display_columns(self.classes)
        counted = [np.bincount(cell, weights, documents * k).reshape(-1, k)[:, order] for weights in (None, self.words)]
        return np.concatenate(counted, axis=1).astype(np.int64).tolist()

    @cached_property
    def written(self) -> list[str]:
        """The segments of each document as JSON objects, a comma between them."""
        return self._written(probabilities=False)

    @cached_property
    def written_with_probabilities(self) -> list[str]:
        """As ``written``, each with the probabilities of all labels, in the document and alone."""
        return self._written(probabilities=True)

    def _written(self, probabilities: bool) -> list[str]:
        edges = np.array(self.edges)
        between = np.tile(np.frombuffer(b", ", np.uint8), (len(self.columns), 1))
        between[edges[1:][np.diff(edges) > 0] - 1] = np.frombuffer(b"\n\0", np.uint8)
        blocks = [slice(i, i + _BLOCK) for i in range(0, len(self.columns), _BLOCK)]
        whole = b"".join(laid([*self._cells(at, probabilities), between[at]], len(between[at])) for at in blocks)
        lines = iter(whole.decode("ascii").split("\n"))
        return [next(lines) if size else "" for size in np.diff(edges).tolist()]

    def _cells(self, at: slice, probabilities: bool) -> list[bytes | Cells]:
        heads = [f', "label": {json.dumps(label)}, "score": ' for label in self.classes]
        cells: list[bytes | Cells] = [b'{"start": ', numbers(self.starts[at]), b', "end": ', numbers(self.ends[at])]
        cells += [chosen(heads, self.columns[at]), shares(self.scores[at])]
        if probabilities:
            cells += [b', "probabilities": {', *self._shares(self.proba[at])]
            cells += [b'}, "alone": {', *self._shares(self.alone[at]), b"}"]
        return [*cells, b"}"]

    def _shares(self, proba: NDArray[np.float64]) -> list[bytes | Cells]:
        quanta = np.rint(proba * QUANTA).astype(np.int64)
        cells: list[bytes | Cells] = []
        for label, column in zip(display_order(self.classes), display_columns(self.classes), strict=True):
            name = json.dumps(label).encode() + b": "
            cells += [b", " + name if cells else name, shares(quanta[:, column])]
        return cells
