"""Fit the chain: what follows what (from the training documents), how much that counts and how sure to be (from
held-out ones)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from classifier.decode import LEAST, Chain, decode
from classifier.segments import Segments

from .laid import Laid

Floats = NDArray[np.float64]
View = tuple[Floats, Segments, Laid]
_TRUST = (0.2, 0.4, 0.6, 0.8, 1.0)  # powers tried on the transitions


def fit_chain(learned: Sequence[Laid], held: Sequence[tuple[Laid, Floats]], k: int) -> Chain:
    """Learn transitions from ``learned``; choose their power, a temperature and offsets on ``held``.

    ``held`` pairs documents that nothing was fitted on with their second-verdict logits. What is minimised is the mean
    negative log-likelihood of the held-out words.
    """
    start, follow = transitions(learned, k)
    views = views_of(held)
    chained = any(len(np.unique(laid.document)) < len(laid) for laid, _ in held)  # else nothing follows anything
    best: tuple[float, Chain] | None = None
    for power in _TRUST if chained else _TRUST[:1]:
        chain = Chain(np.array(1.0), np.zeros(k), start**power, follow**power)
        loss, chain = scaled(chain, views, k)
        if best is None or loss < best[0]:
            best = loss, chain
    assert best is not None
    return best[1]


def reluctant(chain: Chain, label: int, begins: float, ends: float) -> Chain:
    """Return ``chain`` with the odds that a run of ``label`` begins, or ends, at any one place multiplied.

    The composites that the chain is scaled on all have a trail; most pages have none, and a trail begins once.
    """
    others = np.arange(len(chain.start)) != label
    start, follow = chain.start.copy(), chain.follow.copy()
    start[label] *= begins
    follow[:, others, label] *= begins
    follow[:, label, others] *= ends
    return Chain(chain.temperature, chain.offset, np.maximum(start, LEAST), np.maximum(follow, LEAST))


def as_segments(laid: Laid) -> Segments:
    """Return as much of the segments as decoding reads."""
    none = np.zeros(0, np.int64)
    return Segments(none, np.zeros(len(laid), np.int64), none, laid.document, laid.breaks, none)


def views_of(held: Sequence[tuple[Laid, Floats]]) -> list[View]:
    """Return what is read of held-out documents again and again."""
    return [(logits, as_segments(laid), laid) for laid, logits in held]


def transitions(learned: Sequence[Laid], k: int) -> tuple[Floats, Floats]:
    """How much likelier than by chance each label starts a document, and follows each label by kind of break."""
    start, follow, prior = np.full(k, 1.0), np.full((3, k, k), 0.5), np.full(k, 1.0)
    for laid in learned:
        first = np.diff(laid.document, prepend=-1) != 0
        known = laid.y >= 0
        np.add.at(start, laid.y[first & known], 1)
        np.add.at(prior, laid.y[known], 1)
        pair = np.flatnonzero(~first[1:] & known[1:] & known[:-1]) + 1
        np.add.at(follow, (laid.breaks[pair], laid.y[pair - 1], laid.y[pair]), 1)
    prior /= prior.sum()
    return start / start.sum() / prior, follow / follow.sum(axis=2, keepdims=True) / prior


def scaled(chain: Chain, views: Sequence[View], k: int, caution: float = 0.001) -> tuple[float, Chain]:
    """Return the least loss of a chain whose temperature and offsets may move, and the chain so moved.

    ``caution`` is what it costs to move any of them by one (the temperature by a factor of e).
    """

    def with_(x: Floats) -> Chain:
        moved = chain.offset + np.concatenate([[0.0], x[1:]])
        return Chain(np.array(float(chain.temperature * np.exp(x[0]))), moved, chain.start, chain.follow)

    def loss(x: Floats) -> float:
        total = weight = 0.0
        for logits, segments, laid in views:
            known = laid.y >= 0
            p = decode(logits, segments, with_(x))[known, laid.y[known]]
            total -= float((laid.words[known] * np.log(np.maximum(p, 1e-6))).sum())
            weight += float(laid.words[known].sum())
        return total / max(weight, 1.0) + caution * float((x**2).sum())

    found = minimize(loss, np.zeros(k), method="Powell", options={"maxiter": 3, "xtol": 0.02, "ftol": 1e-4})
    return float(found.fun), with_(np.asarray(found.x, np.float64))
