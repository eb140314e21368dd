from __future__ import annotations

import numpy as np
import plain
import pytest

from classifier.features.counts import LANES, MAX_TOKENS, beyond, count, count_few, lane_tables


@pytest.mark.parametrize("counters", [1, LANES - 1, LANES, LANES + 1, 3 * LANES])
def test_counts_are_those_of_counting(counters: int) -> None:
    rng = np.random.default_rng(counters)
    flags = rng.random((50, counters)) < 0.4
    tokens, segments = plain.cut(["one two three.", "four", "five six. Seven eight nine ten"])
    codes = rng.integers(0, 50, len(tokens))
    found = count(codes, lane_tables(flags), counters, segments)
    expected = [flags[codes[a:b]].sum(axis=0) for a, b in zip(segments.token, segments.token[1:], strict=False)]
    assert found.dtype == np.int32 and found.tolist() == np.array(expected).tolist()


def test_a_lane_never_runs_over_into_the_next() -> None:
    tokens, segments = plain.cut(["x " * (3 * MAX_TOKENS), "x"])
    found = count(np.zeros(len(tokens), np.uint8), lane_tables(np.ones((1, 6), bool)), 6, segments)
    assert found.tolist() == [[MAX_TOKENS] * 6, [1] * 6]
    assert beyond(segments) == [slice(MAX_TOKENS, 3 * MAX_TOKENS)]


@pytest.mark.parametrize("size", [254, 255, 256, 257, 600, MAX_TOKENS, MAX_TOKENS + 1])
def test_long_segments_are_counted_among_short_ones(size: int) -> None:
    rng = np.random.default_rng(size)
    flags = rng.random((20, 2 * LANES + 3)) < 0.7
    tokens, segments = plain.cut(["one two three.", "x " * size, "four\nfive six", "y " * (size - 1)])
    codes = rng.integers(0, 20, len(tokens)).astype(np.uint8)
    found = count(codes, lane_tables(flags), flags.shape[1], segments)
    edges = zip(segments.token, segments.token[1:], strict=False)
    expected = [flags[codes[a : min(b, a + MAX_TOKENS)]].sum(axis=0) for a, b in edges]
    assert found.tolist() == np.array(expected).tolist()


def test_a_few_tokens_are_counted_where_they_stand() -> None:
    flags = np.eye(3, LANES + 1, dtype=bool) | (np.arange(LANES + 1) == LANES)
    few, codes = np.array([0, 2, 0, 300, 1, 0]), np.concatenate([[0, 2], np.full(300, 1), [2]])
    found = count_few(codes, lane_tables(flags), LANES + 1, few)
    columns = found[:, [0, 1, 2, LANES]].tolist()
    assert columns == [[0, 0, 0, 0], [1, 0, 1, 2], [0, 0, 0, 0], [0, 300, 0, 300], [0, 0, 1, 1], [0, 0, 0, 0]]
