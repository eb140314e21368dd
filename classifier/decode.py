"""Probabilities for a whole document: each segment's second verdict, weighed against what may follow what.

A document is a chain of labels (a linear-chain conditional random field in the sense of Lafferty, McCallum and Pereira 2001,
with unary scores from the second verdict); its marginals come from the forward-backward algorithm. All documents of a batch
are decoded together: they are cut into blocks of ``BLOCK`` segments, the blocks are folded side by side, then joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .segments import Segments

BLOCK = 24
_FLOOR = 1e-30

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Chain:
    """What may follow what.

    Attributes:
        temperature: float64 (), what second-verdict logits are multiplied with; offset: float64 (k,), added to them.
        start: float64 (k,), weight of each label at a document's beginning.
        follow: float64 (3, k, k), weight of label j after label i by the line breaks between them (0, 1, 2 or more).
    """

    temperature: Floats
    offset: Floats
    start: Floats
    follow: Floats

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the learned numbers by name, as they are stored."""
        return {f"chain.{f.name}": getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Chain:
        """Build from what ``arrays`` returned."""
        return cls(**{f.name: arrays[f"chain.{f.name}"] for f in fields(cls)})

    def check(self, k: int) -> None:
        """Raise ValueError unless everything has the shape and sign that ``k`` labels need."""
        shapes = {"temperature": (), "offset": (k,), "start": (k,), "follow": (3, k, k)}
        for name, shape in shapes.items():
            table = getattr(self, name)
            if table.shape != shape or table.dtype != np.float64:
                raise ValueError(f"chain.{name} is {table.dtype} {table.shape}, not float64 {shape}")
        if min(self.start.min(), self.follow.min(), float(self.temperature)) <= 0:
            raise ValueError("chain has weights that are not above zero")


def softmax(logits: Floats) -> Floats:
    """Turn rows of logits into rows that sum to one."""
    exponent = np.exp(np.round(logits - logits.max(axis=1, keepdims=True), 6))
    total = exponent[:, 0].copy()
    for column in range(1, exponent.shape[1]):
        total += exponent[:, column]
    shares: Floats = exponent / total[:, None]
    return shares


def decode(logits: Floats, segments: Segments, chain: Chain) -> Floats:
    """Return the probability of each label for each segment, given the whole document.

    Args:
        logits: float64 (n, k), second verdicts.
        segments: the same segments, of any number of documents.
        chain: learned.

    Returns:
        float64 (n, k), rows sum to one.
    """
    if not len(segments):
        return logits
    emit = softmax(logits * chain.temperature + chain.offset) + _FLOOR
    opens = np.diff(segments.document, prepend=-1) != 0
    step = chain.follow[segments.breaks]
    step[opens] = chain.start  # every row alike: what came before the document does not matter
    forward = _Blocks(opens).forward(step * emit[:, None, :])
    backward = _backward(step, emit, opens)
    return _normalised(forward * backward)


def _backward(step: Floats, emit: Floats, opens: NDArray[np.bool_]) -> Floats:
    """Messages from the end: the same walk over the reversed chain."""
    n, k = emit.shape
    closes = np.append(opens[1:], True)
    towards = np.ones((n, k, k))
    towards[:-1] = (step[1:] * emit[1:, None, :]).transpose(0, 2, 1)
    towards[closes] = 1.0
    return _Blocks(closes[::-1]).forward(towards[::-1])[::-1]


class _Blocks:
    """Chains cut into blocks of at most ``BLOCK`` places, counted from each chain's beginning; longest blocks first."""

    def __init__(self, opens: NDArray[np.bool_]) -> None:
        n = len(opens)
        first = np.flatnonzero(opens)
        within = np.arange(n) - np.repeat(first, np.diff(np.append(first, n)))
        start = np.flatnonzero(within % BLOCK == 0)
        size = np.diff(np.append(start, n))
        self.order = np.argsort(-size, kind="stable")
        self.start, self.rank = start[self.order], within[start] // BLOCK
        self.alive = [int(np.count_nonzero(size > i)) for i in range(BLOCK)]

    def forward(self, steps: Floats) -> Floats:
        """Return the normalised forward message at every place, (n, k); ``steps`` is (n, k, k), from row to column."""
        now = self._entering(self._folded(steps))[self.order]
        messages = np.empty(steps.shape[:2])
        for i, alive in enumerate(self.alive):
            at = self.start[:alive] + i
            now = _normalised(_through(now[:alive], steps[at]))
            messages[at] = now
        return messages

    def _folded(self, steps: Floats) -> Floats:
        """Multiply each block's steps into one, (blocks, k, k), in the order of ``start``."""
        n, k = len(self.start), steps.shape[1]
        folded = np.broadcast_to(np.eye(k), (n, k, k)).copy()
        for i, alive in enumerate(self.alive):
            step = steps[self.start[:alive] + i]
            through = folded[:alive, :, :1] * step[:, :1, :]
            for j in range(1, k):
                through += folded[:alive, :, j : j + 1] * step[:, j : j + 1, :]
            folded[:alive] = through / through.max(axis=(1, 2), keepdims=True)
        return folded

    def _entering(self, folded: Floats) -> Floats:
        """Return the message that enters each block, (blocks, k), in the order of the chain."""
        in_order = np.empty_like(folded)
        in_order[self.order] = folded
        entering = np.full(folded.shape[:2], 1.0 / folded.shape[1])
        by_rank = np.argsort(self.rank, kind="stable")
        edges = np.searchsorted(self.rank[by_rank], np.arange(1, self.rank.max(initial=0) + 2))
        for low, high in zip(edges[:-1], edges[1:], strict=True):
            at = by_rank[low:high]
            entering[at] = _normalised(_through(entering[at - 1], in_order[at - 1]))
        return entering


def _through(message: Floats, step: Floats) -> Floats:
    total = message[:, :1] * step[:, 0, :]
    for j in range(1, message.shape[1]):
        total += message[:, j : j + 1] * step[:, j, :]
    return total


def _normalised(rows: Floats) -> Floats:
    total = rows[:, 0] + _FLOOR
    for column in range(1, rows.shape[1]):
        total += rows[:, column]
    shares: Floats = rows / total[:, None]
    return shares
