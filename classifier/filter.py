"""Result -> what is kept of its text.

A kept range runs on to the start of the next segment, so that keeping everything gives the text back to the letter; and
where a cut would glue two kept lines together, the line break between them stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import InputError
from .result import DocumentResult, Segment

_BREAK = re.compile("[\n\v\f\r\x85\u2028\u2029]")
_BREAKS = "\n\r\v\f\x85\u2028\u2029"
Range = tuple[int, int]


@dataclass(frozen=True)
class Rule:
    """What is to be kept; raises InputError where that does not make sense.

    Attributes:
        keep, drop: labels; exactly one of the two is given, the other is None. A string is a list with commas.
        min_score: a segment whose score (rounded to four decimals, as it is written) is below this is unsure.
        when_unsure: ``"keep"`` or ``"drop"``; None drops the unsure under ``keep`` and keeps them under ``drop``.
        min_words: a document of which fewer words are left keeps nothing.
    """

    keep: str | Iterable[str] | None = None
    drop: str | Iterable[str] | None = None
    min_score: float = 0.0
    when_unsure: str | None = None
    min_words: int = 0

    def __post_init__(self) -> None:
        if (self.keep is None) == (self.drop is None):
            raise InputError("filter", "give labels to keep or labels to drop, one of the two")
        if not 0 <= self.min_score <= 1:
            raise InputError("filter", f"min_score must lie between 0 and 1, not {self.min_score}")
        if self.when_unsure not in (None, "keep", "drop"):
            raise InputError("filter", f"when_unsure must be keep or drop, not {self.when_unsure!r}")
        object.__setattr__(self, "keep", _labels(self.keep))
        object.__setattr__(self, "drop", _labels(self.drop))

    def check(self, classes: Iterable[str]) -> None:
        """Raise InputError where the rule names a label that is not one of ``classes``."""
        known = list(classes)
        for label in self.keep or self.drop or ():
            if label not in known:
                raise InputError("filter", f"the model has no label {label!r}, only {', '.join(known)}")

    def keeps(self, result: DocumentResult) -> NDArray[np.bool_]:
        """Return which segments are kept, bool (n,)."""
        named = [(label in (self.keep or self.drop or ())) == (self.keep is not None) for label in result.classes]
        kept = np.array(named, bool)[result.columns]
        if self.min_score:
            unsure_kept = self.drop is not None if self.when_unsure is None else self.when_unsure == "keep"
            kept[result.scores < self.min_score] = unsure_kept
        return kept


def _labels(labels: str | Iterable[str] | None) -> tuple[str, ...] | None:
    if labels is None:
        return None
    parts = labels.split(",") if isinstance(labels, str) else labels
    return tuple(label.strip() for label in parts if label.strip())


@dataclass(frozen=True)
class Kept:
    """What is left of a document, and what was taken out of it.

    ``text`` is the concatenation of ``text[start:end]`` over ``ranges``, which are in order, disjoint and never empty.
    """

    text: str
    ranges: list[Range]
    dropped: list[Segment]

    def to_record(self) -> dict[str, Any]:
        """Return the ``winnow`` field of a filtered record."""
        return {"kept": [list(r) for r in self.ranges], "dropped": [list(s) for s in self.dropped]}


def filter_result(result: DocumentResult, rule: Rule) -> Kept:
    """Return what ``rule`` keeps of ``result``; raises InputError for a label that the model does not have."""
    rule.check(result.classes)
    kept = rule.keeps(result)
    if result.words[kept].sum() < rule.min_words:
        return Kept("", [], _segments_at(result, np.arange(len(result))))
    ranges = kept_ranges(result.text, result.starts, result.ends, kept)
    return Kept(kept_text(result.text, ranges), ranges, _segments_at(result, np.flatnonzero(~kept)))


def _segments_at(result: DocumentResult, at: NDArray[np.int64]) -> list[Segment]:
    labels = [result.classes[c] for c in result.columns[at].tolist()]
    rows = zip(result.starts[at].tolist(), result.ends[at].tolist(), labels, result.scores[at].tolist(), strict=True)
    return list(map(Segment._make, rows))


def kept_text(text: str, ranges: Sequence[Range]) -> str:
    """Return ``text[start:end]`` over ``ranges``, joined."""
    return "".join([text[start:end] for start, end in ranges])


def kept_ranges(text: str, starts: NDArray[np.int64], ends: NDArray[np.int64], kept: NDArray[np.bool_]) -> list[Range]:
    """Return the stretches of ``text`` that are kept, in order, disjoint, never empty.

    Args:
        text: the document; blanks belong to the segment before them, at the very beginning to the first.
        starts, ends: int64 (n,), segments in code points, ordered and disjoint.
        kept: bool (n,), which of them are kept. A text without segments is kept: nothing in it was dropped.
    """
    if not len(starts):
        return [(0, len(text))] if text else []
    padded = np.zeros(len(kept) + 2, bool)
    padded[1:-1] = kept
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    first, stop = edges[::2], edges[1::2]
    begins = np.where(first == 0, 0, starts[first]).tolist()
    finishes = np.append(starts, len(text))[stop].tolist()
    last_ends = ends[stop - 1].tolist()
    ranges: list[Range] = []
    for i, (begin, finish) in enumerate(zip(begins, finishes, strict=True)):
        if i and not _BREAK.search(text, last_ends[i - 1], finishes[i - 1]):
            cut = _line_break(text, finishes[i - 1], begin)
            if cut and cut[1] < begin:
                ranges.append(cut)
            elif cut:
                begin = cut[0]
        ranges.append((begin, finish))
    return ranges


def _line_break(text: str, start: int, end: int) -> Range | None:
    """Return the last line break in ``text[start:end]``, with the blank lines around it and an indent up to ``end``."""
    last = max(text.rfind(c, start, end) for c in _BREAKS)
    if last < 0:
        return None
    run = start + len(text[start:last].rstrip())
    opening = _BREAK.search(text, run, last + 1)
    begin = opening.start() if opening else last
    return (begin, end) if not text[last + 1 : end].strip() else (begin, last + 1)
