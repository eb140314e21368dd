"""Cross-validation by groups of documents, and a search among settings that goes by it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, ParameterGrid, ParameterSampler

from classifier import artifact
from classifier.classify import Classifier
from classifier.errors import InputError

from .adapt import Base
from .checkpoints import NOTHING_KEPT, Arrays, Checkpoints, key_of
from .config import TrainingConfig
from .corpus import LabelledDocument, labels_of
from .fit import fit
from .gather import Material
from .groups import groups_of
from .metrics import scores
from .progress import Say, silent
from .split import fitted
from .verdicts import Calls, Verdicts, Words, judge, pooled

QUICK = 6  # settings tried beside those given
FROM_NOTHING: Mapping[str, Sequence[Any]] = {
    "first_c": (1.0, 5.0, 20.0),
    "epochs": (12, 30),
    "crops": (0.3, 1.0),
    "hidden": (48, 96),
}
FROM_BASE: Mapping[str, Sequence[Any]] = {"crops": (0.0, 0.3, 1.0), "alpha": (1e-3, 1e-1), "composite_rounds": (1, 2)}


class Estimate(NamedTuple):
    """How well models with these settings judge documents that they did not learn from: ``verdicts`` on all of them."""

    config: TrainingConfig
    verdicts: Verdicts
    folds: int

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the labels that occur, of all words."""
        return float(scores(self.verdicts.tables.sum(0)).macro_f1)

    def to_record(self) -> dict[str, Any]:
        """Return macro-F1 and F1 by label, and what the folds were."""
        f1 = scores(self.verdicts.tables.sum(0)).f1.tolist()
        named = {label: round(f, 4) for label, f in zip(self.verdicts.labels, f1, strict=True) if np.isfinite(f)}
        by = {"documents": len(self.verdicts.documents), "folds": self.folds, "groups": self.config.groups}
        return {"macro_f1": round(self.macro_f1, 4), "f1": named, **by}


def candidates(how: str, config: TrainingConfig, from_base: bool) -> list[TrainingConfig]:
    """Return the settings to try, those given first: ``quick`` or a number of random others, or ``full`` for all."""
    space = FROM_BASE if from_base else FROM_NOTHING
    grid = ParameterGrid({name: list(values) for name, values in space.items()})
    if how != "full":
        wanted = QUICK if how == "quick" else int(how)
        grid = ParameterSampler(grid.param_grid[0], min(wanted, len(grid)), random_state=config.seed)
    tried = [config, *(replace(config, **settings) for settings in grid)]
    return list({key_of(one.to_dict()): one for one in tried}.values())


def cross_validate(
    material: Material,
    configs: Sequence[TrainingConfig],
    count: int,
    base: Base | None = None,
    n_jobs: int = 1,
    say: Say = silent,
    kept: Checkpoints = NOTHING_KEPT,
) -> list[Estimate]:
    """Judge each document to learn from by a model that did not see its group; one estimate for each of ``configs``.

    Groups are those of the first config; there are as many folds as ``count``, or as groups. Documents of split dev
    calibrate every model. What ``kept`` has is not done again.
    """
    learn = fitted(material.documents)
    labels = tuple(sorted({*labels_of(material.documents), *(base.manifest.labels if base else ())}))
    groups = groups_of(learn, configs[0].groups)
    count = min(count, len(set(groups)))
    parts = list(GroupKFold(count).split(learn, groups=groups))
    tasks = [(i, j) for i in range(len(configs)) for j in range(count)]
    names = {(i, j): f"{key_of(configs[i].to_dict())} {j} of {count}" for i, j in tasks}
    found = {task: arrays for task in tasks if (arrays := kept.of(names[task])) is not None}
    missing = [task for task in tasks if task not in found]
    jobs = (delayed(_judged)(material, learn, parts[j], configs[i], base, labels) for i, j in missing)
    for task, arrays in zip(missing, Parallel(n_jobs=n_jobs, return_as="generator")(jobs), strict=True):
        found[task] = arrays
        kept.keep(names[task], arrays)
        say(f"cross-validation: {len(found)} of {len(tasks)} models", len(found) / len(tasks))

    def verdicts(i: int) -> Verdicts:
        return pooled([_unpacked(found[i, j], labels, [learn[row] for row in parts[j][1]]) for j in range(count)])

    return [Estimate(config, verdicts(i), count) for i, config in enumerate(configs)]


def _judged(
    material: Material,
    learn: Sequence[LabelledDocument],
    part: tuple[NDArray[np.int64], NDArray[np.int64]],
    config: TrainingConfig,
    base: Base | None,
    labels: Sequence[str],
) -> Arrays:
    """Fit on one part of the documents and judge the other; returns the verdicts' arrays."""
    mine, others = ([learn[i] for i in rows] for rows in part)
    held = [d for d in material.documents if d.split not in (None, "train")]
    with tempfile.TemporaryDirectory() as folder:
        artifact.save(Path(folder), *fit(replace(material, documents=[*mine, *held]), config, base=base))
        verdicts = judge(Classifier.load(folder), others, also=labels)
    parts = {"words": verdicts.words, "calls": verdicts.calls}
    return {f"{name} {field}": array for name, part in parts.items() for field, array in vars(part).items()}


def _unpacked(arrays: Arrays, labels: tuple[str, ...], documents: Sequence[LabelledDocument]) -> Verdicts:
    words, calls = (
        {field: arrays[f"{name} {field}"] for field in kind.__dataclass_fields__}
        for name, kind in (("words", Words), ("calls", Calls))
    )
    return Verdicts("cross-validated", labels, tuple(documents), Words(**words), Calls(**calls))


def check_how(how: str) -> str:
    """Return ``how`` where ``candidates`` understands it; raises InputError."""
    if how not in ("quick", "full") and not (how.isdecimal() and int(how) > 0):
        raise InputError("--search", f"must be quick, full or a number of settings to try, not {how!r}")
    return how
