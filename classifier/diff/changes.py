"""Two results for one text -> where they differ, and how telling that is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..result import DocumentResult

Ints = NDArray[np.int64]


class Change(NamedTuple):
    """A stretch ``text[start:end]`` that A calls ``was`` and B calls ``label``, each with its score."""

    start: int
    end: int
    words: int
    was: str
    was_score: float
    label: str
    score: float

    @property
    def weight(self) -> float:
        """How telling it is: its words, by how sure both are; a stretch without a word counts as one."""
        return max(self.words, 1) * self.was_score * self.score


@dataclass(frozen=True)
class Difference:
    """A document under two models.

    Attributes:
        a, b: what each made of it.
        starts, ends: int64 (n,), the finest stretches that neither cuts, as far as both have labelled them.
        rows_a, rows_b: int64 (n,), the segment of each that holds the stretch.
        words: int64 (n,), words of each stretch.
    """

    a: DocumentResult
    b: DocumentResult
    starts: Ints
    ends: Ints
    rows_a: Ints
    rows_b: Ints
    words: Ints

    @property
    def id(self) -> Any:
        """The document's."""
        return self.b.id

    @cached_property
    def changes(self) -> list[Change]:
        """The stretches with two labels, most telling first."""
        labels, scores = (self.a.labels, self.b.labels), (self.a.scores.tolist(), self.b.scores.tolist())
        columns = (self.starts, self.ends, self.words, self.rows_a, self.rows_b)
        found = [
            Change(start, end, words, labels[0][i], scores[0][i], labels[1][j], scores[1][j])
            for start, end, words, i, j in zip(*(column.tolist() for column in columns), strict=True)
            if labels[0][i] != labels[1][j]
        ]
        return sorted(found, key=lambda change: (-change.weight, change.start))

    @cached_property
    def weight(self) -> float:
        """How telling its changes are together."""
        return sum(change.weight for change in self.changes)


def compare(a: DocumentResult, b: DocumentResult) -> Difference:
    """Lay two results for one text over each other; their segments need not be the same."""
    edges = np.unique(np.concatenate([a.starts, a.ends, b.starts, b.ends]).astype(np.int64))
    starts, ends = edges[:-1], edges[1:]
    rows = [np.searchsorted(result.starts, starts, side="right") - 1 for result in (a, b)]
    inside = [(row >= 0) & (starts < np.append(result.ends, 0)[row]) for row, result in zip(rows, (a, b), strict=True)]
    both = inside[0] & inside[1]
    starts, ends = starts[both], ends[both]
    words = [_words(b.text[start:end]) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return Difference(a, b, starts, ends, rows[0][both], rows[1][both], np.array(words, np.int64))


def _words(text: str) -> int:
    return sum(any(map(str.isalnum, word)) for word in text.split())
