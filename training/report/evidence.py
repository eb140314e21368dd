"""Verdicts -> everything a report shows, as one record of plain JSON values; ``docs/formats.md`` names its keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classifier.artifact import WEIGHTS, Manifest
from classifier.labels import display_order

from ..corpus import corpus_digest
from ..evaluate import Report, report
from ..metrics import RESAMPLES
from ..mistakes import worst
from ..verdicts import Verdicts
from .curves import TARGETS, bins, label_words, precision_recall, threshold

FORMAT = 1
MISTAKES = 8
GROUPS = 24
_GROUP_RESAMPLES = 200
_FEW_DOCUMENTS, _FEW_WORDS, _MANY_WORDS_OFF = 30, 300, 0.1


@dataclass(frozen=True)
class Basis:
    """What the judged documents are: ``kind`` for programs, ``sentence`` for people."""

    kind: str
    sentence: str


HELD_OUT = Basis("held-out", "documents of split dev that neither learning nor calibration saw")
GIVEN = Basis("given", "the documents that were given to winnow evaluate")


def crossed(parts: int) -> Basis:
    """Return the basis of figures from cross-validation: each document judged by a model that saw none of its part."""
    sentence = f"those it learned from, each judged by one of {parts} models made the same way that saw neither it nor"
    return Basis("cross-validation", f"{sentence} its group (cross-validation)")


def evidence(
    verdicts: Verdicts,
    basis: Basis,
    manifest: Manifest | None = None,
    also: Mapping[str, Verdicts] | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
    mistakes: int = MISTAKES,
) -> dict[str, Any]:
    """Measure ``verdicts`` and lay everything out; ``also`` names further suites, of which figures alone are shown."""
    found = report(verdicts, None, seed, resamples)
    by = {field: groups for field in ("source", "site") if (groups := _groups(verdicts, field))}
    labels = display_order(verdicts.labels)
    return {
        "format": FORMAT,
        "model": _model(verdicts, manifest),
        "basis": {"kind": basis.kind, "sentence": basis.sentence},
        "judged": {"documents": len(verdicts.documents), "digest": corpus_digest(verdicts.documents)},
        "cautions": cautions(verdicts, found, basis),
        "figures": found.to_record(),
        "suites": {name: report(some, None, seed, resamples).to_record() for name, some in (also or {}).items()},
        "by": by,
        "thresholds": {label: _thresholds(verdicts, label, seed, resamples) for label in labels},
        "reliability": {label: bins(verdicts, label) for label in labels},
        "curves": {label: _curve(verdicts, label) for label in labels},
        "mistakes": {label: [m.to_record() for m in some] for label, some in worst(verdicts, mistakes).items()},
        "corpus": dict(manifest.corpus) if manifest else {},
        "settings": dict(manifest.config) if manifest else {},
    }


def cautions(verdicts: Verdicts, found: Report, basis: Basis) -> list[str]:
    """Return what a reader should know before trusting the figures, a sentence each."""
    said = []
    if basis == GIVEN and (learned := sum(d.split == "train" for d in verdicts.documents)):
        said.append(f"{learned} of the documents bear the split train: a model that learned from them is flattered.")
    if len(verdicts.documents) < _FEW_DOCUMENTS:
        said.append(f"Only {len(verdicts.documents)} documents were judged: the intervals are wide, and rough.")
    sites = {document.site for document in verdicts.documents}
    if len(sites) == 1 and None not in sites:
        said.append("All documents are of one site: the figures say nothing of others.")
    for label, figures in found.labels.items():
        words = int(figures["words"] or 0)
        error = found.calibration[label]["error_when_called"]
        if not words:
            said.append(f"No judged word bears the label {label}: how well it is found is not known.")
        elif words < _FEW_WORDS:
            said.append(f"Only {words} words bear the label {label}: its figures mean little.")
        elif error is not None and error > _MANY_WORDS_OFF:
            said.append(f"The scores of {label} are off by {error:.2f} on average: do not read them as probabilities.")
    return said


def _model(verdicts: Verdicts, manifest: Manifest | None) -> dict[str, Any]:
    if manifest is None:
        return {"name": verdicts.model, "labels": list(verdicts.labels)}
    return {
        "name": manifest.name,
        "labels": list(manifest.labels),
        "languages": list(manifest.languages),
        "format": manifest.format,
        "weights": manifest.files.get(WEIGHTS),
        "created_with": dict(manifest.created_with),
    }


def _groups(verdicts: Verdicts, field: str) -> dict[str, Any]:
    """Return the figures by ``field``, most documents first; nothing where all documents are of one group."""
    groups = verdicts.groups(field)
    if len(groups) < 2:
        return {}
    largest = sorted(groups, key=lambda name: (-len(groups[name]), name))[:GROUPS]
    shown = {name: _lean(report(verdicts.only(groups[name]), resamples=_GROUP_RESAMPLES)) for name in largest}
    return {"groups": shown, "left_out": len(groups) - len(largest)}


def _lean(found: Report) -> dict[str, Any]:
    f1 = {label: figures["f1"] for label, figures in found.labels.items()}
    counts = {"documents": found.documents["all"], "words": found.words}
    return {**counts, "macro_f1": found.macro_f1, "interval": found.intervals["macro_f1"], "f1": f1}


def _thresholds(verdicts: Verdicts, label: str, seed: int, resamples: int) -> list[dict[str, float | None]]:
    return [threshold(verdicts, label, target, seed, resamples)._asdict() for target in TARGETS]


def _curve(verdicts: Verdicts, label: str) -> dict[str, Any]:
    curve = precision_recall(*label_words(verdicts, label))
    columns: Sequence[tuple[str, Any]] = [(name, getattr(curve, name)) for name in ("recall", "precision", "proba")]
    return {
        "average_precision": round(curve.average, 4) if curve.average == curve.average else None,
        **{name: [round(float(value), 4) for value in values] for name, values in columns},
    }
