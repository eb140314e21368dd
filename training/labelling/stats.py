"""How much of what a corpus holds: by label, source, split and length."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from classifier.labels import display_order

from ..corpus import LabelledDocument, labels_at, labels_of, word_starts
from ..tables import aligned

_NONE = "-"
_QUANTILES = {"min": 0.0, "quarter": 0.25, "median": 0.5, "three_quarters": 0.75, "max": 1.0}


def count(documents: Sequence[LabelledDocument]) -> dict[str, Any]:
    """Return documents, words, ``labels``, ``by`` (source and split) and ``length`` in words, ready for JSON.

    A word counts for the label of the span that holds its first character; ``unlabelled`` are those in no span.
    """
    labels = labels_of(documents)
    words = np.array([_words(document, labels) for document in documents], np.int64).reshape(len(documents), -1)
    lengths = words.sum(1)
    order = [labels.index(label) for label in display_order(labels)]
    spans = Counter(label for document in documents for *_, label in document.spans)
    shown = {
        labels[i]: {
            "documents": sum(d.has(labels[i]) for d in documents),
            "spans": spans[labels[i]],
            "words": int(words[:, i].sum()),
        }
        for i in order
    }
    return {
        "documents": len(documents),
        "words": int(lengths.sum()),
        "unlabelled": int(words[:, -1].sum()),
        "labels": shown,
        "by": {part: _by([getattr(d, part) for d in documents], words, labels, order) for part in ("source", "split")},
        "length": {name: int(np.quantile(lengths, at, method="nearest")) for name, at in _QUANTILES.items()},
    }


def _words(document: LabelledDocument, labels: Sequence[str]) -> list[int]:
    held = labels_at(document.spans, word_starts(document.text), labels)
    return [*(int((held == i).sum()) for i in range(len(labels))), int((held < 0).sum())]


def _by(values: Sequence[str | None], words: Any, labels: Sequence[str], order: Sequence[int]) -> dict[str, Any]:
    members: dict[str, list[int]] = defaultdict(list)
    for i, value in enumerate(values):
        members[value or _NONE].append(i)
    return {
        name: {
            "documents": len(some),
            "words": int(words[some].sum()),
            "labels": {labels[i]: int(words[some, i].sum()) for i in order},
        }
        for name, some in sorted(members.items())
    }


def as_text(found: Mapping[str, Any]) -> str:
    """Return the counts as tables."""
    head = f"{found['documents']:,} documents, {found['words']:,} words, {found['unlabelled']:,} of them in no span"
    rows = [
        [name, *(f"{of[part]:,}" for part in ("documents", "spans", "words"))] for name, of in found["labels"].items()
    ]
    labels = aligned([["label", "documents", "spans", "words"], *rows])
    length = aligned(
        [
            ["length", *(name.replace("_", " ") for name in found["length"])],
            ["words", *(f"{n:,}" for n in found["length"].values())],
        ]
    )
    return "\n\n".join([head, labels, *(_table(part, of) for part, of in found["by"].items()), length])


def _table(part: str, groups: Mapping[str, Any]) -> str:
    labels = list(next(iter(groups.values()))["labels"])
    rows = [
        [name, f"{of['documents']:,}", f"{of['words']:,}", *(f"{of['labels'][x]:,}" for x in labels)]
        for name, of in groups.items()
    ]
    return aligned([[part, "documents", "words", *labels], *rows])
