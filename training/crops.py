"""Pieces of documents, as pages arrive that a scraper cut short or a user pasted in part."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import replace

from .corpus import LabelledDocument

_SHORTEST = 1  # spans
_MOST = 0.8  # of the spans


def crops(documents: Iterable[LabelledDocument], share: float, seed: int) -> list[LabelledDocument]:
    """Return a random run of spans of about ``share`` of the documents; half of the runs are of at most five spans.

    What is drawn follows from the seed and the document's id alone. ``meta`` names the document under ``article``.
    """
    made = []
    for document in documents:
        rng = random.Random(f"crop {seed} {json.dumps(document.id)}")
        spans = document.spans
        if rng.random() >= share or len(spans) < 3:
            continue
        most = 5 if rng.random() < 0.5 else len(spans) * _MOST
        size = rng.randint(_SHORTEST, max(_SHORTEST, min(int(most), len(spans) - 1)))
        first = rng.randrange(len(spans) - size + 1)
        low, high = spans[first][0], spans[first + size - 1][1]
        shifted = tuple((s - low, e - low, label) for s, e, label in spans[first : first + size])
        article = document.meta.get("article", document.id)
        text, meta = document.text[low:high], {**document.meta, "article": article}
        made.append(replace(document, id=f"{document.id}+crop", text=text, spans=shifted, meta=meta))
    return made
