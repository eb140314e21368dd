"""One training run: from everything that was read to an artifact with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from classifier.artifact import Manifest

from .adapt import Base
from .checkpoints import Checkpoints, key_of
from .config import TrainingConfig
from .corpus import corpus_digest
from .fit import fit
from .gather import Material
from .groups import groups_of
from .prepare import prepared
from .progress import Say, within
from .saving import check_room, save
from .search import Estimate, candidates, cross_validate
from .split import fitted
from .terms import Choice

FOLDS = 5  # of cross-validation, where nothing else is said
SMALL = 500  # documents up to which cross-validating costs little


@dataclass(frozen=True)
class Run:
    """What is to be done.

    Attributes:
        output: folder of the new model.
        config: its settings; a search changes some.
        choice: which of what is read may be learned from.
        base: the model to start from.
        search: as ``search.candidates`` reads it; None searches nothing.
        folds: of cross-validation; 0 is none, None is ``FOLDS`` where there are few documents.
        resume: whether to go on where an interrupted run of the same corpus was.
        n_jobs: worker processes.
    """

    output: Path
    config: TrainingConfig
    choice: Choice = field(default_factory=Choice)
    base: Base | None = None
    search: str | None = None
    folds: int | None = None
    resume: bool = False
    n_jobs: int = 1

    def carry_out(self, read: Material, say: Say) -> tuple[Material, Estimate | None]:
        """Train on what was ``read`` and write the artifact; raises InputError where that cannot be.

        Whatever interrupts it, the stages that are finished stay beside the output until a run comes to its end.
        Returns the material with what was held out, and what cross-validation found.
        """
        check_room(self.output)
        material = prepared(self._chosen(read), self.config, self.base and self.base.manifest.labels, say)
        kept = Checkpoints.beside(self.output, self._key(material), self.resume)
        estimates = self._estimates(material, within(say, 0.0, 0.8), kept)
        best = max(estimates, key=lambda one: one.macro_f1, default=None)
        config = best.config if best else self.config
        part = within(say, 0.8 if estimates else 0.0, 1.0)
        mine = kept.within(key_of(config.to_dict()))
        manifest, arrays = fit(material, config, self.output.resolve().name, self.n_jobs, part, mine, self.base)
        save(self.output, self._described(manifest, read, estimates, best), arrays)
        kept.clear()
        return material, best

    def _chosen(self, read: Material) -> Material:
        chosen = self.choice.of
        return replace(
            read,
            documents=chosen(read.documents),
            sentences=chosen(read.sentences),
            comments=chosen(read.comments),
        )

    def _key(self, material: Material) -> str:
        groups = groups_of(fitted(material.documents), self.config.groups)
        base = self.base and dict(self.base.manifest.files)
        taught = material.teacher and material.teacher.digest
        return key_of(_digest(material), groups, base, taught, [d.id for d in material.documents])

    def _estimates(self, material: Material, say: Say, kept: Checkpoints) -> list[Estimate]:
        folds = self.folds
        if folds is None:
            folds = FOLDS if self.search or len(fitted(material.documents)) <= SMALL else 0
        configs = candidates(self.search, self.config, self.base is not None) if self.search else [self.config]
        if not folds:
            return []
        return cross_validate(material, configs, folds, self.base, self.n_jobs, say, kept.within("trials"))

    def _described(
        self, manifest: Manifest, read: Material, estimates: list[Estimate], best: Estimate | None
    ) -> Manifest:
        """Add what was read, what of it was left out, and what cross-validation found."""
        left_out = {"excluded": list(self.choice.excluded), "licensed_only": self.choice.licensed}
        corpus = {**manifest.corpus, "read": _digest(read), **left_out}
        scores: Mapping[str, Any] = {"cross_validated": best.to_record()} if best else {}
        if len(estimates) > 1:
            scores = {**scores, "search": [self._tried(one) for one in estimates]}
        return replace(manifest, corpus=corpus, scores={**manifest.scores, **scores})

    def _tried(self, estimate: Estimate) -> dict[str, Any]:
        """Return in what a candidate differs from the settings given, and how it did."""
        mine, its = self.config.to_dict(), estimate.config.to_dict()
        return {"settings": {n: v for n, v in its.items() if mine[n] != v}, "macro_f1": round(estimate.macro_f1, 4)}


def _digest(material: Material) -> str:
    return corpus_digest(*material.records.values())
