"""Words of segments, counted, and whether a document's words look English."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .features.cues import ENGLISH, cue_masks
from .segments import Segments
from .tokens import WORD, Tokens

MIN_WORDS = 20  # fewer say nothing about a language
MIN_ENGLISH = 0.06  # share of the commonest English words among all; 99 of 100 English pages have more than 0.15


def count_words(tokens: Tokens, segments: Segments) -> NDArray[np.int64]:
    """Return the whitespace-separated pieces with a letter or digit in each segment, int64 (n,)."""
    if not len(segments):
        return np.empty(0, np.int64)
    opens = ~tokens.glued
    opens[segments.token[:-1]] = True
    piece = np.flatnonzero(opens)
    spoken = np.add.reduceat(tokens.kind == WORD, piece, dtype=np.int32) > 0
    owner = np.searchsorted(piece, segments.token[:-1])
    return np.add.reduceat(spoken, owner, dtype=np.int64)


def looks_english(
    tokens: Tokens, segments: Segments, words: NDArray[np.int64], documents: int
) -> NDArray[np.bool_]:
    """Return whether each document looks English (or is too short to tell), bool (documents,)."""
    if not len(segments):
        return np.ones(documents, bool)
    common = np.add.reduceat(cue_masks(tokens) & ENGLISH != 0, segments.token[:-1], dtype=np.int64)
    total = np.bincount(segments.document, weights=words, minlength=documents)
    share = np.bincount(segments.document, weights=common, minlength=documents)
    fine: NDArray[np.bool_] = (total < MIN_WORDS) | (share >= MIN_ENGLISH * total)
    return fine
