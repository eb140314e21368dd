"""What is known about one document once it has been classified."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from json.encoder import encode_basestring_ascii
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .drawn import Drawn


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
        drawn, place: the batch the document was judged in, and which of its documents this is.
        warning: ``"language"`` where the text does not look English, else None.
    """

    id: Any
    text: str
    model: str
    drawn: Drawn
    place: int = 0
    warning: str | None = None

    @classmethod
    def of(
        cls,
        document_id: Any,
        text: str,
        classes: Sequence[str],
        segments: Sequence[tuple[int, int, str, Sequence[float]]],
        model: str = "",
        words: Sequence[int] | None = None,
    ) -> DocumentResult:
        """Build a result by hand from (start, end, label, probabilities in the order of ``classes``)."""
        k, n = len(classes), len(segments)
        proba = np.array([s[3] for s in segments], np.float64).reshape(n, k)
        columns = np.array([list(classes).index(s[2]) for s in segments], np.int64)
        starts, ends = (np.array([s[i] for s in segments], np.int64) for i in (0, 1))
        counted = words or [sum(any(map(str.isalnum, w)) for w in text[s[0] : s[1]].split()) for s in segments]
        drawn = Drawn(tuple(classes), starts, ends, columns, proba, proba, np.array(counted, np.int32), [0, n])
        return cls(document_id, text, model, drawn)

    def __len__(self) -> int:
        return self._slice.stop - self._slice.start

    @property
    def _slice(self) -> slice:
        return slice(self.drawn.edges[self.place], self.drawn.edges[self.place + 1])

    @property
    def classes(self) -> tuple[str, ...]:
        """Labels, sorted; the columns of ``proba`` and ``alone``."""
        return self.drawn.classes

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each segment starts, code points, (n,); ordered and disjoint, only blanks between."""
        return self.drawn.starts[self._slice]

    @property
    def ends(self) -> NDArray[np.int64]:
        """Where each segment ends, exclusive, (n,)."""
        return self.drawn.ends[self._slice]

    @property
    def columns(self) -> NDArray[np.int64]:
        """Index into ``classes`` of each segment's label, (n,)."""
        return self.drawn.columns[self._slice]

    @property
    def proba(self) -> NDArray[np.float64]:
        """Final probabilities, float64 (n, k); rows sum to one."""
        return self.drawn.proba[self._slice]

    @property
    def alone(self) -> NDArray[np.float64]:
        """The first verdict, of each segment without its neighbours, float64 (n, k)."""
        return self.drawn.alone[self._slice]

    @property
    def words(self) -> NDArray[np.int32]:
        """Whitespace-separated pieces with a letter or digit in each segment, (n,)."""
        return self.drawn.words[self._slice]

    @property
    def scores(self) -> NDArray[np.float64]:
        """Probability of each segment's label, (n,), rounded to four decimals as it is written."""
        return self.drawn.scores[self._slice] / 10000

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
        return self.drawn.counts[self.place]

    def to_record(self, probabilities: bool = False) -> dict[str, Any]:
        """Return the record that ``winnow classify`` writes."""
        return dict(json.loads(self.to_json(probabilities)), id=self.id)

    def to_json(self, probabilities: bool = False) -> str:
        """Return the record as one JSON line without its line break."""
        written = self.drawn.written_with_probabilities if probabilities else self.drawn.written
        warning = f', "warning": {json.dumps(self.warning)}' if self.warning else ""
        return (
            f'{{"id": {_json(self.id)}, "model": {_json(self.model)}, "segments": [{written[self.place]}], '
            f"{self.drawn.written_counts[self.place]}{warning}}}"
        )


def _json(value: Any) -> str:
    """Return what ``json.dumps`` does, which is slow to begin."""
    return encode_basestring_ascii(value) if isinstance(value, str) else json.dumps(value)
