"""What a reader is shown of a result beside its labels: marks without colour, the trail's start, who decided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..io import visible
from ..result import DocumentResult

UNSURE = 0.7  # a score below this is shown as unsure
TRAIL = "comment"
FURNITURE = "boilerplate"


def marks(labels: Sequence[str]) -> list[str]:
    """Return a short mark for each label: as many of its first letters as tell it from the others, else its number."""
    names = [visible(label).upper() for label in labels]
    return [_mark(name, [*names[:i], *names[i + 1 :]]) or str(i + 1) for i, name in enumerate(names)]


def _mark(name: str, others: Sequence[str]) -> str:
    lengths = range(1, min(len(name), 4) + 1)
    return next((name[:n] for n in lengths if all(other[:n] != name[:n] for other in others)), "")


def trail_start(result: DocumentResult) -> int:
    """Return the segment at which readers begin to speak, -1 where they do not.

    Of several runs of comments (page furniture may stand between them) it is the one with most words.
    """
    if TRAIL not in result.classes:
        return -1
    best, words_of_best, start, words = -1, 0, -1, 0
    for i, (label, n) in enumerate(zip(result.labels, result.words.tolist(), strict=True)):
        if label == TRAIL:
            start, words = (i, n) if start < 0 else (start, words + n)
        elif label != FURNITURE:
            start, words = -1, 0
        if start >= 0 and words > words_of_best:
            best, words_of_best = start, words
    return best


def decided_by_neighbours(result: DocumentResult) -> NDArray[np.bool_]:
    """Return where a segment alone would have been given another label, bool (n,)."""
    if not len(result):
        return np.zeros(0, bool)
    return np.asarray(result.alone.argmax(axis=1) != result.columns)
