"""Counting many kinds of tokens in every segment at once.

Each token has a small code; a table says which counters each code advances. Eight counters of eight bits share one
int64, so one look-up and one sum over tokens serve eight counts; segments for which eight bits could be too few are
counted once more, with sixteen.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..segments import Segments

LANES = 8
MAX_TOKENS = 2040  # of a segment, that are read as features: bounds every sum, whatever the text
_NARROW = 255  # tokens that a lane can count
_EVERY_OTHER = 0x00FF00FF00FF00FF


def lane_tables(flags: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Pack ``flags`` (codes, counters) into int64 tables of one entry a code, eight counters a table."""
    tables = []
    for first in range(0, flags.shape[1], LANES):
        some = flags[:, first : first + LANES].astype(np.int64)
        tables.append(np.sum(some << (8 * np.arange(some.shape[1])), axis=1))
    return tables


def count(codes: NDArray[Any], tables: list[NDArray[np.int64]], counters: int, segments: Segments) -> NDArray[np.int32]:
    """Return how often each counter advances in each segment, int32 (n, counters); ``codes`` is (n_tokens,).

    A segment's tokens after its first ``MAX_TOKENS`` are not counted.
    """
    return _counted(codes, tables, counters, segments.token)


def count_few(
    codes: NDArray[Any], tables: list[NDArray[np.int64]], counters: int, few: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return what ``count`` returns where only ``few`` tokens of each segment count, (n,); ``codes`` are theirs."""
    return _counted(codes, tables, counters, np.append(0, np.cumsum(few)))


def _counted(
    codes: NDArray[Any], tables: list[NDArray[np.int64]], counters: int, edges: NDArray[np.int64]
) -> NDArray[np.int32]:
    codes = codes.astype(np.intp)
    counts = _sums(codes, tables, edges).view(np.uint8)[:, :counters].astype(np.int32)
    long = np.flatnonzero(np.diff(edges) > _NARROW)
    if len(long):
        sizes = np.minimum(edges[long + 1] - edges[long], MAX_TOKENS)
        within = np.append(0, np.cumsum(sizes))
        at = np.arange(within[-1]) + np.repeat(edges[long] - within[:-1], sizes)
        halves = ([table >> shift & _EVERY_OTHER for table in tables] for shift in (0, 8))
        wide = [_sums(codes[at], half, within).view(np.uint16) for half in halves]
        counts[long] = np.stack(wide, axis=2).reshape(len(long), -1)[:, :counters]
    return counts


def _sums(codes: NDArray[np.intp], tables: list[NDArray[np.int64]], edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the sums of what ``codes`` look up in each table between one of ``edges`` and the next, (n, tables)."""
    sums, total = np.empty((len(edges) - 1, len(tables)), np.int64), np.zeros(len(codes) + 1, np.int64)
    for i, table in enumerate(tables):
        np.cumsum(table.take(codes), out=total[1:])  # it may wrap round; the differences wrap back
        reached = total.take(edges)
        np.subtract(reached[1:], reached[:-1], out=sums[:, i])
    return sums


def beyond(segments: Segments) -> list[slice]:
    """Return the tokens of each very long segment that are not read."""
    giants = np.flatnonzero(np.diff(segments.token) > MAX_TOKENS)
    return [slice(int(segments.token[g]) + MAX_TOKENS, int(segments.token[g + 1])) for g in giants]
