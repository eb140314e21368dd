"""How good a new model is on the held-out documents that its calibration did not see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from classifier import artifact
from classifier.classify import Classifier

from .compose import whole_composites
from .evaluate import report
from .fit import Material
from .gate import Figures, figures_of
from .split import halves, held_out
from .verdicts import Verdicts, judge


def judged(folder: Path, material: Material) -> dict[str, Verdicts]:
    """Let the artifact judge the half of the dev documents that its calibration did not see.

    Returns what it said by suite: ``pages``, and ``composites`` (the same documents with trails below). Nothing where
    no document is held out, or none falls into the judging half.
    """
    documents = held_out(material.documents)
    judging = [d for d, calibrates in zip(documents, halves(documents), strict=True) if not calibrates]
    composites = whole_composites(judging, material.trails, material.comments)
    model = Classifier.load(folder)
    suites = {"pages": judging, "composites": composites}
    return {name: judge(model, some) for name, some in suites.items() if some}


def record_scores(folder: Path, suites: Mapping[str, Verdicts]) -> dict[str, Figures]:
    """Write the figures of each suite into the artifact's manifest, and return them."""
    found = {name: figures_of(report(verdicts, resamples=1)) for name, verdicts in suites.items()}
    manifest, arrays = artifact.load(folder)
    rounded = {name: {key: round(value, 4) for key, value in some.items()} for name, some in found.items()}
    artifact.save(folder, replace(manifest, scores={**manifest.scores, "judging_half": rounded}), arrays)
    return found
