"""From labelled documents to a model: the table of contents of training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.artifact import Manifest
from classifier.errors import InputError
from classifier.model import FirstVerdict, Model, SecondVerdict
from classifier.segments import SentenceRules

from .adapt import Base, adapt
from .calibrate import fit_chain, reluctant
from .checkpoints import NOTHING_KEPT, Checkpoints
from .compose import Composer
from .config import TrainingConfig
from .corpus import LabelledDocument, labels_of
from .first import fit_folds, out_of_fold, steps
from .gather import COMMENT, Gathered, Material, gather
from .groups import groups_of
from .laid import Laid, lay
from .origin import manifest_of
from .progress import Say, silent, within
from .second import fit_second
from .sentences import learn_sentence_rules
from .split import halves

__all__ = ["Material", "fit"]

Arrays = dict[str, NDArray[Any]]


def fit(
    material: Material,
    config: TrainingConfig,
    name: str = "model",
    n_jobs: int = 1,
    say: Say = silent,
    kept: Checkpoints = NOTHING_KEPT,
    base: Base | None = None,
) -> tuple[Manifest, Arrays]:
    """Train a model, from nothing or from a ``base``; ``kept`` gives back the stages that were finished before.

    Returns:
        The manifest and the arrays of an artifact, ready for ``classifier.artifact.save``.

    Raises:
        InputError: too little to learn from: fewer than two labels, or fewer than two groups of documents.
    """
    learn, judge = material.of_split("train"), material.of_split("dev")
    labels = _labels(learn, base)
    config = replace(config, folds=_folds(learn.documents, config))
    counts = f"{len(learn.documents)} documents to learn from, {len(judge.documents)} held out"
    say(f"{counts}; labels {', '.join(labels)}", 0.0)
    arrays = (
        _from_nothing(learn, judge, labels, config, n_jobs, say, kept)
        if base is None
        else adapt(base, learn, labels, config, say, kept)
    )
    return manifest_of(name, labels, material, config, base and base.manifest), arrays


def _from_nothing(
    learn: Material,
    judge: Material,
    labels: Sequence[str],
    config: TrainingConfig,
    n_jobs: int,
    say: Say,
    kept: Checkpoints,
) -> Arrays:
    say("sentences: Punkt's parameters", 0.01)
    texts = _texts(learn.documents, config.punkt_characters)
    rules = SentenceRules.from_arrays(kept.once("sentences", lambda: learn_sentence_rules(texts).arrays()))
    say("features", 0.08)
    gathered = gather(learn, labels, config, rules)
    firsts = fit_folds(gathered.examples(config), len(labels), config, n_jobs, within(say, 0.1, 0.5), kept)
    second = kept.once("second", lambda: vars(_second(gathered, firsts, len(labels), config, within(say, 0.5, 0.95))))
    model = Model(firsts[0], SecondVerdict(**second))
    say("chain and calibration", 0.95)
    held = calibrating(judge, labels, rules) or [laid for laid, _ in gathered.whole]
    learned = [laid for laid, _ in (*gathered.whole, *gathered.more)]
    chain = fit_chain(learned, [(laid, _logits(model, laid)) for laid in held], len(labels))
    if COMMENT in labels:
        chain = reluctant(chain, labels.index(COMMENT), config.trail_begins, config.trail_ends)
    return {**rules.arrays(), **model.arrays(), **chain.arrays()}


def _second(
    gathered: Gathered, firsts: Sequence[FirstVerdict], k: int, config: TrainingConfig, say: Say
) -> SecondVerdict:
    parts = [*gathered.whole, *gathered.more, *gathered.singles * config.sentence_copies]
    X = np.concatenate([laid.contexts(out_of_fold(firsts, laid.X, fold)) for laid, fold in parts])
    say(f"second verdict: {len(X)} segments, {X.shape[1]} features", 0.0)
    return second_upon(X, [laid for laid, _ in parts], k, config, say)


def second_upon(
    X: NDArray[np.int8], parts: Sequence[Laid], k: int, config: TrainingConfig, say: Say = silent
) -> SecondVerdict:
    """Fit a second verdict upon features ``X`` (n, d) of all segments of ``parts``, as long ones weigh more."""
    y = np.concatenate([laid.y for laid in parts])
    wanted = np.concatenate([laid.targets(config.soft_share) for laid in parts])
    weight = np.concatenate([laid.weight for laid in parts])
    known = np.flatnonzero(y >= 0)
    return fit_second(X[known], y[known], k, config, say, weight[known], wanted[known])


def _logits(model: Model, laid: Laid) -> NDArray[np.float64]:
    return model.second.logits(laid.contexts(steps(model.first, laid.X)).astype(np.float32))


def _labels(learn: Material, base: Base | None) -> tuple[str, ...]:
    """Return the labels of the corpus; those of the base where it knows them all, and may see the others one day."""
    labels = labels_of(learn.documents)
    if not 2 <= len(labels) <= 20:
        raise InputError(
            "corpus", f"a model needs two to twenty labels; the documents to learn from have {len(labels)}"
        )
    return base.manifest.labels if base is not None and set(labels) <= set(base.manifest.labels) else labels


def _folds(documents: Sequence[LabelledDocument], config: TrainingConfig) -> int:
    """Return how many folds there can be: as many as asked for, or as many as there are groups."""
    groups = len(set(groups_of(documents, config.groups)))
    if groups < 2:
        reason = f"{groups} group of documents (by {config.groups}) cannot make two folds"
        raise InputError("corpus", f"{reason}: label more documents, or group them by another field")
    return min(config.folds, groups)


def calibrating(judge: Material, labels: Sequence[str], rules: Any) -> list[Laid]:
    """The half of the held-out documents that calibration is fitted on, bare and with trails."""
    half = halves(judge.documents)
    mine = [d for d, chosen in zip(judge.documents, half, strict=True) if chosen]
    mine = [replace(d, spans=tuple(s for s in d.spans if s[2] in labels)) for d in mine]
    composed = Composer(judge.trails, judge.comments).compose(mine, 7, marked=0.2) if COMMENT in labels else []
    return [lay(some, labels, rules) for some in (mine, composed) if some]


def _texts(documents: Sequence[LabelledDocument], limit: int) -> list[str]:
    texts, size = [], 0
    for document in documents:
        if size < limit:
            texts.append(document.text)
            size += len(document.text)
    return texts
