"""Verdicts -> a report: figures with intervals, confusion, calibration, and the same by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from classifier.labels import display_order

from .metrics import (
    RESAMPLES,
    Floats,
    Ints,
    calibration_error,
    clean,
    cut_exactly,
    figure_names,
    figures,
    intervals,
    kept,
    scores,
)
from .trimmings import COMMENT
from .verdicts import Verdicts

MIN_SCORES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
_DECIMALS = 4


@dataclass(frozen=True)
class Report:
    """How a model did on documents. A figure is None where there was nothing to measure.

    Attributes:
        model: the model's name.
        documents: how many there are, hold comments, are cut exactly, are free of comments, are clean.
        words: how many there are.
        macro_f1: mean F1 over the labels that occur.
        labels: per label precision, recall, f1, words (of the gold).
        confusion: words by gold and given label; ``uncovered`` only where a word lies in no span.
        trails_cut_exactly: share of the documents with comments in which every word is right as comment or not.
        clean: share of the comment-free documents in which no word is called comment.
        calibration: per label the expected calibration error of its probability over all words and over those given it.
        keep: per label, for some ``--min-score``, how precise the words kept are and what share of the label is kept.
        intervals: 95 % bounds of the figures over resampled documents, nested as they are.
        by: reports on groups of the documents.
    """

    model: str
    documents: Mapping[str, int]
    words: int
    macro_f1: float | None
    labels: Mapping[str, Mapping[str, float | int | None]]
    confusion: Mapping[str, Mapping[str, int]]
    trails_cut_exactly: float | None
    clean: float | None
    calibration: Mapping[str, Mapping[str, float | None]]
    keep: Mapping[str, Sequence[Mapping[str, float | None]]]
    intervals: Mapping[str, Any]
    by: Mapping[str, Report] = field(default_factory=dict)

    def to_record(self) -> dict[str, Any]:
        """Return the report as ``winnow evaluate --json`` writes it."""
        return {**vars(self), "by": {name: group.to_record() for name, group in self.by.items()}}


def report(verdicts: Verdicts, by: str | None = None, seed: int = 0, resamples: int = RESAMPLES) -> Report:
    """Measure ``verdicts``; ``by`` names a field of the documents to group them by as well."""
    labels, tables = verdicts.labels, verdicts.tables
    values = figures(tables, labels, COMMENT)[0]
    bounds = np.stack(intervals(tables, labels, COMMENT, seed, resamples), axis=1)
    found = _nested(labels, values)
    groups = verdicts.groups(by) if by else {}
    return Report(
        verdicts.model,
        _documents(tables, labels),
        len(verdicts.words.gold),
        found["macro_f1"],
        _by_label(found.get("labels", {}), tables, labels),
        _confusion(tables.sum(0), labels),
        found["trails_cut_exactly"],
        found["clean"],
        {label: _calibration(verdicts, label) for label in display_order(labels)},
        {label: _keep(verdicts, label) for label in display_order(labels)},
        _nested(labels, bounds),
        {name: report(verdicts.only(members), None, seed, resamples) for name, members in groups.items()},
    )


def sentence_report(labels: Sequence[str], tables: Ints, seed: int = 0) -> dict[str, Any]:
    """Return macro-F1, its interval, F1 per label and the number of sentences, of what ``judge_sentences`` gave."""
    found, bounds = scores(tables.sum(0)), intervals(tables, labels, COMMENT, seed)
    f1 = {label: _number(value) for label, value in zip(labels, found.f1, strict=True)}
    interval = [_number(bound[0]) for bound in bounds]
    return {"macro_f1": _number(found.macro_f1), "interval": interval, "f1": f1, "sentences": len(tables)}


def _number(value: Any) -> float | None:
    return round(float(value), _DECIMALS) if np.isfinite(value) else None


def _nested(labels: Sequence[str], values: Floats) -> dict[str, Any]:
    """Lay figures (m,) or their bounds (m, 2) out under their names."""
    out: dict[str, Any] = {}
    for (*path, last), value in zip(figure_names(labels), values, strict=True):
        place = out
        for name in path:
            place = place.setdefault(name, {})
        place[last] = _number(value) if np.ndim(value) == 0 else _bounds(value)
    return out


def _bounds(pair: Floats) -> list[float | None] | None:
    return [_number(bound) for bound in pair] if np.isfinite(pair).all() else None


def _by_label(
    found: Mapping[str, Mapping[str, float | None]], tables: Ints, labels: Sequence[str]
) -> dict[str, dict[str, float | int | None]]:
    words = tables.sum((0, 2))
    return {label: {**found[label], "words": int(words[labels.index(label)])} for label in display_order(labels)}


def _documents(tables: Ints, labels: Sequence[str]) -> dict[str, int]:
    counts = {"all": len(tables)}
    if COMMENT in labels:
        column = labels.index(COMMENT)
        (has, exact), (free, untouched) = cut_exactly(tables, column), clean(tables, column)
        counts |= {"with_comments": int(has.sum()), "cut_exactly": int((has & exact).sum())}
        counts |= {"free_of_comments": int(free.sum()), "clean": int((free & untouched).sum())}
    return counts


def _confusion(table: Ints, labels: Sequence[str]) -> dict[str, dict[str, int]]:
    names = [*labels, "uncovered"]
    order = [*display_order(labels), *(["uncovered"] if table[-1].any() or table[:, -1].any() else [])]
    return {gold: {pred: int(table[names.index(gold), names.index(pred)]) for pred in order} for gold in order}


def _calibration(verdicts: Verdicts, label: str) -> dict[str, float | None]:
    words, column = verdicts.words, verdicts.labels.index(label)
    covered = words.segment >= 0
    proba, hit = verdicts.calls.proba[words.segment[covered], column], words.gold[covered] == column
    called = words.pred[covered] == column
    errors = {
        "error": calibration_error(proba, hit),
        "error_when_called": calibration_error(proba[called], hit[called]),
    }
    return {name: _number(value) for name, value in errors.items()}


def _keep(verdicts: Verdicts, label: str) -> list[dict[str, float | None]]:
    words, column = verdicts.words, verdicts.labels.index(label)
    rows = [(least, *kept(words.gold, words.pred, words.score, column, least)) for least in MIN_SCORES]
    return [{"min_score": least, "precision": _number(a), "recall": _number(b)} for least, a, b in rows]
