"""Whether a document's words look English."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MIN_WORDS = 20  # fewer say nothing about a language
MIN_ENGLISH = 0.06  # share of the commonest English words among all; 99 of 100 English pages have more than 0.1


def looks_english(
    english: NDArray[np.int32], words: NDArray[np.int32], document: NDArray[np.int64], documents: int
) -> NDArray[np.bool_]:
    """Return whether each document looks English (or is too short to tell), bool (documents,).

    Args:
        english: the commonest English words in each segment, (n,).
        words: all words in each segment, (n,).
        document: each segment's document, (n,), in ``range(documents)``.
        documents: how many there are.
    """
    share = np.bincount(document, weights=english, minlength=documents)
    total = np.bincount(document, weights=words, minlength=documents)
    fine: NDArray[np.bool_] = (total < MIN_WORDS) | (share >= MIN_ENGLISH * total)
    return fine
