"""How good a new model is on the held-out documents that its calibration did not see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from classifier import artifact
from classifier.classify import Classifier

from .compose import whole_composites
from .evaluate import report
from .fit import Material
from .gate import Figures, figures_of
from .split import halves, held_out
from .verdicts import judge


def record_scores(folder: Path, material: Material) -> dict[str, Figures]:
    """Judge an artifact on the judging half of the dev documents and write the figures into its manifest.

    Returns the figures by suite: ``pages``, and ``composites`` (the same documents with trails below). Nothing where no
    document is held out, or none falls into the judging half.
    """
    documents = held_out(material.documents)
    judging = [d for d, calibrates in zip(documents, halves(documents), strict=True) if not calibrates]
    composites = whole_composites(judging, material.trails, material.comments)
    model = Classifier.load(folder)
    suites = {"pages": judging, "composites": composites}
    found = {name: figures_of(report(judge(model, some), resamples=1)) for name, some in suites.items() if some}
    manifest, arrays = artifact.load(folder)
    rounded = {name: {key: round(value, 4) for key, value in some.items()} for name, some in found.items()}
    artifact.save(folder, replace(manifest, scores={**manifest.scores, "judging_half": rounded}), arrays)
    return found
