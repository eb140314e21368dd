"""What a segment looks like, whatever its words: length, case, digits, marks, how it begins and ends."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..segments import Segments
from ..tokens import WORD, Tokens
from .counts import count, lane_tables

# Counted token by token, each a set of marks or a property of words.
_MARKS = {
    "commas": ",", "quotes": "\"'", "exclaims": "!", "asks": "?", "periods": ".", "colons": ":;", "brackets": "()[]{}",
    "bars": "|>/\\*#~_=+<^", "signs": "@$%&",
}  # fmt: skip
_RUNS = ("periods", "exclaims", "asks", "dashes")  # marks that mean something else in a row
COUNTED = ("words", "marks", *_MARKS, "ellipses", "capitals", "shouted", "numbers", "short", "quoted", "spoken")
EDGES = ("ends_sentence", "ends_colon", "starts_lower", "starts_mark", "starts_number")
SURFACE = ("tokens", "letters", *COUNTED, *EDGES)

_UPPER, _SHOUTED, _DIGIT, _SHORT, _RUN, _QUOTED, _OPENS = (1 << bit for bit in range(7))
_CLASS_SHIFT = 7


def _classes() -> tuple[NDArray[Any], list[NDArray[np.int64]]]:
    """Return the shifted class of every kind, and the tables of what each code counts."""
    classes = {"": "", **_MARKS, "dashes": "-"}
    names = list(classes)
    of_kind = np.zeros(256, np.uint16)
    of_kind[WORD] = len(names)
    for i, marks in enumerate(classes.values()):
        of_kind[[ord(c) for c in marks]] = i
    codes = np.arange((len(names) + 1) << _CLASS_SHIFT)
    which, word = codes >> _CLASS_SHIFT, codes >> _CLASS_SHIFT == len(names)
    has = {bit: codes & bit != 0 for bit in (_UPPER, _SHOUTED, _DIGIT, _SHORT, _RUN, _QUOTED, _OPENS)}
    flags = {name: which == names.index(name) for name in _MARKS}
    flags |= {"words": word, "marks": ~word, "ellipses": has[_RUN] & np.isin(which, [names.index(r) for r in _RUNS])}
    flags |= {"capitals": word & has[_UPPER], "shouted": word & has[_SHOUTED], "numbers": word & has[_DIGIT]}
    flags |= {"short": word & has[_SHORT], "quoted": word & has[_QUOTED], "spoken": has[_OPENS]}
    return of_kind << _CLASS_SHIFT, lane_tables(np.stack([flags[name] for name in COUNTED], axis=1))


def _first_bytes() -> NDArray[np.uint16]:
    """Return the bits that a token's first byte sets: capital (any byte outside ASCII may begin one), digit."""
    bits = np.zeros(256, np.uint16)
    bits[65:91] = bits[128:] = _UPPER
    bits[48:58] = _DIGIT
    return bits


_FIRST_BYTE = _first_bytes()
_CLASS_OF_KIND, _TABLES = _classes()


def surface_counts(tokens: Tokens, segments: Segments, inside: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return counts and 0/1 marks of each segment, int32 (n, len(SURFACE)); ``inside`` quotation marks is
    (n_tokens,)."""
    size = tokens.end - tokens.start
    codes = _CLASS_OF_KIND.take(tokens.kind) | _FIRST_BYTE.take(tokens.first_byte)
    opens = _opens_word(tokens)
    flags = ((_SHOUTED, tokens.shouted), (_SHORT, size < 4), (_RUN, size > 1), (_QUOTED, inside), (_OPENS, opens))
    for bit, flag in flags:
        codes |= flag * np.uint16(bit)
    counted = count(codes, _TABLES, len(COUNTED), segments)
    lengths = np.stack([np.diff(segments.token), segments.end - segments.start], axis=1).astype(np.int32)
    return np.concatenate([lengths, counted, _edges(tokens, segments)], axis=1)


def _opens_word(tokens: Tokens) -> NDArray[np.bool_]:
    """Mark the first token with a letter or digit of each whitespace-separated piece, (n_tokens,) bool."""
    at = np.flatnonzero(tokens.kind == WORD)
    piece = np.cumsum(~tokens.glued, dtype=np.int32)[at]
    opens = np.zeros(len(tokens), bool)
    opens[at[np.diff(piece, prepend=-1) != 0]] = True
    return opens


def _edges(tokens: Tokens, segments: Segments) -> NDArray[np.int32]:
    first, last = segments.token[:-1], segments.token[1:] - 1
    begins, ends = tokens.kind[first], tokens.kind[last]
    word, digit = begins == WORD, tokens.digit[first]
    columns = (
        _any_of(ends, '.!?"') | _any_of(tokens.kind[np.maximum(last - 1, first)], ".!?"), _any_of(ends, ":"),
        word & ~tokens.upper[first] & ~digit, ~word, digit,
    )  # fmt: skip
    return np.stack(columns, axis=1).astype(np.int32)


def _any_of(kind: NDArray[np.uint8], marks: str) -> NDArray[np.bool_]:
    table = np.zeros(256, bool)
    table[[ord(c) for c in marks]] = True
    chosen: NDArray[np.bool_] = table[kind]
    return chosen
