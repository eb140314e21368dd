"""What must hold after every input, whatever it was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from classifier.result import DocumentResult

SECONDS, SECONDS_PER_BYTE = 1.0, 50e-6  # of one processor; five hundred times what reading prose takes


def check_spans(text: str, spans: Sequence[tuple[int, int]]) -> None:
    """Assert the contract: in order, no overlap, never empty, no blank at an end, every letter inside."""
    last = 0
    for start, end in spans:
        assert last <= start < end <= len(text), (last, start, end)
        assert not text[last:start].strip(), "something stands between two segments"
        assert not text[start].isspace() and not text[end - 1].isspace(), "a segment begins or ends with a blank"
        last = end
    assert not text[last:].strip(), "something stands after the last segment"


def check_probabilities(proba: Any, n: int, k: int) -> None:
    """Assert ``n`` rows of ``k`` probabilities that sum to one."""
    assert proba.shape == (n, k), proba.shape
    assert np.isfinite(proba).all() and (proba >= 0).all() and (proba <= 1).all()
    assert n == 0 or np.abs(proba.sum(axis=1) - 1).max() < 1e-9


def check_result(text: str, result: DocumentResult) -> None:
    """Assert all that is promised of a result, and of how it is written."""
    assert result.text == text
    check_spans(text, [(s.start, s.end) for s in result.segments])
    for proba in (result.proba, result.alone):
        check_probabilities(proba, len(result), len(result.classes))
    record = json.loads(result.to_json(probabilities=True))
    assert [tuple(s[f] for f in ("start", "end", "label", "score")) for s in record["segments"]] == result.segments
    assert sum(record["segments_by_label"].values()) == len(result)
    assert sum(record["words_by_label"].values()) == int(result.words.sum())


def same(one: DocumentResult, other: DocumentResult) -> bool:
    """Tell whether two results say the same to the last bit."""
    return (one.text, one.warning) == (other.text, other.warning) and all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("starts", "ends", "columns", "proba", "alone", "words")
    )


def longest(size: int) -> float:
    """Return how many seconds of a processor an input of ``size`` bytes may take."""
    return SECONDS + SECONDS_PER_BYTE * size
