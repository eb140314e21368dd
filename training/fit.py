"""From labelled documents to a model: the table of contents of training."""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack

from classifier import __version__
from classifier.artifact import Manifest
from classifier.errors import InputError
from classifier.model import FirstVerdict, Model
from classifier.segments import SentenceRules

from .calibrate import fit_chain
from .closings import OPINION, closings
from .compose import Composer
from .config import TrainingConfig
from .corpus import LabelledDocument, LabelledSentence, ReaderComment, Trail, corpus_digest, labels_of
from .crops import crops
from .first import Examples, fit_folds, out_of_fold, steps
from .laid import Laid, lay
from .second import fit_second
from .sentences import learn_sentence_rules
from .split import fitted, folds, halves, held_out

COMMENT = "comment"
Say = Callable[[str], None]
Foldwise = tuple[Laid, NDArray[np.int64]]  # documents laid out, and the fold of each segment


@dataclass(frozen=True)
class Material:
    """Everything a model learns from; documents of split ``dev`` only calibrate it."""

    documents: Sequence[LabelledDocument]
    sentences: Sequence[LabelledSentence] = ()
    comments: Sequence[ReaderComment] = ()
    trails: Sequence[Trail] = ()

    def of_split(self, split: str) -> Material:
        """Return the part that belongs to ``split``; what names no split belongs to ``train``."""
        mine = [
            [r for r in rows if (r.split or "train") == split] for rows in (self.sentences, self.comments, self.trails)
        ]
        documents = fitted(self.documents) if split == "train" else held_out(self.documents, split)
        return Material(documents, *mine)  # type: ignore[arg-type]


def fit(
    material: Material, config: TrainingConfig, name: str = "model", n_jobs: int = 1, say: Say = lambda line: None
) -> tuple[Manifest, dict[str, NDArray[Any]]]:
    """Train a model.

    Returns:
        The manifest and the arrays of an artifact, ready for ``classifier.artifact.save``.

    Raises:
        InputError: too little to learn from: fewer than two labels, or fewer groups of documents than folds.
    """
    learn, judge = material.of_split("train"), material.of_split("dev")
    labels = _labels(learn)
    say(f"{len(learn.documents)} documents to learn from, {len(judge.documents)} held out; labels {', '.join(labels)}")
    gathered = _gather(learn, labels, config)
    say("sentences: Punkt's parameters")
    rules = learn_sentence_rules(_texts(learn.documents, config.punkt_characters))
    whole, more, pool, singles = (_laid(part, labels, rules) for part in gathered)
    say(f"first verdict: {config.folds} folds")
    worth = ((whole, 1.0), (pool, config.comment_weight), (singles, config.sentence_weight))
    firsts = fit_folds(_examples([(*part, w) for some, w in worth for part in some]), len(labels), config, n_jobs)
    X, y = _learned_from([*whole, *more, *singles * config.sentence_copies], firsts)
    say(f"second verdict: {len(y)} segments, {X.shape[1]} features")
    model = Model(firsts[0], fit_second(X, y, len(labels), config))
    say("chain and calibration")
    held = _calibration(judge, labels, rules) or [laid for laid, _ in whole]
    chain = fit_chain(
        [laid for laid, _ in (*whole, *more)], [(laid, _logits(model, laid)) for laid in held], len(labels)
    )
    arrays = {**rules.arrays(), **model.arrays(), **chain.arrays()}
    return _manifest(name, labels, material, config), arrays


class _Part(NamedTuple):
    documents: Sequence[LabelledDocument]
    fold: NDArray[np.int64]


def _gather(learn: Material, labels: Sequence[str], config: TrainingConfig) -> tuple[_Part, _Part, _Part, _Part]:
    """Return pages, what is made of them for the second verdict, pooled comments and single sentences; with folds."""
    fold = _folds(learn.documents, config)
    # Whatever field of its own a page may call article, what is made of the page is of that page.
    named = [replace(d, meta={**d.meta, "article": d.id}) for d in learn.documents]
    derived = _derived(replace(learn, documents=named), fold, config, labels)
    of_article = {json.dumps(d.id): f for d, f in zip(learn.documents, fold.tolist(), strict=True)}
    of_derived = np.array([of_article[json.dumps(d.meta["article"])] for d in derived], np.int64)
    comments = [_whole(c.id, c.text, COMMENT) for c in learn.comments if COMMENT in labels and c.text.strip()]
    singles = [_whole(s.id, s.text, s.label) for s in learn.sentences if s.label in labels and s.text.strip()]
    pooled, single = (_Part(some, _by_name(some, config)) for some in (comments, singles))
    return _Part(learn.documents, fold), _Part(derived, of_derived), pooled, single


def _derived(
    learn: Material, fold: NDArray[np.int64], config: TrainingConfig, labels: Sequence[str]
) -> list[LabelledDocument]:
    """Return closings, composites of pages and closings, pieces of all, and the emphasised ones once more and again.

    Everything is made within a fold: a comment stays in the fold it has in the first verdict's pool.
    """
    made: list[LabelledDocument] = []
    comment_fold = _by_name([_whole(c.id, c.text, COMMENT) for c in learn.comments], config)
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


def _laid(part: _Part, labels: Sequence[str], rules: SentenceRules) -> list[Foldwise]:
    """Lay a part out, with the fold of each segment; nothing where it has no documents."""
    if not part.documents:
        return []
    laid = lay(part.documents, labels, rules)
    return [(laid, laid.spread(part.fold))]


def _learned_from(
    parts: Sequence[Foldwise], firsts: Sequence[FirstVerdict]
) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Return the second verdict's features, from first verdicts that did not see the segment, and labels."""
    X = np.concatenate([laid.contexts(out_of_fold(firsts, laid.X, fold)) for laid, fold in parts])
    y = np.concatenate([laid.y for laid, _ in parts])
    return X[y >= 0], y[y >= 0]


def _logits(model: Model, laid: Laid) -> NDArray[np.float64]:
    return model.second.logits(laid.contexts(steps(model.first, laid.X)).astype(np.float32))


def _labels(learn: Material) -> tuple[str, ...]:
    labels = labels_of(learn.documents)
    if not 2 <= len(labels) <= 20:
        raise InputError(
            "corpus", f"a model needs two to twenty labels; the documents to learn from have {len(labels)}"
        )
    return labels


def _folds(documents: Sequence[LabelledDocument], config: TrainingConfig) -> NDArray[np.int64]:
    try:
        return folds(documents, config.folds, config.seed)
    except ValueError as error:
        raise InputError("corpus", f"{error}: label more documents or set fewer folds") from None


def _by_name(documents: Sequence[LabelledDocument], config: TrainingConfig) -> NDArray[np.int64]:
    digests = (hashlib.sha256(json.dumps(d.id).encode()).digest() for d in documents)
    return np.array([int.from_bytes(digest[:4], "big") % config.folds for digest in digests], np.int64)


def _calibration(judge: Material, labels: Sequence[str], rules: Any) -> list[Laid]:
    """The half of the held-out documents that calibration is fitted on, bare and with trails."""
    half = halves(judge.documents)
    mine = [d for d, chosen in zip(judge.documents, half, strict=True) if chosen]
    mine = [replace(d, spans=tuple(s for s in d.spans if s[2] in labels)) for d in mine]
    composed = Composer(judge.trails, judge.comments).compose(mine, 7, marked=0.2) if COMMENT in labels else []
    return [lay(some, labels, rules) for some in (mine, composed) if some]


def _examples(parts: Sequence[tuple[Laid, NDArray[np.int64], float]]) -> Examples:
    X, y = vstack([laid.X for laid, _, _ in parts], "csr"), np.concatenate([laid.y for laid, _, _ in parts])
    weight = np.concatenate([laid.weight * worth for laid, _, worth in parts])
    fold = np.concatenate([fold for _, fold, _ in parts])
    known = np.flatnonzero((y >= 0) & (weight > 0))
    return Examples(X[known], y[known], weight[known], fold[known])


def _whole(name: Any, text: str, label: str) -> LabelledDocument:
    return LabelledDocument(name, text, ((0, len(text), label),))


def _texts(documents: Sequence[LabelledDocument], limit: int) -> list[str]:
    texts, size = [], 0
    for document in documents:
        if size < limit:
            texts.append(document.text)
            size += len(document.text)
    return texts


def _manifest(name: str, labels: Sequence[str], material: Material, config: TrainingConfig) -> Manifest:
    groups = {f.name: getattr(material, f.name) for f in fields(material)}
    counts = {name: len(records) for name, records in groups.items()}
    corpus = {"digest": corpus_digest(*groups.values()), **counts, "sources": _sources(material)}
    libraries = {name: version(name) for name in ("numpy", "scipy", "scikit-learn", "nltk")}
    created = {"newswinnow": __version__, "python": platform.python_version(), **libraries}
    return Manifest(name, tuple(labels), {}, created_with=created, corpus=corpus, config=config.to_dict())


def _sources(material: Material) -> dict[str, dict[str, int]]:
    """Return how many documents, sentences and comments each named source gave; trails name none."""
    found: dict[str, dict[str, int]] = {}
    for kind in ("documents", "sentences", "comments"):
        for source, count in Counter(record.source for record in getattr(material, kind)).items():
            if source:
                found.setdefault(source, {})[kind] = count
    return found
