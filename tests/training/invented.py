"""Pages of our own, and a judge simple enough that its figures can be worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from classifier.result import DocumentResult
from classifier.text import Document
from training.corpus import LabelledDocument

CLASSES = ("boilerplate", "comment", "opinion", "reporting")


def page(
    name: Any, *lines: tuple[str, str], split: str = "train", between: str = "\n", **more: Any
) -> LabelledDocument:
    """A document of one line for each (text, label)."""
    text, spans = "", []
    for line, label in lines:
        text += between * bool(text)
        spans.append((len(text), len(text) + len(line), label))
        text += line
    return LabelledDocument(name, text, tuple(spans), split=split, **{"source": "own", **more})


class LineJudge:
    """Calls each line what a table says, and everything else ``reporting`` with probability 0.7."""

    def __init__(self, calls: Mapping[str, tuple[str, float]], name: str = "lines") -> None:
        self.name = name
        self.classes_ = np.array(CLASSES)
        self._calls = calls

    def classify_many(self, documents: Iterable[Document], *, n_jobs: int = 1) -> Iterator[DocumentResult]:
        for document in documents:
            yield self._classify(document)

    def _classify(self, document: Document) -> DocumentResult:
        lines = [line for line in document.text.split("\n") if line.strip()]
        segments = []
        for line in lines:
            label, score = self._calls.get(line, ("reporting", 0.7))
            start = document.text.index(line)
            shares = [score if c == label else (1 - score) / 3 for c in CLASSES]
            segments.append((start, start + len(line), label, shares))
        return DocumentResult.of(document.id, document.text, CLASSES, segments, self.name)
