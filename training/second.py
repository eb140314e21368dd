"""Fit the second verdict and round it to whole numbers."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier

from classifier.model import ACTIVE, EXACT, SecondVerdict

from .config import TrainingConfig
from .progress import Say, silent

_QUIET = 1e-3  # activity of a unit that as good as never speaks
_SCALE = 64.0  # features reach the fit as whole numbers over this
_BATCH, _SMALLEST, _STEPS = 512, 8, 50  # rows a step; fewer where a pass would otherwise have too few steps
# In the last epochs the batch doubles each time, which settles the weights as a falling learning rate would (Smith
# et al. 2018,
# "Don't Decay the Learning Rate, Increase the Batch Size").
_GROWING = 3
_TOGETHER = 1 << 17  # rows turned into floats at a time


def fit_second(
    features: NDArray[np.int8],
    y: NDArray[np.int64],
    k: int,
    config: TrainingConfig,
    say: Say = silent,
    weight: NDArray[np.float64] | None = None,
    wanted: NDArray[np.float32] | None = None,
) -> SecondVerdict:
    """Fit a layer of ``config.hidden`` rectified units and a softmax (scikit-learn's MLPClassifier, Adam), quantised.

    Args:
        features: int8 (n, d).
        y: int64 (n,), labels.
        k: how many labels there are.
        config: the settings.
        say: told how far it is.
        weight: float64 (n,), how often a row is seen in a pass, on average and beside the others; alike without.
        wanted: float32 (n, k), with what probability a row has which label in a pass; ``y`` without.
    """
    network = MLPClassifier(
        (config.hidden,), alpha=config.alpha, learning_rate_init=config.learning_rate, random_state=config.seed
    )
    rng = np.random.default_rng(config.seed)
    present = np.unique(y)
    batch = min(_BATCH, max(_SMALLEST, len(y) // _STEPS))
    for epoch in range(config.epochs):
        growth = 2 ** max(0, epoch - config.epochs + 1 + _GROWING)
        network.set_params(batch_size=min(batch * growth, len(y)))
        rows, label = drawn(rng, y, weight, wanted)
        for low in range(0, len(rows), _TOGETHER):
            some = slice(low, low + _TOGETHER)
            one_pass(network, features[rows[some]].astype(np.float32) / np.float32(_SCALE), label[some], present)
        say(f"second verdict: {epoch + 1} of {config.epochs} passes", (epoch + 1) / config.epochs)
    return quantised(network, features[:: max(1, len(features) // 20000)], k)


def drawn(
    rng: np.random.Generator,
    y: NDArray[np.int64],
    weight: NDArray[np.float64] | None,
    wanted: NDArray[np.float32] | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of one pass, shuffled and as often as they weigh, and a label of each as likely as is wanted."""
    rows = np.arange(len(y))
    if weight is not None:
        rows = np.repeat(rows, np.floor(weight / weight.mean() + rng.random(len(y))).astype(np.int64))
    rng.shuffle(rows)
    if wanted is None:
        return rows, y[rows]
    below = np.cumsum(wanted[rows], axis=1)
    last = y[rows]  # where rounding leaves a gap above the last sum
    label = (rng.random(len(rows), np.float32)[:, None] >= below).sum(axis=1)
    return rows, np.where(label < wanted.shape[1], label, last)


def one_pass(
    network: MLPClassifier, X: NDArray[np.float32], y: NDArray[np.int64], classes: NDArray[np.int64] | None = None
) -> None:
    """Go over the data once. Ctrl-C ends the run, where scikit-learn by itself goes on after a part of the pass."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "Training interrupted")
        try:
            network.partial_fit(X, y, classes=classes)
        except UserWarning as warning:
            raise (KeyboardInterrupt if "interrupted" in str(warning) else warning) from None


def quantised(network: MLPClassifier, sample: NDArray[np.int8], k: int) -> SecondVerdict:
    """Round a fitted network to whole numbers whose every sum is exact; ``sample`` tells the range of activity."""
    into, out = (np.asarray(w, np.float64) for w in network.coefs_)
    into_bias, out_bias = (np.asarray(b, np.float64) for b in network.intercepts_)
    into = into / _SCALE
    into_unit = np.maximum(np.abs(into).sum(axis=0) * 127 / EXACT, np.abs(into).max(axis=0) / 32767) + 1e-12
    active = np.quantile(np.maximum(sample @ into + into_bias, 0), 0.9995, axis=0).clip(_QUIET) / ACTIVE
    if len(network.classes_) == 2:  # one logistic unit stands for both
        out, out_bias = np.hstack([-out, out]) / 2, np.repeat(out_bias / 2, 2) * [-1, 1]
    wide, bias = np.zeros((len(active), k)), np.full(k, -12.0)
    wide[:, network.classes_], bias[network.classes_] = out * active[:, None], out_bias
    unit = max(np.abs(wide).sum(axis=0).max() * ACTIVE / EXACT, np.abs(wide).max() / 32767) + 1e-12
    return SecondVerdict(
        hidden=np.trunc(into / into_unit).astype(np.int16),
        hidden_unit=(into_unit / active).astype(np.float32),
        hidden_bias=(into_bias / active).astype(np.float32),
        output=np.trunc(wide / unit).astype(np.int16),
        output_unit=np.array(unit),
        output_bias=bias,
    )
