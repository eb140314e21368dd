"""Columns of numbers -> lines of JSON, all rows of a batch at once.

Rows are laid out in a rectangle of bytes, each column as wide as its widest cell and padded with NUL, which JSON never
holds; then every NUL is deleted. That takes a third of the time of formatting one row after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.uint8]
QUANTA = 10000  # scores are written with four decimals
_ZERO, _POINT = ord("0"), ord(".")


def numbers(values: NDArray[Any]) -> Cells:
    """Return whole numbers, none below zero, as digits, (n, width) uint8."""
    largest = int(values.max(initial=0))
    left = values.astype(np.min_scalar_type(largest))
    cells = np.empty((len(str(largest)), len(values)), np.uint8)
    for place in reversed(range(len(cells))):
        rest = left // 10
        cells[place] = left - rest * 10 + _ZERO
        if place < len(cells) - 1:
            cells[place] *= left != 0
        left = rest
    return cells.T


def shares(quanta: NDArray[Any]) -> Cells:
    """Return numbers from 0 to 1, given in units of 1 / QUANTA, as Python writes them (0.0, 0.25), (n, 6) uint8."""
    return _share_table()[quanta]


@lru_cache(maxsize=1)
def _share_table() -> Cells:
    quanta = np.arange(QUANTA + 1)
    cells = np.zeros((len(quanta), 6), np.uint8)
    cells[:, 0], cells[:, 1] = _ZERO + quanta // QUANTA, _POINT
    for place, unit in enumerate((1000, 100, 10, 1)):
        needed = quanta % (unit * 10) > 0 if place else quanta >= 0  # 0.5, not 0.5000
        cells[needed, 2 + place] = _ZERO + quanta[needed] // unit % 10
    return cells


def chosen(texts: Sequence[str], which: NDArray[Any]) -> Cells:
    """Return ``texts[w]`` for each w of ``which``, (n, width) uint8; the texts are ASCII without NUL."""
    table = np.array([text.encode("ascii") for text in texts])
    return table.view(np.uint8).reshape(len(texts), -1)[which]


def laid(cells: Sequence[bytes | Cells], n: int) -> bytearray:
    """Return ``n`` rows of JSON: each row its cells in order, bytes standing for themselves in every row."""
    widths = [len(cell) if isinstance(cell, bytes) else cell.shape[1] for cell in cells]
    plain = b"".join(cell if isinstance(cell, bytes) else bytes(w) for cell, w in zip(cells, widths, strict=True))
    raw = bytearray(plain * n)
    rectangle, at = np.frombuffer(raw, np.uint8).reshape(n, len(plain)), 0
    for cell, width in zip(cells, widths, strict=True):
        if not isinstance(cell, bytes):
            rectangle[:, at : at + width] = cell
        at += width
    return raw.translate(None, b"\0")
