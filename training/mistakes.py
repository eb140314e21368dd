"""The most confident wrong calls of a model, each in its place on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.labels import display_order

from .verdicts import Verdicts

_LONGEST = 400
_BESIDE = 120


@dataclass(frozen=True)
class Mistake:
    """A run of neighbouring segments of one gold label that were all given one other label.

    ``score`` is the mean probability of the wrong label, by words. ``before`` and ``after`` are the neighbouring
    segments as ``(gold, given, text)``, None at the document's edge.
    """

    id: Any
    start: int
    end: int
    gold: str
    pred: str
    score: float
    words: int
    text: str
    before: tuple[str, str, str] | None
    after: tuple[str, str, str] | None

    def to_record(self) -> dict[str, Any]:
        """Return the mistake as JSON takes it."""
        return asdict(self)


def worst(verdicts: Verdicts, count: int, solved: NDArray[np.bool_] | None = None) -> dict[str, list[Mistake]]:
    """Return for each gold label, in display order, its most confident mistakes; of equals the longer first.

    ``solved`` (n_words,) keeps only those of which at least half the words are so: right by another model, say.
    """
    runs = list(_runs(verdicts))
    if solved is not None:
        held = verdicts.words.segment >= 0
        words = np.bincount(verdicts.words.segment[held], solved[held], len(verdicts.calls.words))
        runs = [run for run in runs if words[run].sum() * 2 >= _words(verdicts, run)]
    found = {}
    for label in display_order(verdicts.labels):
        column = verdicts.labels.index(label)
        own = [run for run in runs if verdicts.calls.gold[run.start] == column]
        own.sort(key=lambda run: (-round(_score(verdicts, run), 2), -_words(verdicts, run)))
        found[label] = [_mistake(verdicts, run) for run in own[:count]]
    return found


def _runs(verdicts: Verdicts) -> Iterator[slice]:
    """Yield the maximal runs of segments with words that share document, gold label and wrong label."""
    calls = verdicts.calls
    wrong = (calls.gold != calls.pred) & (calls.gold >= 0) & (calls.words > 0)
    kind = np.stack(
        [np.where(wrong, calls.document, -1), np.where(wrong, calls.gold, -1), np.where(wrong, calls.pred, -1)]
    )
    edges = np.flatnonzero((kind[:, 1:] != kind[:, :-1]).any(0)) + 1
    bounds: NDArray[np.int64] = np.concatenate([[0], edges, [len(wrong)]])
    for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if first < last and wrong[first]:
            yield slice(first, last)


def _words(verdicts: Verdicts, run: slice) -> int:
    return int(verdicts.calls.words[run].sum())


def _score(verdicts: Verdicts, run: slice) -> float:
    return float(np.average(verdicts.calls.score[run], weights=verdicts.calls.words[run]))


def _mistake(verdicts: Verdicts, run: slice) -> Mistake:
    calls, labels = verdicts.calls, verdicts.labels
    document = verdicts.documents[calls.document[run.start]]
    start, end = int(calls.start[run.start]), int(calls.end[run.stop - 1])
    return Mistake(
        document.id,
        start,
        end,
        labels[calls.gold[run.start]],
        labels[calls.pred[run.start]],
        round(_score(verdicts, run), 4),
        _words(verdicts, run),
        _clipped(document.text[start:end], _LONGEST),
        _beside(verdicts, run.start - 1, int(calls.document[run.start])),
        _beside(verdicts, run.stop, int(calls.document[run.start])),
    )


def _beside(verdicts: Verdicts, place: int, document: int) -> tuple[str, str, str] | None:
    calls = verdicts.calls
    if not 0 <= place < len(calls.document) or calls.document[place] != document:
        return None
    text = verdicts.documents[document].text[calls.start[place] : calls.end[place]]
    gold = verdicts.labels[calls.gold[place]] if calls.gold[place] >= 0 else "none"
    return gold, verdicts.labels[calls.pred[place]], _clipped(text, _BESIDE)


def _clipped(text: str, longest: int) -> str:
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]} […] {text[-half:]}"
