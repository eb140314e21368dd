"""Results made by hand: labels laid over a text without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from classifier.result import DocumentResult

CLASSES = ("boilerplate", "comment", "opinion", "reporting")


def lay(text: str, rows: Sequence[tuple[int, int, str, float]], identity: Any = "doc") -> DocumentResult:
    """A result whose segments are ``rows`` of (start, end, label, score)."""
    proba = np.zeros((len(rows), len(CLASSES)))
    columns = np.array([CLASSES.index(label) for *_, label, _ in rows], np.int64)
    for i, (*_, score) in enumerate(rows):
        proba[i] = (1 - score) / 3
        proba[i, columns[i]] = score
    starts, ends = (np.array([row[j] for row in rows], np.int64) for j in (0, 1))
    words = np.array([len(re.findall(r"\S*[^\W_]\S*", text[s:e])) for s, e, *_ in rows], np.int64)
    return DocumentResult(identity, text, "by hand", CLASSES, starts, ends, columns, proba, proba, words)


def spelled(text: str, score: float = 0.9, identity: Any = "doc") -> DocumentResult:
    """A result for a text whose segments begin with their label's first letter: ``R1. O1.``, cut at blanks."""
    rows = []
    for match in re.finditer(r"\S+", text):
        label = next(c for c in CLASSES if c[0] == match[0][0].lower())
        rows.append((match.start(), match.end(), label, score))
    return lay(text, rows, identity)
