"""What a corpus must have before time is spent on it, and what is done where it lacks a dev split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from classifier.errors import InputError

from .config import TrainingConfig
from .corpus import LabelledDocument, labels_of
from .gather import Material
from .groups import groups_of
from .progress import Say, silent
from .split import fitted, folds, held_out

FEWEST = 10  # documents to learn from: with fewer, not even the folds agree
MOST_LABELS = 20
_PARTS = 5  # one of which is held out where no document is


def prepared(
    material: Material, config: TrainingConfig, base_labels: Sequence[str] | None = None, say: Say = silent
) -> Material:
    """Return ``material`` ready to be learned from, with some documents held out where it names none.

    With a base (``base_labels``) nothing need be held out: calibration is fitted on documents as judged by models that
    did not see them.

    Raises:
        InputError: fewer than ``FEWEST`` documents to learn from; fewer than two labels, or more than twenty; a label
            in dev that nothing to learn from bears; all documents in one group.
    """
    learn, judge = fitted(material.documents), held_out(material.documents)
    _check_size(learn)
    _check_labels(learn, judge, base_labels or ())
    _check_groups(learn, config)
    if judge:
        return material
    if base_labels is not None:
        say("no document is of split dev: calibration goes by cross-validation", 0.0)
        return material
    return replace(material, documents=_some_held_out(material.documents, config, say))


def _check_size(learn: Sequence[LabelledDocument]) -> None:
    if len(learn) < FEWEST:
        reason = f"{len(learn)} documents to learn from are too few; label at least {FEWEST}, better fifty"
        raise InputError("corpus", f"{reason} (those of split dev are not learned from)")


def _check_labels(
    learn: Sequence[LabelledDocument], judge: Sequence[LabelledDocument], base_labels: Sequence[str]
) -> None:
    labels, others = labels_of(learn), labels_of(judge)
    if not 2 <= len(labels) <= MOST_LABELS:
        shown = f" ({', '.join(labels)})" if len(labels) == 1 else ""
        reason = f"a model needs two to twenty labels; the documents to learn from have {len(labels)}{shown}"
        raise InputError("corpus", reason)
    if unknown := sorted(set(others) - set(labels) - set(base_labels)):
        where = next(d.id for d in judge if d.has(unknown[0]))
        reason = f"split dev bears labels that no document to learn from bears: {', '.join(unknown)} (in {where})"
        raise InputError("corpus", f"{reason}; label some of them in split train")


def _check_groups(learn: Sequence[LabelledDocument], config: TrainingConfig) -> None:
    if len(set(groups_of(learn, config.groups))) < 2:
        reason = f"all {len(learn)} documents are of one group by {config.groups}, which cannot be parted"
        raise InputError("corpus", f"{reason}: label pages of another, or use --groups document")


def _some_held_out(documents: Sequence[LabelledDocument], config: TrainingConfig, say: Say) -> list[LabelledDocument]:
    """Give about a fifth of the documents the split dev, such that no label is lost to those that stay."""
    mine = [i for i, d in enumerate(documents) if d.split in (None, "train")]
    learn = [documents[i] for i in mine]
    groups = len(set(groups_of(learn, config.groups)))
    fold = folds(learn, min(_PARTS, groups), config.seed, config.groups)
    for part in range(int(fold.max()) + 1):
        stays = [d for d, f in zip(learn, fold, strict=True) if f != part]
        if labels_of(stays) == labels_of(learn):
            chosen = {i for i, f in zip(mine, fold, strict=True) if f == part}
            say(f"no document is of split dev: {len(chosen)} of {len(learn)} are held out to calibrate and judge", 0.0)
            return [replace(d, split="dev") if i in chosen else d for i, d in enumerate(documents)]
    say("no document is of split dev, and none can be spared: the scores will be too sure of themselves", 0.0)
    return list(documents)
