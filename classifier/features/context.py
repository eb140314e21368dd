"""What stands before and after a segment, and how its voice differs from the rest of its document.

The second verdict reads these. Everything is integer arithmetic over prefix sums that stop at the document's ends, so a
document's numbers cannot depend on what else is in its batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..segments import Segments
from ..tokens import Tokens
from .cues import CUES, cue_counts, quoted
from .surface import SURFACE, surface_counts

UNIT = 32  # logits and rates are kept as whole numbers of 1/UNIT
LIMIT = 127
NEAR = (-4, -3, -2, -1, 1, 2, 3, 4)
WINDOWS = ((-8, -1), (1, 8), (-24, -1), (1, 24))
_REGISTER = ("words", "letters", "capitals", "shouted", "commas", "exclaims", "asks", "numbers", "quoted", "ends_sentence", "starts_lower", "short_words", "links")  # fmt: skip
_REGISTER_CUES = ("attribution", "hedges", "evaluation", "first", "second", "talk", "furniture", "trail", "when")


@dataclass(frozen=True)
class Place:
    """Where each segment stands: all int64 (n,).

    ``first``/``last`` segment of its document, ``line_first``/``line_last`` of its line.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    line_first: NDArray[np.int64]
    line_last: NDArray[np.int64]


def place(segments: Segments) -> Place:
    """Find the ends of each segment's document and line."""
    first, last = _extent(segments.document)
    line_first, line_last = _extent(segments.line)
    return Place(first, last, line_first, line_last)


def _extent(group: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    n = len(group)
    opens = np.flatnonzero(np.diff(group, prepend=-1))
    sizes = np.diff(np.append(opens, n))
    return np.repeat(opens, sizes), np.repeat(opens + sizes - 1, sizes)


@dataclass(frozen=True)
class Manner:
    """A segment's own looks and cues: ``own`` int32 (n, d), what stays a segment's own; ``register`` int32 (n, r), rates."""

    own: NDArray[np.int32]
    register: NDArray[np.int32]


def manner(tokens: Tokens, segments: Segments) -> Manner:
    """Describe each segment by its looks and cues."""
    inside = quoted(tokens, segments)
    surface = surface_counts(tokens, segments, inside)
    cues = cue_counts(tokens, segments, inside)
    words = np.maximum(surface[:, SURFACE.index("words")], 1)[:, None]
    rates = np.minimum(UNIT * np.concatenate([surface, cues], axis=1) // words, LIMIT)
    register = rates[:, [SURFACE.index(s) for s in _REGISTER] + [len(SURFACE) + CUES.index(c) for c in _REGISTER_CUES]]
    register[:, 0] = _log(surface[:, SURFACE.index("words")])
    own = np.concatenate([np.minimum(surface * 4, LIMIT), np.minimum(cues * UNIT, LIMIT), rates], axis=1)
    own[:, 0] = _log(surface[:, 0])
    own[:, 2] = _log(surface[:, 2])
    return Manner(own.astype(np.int32), register.astype(np.int32))


def _log(counts: NDArray[np.int32] | NDArray[np.int64]) -> NDArray[np.int32]:
    """Return ``round(16 * log2(1 + counts))`` by table, capped at LIMIT."""
    logs: NDArray[np.int32] = _LOGS[np.minimum(counts, len(_LOGS) - 1)]
    return logs


_LOGS = np.minimum(np.rint(16 * np.log2(1.0 + np.arange(4096))), LIMIT).astype(np.int32)


def context(alone: NDArray[np.int32], described: Manner, segments: Segments, tokens: Tokens) -> NDArray[np.float32]:
    """Return the features of the second verdict, whole numbers as float32 (n, d), each within [-LIMIT, LIMIT].

    Args:
        alone: int32 (n, h), first verdicts in units of 1/UNIT.
        described: of the same segments.
        segments, tokens: of the batch.
    """
    where = place(segments)
    sums = _Sums(np.concatenate([alone, described.register], axis=1), where)
    h = alone.shape[1]
    near = [_shifted(alone, by, where) for by in NEAR]
    windows = [sums.between(low, high) for low, high in WINDOWS]
    whole, past, rest, line = sums.whole(), sums.past(), sums.rest(), sums.line()
    line_before, line_after = sums.line_before(), sums.line_after()
    own = sums.values
    blocks = [
        alone, *near, *windows, whole, past, rest, line[:, :h], line_before, line_after,
        (own - past)[:, h:], (past - rest)[:, :], (windows[0] - windows[1]), (windows[2] - windows[3]),
        described.own, _position(segments, where), _markers(described, segments, where), _repeats(tokens, segments),
    ]  # fmt: skip
    return np.clip(np.concatenate(blocks, axis=1), -LIMIT, LIMIT).astype(np.float32)


def context_width(k: int) -> int:
    """Return how many features ``context`` gives for first verdicts over ``k`` labels."""
    from ..text import lay_out
    from ..tokens import tokenize

    tokens = tokenize(lay_out(["x"]))
    one, none = np.ones(1, np.int64), np.zeros(1, np.int64)
    segments = Segments(np.array([0, 1]), tokens.start, tokens.end, none, one * 2, none)
    return context(np.zeros((1, k), np.int32), manner(tokens, segments), segments, tokens).shape[1]


class _Sums:
    """Means of columns over runs of segments, by prefix sums."""

    def __init__(self, values: NDArray[np.int32], where: Place) -> None:
        self.values, self.where = values, where
        self.total = np.zeros((len(values) + 1, values.shape[1]), np.int64)
        np.cumsum(values, axis=0, out=self.total[1:])
        self.at = np.arange(len(values))

    def mean(self, low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.int64]:
        """Mean over ``[low, high)``, rounded down; zero where empty."""
        count = np.maximum(high - low, 1)[:, None]
        high = np.maximum(high, low)
        mean: NDArray[np.int64] = (self.total[high] - self.total[low]) // count
        return mean

    def between(self, low: int, high: int) -> NDArray[np.int64]:
        first, last = self.where.first, self.where.last + 1
        return self.mean(np.clip(self.at + low, first, last), np.clip(self.at + high + 1, first, last))

    def whole(self) -> NDArray[np.int64]:
        return self.mean(self.where.first, self.where.last + 1)

    def past(self) -> NDArray[np.int64]:
        return self.mean(self.where.first, self.at)

    def rest(self) -> NDArray[np.int64]:
        return self.mean(self.at + 1, self.where.last + 1)

    def line(self) -> NDArray[np.int64]:
        return self.mean(self.where.line_first, self.where.line_last + 1)

    def line_before(self) -> NDArray[np.int64]:
        end = self.where.line_first
        start = self.where.line_first[np.maximum(end - 1, 0)]
        return self.mean(np.maximum(np.minimum(start, end), self.where.first), end)

    def line_after(self) -> NDArray[np.int64]:
        start = self.where.line_last + 1
        end = self.where.line_last[np.minimum(start, len(self.at) - 1)] + 1
        return self.mean(start, np.minimum(np.maximum(end, start), self.where.last + 1))


def _shifted(values: NDArray[np.int32], by: int, where: Place) -> NDArray[np.int32]:
    at = np.arange(len(values)) + by
    inside = (at >= where.first) & (at <= where.last)
    moved: NDArray[np.int32] = np.where(inside[:, None], values[np.clip(at, 0, len(values) - 1)], 0)
    return moved


def _position(segments: Segments, where: Place) -> NDArray[np.int32]:
    at = np.arange(len(segments))
    size = where.last - where.first + 1
    following = segments.breaks[np.minimum(at + 1, len(at) - 1)]
    columns = [
        _log(at - where.first), _log(where.last - at), (at - where.first) * LIMIT // size, _log(size),
        _log(at - where.line_first), _log(where.line_last - at), (segments.breaks == 0) * LIMIT, (segments.breaks > 1) * LIMIT,
        (following == 0) * LIMIT, (at == where.first) * LIMIT, (at == where.last) * LIMIT,
        _log(segments.line - segments.line[where.first]),
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.int32)


def _markers(described: Manner, segments: Segments, where: Place) -> NDArray[np.int32]:
    """Short lines that speak of comments, of dates, of furniture: how many before and after, how far the nearest."""
    words = described.register[:, 0] < 16 * 3.4
    rate = described.register[:, -len(_REGISTER_CUES) :]
    blocks = []
    for cue in ("trail", "when", "furniture", "talk"):
        marked = words & (rate[:, _REGISTER_CUES.index(cue)] >= UNIT // 8)
        blocks.append(_nearness(marked, where))
    return np.concatenate(blocks, axis=1)


def _nearness(marked: NDArray[np.bool_], where: Place) -> NDArray[np.int32]:
    n = len(marked)
    at = np.arange(n)
    count = np.concatenate([[0], np.cumsum(marked)])
    before, after = count[at] - count[where.first], count[where.last + 1] - count[at + 1]
    last = np.maximum.accumulate(np.where(marked, at, -1))
    last = np.concatenate([[-1], last[:-1]]) if n else last
    coming = np.minimum.accumulate(np.where(marked, at, n)[::-1])[::-1]
    coming = np.concatenate([coming[1:], [n]]) if n else coming
    columns = [
        marked * LIMIT, _log(before), _log(after),
        np.where(before > 0, LIMIT // np.maximum(at - last, 1), 0), np.where(after > 0, LIMIT // np.maximum(coming - at, 1), 0),
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.int32)


def _repeats(tokens: Tokens, segments: Segments) -> NDArray[np.int32]:
    """How often a segment with the same first and last token and length stands in its document: trimmings repeat."""
    first, last = tokens.key[segments.token[:-1]], tokens.key[segments.token[1:] - 1]
    size = np.diff(segments.token).astype(np.uint64)
    mixed = (first * np.uint64(31) + last) * np.uint64(31) + size
    looks = mixed * np.uint64(0x9E3779B97F4A7C15) + segments.document.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    _, which, counts = np.unique(looks, return_inverse=True, return_counts=True)
    return _log(counts[which] - 1)[:, None]
