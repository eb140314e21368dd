"""Probabilities for a whole document: each segment's second verdict, weighed against what may follow what.

A document is a chain of labels (a linear-chain conditional random field in the sense of Lafferty, McCallum and
Pereira 2001,
with unary scores from the second verdict); its marginals come from the forward-backward algorithm. All documents of
a batch
are decoded together: they are cut into blocks of ``BLOCK`` segments, the blocks are folded side by side, then joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .segments import Segments

BLOCK = 16
LEAST = 1e-9  # of any weight of a chain: what is possible stays so, far above what is added for safety
_FLOOR = 1e-30
_TOGETHER = 256  # blocks

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
        if min(self.start.min(), self.follow.min(), float(self.temperature)) < LEAST:
            raise ValueError(f"chain has weights below {LEAST}")


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
    blocks = _Blocks(segments.document)
    kind = np.where(np.diff(segments.document, prepend=-1) != 0, _OPENS, segments.breaks)
    steps = list(_steps(_tables(chain), blocks.padded(kind, _PADDING), blocks.padded(emit.T, 1.0)))
    folded, owner = np.concatenate([_folded(step) for step in steps], axis=2), segments.document[blocks.start]
    left = _entering(folded, owner)
    right = _entering(folded.transpose(1, 0, 2)[:, :, ::-1], owner[::-1])[:, ::-1]
    proba, at = np.empty((len(folded), BLOCK, blocks.count)), 0
    for step in steps:
        some = slice(at, at := at + step.shape[3])
        proba[:, :, some] = _forward(step, left[:, some]) * _backward(step, right[:, some])
    return _normalised(blocks.unpadded(proba)).T


_OPENS, _PADDING = 3, 4  # kinds of step beside the breaks 0, 1 and 2


def _tables(chain: Chain) -> Floats:
    """Return the weight of each step from label to label by kind, (k, k, 5)."""
    k = len(chain.start)
    opens = np.broadcast_to(chain.start, (k, k))  # every row alike: what came before the document does not matter
    return np.concatenate([chain.follow, opens[None], np.eye(k)[None]]).transpose(1, 2, 0)


def _steps(tables: Floats, kind: NDArray[Any], emit: Floats) -> Iterator[Floats]:
    """Yield the steps (k, k, BLOCK, some blocks) of ``_TOGETHER`` blocks at a time: as many as a cache holds."""
    for low in range(0, kind.shape[1], _TOGETHER):
        some = slice(low, low + _TOGETHER)
        yield tables[:, :, kind[:, some]] * emit[:, :, some]


class _Blocks:
    """Documents cut into blocks of at most ``BLOCK`` segments, counted from each document's beginning.

    Padded arrays are (..., BLOCK, blocks). ``within`` is each segment's place in its document, ``start`` each block's
    first segment, ``rank`` its place among its document's.
    """

    def __init__(self, document: NDArray[np.int64]) -> None:
        n = len(document)
        first = np.flatnonzero(np.diff(document, prepend=-1))
        within = np.arange(n) - np.repeat(first, np.diff(np.append(first, n)))
        self.within, self.start = within, np.flatnonzero(within % BLOCK == 0)
        self.count = len(self.start)
        owner = np.repeat(np.arange(self.count), np.diff(np.append(self.start, n)))
        self.place = (within % BLOCK) * self.count + owner
        self.rank = within[self.start] // BLOCK

    def padded(self, values: NDArray[Any], fill: Any) -> NDArray[Any]:
        """Lay ``values`` (..., n) out by block; ``fill`` stands where there is nothing."""
        flat = np.empty((*values.shape[:-1], BLOCK * self.count), values.dtype)
        flat[...] = fill
        flat[..., self.place] = values
        return flat.reshape(*values.shape[:-1], BLOCK, self.count)

    def unpadded(self, values: Floats) -> Floats:
        """Undo ``padded``."""
        flat: Floats = values.reshape(*values.shape[:-2], -1)[..., self.place]
        return flat


def _entering(folded: Floats, owner: NDArray[np.int64]) -> Floats:
    """Return the message that enters each block from the left, (k, blocks).

    Args:
        folded: float64 (k, k, blocks).
        owner: int64 (blocks,), each block's document. Where one has more than ``BLOCK``, the blocks are themselves
            folded by blocks: the road through a document is as short as its logarithm.
    """
    k = len(folded)
    message = np.full(folded.shape[1:], 1.0 / k)
    upper = _Blocks(owner)
    if not upper.rank.any():
        for at in _groups(upper.within)[1:]:
            message[:, at] = _through(message[:, at - 1], folded[:, :, at - 1])
        return message
    step = upper.padded(folded, np.eye(k)[:, :, None])
    passed = upper.unpadded(_forward(step, _entering(_folded(step), owner[upper.start])))
    onward = np.flatnonzero(owner[1:] == owner[:-1])
    message[:, onward + 1] = passed[:, onward]
    return message


def _groups(rank: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the places of each rank, lowest rank first."""
    order = np.argsort(rank, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(rank[order])) + 1)


def _folded(step: Floats) -> Floats:
    """Multiply each block's steps into one, (k, k, blocks), scaled."""
    folded = step[:, :, 0]
    k = len(step)
    for i in range(1, BLOCK):
        product = folded[:, 0, None] * step[None, 0, :, i]
        for j in range(1, k):
            product += folded[:, j, None] * step[None, j, :, i]
        folded = product / (product.max(axis=(0, 1)) + _FLOOR)
    return folded


def _forward(step: Floats, message: Floats) -> Floats:
    messages = np.empty(step.shape[1:])
    for i in range(BLOCK):
        message = _through(message, step[:, :, i])
        messages[:, i] = message
    return messages


def _backward(step: Floats, message: Floats) -> Floats:
    messages = np.empty(step.shape[1:])
    turned = step.transpose(1, 0, 2, 3)
    for i in reversed(range(BLOCK)):
        messages[:, i] = message
        message = _through(message, turned[:, :, i])
    return messages


def _through(message: Floats, step: Floats) -> Floats:
    """Send messages (k, m) through steps (k, k, m), from row to column; each comes out summing to one."""
    total = message[0] * step[0]
    for j in range(1, len(message)):
        total += message[j] * step[j]
    return _normalised(total)


def _normalised(columns: Floats) -> Floats:
    total = columns[0] + _FLOOR
    for row in columns[1:]:
        total += row
    shares: Floats = columns / total
    return shares
