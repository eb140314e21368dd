"""How a segment speaks and looks: what the second verdict reads of it besides its first verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..segments import Segments
from ..tokens import WORD, Tokens
from .counts import MAX_TOKENS
from .cues import CUES, cue_counts, quoted
from .surface import SURFACE, surface_counts

UNIT = 32  # rates are kept as whole numbers of 1/UNIT
LIMIT = 127
REGISTER = ("words", "letters", "capitals", "shouted", "commas", "exclaims", "asks", "numbers", "quoted", "short")
REGISTER_CUES = ("attribution", "hedges", "evaluation", "first", "second", "talk", "furniture", "trail", "when")
_REGISTER_EDGES = ("ends_sentence", "starts_lower")
_SHORT, _MARK = 10, UNIT // 8  # words below which a line may be a mark, and the rate of a cue from which on it is one
_FEW = 3  # words that an entry of a menu has at most
_SENTENCE, _LONG = 4, 14  # words from which on what ends like a sentence is prose, and what does not


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
    rated = surface[:, [SURFACE.index(s) for s in REGISTER]], cues[:, [CUES.index(c) for c in REGISTER_CUES]]
    rates = np.floor(UNIT * np.concatenate(rated, axis=1) / np.maximum(words, 1).astype(np.float32)[:, None])
    edges = surface[:, [SURFACE.index(s) for s in _REGISTER_EDGES]] * UNIT
    register = np.concatenate([np.minimum(rates, LIMIT), edges], axis=1, dtype=np.int8, casting="unsafe")
    register[:, 0] = logs(words)
    counts = np.minimum(np.concatenate([surface * 4, cues[:, :-1] * UNIT], axis=1), LIMIT).astype(np.int8)
    counts[:, 0], counts[:, 1] = logs(surface[:, 0]), logs(surface[:, 1])
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


def logs(counts: NDArray[Any]) -> NDArray[np.int8]:
    """Return ``round(16 * log2(1 + counts))`` by table, capped at LIMIT."""
    logs: NDArray[np.int8] = _LOGS[np.minimum(counts, len(_LOGS) - 1)]
    return logs


_LOGS = np.minimum(np.rint(16 * np.log2(1.0 + np.arange(4096))), LIMIT).astype(np.int8)


def prose(described: Manner) -> NDArray[np.bool_]:
    """Tell which segments are the body of a page rather than its furniture, by their looks alone, (n,).

    Means over a whole document and places in it go by these, so that a menu or a footer more changes little.
    """
    ends = described.register[:, len(REGISTER) + len(REGISTER_CUES)] > 0
    found: NDArray[np.bool_] = ends & (described.words >= _SENTENCE) | (described.words >= _LONG)
    return found


def marked(described: Manner, cue: str) -> NDArray[np.bool_]:
    """Tell which segments are short lines that speak of ``cue``, one of ``REGISTER_CUES``, (n,)."""
    found: NDArray[np.bool_] = (described.words < _SHORT) & (_rate(described, cue) >= _MARK)
    return found


def telling(described: Manner) -> NDArray[np.bool_]:
    """Tell which segments the text of a page may end with, (n,).

    Prose, whatever speaks of comments, of dates or to others, and lines of some length that do not speak of furniture;
    no menu, no button, no copyright.
    """
    found = prose(described) | marked(described, "trail") | marked(described, "when") | marked(described, "talk")
    return found | (described.words > _FEW) & (_rate(described, "furniture") < _MARK)


def _rate(described: Manner, cue: str) -> NDArray[np.int8]:
    return described.register[:, len(REGISTER) + REGISTER_CUES.index(cue)]


def _shape(tokens: Tokens, segments: Segments) -> NDArray[np.uint64]:
    first, last = tokens.key[segments.token[:-1]], tokens.key[segments.token[1:] - 1]
    return (first * np.uint64(31) + last) * np.uint64(31) + np.diff(segments.token).astype(np.uint64)
