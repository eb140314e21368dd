"""The chain: between the base's transitions and those of the corpus, and as sure as unseen documents allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from classifier.decode import LEAST, Chain, decode

from ..calibrate import as_segments, scaled, transitions, views_of
from ..laid import Laid

Floats = NDArray[np.float64]
CAUTION = 100.0  # of moving temperature and offsets, by the square of the number of documents
_MIXES = ((0.0, 1.0), (0.5, 0.6), (1.0, 0.6))  # the corpus's share, and the power of its counts


def by_name(base: Chain, named: Floats) -> Chain:
    """Return ``base`` for other labels; what it does not know is neither likely nor unlikely."""
    known = named.sum(axis=0) > 0
    start = np.where(known, base.start @ named, 1.0)
    follow = np.where(known[:, None] & known, named.T @ base.follow @ named, 1.0)
    return Chain(base.temperature, base.offset @ named, start, follow)


def fit_chain(
    base: Chain, learned: Sequence[Laid], whole: Laid, unseen: Floats, fold: NDArray[np.int64], known: bool
) -> Chain:
    """Return the chain under which the words of pages are likeliest; the base's where that would not hold for others.

    Args:
        base: for the labels of the corpus; ``known`` is whether it knew all of them.
        learned: what transitions are counted on.
        whole: the pages; ``fold`` of each segment, and ``unseen`` logits of models that did not see it.
    """
    found = _fitted(base, learned, whole, unseen)
    if not known:
        return found
    others = []
    for held in np.unique(fold):
        rest = replace(whole, y=np.where(fold == held, -1, whole.y))
        mine = replace(whole, y=np.where(fold == held, whole.y, -1))
        others.append(loss_of(_fitted(base, [rest], rest, unseen), mine, unseen))
    return found if sum(others) < loss_of(base, whole, unseen) else base


def loss_of(chain: Chain, laid: Laid, logits: Floats) -> float:
    """Return the summed negative log-likelihood of the labelled words."""
    known = np.flatnonzero(laid.y >= 0)
    proba = decode(logits, as_segments(laid), chain)[known, laid.y[known]]
    return -float(laid.words[known].astype(np.float64) @ np.log(np.maximum(proba, 1e-6)))


def _fitted(base: Chain, learned: Sequence[Laid], whole: Laid, unseen: Floats) -> Chain:
    k = len(base.start)
    start, follow = transitions(learned, k)
    documents = len(np.unique(whole.document[whole.y >= 0]))
    views, caution = views_of([(whole, unseen)]), CAUTION / max(documents, 1) ** 2
    found = []
    for share, power in _MIXES:
        pairs = ((base.start, start), (base.follow, follow))
        mixed = (np.maximum(b ** (1 - share) * o ** (share * power), LEAST) for b, o in pairs)
        found.append(scaled(Chain(base.temperature, base.offset, *mixed), views, k, caution))
    return min(found, key=lambda pair: pair[0])[1]
