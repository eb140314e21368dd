"""The second verdict: the base's network, read for other labels where need be, and trained on a little further."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier

from classifier.model import SecondVerdict

from ..second import one_pass, quantised
from .correction import correct
from .kinship import translated

Floats = NDArray[np.float64]
_SCALE = 64.0  # features reach the network as whole numbers over this, as in the fit of the base
_ACTIVE = 255.0 / 8.0  # activity in the base's steps over this, so that a unit says at most 8
_BATCH, _SMALLEST, _STEPS = 128, 16, 60
_ASLEEP = 1e4  # no unit that ever spoke has weights as large
_OUTPUT = 0.1  # how freely the outputs are fitted to labels the base does not know


class Layers(NamedTuple):
    """Two layers in floating point: (d, m), (m,), (m, k), (k,); rectified between them."""

    into: Floats
    into_bias: Floats
    out: Floats
    out_bias: Floats

    def active(self, X: NDArray[np.int8]) -> Floats:
        """Return what the hidden units say, (n, m)."""
        activity: Floats = np.maximum(X @ (self.into / _SCALE) + self.into_bias, 0)
        return activity

    def logits(self, X: NDArray[np.int8]) -> Floats:
        """Return logits, (n, k)."""
        return self.active(X) @ self.out + self.out_bias

    def towards(self, other: Layers, share: float) -> Layers:
        """Return the layers that lie this ``share`` of the way to ``other``."""
        return Layers(*(mine + share * (its - mine) for mine, its in zip(self, other, strict=True)))


def layers_of(base: SecondVerdict, named: Floats, votes: Floats) -> Layers:
    """Undo the rounding of ``base``; ``named`` is (theirs, ours) and ``votes`` (ours, theirs), see ``kinship``."""
    hidden = base.hidden.astype(np.float64) * base.hidden_unit.astype(np.float64) * (_SCALE / _ACTIVE)
    into = translated(hidden, votes)
    out = base.output * float(base.output_unit) * _ACTIVE
    # Rounding gave units that never spoke a huge scale, which means nothing and could not be rounded again.
    size = np.maximum(np.abs(into).max(axis=0), np.abs(base.hidden_bias) / _ACTIVE)
    asleep = np.where(size > _ASLEEP, size, 1.0)
    return Layers(into / asleep, base.hidden_bias / _ACTIVE / asleep, out @ named, base.output_bias @ named)


def with_new_labels(layers: Layers, X: NDArray[np.int8], y: NDArray[np.int64]) -> Layers:
    """Fit the outputs to labels that the base does not know."""
    found = correct(layers.active(X), layers.logits(X), y, np.ones(len(y)), _OUTPUT)
    return layers._replace(out=layers.out + found.weights, out_bias=layers.out_bias + found.bias)


def tuned(
    layers: Layers, X: NDArray[np.int8], y: NDArray[np.int64], marks: Sequence[int], decay: float, seed: int
) -> list[Layers]:
    """Train ``layers`` on (scikit-learn's MLPClassifier, Adam); returns them as they are after each mark's passes."""
    network = _network(layers, decay, seed)
    network.set_params(batch_size=min(len(y), max(_SMALLEST, min(_BATCH, len(y) // _STEPS))))
    scaled, found = X.astype(np.float32) / np.float32(_SCALE), [layers]
    for done in range(1, max(marks) + 1):
        one_pass(network, scaled, y)
        found += [_layers(network)] * (done in marks)
    return found[1:] if 0 not in marks else found


def rounded(layers: Layers, sample: NDArray[np.int8]) -> SecondVerdict:
    """Round to whole numbers whose every sum is exact; ``sample`` tells the range of activity."""
    return quantised(_network(layers, 0.0, 0), sample, len(layers.out_bias))


def _network(layers: Layers, decay: float, seed: int) -> MLPClassifier:
    """Return scikit-learn's network with these weights."""
    (d, m), k = layers.into.shape, len(layers.out_bias)
    network = MLPClassifier((m,), alpha=decay, random_state=seed, batch_size=k)
    network.partial_fit(np.zeros((k, d), np.float32), np.arange(k), classes=np.arange(k))  # only to be set up
    out, bias = layers.out, layers.out_bias
    if k == 2:  # one logistic unit stands for both
        out, bias = out[:, 1:] - out[:, :1], bias[1:] - bias[:1]
    for place, values in zip(
        network.coefs_ + network.intercepts_, (layers.into, out, layers.into_bias, bias), strict=True
    ):
        place[...] = values
    return network


def _layers(network: MLPClassifier) -> Layers:
    (into, out), (into_bias, out_bias) = (
        [np.array(part, np.float64) for part in parts] for parts in (network.coefs_, network.intercepts_)
    )
    if out.shape[1] == 1:
        out, out_bias = np.hstack([-out, out]) / 2, np.repeat(out_bias / 2, 2) * [-1, 1]
    return Layers(into, into_bias, out, out_bias)
