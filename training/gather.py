"""Everything a model learns from, gathered: pages, what is made of them, comments and sentences, each with its fold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack

from classifier.errors import InputError
from classifier.segments import SentenceRules

from .closings import OPINION, closings
from .compose import Composer
from .config import TrainingConfig
from .corpus import LabelledDocument, LabelledSentence, ReaderComment, Trail
from .crops import crops
from .first import Examples
from .laid import Laid, lay
from .soft import SoftLabels
from .split import fitted, folds, held_out

COMMENT = "comment"
Foldwise = tuple[Laid, NDArray[np.int64]]  # documents laid out, and the fold of each segment


@dataclass(frozen=True)
class Material:
    """Everything a model learns from; documents of split ``dev`` only calibrate it.

    ``teacher`` may say of the documents' segments how near other labels were.
    """

    documents: Sequence[LabelledDocument]
    sentences: Sequence[LabelledSentence] = ()
    comments: Sequence[ReaderComment] = ()
    trails: Sequence[Trail] = ()
    teacher: SoftLabels | None = None

    @property
    def records(self) -> dict[str, Sequence[Any]]:
        """What was read, by kind."""
        return {name: getattr(self, name) for name in ("documents", "sentences", "comments", "trails")}

    def of_split(self, split: str) -> Material:
        """Return the part that belongs to ``split``; what names no split belongs to ``train``."""
        mine = [
            [r for r in rows if (r.split or "train") == split] for rows in (self.sentences, self.comments, self.trails)
        ]
        documents = fitted(self.documents) if split == "train" else held_out(self.documents, split)
        return Material(documents, *mine, self.teacher)  # type: ignore[arg-type, call-arg]


@dataclass(frozen=True)
class Gathered:
    """Everything laid out, each part a list of one or, where there is nothing, none.

    ``whole`` are the pages, ``more`` what is made of them for the second verdict, ``pool`` comments and ``singles``
    sentences on their own.
    """

    whole: list[Foldwise]
    more: list[Foldwise]
    pool: list[Foldwise]
    singles: list[Foldwise]

    def examples(self, config: TrainingConfig) -> Examples:
        """Return what a first verdict learns from; the made documents would tell it too much of what stands below."""
        worth = ((self.whole, 1.0), (self.pool, config.comment_weight), (self.singles, config.sentence_weight))
        parts = [(*part, weight) for some, weight in worth for part in some]
        X, y = vstack([laid.X for laid, _, _ in parts], "csr"), np.concatenate([laid.y for laid, _, _ in parts])
        weight = np.concatenate([laid.weight * worth for laid, _, worth in parts])
        fold = np.concatenate([fold for _, fold, _ in parts])
        known = np.flatnonzero((y >= 0) & (weight > 0))
        wanted = np.concatenate([laid.targets(config.soft_share) for laid, _, _ in parts])
        return Examples(X[known], y[known], weight[known], fold[known], wanted[known])


def gather(learn: Material, labels: Sequence[str], config: TrainingConfig, rules: SentenceRules) -> Gathered:
    """Lay everything out, with its folds; raises InputError where there are fewer groups of documents than folds."""
    fold = _folds(learn.documents, config)
    # Whatever field of its own a page may call article, what is made of the page is of that page.
    named = [replace(d, meta={**d.meta, "article": d.id}) for d in learn.documents]
    derived = _derived(replace(learn, documents=named), fold, config, labels)
    of_article = {json.dumps(d.id): f for d, f in zip(learn.documents, fold.tolist(), strict=True)}
    of_derived = np.array([of_article[json.dumps(d.meta["article"])] for d in derived], np.int64)
    comments = [_whole(c.id, c.text, COMMENT) for c in learn.comments if COMMENT in labels and c.text.strip()]
    singles = [_whole(s.id, s.text, s.label) for s in learn.sentences if s.label in labels and s.text.strip()]
    parts = [(learn.documents, fold), (derived, of_derived)]
    parts += [(some, by_name(some, config.folds)) for some in (comments, singles)]
    return Gathered(*(_laid_out(some, fold, labels, rules, learn.teacher) for some, fold in parts))


def _derived(
    learn: Material, fold: NDArray[np.int64], config: TrainingConfig, labels: Sequence[str]
) -> list[LabelledDocument]:
    """Return closings, composites of pages and closings, pieces of all, and the emphasised ones once more and again.

    Everything is made within a fold: a comment stays in the fold it has in the first verdict's pool.
    """
    made: list[LabelledDocument] = []
    comment_fold = by_name([_whole(c.id, c.text, COMMENT) for c in learn.comments], config.folds)
    for held in range(config.folds):
        pages = [d for d, f in zip(learn.documents, fold, strict=True) if f == held]
        closed = closings(pages, config.closings, config.seed) if OPINION in labels else []
        comments = [c for c, f in zip(learn.comments, comment_fold, strict=True) if f == held]
        made += closed
        if COMMENT in labels and (learn.trails or comments):
            composer = Composer(learn.trails, comments)
            for turn in range(config.composite_rounds):
                made += composer.compose(pages, config.seed + 100 + turn, marked=config.marked)
            made += composer.compose(closed, config.seed + 200, marked=config.marked)
    made += crops([*learn.documents, *made], config.crops, config.seed)
    emphasised = set(config.emphasised.split(","))
    return made + [d for d in (*learn.documents, *made) if d.source in emphasised] * config.emphasis


def _laid_out(
    documents: Sequence[LabelledDocument],
    fold: NDArray[np.int64],
    labels: Sequence[str],
    rules: SentenceRules,
    teacher: SoftLabels | None,
) -> list[Foldwise]:
    if not documents:
        return []
    laid = lay(documents, labels, rules, teacher)
    return [(laid, laid.spread(fold))]


def _folds(documents: Sequence[LabelledDocument], config: TrainingConfig) -> NDArray[np.int64]:
    try:
        return folds(documents, config.folds, config.seed, config.groups)
    except ValueError as error:
        raise InputError("corpus", f"{error}: label more documents or set fewer folds") from None


def by_name(documents: Sequence[LabelledDocument], count: int) -> NDArray[np.int64]:
    """Return a fold below ``count`` for each document that follows from its id alone, int64 (n,)."""
    digests = (hashlib.sha256(json.dumps(d.id).encode()).digest() for d in documents)
    return np.array([int.from_bytes(digest[:4], "big") % count for digest in digests], np.int64)


def _whole(name: Any, text: str, label: str) -> LabelledDocument:
    return LabelledDocument(name, text, ((0, len(text), label),))
