"""The first verdict: the base's weights, and a correction of them for each word the corpus knows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from classifier.features.words import COLUMNS
from classifier.model import FirstVerdict, centred

from ..first import Examples, rounded
from .correction import Correction, correct

Floats = NDArray[np.float64]


class Learner(NamedTuple):
    """Corrects ``base`` for other labels; ``named`` is (theirs, ours), see ``kinship.by_name``."""

    base: FirstVerdict
    named: Floats

    def fit(self, examples: Examples, held: int | None, strength: float) -> FirstVerdict:
        """Fit on all but one fold; a ``strength`` of zero is the base as it is, with the labels' names mapped."""
        if not strength:
            return self.base if _same(self.named) else self._made(None, np.zeros(0, np.int64))
        rows = np.flatnonzero(examples.fold != held) if held is not None else np.arange(len(examples.y))
        X, theirs = examples.X[rows], logits(self.base, examples.X[rows])
        used = np.unique(X.indices)
        both = hstack([X[:, used], csr_matrix(theirs)], "csr")
        found = correct(both, theirs @ self.named, examples.y[rows], examples.weight[rows], strength, theirs.shape[1])
        return self._made(found, used)

    def _made(self, found: Correction | None, used: NDArray[np.int64]) -> FirstVerdict:
        """Add a correction to the base's weights: those of words, and how its logits are turned into ours."""
        turned = self.named if found is None else self.named + found.weights[len(used) :]
        theirs = self.base.weights.astype(np.float64) * float(self.base.unit)
        weights = _centred(theirs) @ turned
        bias = _centred(self.base.bias[None])[0] @ turned
        if found is not None:
            weights[used] += found.weights[: len(used)]
            bias = bias + found.bias
        some = np.flatnonzero(weights.any(axis=1)) if len(weights) == COLUMNS else used
        return rounded(weights[some].T, bias, some)


def logits(model: FirstVerdict, X: csr_matrix) -> Floats:
    """Return centred logits of rows of features, (n, k)."""
    return centred(X @ (model.weights * float(model.unit)) + model.bias)


def _centred(relative: Floats) -> Floats:
    full = np.concatenate([np.zeros((len(relative), 1)), relative], axis=1)
    return full - full.mean(axis=1, keepdims=True)


def _same(named: Floats) -> bool:
    return named.shape[0] == named.shape[1] and bool((named == np.eye(len(named))).all())
