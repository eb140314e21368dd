from __future__ import annotations

import numpy as np
import plain
import pytest

from classifier.features.counts import LANES, MAX_TOKENS, beyond, count, lane_tables


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
