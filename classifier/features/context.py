"""What stands before and after a segment, and how its voice differs from the rest of its document.

The second verdict reads these. Everything is integer arithmetic over prefix sums that stop at the document's ends, so a
document's numbers cannot depend on what else is in its batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..segments import Segments
from ..text import lay_out
from ..tokens import WORD, Tokens, tokenize
from .counts import MAX_TOKENS
from .cues import CUES, cue_counts, quoted
from .surface import SURFACE, surface_counts

UNIT = 32  # rates are kept as whole numbers of 1/UNIT
LIMIT = 127
NEAR = (-4, -3, -2, -1, 1, 2, 3, 4)
CLOSE, WIDE = 8, 24
_REGISTER = ("words", "letters", "capitals", "shouted", "commas", "exclaims", "asks", "numbers", "quoted", "short")
_REGISTER_EDGES = ("ends_sentence", "starts_lower")
_REGISTER_CUES = ("attribution", "hedges", "evaluation", "first", "second", "talk", "furniture", "trail", "when")
_SHORT_LINE = 10  # words

Floats = NDArray[np.float32]


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
    """A segment's own looks and cues.

    Attributes:
        counts: int32 (n, c), surface and cues as counted, limited to what an eight-bit number holds.
        register: int32 (n, r), rates that make up a voice, in units of 1/UNIT.
        words: int32 (n,), whitespace-separated pieces with a letter or digit.
        read: int32 (n,), those among the tokens that are read (see ``counts``); english: int32 (n,), how many of
        them are
            among the commonest English words.
    """

    counts: NDArray[np.int32]
    register: NDArray[np.int32]
    words: NDArray[np.int32]
    read: NDArray[np.int32]
    english: NDArray[np.int32]


def manner(tokens: Tokens, segments: Segments) -> Manner:
    """Describe each segment by its looks and cues."""
    inside = quoted(tokens, segments)
    surface = surface_counts(tokens, segments, inside)
    cues = cue_counts(tokens, segments, inside)
    words = surface[:, SURFACE.index("words")]
    rated = surface[:, [SURFACE.index(s) for s in _REGISTER]], cues[:, [CUES.index(c) for c in _REGISTER_CUES]]
    rates = np.floor(UNIT * np.concatenate(rated, axis=1) / np.maximum(words, 1).astype(np.float32)[:, None])
    edges = surface[:, [SURFACE.index(s) for s in _REGISTER_EDGES]] * UNIT
    register = np.concatenate([np.minimum(rates, LIMIT).astype(np.int32), edges], axis=1)
    register[:, 0] = _log(words)
    counts = np.minimum(np.concatenate([surface * 4, cues[:, :-1] * UNIT], axis=1), LIMIT)
    counts[:, 0], counts[:, 1] = _log(surface[:, 0]), _log(surface[:, 1])
    read = surface[:, SURFACE.index("spoken")]
    return Manner(counts, register, _all_words(tokens, segments, read), read, cues[:, -1])


def _all_words(tokens: Tokens, segments: Segments, read: NDArray[np.int32]) -> NDArray[np.int32]:
    """Count the words of very long segments to their end; of all others they have been read."""
    words = read.copy()
    for giant in np.flatnonzero(np.diff(segments.token) > MAX_TOKENS):
        mine = slice(segments.token[giant], segments.token[giant + 1])
        piece = np.cumsum(~tokens.glued[mine])[tokens.kind[mine] == WORD]
        words[giant] = np.count_nonzero(np.diff(piece, prepend=-1))
    return words


def _log(counts: NDArray[Any]) -> NDArray[np.int32]:
    """Return ``round(16 * log2(1 + counts))`` by table, capped at LIMIT."""
    logs: NDArray[np.int32] = _LOGS[np.minimum(counts, len(_LOGS) - 1)]
    return logs


_LOGS = np.minimum(np.rint(16 * np.log2(1.0 + np.arange(4096))), LIMIT).astype(np.int32)


def context(alone: NDArray[np.int32], described: Manner, segments: Segments, tokens: Tokens) -> Floats:
    """Return the features of the second verdict, whole numbers as float32 (n, d), each within [-LIMIT, LIMIT].

    Args:
        alone: int32 (n, k), first verdicts in steps.
        described: of the same segments.
        segments, tokens: of the batch.
    """
    where = place(segments)
    sums, votes = _Means(np.concatenate([alone, described.register], axis=1)), _Means(alone)
    first, after, line_first, line_after = where.first, where.last + 1, where.line_first, where.line_last + 1
    at = np.arange(len(alone))
    blocks = [
        alone, _near(alone, where),
        sums.over(np.maximum(at - CLOSE, first), at), sums.over(at + 1, np.minimum(at + 1 + CLOSE, after)),
        votes.over(np.maximum(at - WIDE, first), at), votes.over(at + 1, np.minimum(at + 1 + WIDE, after)),
        sums.over(first, after), sums.over(first, at), sums.over(at + 1, after),
        votes.over(line_first, line_after), votes.over(_line_before(where), line_first),
        votes.over(line_after, _line_beyond(where)),
        described.register, described.counts, _position(segments, where), _markers(described, where),
        _repeats(tokens, segments),
    ]  # fmt: skip
    return np.concatenate(blocks, axis=1, dtype=np.float32, casting="unsafe")


def context_width(k: int) -> int:
    """Return how many features ``context`` gives for first verdicts over ``k`` labels."""
    tokens = tokenize(lay_out(["x"]))
    one, none = np.ones(1, np.int64), np.zeros(1, np.int64)
    segments = Segments(np.array([0, 1]), tokens.start, tokens.end, none, one * 2, none)
    return context(np.zeros((1, k), np.int32), manner(tokens, segments), segments, tokens).shape[1]


class _Means:
    """Means of columns over runs of segments, by prefix sums of whole numbers."""

    def __init__(self, values: NDArray[np.int32]) -> None:
        self.total = np.zeros((len(values) + 1, values.shape[1]), np.int32)
        np.cumsum(values, axis=0, out=self.total[1:])

    def over(self, low: NDArray[np.int64], high: NDArray[np.int64]) -> Floats:
        """Mean over ``[low, high)``, rounded, float32 (n, columns); zero where empty."""
        size = np.maximum(high - low, 1).astype(np.float32)
        sums = (self.total[np.maximum(high, low)] - self.total[low]).astype(np.float32)
        sums /= size[:, None]
        return np.rint(sums, out=sums)


def _line_before(where: Place) -> NDArray[np.int64]:
    """First segment of the line before, or of this line at the document's beginning."""
    before = where.line_first[np.maximum(where.line_first - 1, 0)]
    return np.where(where.line_first > where.first, before, where.line_first)


def _line_beyond(where: Place) -> NDArray[np.int64]:
    """One past the last segment of the line after, or of this line at the document's end."""
    after = where.line_last[np.minimum(where.line_last + 1, len(where.last) - 1)]
    return np.where(where.line_last < where.last, after, where.line_last) + 1


def _near(values: NDArray[np.int32], where: Place) -> NDArray[np.int32]:
    """Values of the neighbours at the distances ``NEAR``, zero outside the document; (n, columns * neighbours)."""
    at = np.arange(len(values))[:, None] + np.array(NEAR)
    inside = (at >= where.first[:, None]) & (at <= where.last[:, None])
    near = values[np.clip(at, 0, len(values) - 1)] * inside[:, :, None]
    return near.reshape(len(values), -1)


def _position(segments: Segments, where: Place) -> NDArray[np.int32]:
    at = np.arange(len(segments))
    size = where.last - where.first + 1
    following = segments.breaks[np.minimum(at + 1, len(at) - 1)]
    columns = [
        _log(at - where.first), _log(where.last - at), (at - where.first) * LIMIT // size, _log(size),
        _log(at - where.line_first), _log(where.line_last - at), (segments.breaks == 0) * LIMIT, (segments.breaks >
        1) * LIMIT,
        ((following == 0) & (at < where.last)) * LIMIT, (at == where.first) * LIMIT, (at == where.last) * LIMIT,
        _log(segments.line - segments.line[where.first]),
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.int32)


def _markers(described: Manner, where: Place) -> NDArray[np.int32]:
    """Short lines that speak of comments, of dates, of furniture: how many before and after, how far the nearest."""
    short = described.words < _SHORT_LINE
    rates = described.register[:, len(_REGISTER) :]
    blocks = []
    for cue in ("trail", "when", "furniture", "talk"):
        marked = short & (rates[:, _REGISTER_CUES.index(cue)] >= UNIT // 8)
        blocks.append(_nearness(marked, where))
    return np.concatenate(blocks, axis=1)


def _nearness(marked: NDArray[np.bool_], where: Place) -> NDArray[np.int32]:
    n = len(marked)
    at = np.arange(n)
    count = np.concatenate([[0], np.cumsum(marked)])
    before, after = count[at] - count[where.first], count[where.last + 1] - count[at + 1]
    last = np.maximum.accumulate(np.where(marked, at, -1))
    last = np.append(-1, last[:-1])
    coming = np.minimum.accumulate(np.where(marked, at, n)[::-1])[::-1]
    coming = np.append(coming[1:], n)
    columns = [
        marked * LIMIT, _log(before), _log(after),
        _closeness(at - last, before > 0), _closeness(coming - at, after > 0),
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.int32)


_INVERSE = np.append(0, LIMIT // np.arange(1, LIMIT + 2)).astype(np.int32)


def _closeness(distance: NDArray[np.int64], there: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return ``LIMIT // distance`` where something is ``there``, else 0."""
    close: NDArray[np.int32] = _INVERSE[np.clip(distance, 0, LIMIT + 1)] * there
    return close


def _repeats(tokens: Tokens, segments: Segments) -> NDArray[np.int32]:
    """How often a segment with the same first and last token and length stands in its document: trimmings repeat."""
    first, last = tokens.key[segments.token[:-1]], tokens.key[segments.token[1:] - 1]
    size = np.diff(segments.token).astype(np.uint64)
    mixed = (first * np.uint64(31) + last) * np.uint64(31) + size
    looks = mixed * np.uint64(0x9E3779B97F4A7C15) + segments.document.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    _, which, counts = np.unique(looks, return_inverse=True, return_counts=True)
    return _log(counts[which] - 1)[:, None]
