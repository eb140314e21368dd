"""Hashed words, word pairs, word beginnings and endings of each segment.

Every token gives the same number of columns, so the features of a batch are one rectangular array of table indices; training
reads it as a CSR matrix, inference as look-ups. Column 0 means nothing and weighs nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..segments import Segments
from ..tokens import U64, WORD, Tokens, scramble

BITS = 19
COLUMNS = 1 << BITS
_SHIFT = U64(64 - BITS)
_SALTS = [U64(0xA0761D6478BD642F * (2 * i + 1) & (1 << 64) - 1) for i in range(8)]
_PREFIX, _SUFFIX = U64(0xFFFFFFFF), U64(0xFFFFFF)
MAX_TOKENS = 2048  # of a segment, read as features; keeps the sums of any segment within 32 bits


def word_columns(tokens: Tokens, segments: Segments) -> NDArray[np.int64]:
    """Return the columns of each token: the word, the pair with the word before, its beginning, its ending.

    int64 (n_tokens, 4), in ``[0, COLUMNS)``. A segment's first token pairs with a mark for the beginning. Tokens beyond a
    segment's first ``MAX_TOKENS`` give column 0.
    """
    key = tokens.key
    before = np.empty_like(key)
    before[1:] = key[:-1]
    before[segments.token[:-1]] = _SALTS[3]
    columns = np.empty((len(key), 4), np.int64)
    columns[:, 0] = _column(key)
    columns[:, 1] = _column(scramble(before * U64(3) + key))
    columns[:, 2:] = 0
    _add_affixes(tokens, columns)
    _drop_beyond(segments, columns)
    return columns


def edge_columns(tokens: Tokens, segments: Segments) -> NDArray[np.int64]:
    """Return the columns of each segment's end: its last token, and its first and last together; int64 (n, 2)."""
    first, last = tokens.key[segments.token[:-1]], tokens.key[segments.token[1:] - 1]
    return np.stack([_column(scramble(last * U64(3) + _SALTS[4])), _column(scramble(first * U64(5) + last))], axis=1)


def _column(key: NDArray[np.uint64]) -> NDArray[np.int64]:
    return (key >> _SHIFT).astype(np.int64) | (key == 0)


def _add_affixes(tokens: Tokens, columns: NDArray[np.int64]) -> None:
    length = tokens.end - tokens.start
    long = np.flatnonzero((length > 4) & (tokens.kind == WORD))
    columns[long, 2] = _column(scramble((tokens.first[long] & _PREFIX) ^ _SALTS[1]))
    end = tokens.end[long]
    tail = tokens.folded[end - 1].astype(np.uint64)
    for back in (2, 3):
        tail = tail << U64(8) | tokens.folded[end - back]
    columns[long, 3] = _column(scramble(tail ^ _SALTS[2]))


def _drop_beyond(segments: Segments, columns: NDArray[np.int64]) -> None:
    size = np.diff(segments.token)
    for giant in np.flatnonzero(size > MAX_TOKENS):
        columns[segments.token[giant] + MAX_TOKENS : segments.token[giant + 1]] = 0
