"""Two verdicts on every segment: the first alone, the second among its neighbours.

Both are sums of whole numbers: table look-ups for the first, two small layers of quantised weights for the second.
Whole numbers add up the same in any order and any batch, so a document's answer never depends on what else is
classified with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .features.context import context_width
from .features.counts import MAX_TOKENS
from .features.manner import LIMIT
from .features.words import COLUMNS, edge_columns, word_columns
from .segments import Segments
from .tokens import Tokens

LANES, LANE_BITS = 3, 21  # sums of weights in one int64; MAX_TOKENS times four features times 127 stays within a lane
ACTIVE = 255  # steps of a hidden unit's activation
EXACT = 1 << 24  # whole numbers below this add up exactly in float32
_ALONE_UNIT = 16  # first verdicts reach the second in steps of 1/16, up to 127/16


@dataclass(frozen=True)
class FirstVerdict:
    """A linear model over hashed features, quantised.

    Attributes:
        weights: int8 (COLUMNS, k - 1), of every label but the first, relative to the first, in units of ``unit``.
        unit: float64 (), logit per unit of weight.
        bias: float64 (k - 1,), relative to the first label's.
    """

    weights: NDArray[np.int8]
    unit: NDArray[np.float64]
    bias: NDArray[np.float64]

    @cached_property
    def _packed(self) -> list[NDArray[np.int64]]:
        """Three columns of weights side by side in one int64: three sums at the price of one."""
        wide = self.weights.astype(np.int64)
        return [
            np.sum(wide[:, i : i + LANES] << (LANE_BITS * np.arange(wide[:, i : i + LANES].shape[1])), axis=1)
            for i in range(0, wide.shape[1], LANES)
        ]

    def logits(self, tokens: Tokens, segments: Segments) -> NDArray[np.float64]:
        """Return centred logits of each segment alone, float64 (n, k)."""
        words, edges = word_columns(tokens, segments), edge_columns(tokens, segments)
        lanes: list[NDArray[np.int64]] = []
        for table in self._packed:
            total = np.add.reduceat(_row_sums(table, words), segments.token[:-1]) + _row_sums(table, edges)
            lanes += unpacked(total)
        sums = np.stack(lanes[: len(self.bias)], axis=1)
        return centred(sums * (self.unit * damping(segments))[:, None] + self.bias)


def unpacked(total: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Take the three signed sums out of packed ones, lowest first."""
    lanes = []
    for _ in range(LANES):
        low = (total << (64 - LANE_BITS)) >> (64 - LANE_BITS)
        lanes.append(low)
        total = (total - low) >> LANE_BITS
    return lanes


def centred(relative: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn logits relative to the first label's, (n, k - 1), into logits of mean zero, (n, k)."""
    mean = relative[:, 0].copy()
    for column in range(1, relative.shape[1]):
        mean += relative[:, column]
    mean /= -(relative.shape[1] + 1)
    return np.concatenate([mean[:, None], relative + mean[:, None]], axis=1)


def _row_sums(table: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
    total: NDArray[np.int64] = table.take(columns[0])
    for row in columns[1:]:
        total += table.take(row)
    return total


def damping(segments: Segments) -> NDArray[np.float64]:
    """Return what the features of a segment weigh, one over the root of its tokens, float64 (n,)."""
    return 1.0 / np.sqrt(np.clip(np.diff(segments.token), 2, MAX_TOKENS).astype(np.float64))


def in_steps(logits: NDArray[np.float64]) -> NDArray[np.int32]:
    """Round first verdicts to the steps in which the second reads them, int32 of the same shape."""
    return np.clip(np.rint(logits * _ALONE_UNIT), -LIMIT, LIMIT).astype(np.int32)


@dataclass(frozen=True)
class SecondVerdict:
    """One hidden layer over context features, quantised.

    Attributes:
        hidden: int16 (d, m), each column's absolute sum times LIMIT at most ``EXACT``.
        hidden_unit, hidden_bias: float32 (m,), from sums to steps of activation, 0 to ``ACTIVE``.
        output: int16 (m, k), each column's absolute sum times ``ACTIVE`` at most ``EXACT``.
        output_unit: float64 (); output_bias: float64 (k,).
    """

    hidden: NDArray[np.int16]
    hidden_unit: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    output: NDArray[np.int16]
    output_unit: NDArray[np.float64]
    output_bias: NDArray[np.float64]

    @cached_property
    def _layers(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        # Every product and every partial sum is a whole number of at most EXACT: exact in any order.
        return self.hidden.astype(np.float32), self.output.astype(np.float32)

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return logits for context ``features`` (whole numbers, float32 (n, d)); float64 (n, k)."""
        hidden, output = self._layers
        steps = features @ hidden
        steps *= self.hidden_unit
        steps += self.hidden_bias
        np.clip(np.rint(steps, out=steps), 0, ACTIVE, out=steps)
        return (steps @ output).astype(np.float64) * self.output_unit + self.output_bias


@dataclass(frozen=True)
class Model:
    """Everything that was learned about labels."""

    first: FirstVerdict
    second: SecondVerdict

    def check(self, k: int, opinions: int = 1) -> None:
        """Raise ValueError unless everything has the shape and type that ``k`` labels need.

        ``opinions`` is how many verdicts on a segment alone the second reads: that of the first, and an encoder's.
        """
        d, m = context_width(k * opinions), self.second.hidden.shape[-1]
        wanted = {
            "first.weights": (np.int8, (COLUMNS, k - 1)), "first.unit": (np.float64, ()), "first.bias": (np.float64,
            (k - 1,)),
            "second.hidden": (np.int16, (d, m)), "second.hidden_unit": (np.float32, (m,)),
            "second.hidden_bias": (np.float32, (m,)), "second.output": (np.int16, (m, k)),
            "second.output_unit": (np.float64, ()), "second.output_bias": (np.float64, (k,)),
        }  # fmt: skip
        for name, array in self.arrays().items():
            dtype, shape = wanted[name]
            if array.dtype != dtype or array.shape != shape:
                raise ValueError(f"{name} is {array.dtype} {array.shape}, not {np.dtype(dtype)} {shape}")
        for layer, most in ((self.second.hidden, LIMIT), (self.second.output, ACTIVE)):
            if (np.abs(layer.astype(np.int64)).sum(axis=0) * most > EXACT).any():
                raise ValueError("the second verdict's weights are too large to add up exactly")

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the learned numbers by name, as they are stored."""
        named: dict[str, FirstVerdict | SecondVerdict] = {"first": self.first, "second": self.second}
        return {f"{stage}.{f.name}": getattr(part, f.name) for stage, part in named.items() for f in fields(part)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Model:
        """Build from what ``arrays`` returned."""
        first = {f.name: arrays[f"first.{f.name}"] for f in fields(FirstVerdict)}
        second = {f.name: arrays[f"second.{f.name}"] for f in fields(SecondVerdict)}
        return cls(FirstVerdict(**first), SecondVerdict(**second))
