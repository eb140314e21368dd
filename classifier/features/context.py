"""What stands before and after a segment, and how its voice differs from the rest of its document.

The second verdict reads these. Everything is integer arithmetic over prefix sums that stop at the document's ends, so a
document's numbers cannot depend on what else is in its batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..segments import Segments
from ..text import lay_out
from ..tokens import tokenize
from .manner import LIMIT, Manner, logs, manner, marked, prose, telling
from .place import Place, place

NEAR = (-4, -3, -2, -1, 1, 2, 3, 4)
CLOSE, WIDE = 8, 24
TOGETHER = 1024  # segments whose features are computed in one go

Floats = NDArray[np.float32]


def context(alone: NDArray[np.int32], described: Manner, segments: Segments) -> Floats:
    """Return the features of the second verdict, whole numbers as float32 (n, d), each within [-LIMIT, LIMIT].

    Args:
        alone: int32 (n, k), first verdicts in steps.
        described: of the same segments.
        segments: of the batch.
    """
    return np.concatenate(list(contexts(alone, described, segments)))


def contexts(
    alone: NDArray[np.int32], described: Manner, segments: Segments, together: int = TOGETHER
) -> Iterator[Floats]:
    """Yield what ``context`` returns, ``together`` rows at a time: as many as a processor's cache holds."""
    where, body = place(segments, telling(described)), prose(described)
    voice = np.concatenate([alone, described.register], axis=1)
    means = _Voices(_Means(voice), _Means(alone), _Means(voice, body))
    whole = np.concatenate([
        described.register, described.counts, _position(segments, where, body), _markers(described, where),
        _repeats(described.shape, where),
    ], axis=1)  # fmt: skip
    for low in range(0, len(alone), together):
        some = slice(low, low + together)
        around = _around(alone, means, where, np.arange(len(alone))[some])
        yield np.concatenate([*around, whole[some]], axis=1, dtype=np.float32, casting="unsafe")


def _around(alone: NDArray[np.int32], means: _Voices, where: Place, at: NDArray[np.int64]) -> list[NDArray[Any]]:
    """First verdicts of the segments ``at``, and of runs of segments around them."""
    sums, votes, body = means
    first, after = where.first[at], where.last[at] + 1
    line_first, line_after = where.line_first[at], where.line_last[at] + 1
    return [
        alone[at], _near(alone, at, first, after),
        sums.over(np.maximum(at - CLOSE, first), at), sums.over(at + 1, np.minimum(at + 1 + CLOSE, after)),
        votes.over(np.maximum(at - WIDE, first), at), votes.over(at + 1, np.minimum(at + 1 + WIDE, after)),
        body.over(first, after), body.over(first, at), body.over(at + 1, after),
        votes.over(line_first, line_after), votes.over(_line_before(where, at), line_first),
        votes.over(line_after, _line_beyond(where, at)),
    ]  # fmt: skip


def context_width(k: int) -> int:
    """Return how many features ``context`` gives for first verdicts over ``k`` labels."""
    tokens = tokenize(lay_out(["x"]))
    one, none = np.ones(1, np.int64), np.zeros(1, np.int64)
    segments = Segments(np.array([0, 1]), tokens.start, tokens.end, none, one * 2, none)
    return context(np.zeros((1, k), np.int32), manner(tokens, segments), segments).shape[1]


class _Means:
    """Means of columns over runs of segments, or of those that are ``chosen``, by prefix sums of whole numbers."""

    def __init__(self, values: NDArray[np.int32], chosen: NDArray[np.bool_] | None = None) -> None:
        whole = np.int32 if len(values) * LIMIT < 1 << 31 else np.int64
        self.total = np.zeros((len(values) + 1, values.shape[1]), whole)
        np.cumsum(values if chosen is None else values * chosen[:, None], axis=0, out=self.total[1:])
        self.before = np.arange(len(values) + 1) if chosen is None else np.append(0, np.cumsum(chosen))

    def over(self, low: NDArray[np.int64], high: NDArray[np.int64]) -> Floats:
        """Mean over ``[low, high)``, rounded, float32 (n, columns); zero where empty."""
        high = np.maximum(high, low)
        size = np.maximum(self.before[high] - self.before[low], 1).astype(np.float32)
        sums = self.total.take(high, axis=0)
        sums -= self.total.take(low, axis=0)
        means = np.divide(sums, size[:, None], dtype=np.float32, casting="unsafe")
        return np.rint(means, out=means)


class _Voices(NamedTuple):
    """Means of first verdicts and register, of first verdicts alone, and of both over the body of the page."""

    all: _Means
    votes: _Means
    body: _Means


def _line_before(where: Place, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """First segment of the line before, or of this line at the document's beginning."""
    line_first = where.line_first[at]
    before = where.line_first[np.maximum(line_first - 1, 0)]
    return np.where(line_first > where.first[at], before, line_first)


def _line_beyond(where: Place, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """One past the last segment of the line after, or of this line at the document's end."""
    line_last = where.line_last[at]
    after = where.line_last[np.minimum(line_last + 1, len(where.last) - 1)]
    return np.where(line_last < where.last[at], after, line_last) + 1


def _near(
    values: NDArray[np.int32], at: NDArray[np.int64], first: NDArray[np.int64], after: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Values of the neighbours at the distances ``NEAR``, zero outside the document; (n, columns * neighbours)."""
    there = at[:, None] + np.array(NEAR)
    inside = (there >= first[:, None]) & (there < after[:, None])
    near = values.take(np.clip(there, 0, len(values) - 1), axis=0) * inside[:, :, None]
    return near.reshape(len(at), -1)


def _position(segments: Segments, where: Place, body: NDArray[np.bool_]) -> NDArray[np.int8]:
    at, count = np.arange(len(segments)), np.append(0, np.cumsum(body))
    before, after = count[at] - count[where.first], count[where.last + 1] - count[at + 1]
    size = count[where.last + 1] - count[where.first]
    following = segments.breaks[np.minimum(at + 1, len(at) - 1)]
    columns = [
        logs(at - where.first), logs(before), logs(after), before * LIMIT // np.maximum(size, 1), logs(size),
        logs(at - where.line_first), logs(where.line_last - at), (segments.breaks == 0) * LIMIT, (segments.breaks >
        1) * LIMIT,
        ((following == 0) & (at < where.last)) * LIMIT, (at == where.first) * LIMIT, (at == where.last) * LIMIT,
        logs(segments.line - segments.line[where.first]),
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.int8)


def _markers(described: Manner, where: Place) -> NDArray[np.int8]:
    """Short lines that speak of comments, of dates, of furniture: how many before and after, how far the nearest."""
    cues = ("trail", "when", "furniture", "talk")
    return np.concatenate([_nearness(marked(described, cue), where) for cue in cues], axis=1)


def _nearness(marked: NDArray[np.bool_], where: Place) -> NDArray[np.int8]:
    n = len(marked)
    at = np.arange(n)
    count = np.concatenate([[0], np.cumsum(marked)])
    before, after = count[at] - count[where.first], count[where.last + 1] - count[at + 1]
    last = np.maximum.accumulate(np.where(marked, at, -1))
    last = np.append(-1, last[:-1])
    coming = np.minimum.accumulate(np.where(marked, at, n)[::-1])[::-1]
    coming = np.append(coming[1:], n)
    columns = [
        marked * LIMIT, logs(before), logs(after),
        _closeness(at - last, before > 0), _closeness(coming - at, after > 0),
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.int8)


_INVERSE = np.append(0, LIMIT // np.arange(1, LIMIT + 2)).astype(np.int32)


def _closeness(distance: NDArray[np.int64], there: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return ``LIMIT // distance`` where something is ``there``, else 0."""
    close: NDArray[np.int32] = _INVERSE[np.clip(distance, 0, LIMIT + 1)] * there
    return close


def _repeats(shape: NDArray[np.uint64], where: Place) -> NDArray[np.int8]:
    """How often a segment of the same shape stands in the text of its document, or below it: trimmings repeat."""
    looks = shape * np.uint64(0x9E3779B97F4A7C15) + where.group.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    _, which, counts = np.unique(looks, return_inverse=True, return_counts=True)
    return logs(counts[which] - 1)[:, None]
