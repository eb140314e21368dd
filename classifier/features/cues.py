"""Counts of telling words by kind, inside and outside quotation marks.

What is said between quotation marks is a source's voice; a hedge or a judgement there says nothing about the author.
The
kinds are the files of ``lexicons/``, one word a line.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from ..segments import Segments
from ..tokens import U64, Tokens, word_keys
from .counts import count, lane_tables

CUES = (
    "attribution", "hedges", "evaluation", "first", "second", "third", "talk", "furniture", "trail", "when", "argue",
    "future",
)  # fmt: skip
MORE = ("links", "english")  # counted wherever they stand; the commonest English words tell the language
_ALL = len(CUES) + len(MORE)
_TABLE_BITS = 17
_SLOT, _CHECK = U64((1 << _TABLE_BITS) - 1), U64(0xFFFF)
_QUOTE = ord('"')


@lru_cache(maxsize=1)
def _table() -> tuple[NDArray[np.uint32], np.uint64]:
    """Return the lexicon as a table, and the shift that leads from a key to its slot there.

    A slot holds a word's mask in its low and sixteen bits of its key in its high half; no two words share a slot.
    """
    masks: dict[int, int] = {}
    for bit, name in enumerate((*CUES, *MORE)):
        words = resources.files("classifier").joinpath("lexicons").joinpath(f"{name}.txt").read_text("utf-8").split()
        for key in word_keys(words).tolist():
            masks[key] = masks.get(key, 0) | 1 << bit
    keys, bits = np.array(list(masks), np.uint64), np.array(list(masks.values()), np.uint64)
    for shift in range(16, 64 - _TABLE_BITS + 1):
        slots = keys >> U64(shift) & _SLOT
        if len(np.unique(slots)) == len(slots):
            table = np.zeros(1 << _TABLE_BITS, np.uint32)
            table[slots.astype(np.int64)] = (keys & _CHECK) << U64(16) | bits
            return table, U64(shift)
    raise RuntimeError("the lexicons have outgrown their table: raise _TABLE_BITS")


def cue_masks(tokens: Tokens) -> NDArray[np.uint16]:
    """Return for each token a bit mask over ``CUES`` and ``MORE``, (n_tokens,) uint16."""
    table, shift = _table()
    found = table.take((tokens.key >> shift & _SLOT).view(np.int64))
    return found.astype(np.uint16) * (found >> np.uint32(16) == (tokens.key & _CHECK).astype(np.uint32))


def quoted(tokens: Tokens, segments: Segments, opened: bool = False) -> NDArray[np.bool_]:
    """Return whether each token stands between quotation marks opened on its line, (n_tokens,) bool.

    ``opened`` says that a mark is open already where the tokens begin in the middle of a line.
    """
    marks = np.cumsum((tokens.kind == _QUOTE) | _double_single(tokens))
    begins = segments.breaks > 0
    begins[:1] = True
    opens = segments.token[:-1][begins]
    sizes = np.diff(np.append(opens, len(tokens)))
    before = np.where(opens > 0, marks[opens - 1], 0)
    before[:1] -= opened
    inside: NDArray[np.bool_] = (marks - np.repeat(before, sizes)) & 1 == 1
    return inside


def _double_single(tokens: Tokens) -> NDArray[np.bool_]:
    """Two apostrophes in ASCII used as one quotation mark."""
    twin: NDArray[np.bool_] = (tokens.kind == ord("'")) & (tokens.end - tokens.start == 2)
    return twin


def cue_counts(tokens: Tokens, segments: Segments, inside: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return for each segment the counts of ``CUES`` outside quotation marks, of ``CUES`` inside, and of ``MORE``.

    int32 (n, 2 * len(CUES) + len(MORE)).
    """
    codes = cue_masks(tokens) | (inside.astype(np.uint16) << np.uint16(_ALL))
    return count(codes, _count_tables(), 2 * len(CUES) + len(MORE), segments)


@lru_cache(maxsize=1)
def _count_tables() -> list[NDArray[np.int64]]:
    codes = np.arange(1 << (_ALL + 1))
    inside = codes >> _ALL == 1
    said = (codes[:, None] >> np.arange(_ALL)) & 1 == 1
    cues, more = said[:, : len(CUES)], said[:, len(CUES) :]
    return lane_tables(np.concatenate([cues & ~inside[:, None], cues & inside[:, None], more], axis=1))
