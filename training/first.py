"""Fit the first verdict, and the out-of-fold first verdicts that the second one learns from."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from classifier.features.words import COLUMNS
from classifier.model import FirstVerdict, centred, in_steps

from .checkpoints import NOTHING_KEPT, Checkpoints
from .config import TrainingConfig
from .progress import Say, silent

_STEPS = 127  # largest quantised weight
_UNSEEN = -8.0  # bias of a label that the rows did not have
_NEAR = 0.05  # share from which on a teacher's second thoughts are worth a row
_WITHIN = 0.99999  # share of the weights that fit; the few beyond are cut


@dataclass(frozen=True)
class Examples:
    """What a first verdict learns from: rows ``X``, labels ``y``, ``weight`` and the ``fold`` (-1: in every fold).

    ``wanted`` is float32 (n, k), what it should say of each row; None is the label alone.
    """

    X: csr_matrix
    y: NDArray[np.int64]
    weight: NDArray[np.float64]
    fold: NDArray[np.int64]
    wanted: NDArray[np.float32] | None = None

    def weighed(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return ``rows``, a label of each and its weight; a row stands once for each label that it is near to."""
        if self.wanted is None:
            return rows, self.y[rows], self.weight[rows]
        which, label = np.nonzero(self.wanted[rows] >= _NEAR)
        again = rows[which]
        return again, label, self.weight[again] * self.wanted[again, label]


def fit_folds(
    examples: Examples,
    k: int,
    config: TrainingConfig,
    n_jobs: int,
    say: Say = silent,
    kept: Checkpoints = NOTHING_KEPT,
) -> list[FirstVerdict]:
    """Fit one model on everything, then one without each fold."""
    names = {f"first {held}": held for held in (None, *range(config.folds))}
    known = {name: found for name in names if (found := kept.of(name)) is not None}
    missing = [name for name in names if name not in known]
    tasks = (delayed(_fit)(examples, names[name], k, config) for name in missing)
    for name, model in zip(missing, Parallel(n_jobs=n_jobs, return_as="generator")(tasks), strict=True):
        known[name] = vars_of(model)
        kept.keep(name, known[name])
        say(f"first verdict: {len(known)} of {len(names)} fits", len(known) / len(names))
    return [FirstVerdict(**known[name]) for name in names]


def vars_of(model: FirstVerdict) -> dict[str, NDArray[Any]]:
    """Return a model's numbers by name."""
    return {f.name: getattr(model, f.name) for f in fields(model)}


def _fit(examples: Examples, held: int | None, k: int, config: TrainingConfig) -> FirstVerdict:
    rows = np.flatnonzero(examples.fold != held) if held is not None else np.arange(len(examples.y))
    rows, y, weight = examples.weighed(rows)
    X = examples.X[rows]
    used, column = np.unique(X.indices, return_inverse=True)
    narrow = csr_matrix((X.data, column, X.indptr), shape=(X.shape[0], len(used)))
    if len(only := np.unique(y)) == 1:  # as happens where a corpus is tiny
        return rounded(np.zeros((k, len(used))), np.where(np.arange(k) == only[0], 0.0, _UNSEEN), used)
    model = LogisticRegression(C=config.first_c, max_iter=config.first_iterations, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is one of the settings
        model.fit(narrow, y, sample_weight=weight)
    return quantised(model, used, k)


def quantised(model: LogisticRegression, used: NDArray[np.int64], k: int) -> FirstVerdict:
    """Round a model fitted on the ``used`` columns to whole steps; labels its rows did not have get a very low bias."""
    weights, bias = np.zeros((k, len(used))), np.full(k, _UNSEEN)
    if len(model.classes_) == 2:
        coefficients, intercepts = (
            np.vstack([-model.coef_, model.coef_]) / 2,
            np.repeat(model.intercept_ / 2, 2) * [-1, 1],
        )
    else:
        coefficients, intercepts = model.coef_, model.intercept_
    weights[model.classes_], bias[model.classes_] = coefficients, intercepts
    return rounded(weights, bias, used)


def rounded(weights: NDArray[np.float64], bias: NDArray[np.float64], used: NDArray[np.int64]) -> FirstVerdict:
    """Round weights (k, m) of the ``used`` columns and biases (k,) to whole steps."""
    relative = (weights[1:] - weights[0]).T
    unit = max(float(np.quantile(np.abs(relative), _WITHIN)), 1e-9) / _STEPS
    table = np.zeros((COLUMNS, len(bias) - 1), np.int8)
    table[used] = np.clip(np.rint(relative / unit), -_STEPS, _STEPS)
    return FirstVerdict(table, np.array(unit), bias[1:] - bias[0])


def steps(model: FirstVerdict, X: csr_matrix) -> NDArray[np.int32]:
    """Return first verdicts of rows of features in the steps the second verdict reads."""
    return in_steps(centred(X @ (model.weights * float(model.unit)) + model.bias))


def out_of_fold(models: Sequence[FirstVerdict], X: csr_matrix, fold: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return first verdicts of each row by the model that did not learn from its fold."""
    alone = np.zeros((X.shape[0], len(models[0].bias) + 1), np.int32)
    for held, model in enumerate(models[1:]):
        rows = np.flatnonzero(fold == held)
        alone[rows] = steps(model, X[rows])
    return alone
