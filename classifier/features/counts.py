"""Counting many kinds of tokens in every segment at once.

Each token has a small code; a table says which counters each code advances. Four counters of 16 bits share one
int64, so one
look-up and one sum over tokens serve four counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..segments import Segments

LANES = 4
MAX_TOKENS = 2040  # of a segment, that are read as features: bounds every sum, whatever the text


def lane_tables(flags: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Pack ``flags`` (codes, counters) into int64 tables of one entry a code, four counters a table."""
    tables = []
    for first in range(0, flags.shape[1], LANES):
        some = flags[:, first : first + LANES].astype(np.int64)
        tables.append(np.sum(some << (16 * np.arange(some.shape[1])), axis=1))
    return tables


def count(codes: NDArray[Any], tables: list[NDArray[np.int64]], counters: int, segments: Segments) -> NDArray[np.int32]:
    """Return how often each counter advances in each segment, int32 (n, counters); ``codes`` is (n_tokens,).

    A segment's tokens after its first ``MAX_TOKENS`` are not counted.
    """
    unread, codes = beyond(segments), codes.astype(np.intp)
    lanes = np.empty((len(segments), len(tables)), np.int64)
    total = np.zeros(len(codes) + 1, np.int64)
    for i, table in enumerate(tables):
        advances = table.take(codes)
        for some in unread:
            advances[some] = 0
        _add_up(advances, segments.token, total, lanes[:, i])
    return lanes.view(np.uint16)[:, :counters].astype(np.int32)


def count_few(
    codes: NDArray[Any], tables: list[NDArray[np.int64]], counters: int, few: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return what ``count`` returns where only ``few`` tokens of each segment count, (n,); ``codes`` are theirs."""
    edges, codes = np.append(0, np.cumsum(few)), codes.astype(np.intp)
    lanes = np.empty((len(few), len(tables)), np.int64)
    total = np.zeros(len(codes) + 1, np.int64)
    for i, table in enumerate(tables):
        _add_up(table.take(codes), edges, total, lanes[:, i])
    return lanes.view(np.uint16)[:, :counters].astype(np.int32)


def _add_up(
    advances: NDArray[np.int64], edges: NDArray[np.int64], total: NDArray[np.int64], lane: NDArray[np.int64]
) -> None:
    """Put the sums of ``advances`` between ``edges`` into ``lane``, by way of ``total``, which begins with zero."""
    np.cumsum(advances, out=total[1:])  # it may wrap round; the differences wrap back
    reached = total.take(edges)
    np.subtract(reached[1:], reached[:-1], out=lane)


def beyond(segments: Segments) -> list[slice]:
    """Return the tokens of each very long segment that are not read."""
    giants = np.flatnonzero(np.diff(segments.token) > MAX_TOKENS)
    return [slice(int(segments.token[g]) + MAX_TOKENS, int(segments.token[g + 1])) for g in giants]
