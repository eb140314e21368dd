"""Where each segment stands, and how much of its document it sees.

What stands below the text of a page, links and buttons, sees the text; the text does not see it, so that a page is
judged alike whatever a scraper leaves there. What stands above it is read with it: a heading says who speaks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..segments import Segments

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Place:
    """Where each segment stands: all int64 (n,).

    Attributes:
        first, last: segment of its document that it sees: for the text, up to the text's end.
        line_first, line_last: of its line, as far as it sees.
        group: the same for segments of the same document that stand in its text, or below it.
    """

    first: Whole
    last: Whole
    line_first: Whole
    line_last: Whole
    group: Whole


def place(segments: Segments, telling: NDArray[np.bool_]) -> Place:
    """Find what each segment sees.

    A document's text ends with its last segment that is ``telling``, (n,); where there is none, all of it is text.
    """
    first, last = _extent(segments.document)
    line_first, line_last = _extent(segments.line)
    count = np.append(0, np.cumsum(telling))
    at, reached = np.arange(len(segments)), count[last + 1]
    end = np.where(reached > count[first], np.searchsorted(count, reached) - 1, last)
    below = at > end
    seen = np.where(below, last, end)
    return Place(first, seen, line_first, np.minimum(line_last, seen), segments.document * 2 + below)


def _extent(group: Whole) -> tuple[Whole, Whole]:
    n = len(group)
    opens = np.flatnonzero(np.diff(group, prepend=-1))
    sizes = np.diff(np.append(opens, n))
    return np.repeat(opens, sizes), np.repeat(opens + sizes - 1, sizes)
