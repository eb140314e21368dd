"""What is known about one document once it has been classified."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .labels import display_order

_SCORES = [repr(round(i / 10000, 4)) for i in range(10001)]


class Segment(NamedTuple):
    """One sentence or stand-alone line: ``text[start:end]`` in code points, its label and that label's probability."""

    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True)
class DocumentResult:
    """Labels laid over a text by position.

    Attributes:
        id, text: the document's.
        model: name of the model that judged.
        classes: labels, sorted; the columns of ``proba`` and ``alone``.
        starts, ends: int64 (n,), code-point offsets, end exclusive; ordered, disjoint, only blanks between.
        columns: int64 (n,), index into ``classes`` of each segment's label.
        proba: float64 (n, k), final probabilities; rows sum to one.
        alone: float64 (n, k), the first verdict, of the segment without its neighbours.
        words: int64 (n,), whitespace-separated tokens with a letter or digit in them.
        warning: ``"language"`` where the text does not look English, else None.
    """

    id: Any
    text: str
    model: str
    classes: tuple[str, ...]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    columns: NDArray[np.int64]
    proba: NDArray[np.float64]
    alone: NDArray[np.float64]
    words: NDArray[np.int64]
    warning: str | None = None

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """Probability of each segment's label, (n,), rounded to four decimals."""
        return np.round(self.proba[np.arange(len(self)), self.columns], 4)

    @cached_property
    def labels(self) -> list[str]:
        """The label of each segment."""
        return [self.classes[c] for c in self.columns.tolist()]

    @cached_property
    def segments(self) -> list[Segment]:
        """The segments in order."""
        rows = zip(self.starts.tolist(), self.ends.tolist(), self.labels, self.scores.tolist(), strict=True)
        return [Segment(*row) for row in rows]

    def spans(self, label: str) -> list[tuple[int, int]]:
        """Return ``(start, end)`` of every segment called ``label``."""
        return [(s.start, s.end) for s in self.segments if s.label == label]

    def text_of(self, *labels: str) -> str:
        """Return the segments called one of ``labels``, joined by line breaks where they do not share a line."""
        pieces: list[str] = []
        last = 0
        for start, end, label, _ in self.segments:
            if label not in labels:
                continue
            if pieces:
                gap = self.text[last:start]
                pieces.append("\n" if gap.strip() or len(gap.splitlines()) > 1 or not gap else gap)
            pieces.append(self.text[start:end])
            last = end
        return "".join(pieces)

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return segments by label and words by label, in display order."""
        k = len(self.classes)
        segments = np.bincount(self.columns, minlength=k).tolist()
        words = np.bincount(self.columns, weights=self.words, minlength=k).tolist()
        order = [(label, self.classes.index(label)) for label in display_order(self.classes)]
        return {a: segments[c] for a, c in order}, {a: int(words[c]) for a, c in order}

    def to_record(self, probabilities: bool = False) -> dict[str, Any]:
        """Return the record that ``winnow classify`` writes."""
        return dict(json.loads(self.to_json(probabilities)), id=self.id)

    def to_json(self, probabilities: bool = False) -> str:
        """Return the record as one JSON line without its line break."""
        tails = [f', "label": {json.dumps(c)}, "score": ' for c in self.classes]
        scores = np.rint(self.scores * 10000).astype(np.int64).tolist()
        extra = self._probabilities() if probabilities else [""] * len(self)
        rows = zip(self.starts.tolist(), self.ends.tolist(), self.columns.tolist(), scores, extra, strict=True)
        body = ", ".join([f'{{"start": {s}, "end": {e}{tails[c]}{_SCORES[p]}{x}}}' for s, e, c, p, x in rows])
        by_segments, by_words = self.counts()
        warning = f', "warning": {json.dumps(self.warning)}' if self.warning else ""
        return (
            f'{{"id": {json.dumps(self.id)}, "model": {json.dumps(self.model)}, "segments": [{body}], '
            f'"segments_by_label": {json.dumps(by_segments)}, "words_by_label": {json.dumps(by_words)}{warning}}}'
        )

    def _probabilities(self) -> list[str]:
        names = [json.dumps(label) for label in display_order(self.classes)]
        order = [self.classes.index(label) for label in display_order(self.classes)]

        def rows(proba: NDArray[np.float64]) -> list[str]:
            quanta = np.rint(proba[:, order] * 10000).astype(np.int64).tolist()
            return [", ".join([f"{n}: {_SCORES[q]}" for n, q in zip(names, row, strict=True)]) for row in quanta]

        pairs = zip(rows(self.proba), rows(self.alone), strict=True)
        return [f', "probabilities": {{{p}}}, "alone": {{{a}}}' for p, a in pairs]
