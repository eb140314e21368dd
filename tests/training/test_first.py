from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from classifier.features.words import COLUMNS
from classifier.model import FirstVerdict, centred
from training.config import TrainingConfig
from training.first import Examples, fit_folds, out_of_fold, quantised, steps

CONFIG = TrainingConfig(folds=2, first_iterations=60)


def examples(k: int, n: int = 300, seed: int = 0) -> Examples:
    """Rows of a few columns of which the first ``k`` tell the label."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, k, n)
    columns = np.stack([y + 1, rng.integers(100, 160, n), rng.integers(COLUMNS - 40, COLUMNS, n)], axis=1)
    X = csr_matrix((np.full(columns.size, 0.6, np.float32), columns.ravel(), np.arange(n + 1) * 3), shape=(n, COLUMNS))
    return Examples(X, y, np.ones(n), rng.integers(0, 2, n))


def logits(model: FirstVerdict, X: csr_matrix) -> np.ndarray:
    return centred(X @ (model.weights * float(model.unit)) + model.bias)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_rounded_weights_say_what_the_fitted_ones_said(k: int) -> None:
    data = examples(k)
    used = np.unique(data.X.indices)
    narrow = data.X[:, used]
    model = LogisticRegression(C=5.0, max_iter=200).fit(narrow, data.y)
    found = logits(quantised(model, used, k), data.X)
    odds = np.exp(found) / np.exp(found).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(odds, model.predict_proba(narrow), atol=0.02)
    assert (found.argmax(axis=1) == data.y).mean() > 0.95


def test_columns_that_were_never_seen_weigh_nothing() -> None:
    data = examples(3)
    model, *_ = fit_folds(data, 3, CONFIG, 1)
    unseen = np.setdiff1d(np.arange(COLUMNS), data.X.indices)
    assert model.weights.dtype == np.int8 and model.weights.shape == (COLUMNS, 2)
    assert not model.weights[unseen].any() and model.weights.any()


def test_a_label_that_was_never_seen_is_unlikely() -> None:
    data = examples(2)
    shifted = Examples(data.X, data.y * 2, data.weight, data.fold)  # labels 0 and 2 of three
    found = logits(fit_folds(shifted, 3, CONFIG, 1)[0], data.X)
    assert (found.argmax(axis=1) == shifted.y).mean() > 0.95 and (found[:, 1] < found[:, [0, 2]].min(axis=1)).all()


def test_each_fold_is_judged_by_a_model_that_did_not_see_it() -> None:
    data = examples(2, n=200)
    # In fold 0 the labels are turned round: only a model that did not see it gets it wrong.
    turned = np.where(data.fold == 0, 1 - data.y, data.y)
    models = fit_folds(Examples(data.X, turned, data.weight, data.fold), 2, CONFIG, 1)
    assert len(models) == 3
    alone = out_of_fold(models, data.X, data.fold)
    right = alone.argmax(axis=1) == turned
    assert right[data.fold == 0].mean() < 0.1 and right[data.fold == 1].mean() < 0.1
    for held in (0, 1):
        mine = np.flatnonzero(data.fold == held)
        assert (alone[mine] == steps(models[1 + held], data.X[mine])).all()


def test_rows_of_every_fold_and_weights_count() -> None:
    data = examples(2)
    always = Examples(data.X, data.y, data.weight, np.full(len(data.y), -1))
    whole, *held = fit_folds(always, 2, CONFIG, 1)
    assert all((model.weights == whole.weights).all() for model in held)
    light = fit_folds(Examples(data.X, data.y, data.weight * 1e-3, data.fold), 2, CONFIG, 1)[0]
    assert np.abs(logits(light, data.X)).max() < np.abs(logits(whole, data.X)).max() / 2


def test_jobs_change_nothing() -> None:
    data = examples(3)
    for one, other in zip(fit_folds(data, 3, CONFIG, 1), fit_folds(data, 3, CONFIG, 2), strict=True):
        assert (one.weights == other.weights).all() and (one.bias == other.bias).all() and one.unit == other.unit
