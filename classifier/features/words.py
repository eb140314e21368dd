"""Hashed words, word pairs, word beginnings and endings of each segment.

Every token gives the same number of columns, so the features of a batch are one rectangular array of table indices;
training
reads it as a CSR matrix, inference as look-ups. Column 0 means nothing and weighs nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..segments import Segments
from ..tokens import M3, U64, WORD, Tokens, scramble
from .counts import beyond

BITS = 19
COLUMNS = 1 << BITS
_SHIFT = U64(64 - BITS)
_SALTS = [U64(0xA0761D6478BD642F * (2 * i + 1) & (1 << 64) - 1) for i in range(8)]
_PREFIX = U64(0xFFFFFFFF)
_BEGINNING = U64(int(_SALTS[3]) * 3 & (1 << 64) - 1)


def word_columns(tokens: Tokens, segments: Segments) -> NDArray[np.int64]:
    """Return the columns of each token: the word, the pair with the word before, its beginning, its ending.

    int64 (4, n_tokens), in ``[0, COLUMNS)``. A segment's first token pairs with a mark for the beginning. Tokens that
    are not read (see ``counts``) give column 0.
    """
    key = tokens.key
    columns = np.empty((4, len(key)), np.uint64)
    np.right_shift(key, _SHIFT, out=columns[0])
    pair = columns[1]
    np.multiply(key[:-1], U64(3), out=pair[1:])
    pair[segments.token[:-1]] = _BEGINNING
    pair += key
    _to_columns(pair)
    columns[2:] = 0
    _add_affixes(tokens, columns)
    for unread in beyond(segments):
        columns[:, unread] = 0
    return columns.view(np.int64)


def edge_columns(tokens: Tokens, segments: Segments) -> NDArray[np.int64]:
    """Return the columns of each segment's end: its last token, and its first and last together; int64 (2, n)."""
    first, last = tokens.key[segments.token[:-1]], tokens.key[segments.token[1:] - 1]
    return np.stack([_column(scramble(last * U64(3) + _SALTS[4])), _column(scramble(first * U64(5) + last))])


def _column(key: NDArray[np.uint64]) -> NDArray[np.int64]:
    return (key >> _SHIFT).view(np.int64)


def _to_columns(x: NDArray[np.uint64]) -> None:
    """Do what ``_column(scramble(x))`` does, in place; ``scramble``'s last step does not reach the highest bits."""
    x ^= x >> U64(32)
    x *= M3
    x >>= _SHIFT


def _add_affixes(tokens: Tokens, columns: NDArray[np.uint64]) -> None:
    long = np.flatnonzero((tokens.length > 4) & (tokens.kind == WORD))
    beginning = tokens.first.take(long) & _PREFIX
    ending = tokens.last.take(long) >> U64(40)
    for row, affix, salt in ((2, beginning, _SALTS[1]), (3, ending, _SALTS[2])):
        affix ^= salt
        _to_columns(affix)
        columns[row][long] = affix
