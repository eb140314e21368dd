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
_RUNS = ".!?-"  # marks that mean something else in a row
COUNTED = ("words", "marks", *_MARKS, "ellipses", "capitals", "shouted", "numbers", "short", "quoted", "spoken")
EDGES = ("ends_sentence", "ends_colon", "starts_lower", "starts_mark", "starts_number")
SURFACE = ("tokens", "letters", *COUNTED, *EDGES)

_UPPER, _SHOUTED, _DIGIT, _SHORT, _RUN, _QUOTED, _OPENS = (1 << bit for bit in range(7))
_CLASS_SHIFT = 7


def _classes() -> tuple[NDArray[Any], list[NDArray[np.int64]]]:
    """Return the shifted class of every kind, and the tables of what each code counts."""
    names = ["", *_MARKS]
    of_kind = np.zeros(256, np.uint16)
    of_kind[WORD] = len(names)
    for i, marks in enumerate(_MARKS.values(), 1):
        of_kind[[ord(c) for c in marks]] = i
    codes = np.arange((len(names) + 1) << _CLASS_SHIFT)
    which, word = codes >> _CLASS_SHIFT, codes >> _CLASS_SHIFT == len(names)
    flags = {name: which == i for i, name in enumerate(names) if name}
    flags |= {"words": word, "marks": ~word, "ellipses": codes & _RUN != 0, "capitals": word & (codes & _UPPER != 0)}
    flags |= {"shouted": word & (codes & _SHOUTED != 0), "numbers": word & (codes & _DIGIT != 0)}
    flags |= {
        "short": word & (codes & _SHORT != 0),
        "quoted": word & (codes & _QUOTED != 0),
        "spoken": codes & _OPENS != 0,
    }
    return of_kind << _CLASS_SHIFT, lane_tables(np.stack([flags[name] for name in COUNTED], axis=1))


_CLASS_OF_KIND, _TABLES = _classes()


def surface_counts(tokens: Tokens, segments: Segments, inside: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return counts and 0/1 marks of each segment, int32 (n, len(SURFACE)); ``inside`` quotation marks is
    (n_tokens,)."""
    word = tokens.kind == WORD
    size = tokens.end - tokens.start
    codes = _CLASS_OF_KIND[tokens.kind]
    run = ~word & (size > 1) & _any_of(tokens.kind, _RUNS)
    for bit, flag in (
        (_UPPER, tokens.upper), (_SHOUTED, tokens.shouted), (_DIGIT, tokens.digit), (_SHORT, size < 4), (_RUN, run),
        (_QUOTED, inside), (_OPENS, _opens_word(tokens, word)),
    ):  # fmt: skip
        codes |= flag.astype(np.uint16) * np.uint16(bit)
    counted = count(codes, _TABLES, len(COUNTED), segments)
    lengths = np.stack([np.diff(segments.token), segments.end - segments.start], axis=1).astype(np.int32)
    return np.concatenate([lengths, counted, _edges(tokens, segments)], axis=1)


def _opens_word(tokens: Tokens, word: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the first token with a letter or digit of each whitespace-separated piece, (n_tokens,) bool."""
    at = np.flatnonzero(word)
    piece = np.cumsum(~tokens.glued)[at]
    opens = np.zeros(len(word), bool)
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
