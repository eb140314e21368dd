"""Labelled documents laid out for learning: the arrays that inference would see, and the label of every segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from classifier.features.context import context
from classifier.features.manner import Manner, manner
from classifier.features.words import COLUMNS, edge_columns, word_columns
from classifier.model import damping
from classifier.segments import Segments, SentenceRules, segment
from classifier.text import lay_out
from classifier.tokens import Tokens, tokenize

from .corpus import LabelledDocument, project
from .soft import SoftLabels, targets

_TOGETHER = 64  # documents laid out in one buffer


@dataclass(frozen=True)
class _Sheet:
    tokens: Tokens
    segments: Segments
    manner: Manner


@dataclass(frozen=True)
class Laid:
    """Documents as arrays.

    Attributes:
        documents: the documents, in order.
        X: float32 CSR (n, COLUMNS), features of each segment alone.
        y: int64 (n,), index into the labels; -1 where no span covers the segment.
        words: int64 (n,).
        document: int64 (n,), index into ``documents``.
        breaks: int64 (n,), line breaks before each segment (2 at a document's start).
        k: how many labels there are.
        soft: float32 (n, k), what a teacher said of each segment, NaN where it said nothing; None without a teacher.
    """

    documents: list[LabelledDocument]
    sheets: list[_Sheet]
    X: csr_matrix
    y: NDArray[np.int64]
    words: NDArray[np.int64]
    document: NDArray[np.int64]
    breaks: NDArray[np.int64]
    k: int
    soft: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.y)

    @property
    def weight(self) -> NDArray[np.float64]:
        """What each segment weighs in fitting: figures are counted in words, but a long sentence is still one
        example."""
        return np.sqrt(np.minimum(self.words, 40)) + 0.3

    def targets(self, share: float) -> NDArray[np.float32]:
        """Return what a model should say of each segment, for a ``share`` in the teacher's words; see ``soft``."""
        return targets(self.y, self.soft, share, self.k)

    def contexts(self, alone: NDArray[np.int32]) -> NDArray[np.int8]:
        """Return the second verdict's features given first verdicts in steps; int8 (n, d)."""
        parts, at = [], 0
        for sheet in self.sheets:
            rows = alone[at : at + len(sheet.segments)]
            parts.append(context(rows, sheet.manner, sheet.segments).astype(np.int8))
            at += len(sheet.segments)
        return np.concatenate(parts)

    def spread(self, per_document: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return each segment's document's value."""
        return per_document[self.document]


def lay(
    documents: Sequence[LabelledDocument],
    labels: Sequence[str],
    rules: SentenceRules,
    teacher: SoftLabels | None = None,
) -> Laid:
    """Lay ``documents`` out; raises ValueError where there is no segment in any of them."""
    sheets, X, y, words, document = [], [], [], [], []
    soft: list[NDArray[np.float32]] = []
    for first in range(0, len(documents), _TOGETHER):
        some = documents[first : first + _TOGETHER]
        batch = lay_out([d.text for d in some])
        tokens = tokenize(batch)
        segments = segment(tokens, batch.starts, rules)
        if not len(segments):
            continue
        starts = batch.code_points(segments.start, segments.document)
        ends = batch.code_points(segments.end, segments.document)
        edge = np.searchsorted(segments.document, np.arange(len(some) + 1))
        mine = [(d, starts[a:b], ends[a:b], labels) for d, a, b in zip(some, edge[:-1], edge[1:], strict=True)]
        y += [project(*one) for one in mine]
        soft += [teacher.of(*one) for one in mine] if teacher else []
        sheets.append(_Sheet(tokens, segments, manner(tokens, segments)))
        X.append(matrix(tokens, segments))
        words.append(sheets[-1].manner.words.astype(np.int64))
        document.append(segments.document + first)
    if not sheets:
        raise ValueError("no document has any text")
    breaks = np.concatenate([sheet.segments.breaks for sheet in sheets])
    y_, words_, document_ = (np.concatenate(parts) for parts in (y, words, document))
    told = np.concatenate(soft) if teacher else None
    return Laid(list(documents), sheets, vstack(X, "csr"), y_, words_, document_, breaks, len(labels), told)


def matrix(tokens: Tokens, segments: Segments) -> csr_matrix:
    """Return the features of each segment alone as scikit-learn reads them: damped counts by column, float32 CSR."""
    words, edges = word_columns(tokens, segments), edge_columns(tokens, segments)
    n = len(segments)
    owner = np.repeat(np.arange(n), np.diff(segments.token))
    rows = np.concatenate([np.tile(owner, len(words)), np.tile(np.arange(n), len(edges))])
    columns = np.concatenate([words.ravel(), edges.ravel()])
    used = columns > 0
    values = damping(segments)[rows[used]].astype(np.float32)
    return csr_matrix((values, (rows[used], columns[used])), shape=(n, COLUMNS))
