"""A small correction of what another model says: multinomial logistic regression around given logits."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax

Floats = NDArray[np.float64]
ITERATIONS = 30
STIFF = 10.0  # penalty on an intercept, and on what stands for a whole verdict, beside 1 on the weight of a word


class Correction(NamedTuple):
    """What is added to the logits of a row ``x``: ``x @ weights + bias``; (d, k) and (k,)."""

    weights: Floats
    bias: Floats


def correct(
    X: Any, offset: Floats, y: NDArray[np.int64], weight: Floats, strength: float, stiff: int = 0
) -> Correction:
    """Fit the correction that explains the labels best.

    Args:
        X: rows of features, CSR or dense, (n, d).
        offset: (n, k), the logits to be corrected.
        y: (n,), labels as columns of ``offset``.
        weight: (n,), what each row counts.
        strength: how far the correction may go, scikit-learn's ``C``; towards zero it vanishes.
        stiff: how many of the last columns move as reluctantly as the intercept: few documents say little of how
            common a label is.
    """
    (n, d), k = X.shape, offset.shape[1]
    hit = np.zeros((n, k))
    hit[np.arange(n), y] = 1.0
    turned = X.T.tocsr() if hasattr(X, "tocsr") else X.T
    penalty = np.where(np.arange(d + 1) < d - stiff, 1.0, STIFF)[:, None]

    def loss(flat: Floats) -> tuple[float, Floats]:
        both = flat.reshape(d + 1, k)
        logs = log_softmax(offset + X @ both[:d] + both[d], axis=1)
        wrong = (np.exp(logs) - hit) * weight[:, None]
        slope = np.vstack([turned @ wrong, wrong.sum(axis=0)]) * strength + penalty * both
        value = -strength * float(weight @ (logs * hit).sum(axis=1)) + 0.5 * float((penalty * both**2).sum())
        return value, slope.ravel()

    found = minimize(loss, np.zeros((d + 1) * k), jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS})
    both = found.x.reshape(d + 1, k)
    return Correction(both[:d], both[d])
