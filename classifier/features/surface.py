"""What a segment looks like, whatever its words: length, case, digits, marks, links, how it ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..segments import Segments
from ..tokens import WORD, Tokens, word_keys

SURFACE = (
    "tokens", "words", "letters", "capitals", "shouted", "numbers", "marks", "commas", "quotes", "exclaims", "asks", "periods",
    "colons", "brackets", "bars", "ellipses", "links", "signs", "quoted", "ends_sentence", "ends_colon", "starts_lower",
    "starts_mark", "starts_number", "short_words",
)  # fmt: skip
_MARKS = {"commas": ",", "exclaims": "!", "asks": "?", "periods": ".", "colons": ":;", "brackets": "()[]{}", "bars": "|>/\\*#~_=+<^", "signs": "@$%&"}  # fmt: skip
_LINKS = ("http", "https", "www", "com", "org", "net", "html", "co")


def surface_counts(tokens: Tokens, segments: Segments, inside: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return counts and 0/1 marks of each segment, int32 (n, len(SURFACE))."""
    first, last = segments.token[:-1], segments.token[1:] - 1
    size = tokens.end - tokens.start
    word = tokens.kind == WORD
    digit = tokens.folded[tokens.start] == 48
    kind = tokens.kind
    columns = {
        "tokens": np.diff(segments.token),
        "letters": segments.end - segments.start,
        "ends_sentence": _any_of(kind[last], '.!?"') | _any_of(kind[np.maximum(last - 1, first)], ".!?"),
        "ends_colon": _any_of(kind[last], ":"),
        "starts_lower": word[first] & ~tokens.upper[first] & ~digit[first],
        "starts_mark": ~word[first],
        "starts_number": digit[first],
    }
    flags = {
        "words": word,
        "capitals": tokens.upper,
        "shouted": tokens.shouted,
        "numbers": digit,
        "marks": ~word,
        "quotes": _any_of(kind, "\"'"),
        "ellipses": _any_of(kind, ".!?-") & (size > 1),
        "links": np.isin(tokens.key, word_keys(list(_LINKS))),
        "quoted": inside & word,
        "short_words": word & (size < 4),
    } | {name: _any_of(kind, marks) for name, marks in _MARKS.items()}
    columns |= {name: np.add.reduceat(flag, first, dtype=np.int32) for name, flag in flags.items()}
    return np.stack([columns[name].astype(np.int32) for name in SURFACE], axis=1)


def _any_of(kind: NDArray[np.uint8], marks: str) -> NDArray[np.bool_]:
    table = np.zeros(256, bool)
    table[[ord(c) for c in marks]] = True
    chosen: NDArray[np.bool_] = table[kind]
    return chosen
