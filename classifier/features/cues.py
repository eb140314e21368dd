"""Counts of telling words by kind, inside and outside quotation marks.

What is said between quotation marks is a source's voice; a hedge or a judgement there says nothing about the author.
The
kinds are the files of ``lexicons/``, one word a line.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..segments import Segments
from ..tokens import U64, Tokens, word_keys
from .counts import beyond, count, count_few, lane_tables

CUES = (
    "attribution", "hedges", "evaluation", "first", "second", "third", "talk", "furniture", "trail", "when", "argue",
    "future",
)  # fmt: skip
MORE = ("links", "english")  # counted wherever they stand; the commonest English words tell the language
_ALL = len(CUES) + len(MORE)
_TABLE_BITS = 17
_SLOT, _CHECK = U64((1 << _TABLE_BITS) - 1), U64(0xFFFF)
_QUOTE = ord('"')


class _Lexicon(NamedTuple):
    """The words of all lexicons.

    Attributes:
        masks: uint16 (m,), the different sets of ``MORE`` and ``CUES`` a word can be of, sorted; the first is none.
        cues: how many of ``masks`` there are before the first one with a cue.
        table: uint32 (2 ** _TABLE_BITS,): which of ``masks`` in a slot's low half, sixteen bits of the word's key in
            its high half; no two words share a slot.
        shift: what leads from a key to its slot.
    """

    masks: NDArray[np.uint16]
    cues: int
    table: NDArray[np.uint32]
    shift: np.uint64


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    found: dict[int, int] = {}
    for bit, name in enumerate((*MORE, *CUES)):
        words = resources.files("classifier").joinpath("lexicons").joinpath(f"{name}.txt").read_text("utf-8").split()
        for key in word_keys(words).tolist():
            found[key] = found.get(key, 0) | 1 << bit
    keys, masks = np.array(list(found), np.uint64), np.array([0, *found.values()], np.uint16)
    masks, which = np.unique(masks, return_inverse=True)
    slot = (keys & _CHECK) << U64(16) | which.reshape(-1)[1:].astype(np.uint64)
    for shift in range(16, 64 - _TABLE_BITS + 1):
        slots = keys >> U64(shift) & _SLOT
        if len(set(slots.tolist())) == len(slots):
            table = np.zeros(1 << _TABLE_BITS, np.uint32)
            table[slots.astype(np.int64)] = slot
            return _Lexicon(masks, int(np.searchsorted(masks, 1 << len(MORE))), table, U64(shift))
    raise RuntimeError("the lexicons have outgrown their table: raise _TABLE_BITS")


def _kinds(tokens: Tokens) -> NDArray[np.uint16]:
    """Return which of the lexicon's ``masks`` each token has, (n_tokens,) uint16."""
    lexicon = _lexicon()
    found = lexicon.table.take((tokens.key >> lexicon.shift & _SLOT).view(np.int64))
    return found.astype(np.uint16) * (found >> np.uint32(16) == (tokens.key & _CHECK).astype(np.uint32))


def cue_masks(tokens: Tokens) -> NDArray[np.uint16]:
    """Return for each token a bit mask over ``CUES`` and ``MORE``, (n_tokens,) uint16."""
    masks = _lexicon().masks[_kinds(tokens)]
    return masks >> np.uint16(len(MORE)) | masks << np.uint16(len(CUES)) & np.uint16((1 << _ALL) - 1)


def quoted(tokens: Tokens, segments: Segments, opened: bool = False) -> NDArray[np.bool_]:
    """Return whether each token stands between quotation marks opened on its line, (n_tokens,) bool.

    ``opened`` says that a mark is open already where the tokens begin in the middle of a line.
    """
    turns = ((tokens.kind == _QUOTE) | _double_single(tokens)).view(np.uint8)
    turns[:1] ^= opened
    begins = segments.breaks > 0
    begins[:1] = True
    lines = segments.token[:-1][begins]
    left_open = np.bitwise_xor.reduceat(turns, lines)
    turns[lines[1:]] ^= left_open[:-1]
    return np.bitwise_xor.accumulate(turns).view(bool)


def _double_single(tokens: Tokens) -> NDArray[np.bool_]:
    """Two apostrophes in ASCII used as one quotation mark."""
    twin: NDArray[np.bool_] = (tokens.kind == ord("'")) & (tokens.length == 2)
    return twin


def cue_counts(tokens: Tokens, segments: Segments, inside: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return for each segment the counts of ``CUES`` outside quotation marks, of ``CUES`` inside, and of ``MORE``.

    int32 (n, 2 * len(CUES) + len(MORE)).
    """
    kinds, (cues, more) = _kinds(tokens), _count_tables()
    for unread in beyond(segments):
        kinds[unread] = 0
    which = np.flatnonzero(kinds >= _lexicon().cues)
    codes = kinds.take(which) * np.uint16(2) + inside.take(which)
    anywhere = count(kinds, more, len(MORE) + 1, segments)
    told = count_few(codes, cues, 2 * len(CUES), anywhere[:, -1])
    return np.concatenate([told, anywhere[:, :-1]], axis=1)


@lru_cache(maxsize=1)
def _count_tables() -> tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]]:
    """Return the tables of ``CUES``, by twice which of the lexicon's masks it is, plus one inside; and those of
    ``MORE`` and of any of ``CUES``, by which it is."""
    said = (_lexicon().masks[:, None] >> np.arange(_ALL)) & 1 == 1
    more, cues = said[:, : len(MORE)], said[:, len(MORE) :]
    none = np.zeros_like(cues)
    both = np.stack([np.concatenate([cues, none], axis=1), np.concatenate([none, cues], axis=1)], axis=1)
    return lane_tables(both.reshape(-1, 2 * len(CUES))), lane_tables(
        np.concatenate([more, cues.any(axis=1)[:, None]], axis=1)
    )
