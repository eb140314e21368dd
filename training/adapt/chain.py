"""The chain: between the base's transitions and those of the corpus, and as sure as unseen documents allow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.decode import LEAST, Chain

from ..calibrate import scaled, transitions, views_of
from ..laid import Laid

Floats = NDArray[np.float64]
CAUTION = 12.0  # of moving temperature and offsets, by the number of documents: as if they were known to about 0.2
_MIXES = ((0.0, 1.0), (0.5, 0.4), (0.5, 0.8), (1.0, 0.4), (1.0, 0.8))  # the corpus's share, and the power of its counts


def by_name(base: Chain, named: Floats) -> Chain:
    """Return ``base`` for other labels; what it does not know is neither likely nor unlikely."""
    known = named.sum(axis=0) > 0
    start = np.where(known, base.start @ named, 1.0)
    follow = np.where(known[:, None] & known, named.T @ base.follow @ named, 1.0)
    return Chain(base.temperature, base.offset @ named, start, follow)


def fit_chain(base: Chain, learned: Sequence[Laid], held: Sequence[tuple[Laid, Floats]]) -> Chain:
    """Return the mixture and calibration under which the words of ``held`` are likeliest.

    ``base`` is for the labels of ``learned``; ``held`` pairs documents with logits of models that did not see them.
    """
    k = len(base.start)
    start, follow = transitions(learned, k)
    views, caution = views_of(held), CAUTION / max(sum(len(laid.documents) for laid, _ in held), 1)
    found = []
    for share, power in _MIXES:
        mixed = (
            np.maximum(b ** (1 - share) * o ** (share * power), LEAST)
            for b, o in ((base.start, start), (base.follow, follow))
        )
        found.append(scaled(Chain(base.temperature, base.offset, *mixed), views, k, caution))
    return min(found, key=lambda pair: pair[0])[1]
