"""Differences -> the viewer's page, with the labels of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..labels import display_order
from ..result import DocumentResult
from ..view import Page, row, trail_start
from .changes import Difference, Ints

UNKNOWN = -1  # instead of a probability that a file of results does not tell


def write_page(path: str, differences: Sequence[Difference], names: tuple[str, str]) -> None:
    """Write the documents that changed, in the order given; raises InputError where ``path`` cannot be written."""
    labels = display_order({label for d in differences for side in (d.a, d.b) for label in side.classes})
    changed = [len(difference.changes) for difference in differences]
    with Page(path, names[1], labels, {"compared": names, "changed": changed}) as page:
        for difference in differences:
            entry = row(difference.b)[:3] + _words(difference, labels)
            page.put(entry, _document(difference, labels))


def _document(difference: Difference, labels: Sequence[str]) -> dict[str, Any]:
    """Return what the page knows of a document: ``shares`` are those of B, ``alone`` those of A."""
    b = difference.b
    place = np.array([labels.index(label) for label in b.classes], np.int64)
    columns: dict[str, Any] = {
        "start": difference.starts,
        "end": difference.ends,
        "label": place[b.columns[difference.rows_b]],
        "words": difference.words,
        "shares": _shares(b, difference.rows_b, labels),
        "alone": _shares(difference.a, difference.rows_a, labels),
    }
    trail = trail_start(b)
    first = int(np.searchsorted(difference.starts, b.starts[trail])) if trail >= 0 else -1
    numbers = {name: column.tolist() for name, column in columns.items()}
    return {"text": b.text, "trail": first if first < len(difference.starts) else -1, **numbers}


def _shares(result: DocumentResult, rows: Ints, labels: Sequence[str]) -> Ints:
    shares = np.full((len(rows), len(labels)), UNKNOWN, np.int64)
    place = [labels.index(label) for label in result.classes]
    told = np.rint(result.proba[rows] * 10000).astype(np.int64)
    told[(result.proba[rows] == 0) & (np.abs(result.proba[rows].sum(axis=1) - 1) > 0.01)[:, None]] = UNKNOWN
    shares[:, place] = told
    return shares.ravel()


def _words(difference: Difference, labels: Sequence[str]) -> list[int]:
    b = difference.b
    columns = np.array([labels.index(label) for label in b.classes], np.int64)[b.columns[difference.rows_b]]
    return np.bincount(columns, difference.words, len(labels)).astype(int).tolist()
