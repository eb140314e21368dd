"""Adaptation, one call to a stage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.decode import Chain
from classifier.model import FirstVerdict, Model

from ..checkpoints import Checkpoints
from ..config import TrainingConfig
from ..first import out_of_fold, steps, vars_of
from ..gather import Foldwise, Gathered, Material, gather
from ..laid import Laid
from ..progress import Say, within
from . import chain as chains
from .first import Learner
from .kinship import by_name, likeness
from .origin import Base
from .second import Layers, layers_of, rounded, tuned, with_new_labels

Floats = NDArray[np.float64]
Arrays = dict[str, NDArray[Any]]
# Strengths of the first verdict's correction, and passes of the second's further training: little is to be learned of
# labels that the base knows, and all of others.
KNOWN = ((0.0, 0.1), (0, 5, 15))
OTHER = ((0.1, 1.0, 5.0), (0, 15, 40))
SHARES = (0.5, 1.0)  # of the way from the base to where they lead


def adapt(
    base: Base, learn: Material, labels: Sequence[str], config: TrainingConfig, say: Say, kept: Checkpoints
) -> Arrays:
    """Adapt ``base`` to ``learn``; returns the arrays of an artifact."""
    start = _Start(base, by_name(base.manifest.labels, labels))
    gathered = gather(learn, labels, config, base.rules)
    (strengths, marks), best = KNOWN if start.same else OTHER, None
    width = 0.85 / len(strengths)
    for i, strength in enumerate(strengths):
        part = within(say, 0.05 + width * i, 0.05 + width * (i + 1))
        firsts = _firsts(start, gathered, strength, config, within(part, 0.0, 0.5), kept)
        tried = _seconds(start, gathered, firsts, marks, config, within(part, 0.5, 1.0))
        if best is None or tried.loss < best.loss:
            best = tried
    assert best is not None
    return _finished(start, gathered, best, config, say)


class _Start(NamedTuple):
    base: Base
    named: Floats  # (theirs, ours)

    @property
    def chain(self) -> Chain:
        return chains.by_name(self.base.chain, self.named)

    @property
    def same(self) -> bool:
        """Whether the labels are the base's own."""
        return self.named.shape[0] == self.named.shape[1] and bool((self.named == np.eye(len(self.named))).all())


class _Rows(NamedTuple):
    """What the second verdict learns from: features, labels (-1: none) and folds; the pages come first."""

    X: NDArray[np.int8]
    y: NDArray[np.int64]
    fold: NDArray[np.int64]


class _Choice(NamedTuple):
    """How far the base is corrected, and how well that judges pages that were not learned from (``unseen`` logits)."""

    loss: float
    firsts: list[FirstVerdict]
    rows: _Rows
    mark: int
    share: float
    unseen: Floats


def _firsts(
    start: _Start, gathered: Gathered, strength: float, config: TrainingConfig, say: Say, kept: Checkpoints
) -> list[FirstVerdict]:
    """Return first verdicts that learned from everything, then from all but each fold."""
    learner, examples = Learner(start.base.model.first, start.named), gathered.examples(config)
    models = []
    for i, held in enumerate((None, *range(config.folds))):
        name = f"first {held} {strength}"
        fitted = partial(learner.fit, examples, held, strength)
        models.append(FirstVerdict(**kept.once(name, lambda fitted=fitted: vars_of(fitted()))))  # type: ignore[misc]
        say(f"first verdict: strength {strength:g}, {i + 1} of {config.folds + 1} fits", (i + 1) / (config.folds + 1))
    return models


def _seconds(
    start: _Start,
    gathered: Gathered,
    firsts: list[FirstVerdict],
    marks: Sequence[int],
    config: TrainingConfig,
    say: Say,
) -> _Choice:
    """Return the best of the second verdicts that can follow these first ones."""
    whole, fold = gathered.whole[0]
    rows = _rows([*gathered.whole, *gathered.more, *gathered.singles * config.sentence_copies], firsts)
    layers = _layers(start, whole, fold, firsts)
    unseen = {(mark, share): np.zeros((len(whole), len(start.named.T))) for mark in marks for share in SHARES}
    for held in range(config.folds):
        mine = np.flatnonzero(fold == held)
        found = _courses(start, layers, rows, held, marks, config)
        for (mark, share), logits_ in unseen.items():
            logits_[mine] = found[0].towards(found[marks.index(mark)], share).logits(rows.X[mine])
        say(f"second verdict: {held + 1} of {config.folds} folds", (held + 1) / config.folds)
    losses = {key: chains.loss_of(start.chain, whole, logits_) for key, logits_ in unseen.items()}
    mark, share = min(losses, key=lambda key: losses[key])
    return _Choice(losses[mark, share], firsts, rows, mark, share, unseen[mark, share])


def _courses(
    start: _Start, layers: Layers, rows: _Rows, held: int | None, marks: Sequence[int], config: TrainingConfig
) -> list[Layers]:
    """Return the layers after each mark's passes over all but one fold."""
    chosen = (rows.y >= 0) & (rows.fold != (-1 if held is None else held))
    X, y = rows.X[chosen], rows.y[chosen]
    begin = layers if (start.named.sum(axis=0) > 0).all() else with_new_labels(layers, X, y)
    return tuned(begin, X, y, marks, config.alpha, config.seed)


def _finished(start: _Start, gathered: Gathered, best: _Choice, config: TrainingConfig, say: Say) -> Arrays:
    """Fit what was chosen to everything, and the chain to what it says of pages that were not learned from."""
    (whole, fold), rows = gathered.whole[0], best.rows
    say("second verdict, from everything", 0.9)
    second = start.base.model.second
    if best.mark or not start.same:
        layers = _layers(start, whole, fold, best.firsts)
        found = _courses(start, layers, rows, None, (0, best.mark), config)
        second = rounded(found[0].towards(found[-1], best.share), rows.X[:: max(1, len(rows.X) // 20000)])
    say("chain and calibration", 0.95)
    learned = [laid for laid, _ in (*gathered.whole, *gathered.more)]
    chain = chains.fit_chain(start.chain, learned, whole, best.unseen, fold, start.same)
    return {**start.base.rules.arrays(), **Model(best.firsts[0], second).arrays(), **chain.arrays()}


def _rows(parts: Sequence[Foldwise], firsts: Sequence[FirstVerdict]) -> _Rows:
    X = np.concatenate([laid.contexts(out_of_fold(firsts, laid.X, fold)) for laid, fold in parts])
    return _Rows(X, np.concatenate([laid.y for laid, _ in parts]), np.concatenate([fold for _, fold in parts]))


def _layers(start: _Start, whole: Laid, fold: NDArray[np.int64], firsts: Sequence[FirstVerdict]) -> Layers:
    """Return the base's layers, reading votes for our labels as votes for its own."""
    votes, base = start.named.T, start.base.model
    if not start.same:
        theirs, ours = steps(base.first, whole.X), out_of_fold(firsts, whole.X, fold)
        votes = likeness(theirs.astype(np.float64), ours.astype(np.float64), start.named)
    return layers_of(base.second, start.named, votes)
