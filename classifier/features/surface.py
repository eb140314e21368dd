"""What a segment looks like, whatever its words: length, case, digits, marks, how it begins and ends."""

from __future__ import annotations

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

# The code of a token: its class, of words 0, and flags, some of which say something of words and some of marks.
_RUN, _QUOTED, _SHORT, _OPENS, _UPPER, _DIGIT = (1 << bit for bit in range(6))
_SHOUTED = _UPPER | _DIGIT  # no token is both
_FIRST, _NEXT = 64, 8  # codes of marks; the flags from _OPENS on are those of words alone
_CLASSES = {"": "", **_MARKS, "dashes": "-"}


def _classes() -> bytes:
    """Return the code of each kind without flags, by byte."""
    codes = np.full(256, _FIRST, np.uint8)
    codes[WORD] = 0
    for i, marks in enumerate(_CLASSES.values()):
        codes[[ord(c) for c in marks]] = _FIRST + _NEXT * i
    return codes.tobytes()


def _tables() -> list[NDArray[np.int64]]:
    """Return the tables of what each code counts."""
    names, codes = list(_CLASSES), np.arange(_FIRST + _NEXT * len(_CLASSES))
    word, which, case = codes < _FIRST, (codes - _FIRST) // _NEXT, codes & _SHOUTED
    flags = {name: ~word & (which == names.index(name)) for name in _MARKS}
    flags |= {"words": word, "marks": ~word, "numbers": word & (case == _DIGIT)}
    flags |= {"capitals": word & (case & _UPPER != 0), "shouted": word & (case == _SHOUTED)}
    flags |= {"ellipses": ~word & (codes & _RUN != 0) & np.isin(which, [names.index(r) for r in _RUNS])}
    of_words = (("short", _SHORT), ("quoted", _QUOTED), ("spoken", _OPENS))
    flags |= {name: word & (codes & bit != 0) for name, bit in of_words}
    return lane_tables(np.stack([flags[name] for name in COUNTED], axis=1))


_CLASS_OF_KIND, _TABLES = _classes(), _tables()


def surface_counts(tokens: Tokens, segments: Segments, inside: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return counts and 0/1 marks of each segment, int32 (n, len(SURFACE)); ``inside`` quotation marks is
    (n_tokens,)."""
    flags = (
        (_RUN, tokens.length > 1), (_QUOTED, inside), (_SHORT, tokens.length < 4), (_OPENS, _opens_word(tokens)),
        (_UPPER, tokens.upper), (_DIGIT, tokens.digit | tokens.shouted),
    )  # fmt: skip
    codes = np.frombuffer(bytearray(tokens.kind).translate(_CLASS_OF_KIND), np.uint8)
    for bit, flag in flags:
        codes |= flag.view(np.uint8) * np.uint8(bit)
    counted = count(codes, _TABLES, len(COUNTED), segments)
    lengths = np.stack([np.diff(segments.token), segments.end - segments.start], axis=1).astype(np.int32)
    return np.concatenate([lengths, counted, _edges(tokens, segments)], axis=1)


def _opens_word(tokens: Tokens) -> NDArray[np.bool_]:
    """Mark the first token with a letter or digit of each whitespace-separated piece, (n_tokens,) bool.

    Whether one stood before in a piece is handed from token to token as a carry is in a sum: so two long numbers, a bit
    for each token, are added.
    """
    word, hands_on = tokens.kind == WORD, np.zeros(len(tokens), bool)
    hands_on[:-1] = tokens.glued[1:]
    one, other = _as_number(hands_on), _as_number(hands_on & word)
    carried = (one + other) ^ one ^ other
    raw = np.frombuffer(carried.to_bytes(len(word) // 8 + 1, "little"), np.uint8)
    return word & (np.unpackbits(raw, count=len(word), bitorder="little") == 0)


def _as_number(bits: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little")


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
