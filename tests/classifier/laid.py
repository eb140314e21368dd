"""Results made by hand: labels laid over a text without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from classifier.result import DocumentResult

CLASSES = ("boilerplate", "comment", "opinion", "reporting")


def lay(text: str, rows: Sequence[tuple[int, int, str, float]], identity: Any = "doc") -> DocumentResult:
    """A result whose segments are ``rows`` of (start, end, label, score)."""
    shares = [[score if c == label else (1 - score) / 3 for c in CLASSES] for *_, label, score in rows]
    segments = [(start, end, label, share) for (start, end, label, _), share in zip(rows, shares, strict=True)]
    return DocumentResult.of(identity, text, CLASSES, segments, "by hand")


def spelled(text: str, score: float = 0.9, identity: Any = "doc") -> DocumentResult:
    """A result for a text whose segments begin with their label's first letter: ``R1. O1.``, cut at blanks."""
    rows = []
    for match in re.finditer(r"\S+", text):
        label = next(c for c in CLASSES if c[0] == match[0][0].lower())
        rows.append((match.start(), match.end(), label, score))
    return lay(text, rows, identity)
