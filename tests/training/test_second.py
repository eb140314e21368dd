from __future__ import annotations

import signal
import warnings

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from classifier.decode import softmax
from classifier.model import EXACT
from training.config import TrainingConfig
from training.second import _SCALE, fit_second, one_pass, quantised

CONFIG = TrainingConfig(hidden=12, epochs=30, learning_rate=0.01)


def data(k: int, n: int = 800) -> tuple[np.ndarray, np.ndarray]:
    """Features within eight bits whose first columns tell the label."""
    rng = np.random.default_rng(k)
    X = rng.integers(-127, 128, (n, 30))
    return X.astype(np.int8), X[:, :k].argmax(axis=1)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_rounded_layers_say_what_the_fitted_ones_said(k: int) -> None:
    X, y = data(k)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = MLPClassifier((12,), max_iter=30, random_state=0).fit(X / _SCALE, y)
    found = softmax(quantised(network, X, k).logits(X.astype(np.float32)))
    difference = np.abs(found - network.predict_proba(X / _SCALE))
    assert difference.max() < 0.1 and difference.mean() < 0.002  # rare activity beyond the last step is cut


def test_it_learns_and_every_sum_is_exact() -> None:
    X, y = data(4)
    model = fit_second(X, y, 4, CONFIG)
    assert (model.logits(X.astype(np.float32)).argmax(axis=1) == y).mean() > 0.9
    assert (np.abs(model.hidden.astype(np.int64)).sum(axis=0) * 127 <= EXACT).all()
    assert model.hidden.shape == (30, 12) and model.output.shape == (12, 4)


@pytest.mark.parametrize(("seen", "k"), [((0, 2), 3), ((0, 1, 3), 4)])
def test_a_label_that_was_never_seen_is_unlikely(seen: tuple[int, ...], k: int) -> None:
    X, y = data(len(seen))
    model = fit_second(X, np.array(seen)[y], k, CONFIG)
    proba = softmax(model.logits(X.astype(np.float32)))
    missing = next(iter(set(range(k)) - set(seen)))
    assert proba[:, missing].max() < 0.05 and (proba.argmax(axis=1) == np.array(seen)[y]).mean() > 0.9


def test_the_seed_decides() -> None:
    X, y = data(3)
    one, again, other = (fit_second(X, y, 3, TrainingConfig(hidden=4, epochs=2, seed=s)) for s in (1, 1, 2))
    assert (one.hidden == again.hidden).all() and (one.hidden != other.hidden).any()


def test_a_few_examples_are_enough_to_fit() -> None:
    X, y = data(2, n=5)
    assert np.isfinite(fit_second(X, y, 2, CONFIG).logits(X.astype(np.float32))).all()


def test_an_interrupt_is_not_swallowed_by_the_fit() -> None:
    """Scikit-learn ends the pass, warns and goes on; the signal comes by CPU time, well after its input is checked."""
    X, y = data(4, n=200_000)
    network = MLPClassifier((64,), batch_size=8, random_state=0)
    before = signal.signal(signal.SIGVTALRM, signal.default_int_handler)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.3)
        with pytest.raises(KeyboardInterrupt):
            one_pass(network, X.astype(np.float32), y, np.arange(4))
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
