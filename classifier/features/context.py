"""What stands before and after a segment, and how its voice differs from the rest of its document.

The second verdict reads these. Everything is integer arithmetic over prefix sums that stop at the document's ends, so a
document's numbers cannot depend on what else is in its batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
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
TOGETHER = 1024  # segments whose features are computed in one go
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
        counts: int8 (n, c), surface and cues as counted, up to LIMIT.
        register: int8 (n, r), rates that make up a voice, in units of 1/UNIT.
        words: int32 (n,), whitespace-separated pieces with a letter or digit.
        read: int32 (n,), those among the tokens that are read (see ``counts``).
        english: int32 (n,), how many of them are among the commonest English words.
        shape: uint64 (n,), the same for segments with the same first and last token and as many tokens.
        opened: bool (n,), whether the last token stands between quotation marks.
    """

    counts: NDArray[np.int8]
    register: NDArray[np.int8]
    words: NDArray[np.int32]
    read: NDArray[np.int32]
    english: NDArray[np.int32]
    shape: NDArray[np.uint64]
    opened: NDArray[np.bool_]


def joined(parts: Sequence[Manner]) -> Manner:
    """Join descriptions of segments that follow one another."""
    if len(parts) == 1:
        return parts[0]
    return Manner(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Manner)))


def manner(tokens: Tokens, segments: Segments, opened: bool = False) -> Manner:
    """Describe each segment by its looks and cues; ``opened`` as ``quoted`` has it."""
    inside = quoted(tokens, segments, opened)
    surface = surface_counts(tokens, segments, inside)
    cues = cue_counts(tokens, segments, inside)
    words = surface[:, SURFACE.index("words")]
    rated = surface[:, [SURFACE.index(s) for s in _REGISTER]], cues[:, [CUES.index(c) for c in _REGISTER_CUES]]
    rates = np.floor(UNIT * np.concatenate(rated, axis=1) / np.maximum(words, 1).astype(np.float32)[:, None])
    edges = surface[:, [SURFACE.index(s) for s in _REGISTER_EDGES]] * UNIT
    register = np.concatenate([np.minimum(rates, LIMIT), edges], axis=1, dtype=np.int8, casting="unsafe")
    register[:, 0] = _log(words)
    counts = np.minimum(np.concatenate([surface * 4, cues[:, :-1] * UNIT], axis=1), LIMIT).astype(np.int8)
    counts[:, 0], counts[:, 1] = _log(surface[:, 0]), _log(surface[:, 1])
    read = surface[:, SURFACE.index("spoken")]
    last = inside[segments.token[1:] - 1]
    return Manner(
        counts, register, _all_words(tokens, segments, read), read, cues[:, -1], _shape(tokens, segments), last
    )


def _all_words(tokens: Tokens, segments: Segments, read: NDArray[np.int32]) -> NDArray[np.int32]:
    """Count the words of very long segments to their end; of all others they have been read."""
    words = read.copy()
    for giant in np.flatnonzero(np.diff(segments.token) > MAX_TOKENS):
        mine = slice(segments.token[giant], segments.token[giant + 1])
        piece = np.cumsum(~tokens.glued[mine])[tokens.kind[mine] == WORD]
        words[giant] = np.count_nonzero(np.diff(piece, prepend=-1))
    return words


def _log(counts: NDArray[Any]) -> NDArray[np.int8]:
    """Return ``round(16 * log2(1 + counts))`` by table, capped at LIMIT."""
    logs: NDArray[np.int8] = _LOGS[np.minimum(counts, len(_LOGS) - 1)]
    return logs


_LOGS = np.minimum(np.rint(16 * np.log2(1.0 + np.arange(4096))), LIMIT).astype(np.int8)


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
    where = place(segments)
    sums = _Means(np.concatenate([alone, described.register], axis=1))
    votes = _Means(alone)
    whole = (
        described.register, described.counts, _position(segments, where), _markers(described, where),
        _repeats(described.shape, segments),
    )  # fmt: skip
    for low in range(0, len(alone), together):
        some = slice(low, low + together)
        around = _around(alone, sums, votes, where, np.arange(len(alone))[some])
        yield np.concatenate([*around, *(block[some] for block in whole)], axis=1, dtype=np.float32, casting="unsafe")


def _around(
    alone: NDArray[np.int32], sums: _Means, votes: _Means, where: Place, at: NDArray[np.int64]
) -> list[NDArray[Any]]:
    """First verdicts of the segments ``at``, and of runs of segments around them."""
    first, after = where.first[at], where.last[at] + 1
    line_first, line_after = where.line_first[at], where.line_last[at] + 1
    return [
        alone[at], _near(alone, at, first, after),
        sums.over(np.maximum(at - CLOSE, first), at), sums.over(at + 1, np.minimum(at + 1 + CLOSE, after)),
        votes.over(np.maximum(at - WIDE, first), at), votes.over(at + 1, np.minimum(at + 1 + WIDE, after)),
        sums.over(first, after), sums.over(first, at), sums.over(at + 1, after),
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
    """Means of columns over runs of segments, by prefix sums of whole numbers."""

    def __init__(self, values: NDArray[np.int32]) -> None:
        whole = np.int32 if len(values) * LIMIT < 1 << 31 else np.int64
        self.total = np.zeros((len(values) + 1, values.shape[1]), whole)
        np.cumsum(values, axis=0, out=self.total[1:])

    def over(self, low: NDArray[np.int64], high: NDArray[np.int64]) -> Floats:
        """Mean over ``[low, high)``, rounded, float32 (n, columns); zero where empty."""
        size = np.maximum(high - low, 1).astype(np.float32)
        sums = (self.total[np.maximum(high, low)] - self.total[low]).astype(np.float32)
        sums /= size[:, None]
        return np.rint(sums, out=sums)


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
    near = values[np.clip(there, 0, len(values) - 1)] * inside[:, :, None]
    return near.reshape(len(at), -1)


def _position(segments: Segments, where: Place) -> NDArray[np.int8]:
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
    return np.stack(columns, axis=1).astype(np.int8)


def _markers(described: Manner, where: Place) -> NDArray[np.int8]:
    """Short lines that speak of comments, of dates, of furniture: how many before and after, how far the nearest."""
    short = described.words < _SHORT_LINE
    rates = described.register[:, len(_REGISTER) :]
    blocks = []
    for cue in ("trail", "when", "furniture", "talk"):
        marked = short & (rates[:, _REGISTER_CUES.index(cue)] >= UNIT // 8)
        blocks.append(_nearness(marked, where))
    return np.concatenate(blocks, axis=1)


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
        marked * LIMIT, _log(before), _log(after),
        _closeness(at - last, before > 0), _closeness(coming - at, after > 0),
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.int8)


_INVERSE = np.append(0, LIMIT // np.arange(1, LIMIT + 2)).astype(np.int32)


def _closeness(distance: NDArray[np.int64], there: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return ``LIMIT // distance`` where something is ``there``, else 0."""
    close: NDArray[np.int32] = _INVERSE[np.clip(distance, 0, LIMIT + 1)] * there
    return close


def _shape(tokens: Tokens, segments: Segments) -> NDArray[np.uint64]:
    first, last = tokens.key[segments.token[:-1]], tokens.key[segments.token[1:] - 1]
    return (first * np.uint64(31) + last) * np.uint64(31) + np.diff(segments.token).astype(np.uint64)


def _repeats(shape: NDArray[np.uint64], segments: Segments) -> NDArray[np.int8]:
    """How often a segment of the same shape stands in its document: trimmings repeat."""
    looks = shape * np.uint64(0x9E3779B97F4A7C15) + segments.document.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    _, which, counts = np.unique(looks, return_inverse=True, return_counts=True)
    return _log(counts[which] - 1)[:, None]
