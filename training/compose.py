"""Composites: an article without comments and, below it, a trail of reader comments.

Everything is drawn from the seed and the article's id alone, so that a composite depends neither on the order nor on
the presence of other articles. A trail only ever meets an article of its own split.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .corpus import LabelledDocument, ReaderComment, Span, Trail
from .trimmings import BOILERPLATE, COMMENT, Line, dress

Kind = Literal["trail", "pool"]
KINDS: tuple[Kind, ...] = ("trail", "pool")
_JUDGING_SEED = 20

_LENGTHS = (1, 1, 1, 2, 2, 3, 4, 5, 6, 8, 10)
_WHOLE_TRAIL = 0.4
_ONE_THREAD = 0.3
_NEAREST = 40
_RARE = (2, 400)  # a word of the topic stands in at least and at most so many comments
_WORD = re.compile(r"[^\W\d_]{4,}")
# Where the trail goes: before the article's closing furniture, instead of it, after it.
_PLACES = ("before", "without", "after")
_PLACE_WEIGHTS = (4, 4, 2)


class Composer:
    """Trails and comments, ready to be laid under articles.

    A trail belongs to one article (kind ``trail``: written for it, sober); from the comments those are chosen that
    share rare words with the article (kind ``pool``).
    """

    def __init__(self, trails: Iterable[Trail], comments: Iterable[ReaderComment]) -> None:
        self._trails: dict[tuple[str, str], list[str]] = {}
        for trail in trails:
            if said := [comment for comment in trail.comments if comment.strip()]:
                self._trails[_split(trail.split), _key(trail.article)] = said
        by_split: dict[str, list[ReaderComment]] = defaultdict(list)
        for comment in comments:
            if comment.text.strip():
                by_split[_split(comment.split)].append(comment)
        self._pools = {split: _Pool(some) for split, some in by_split.items()}

    def has_trail(self, article: LabelledDocument) -> bool:
        """Tell whether a trail was written for ``article``."""
        return (_split(article.split), _key(article.id)) in self._trails

    def compose(
        self,
        articles: Iterable[LabelledDocument],
        seed: int,
        kinds: Sequence[Kind] = KINDS,
        whole: bool = False,
        marked: float = 0.0,
    ) -> list[LabelledDocument]:
        """Return one composite for each article that can have one, in order.

        Articles with comments of their own, with nothing but furniture, or without a trail of one of ``kinds`` give
        none. ``whole`` uses each written trail from end to end; else mostly a part of it. ``marked`` is the share of
        composites whose comments wear user names, dates, buttons, a header or a form. The id is ``article+kind``.
        """
        made = (self._composite(article, seed, kinds, whole, marked) for article in articles)
        return [composite for composite in made if composite is not None]

    def _composite(
        self, article: LabelledDocument, seed: int, kinds: Sequence[Kind], whole: bool, marked: float
    ) -> LabelledDocument | None:
        can = [kind for kind in kinds if self._can(article, kind)]
        if not can or article.has(COMMENT) or all(label == BOILERPLATE for *_, label in article.spans):
            return None
        rng = random.Random(f"{seed} {_key(article.id)}")
        kind = rng.choice(can)
        comments = self._written(article, rng, whole) if kind == "trail" else self._chosen(article, rng)
        wears = rng.random() < marked
        lines = dress(comments, _title(article), rng) if wears else [(x, COMMENT) for c in comments for x in _lines(c)]
        return _attach(article, lines, rng, kind, wears)

    def _can(self, article: LabelledDocument, kind: Kind) -> bool:
        return self.has_trail(article) if kind == "trail" else _split(article.split) in self._pools

    def _written(self, article: LabelledDocument, rng: random.Random, whole: bool) -> list[str]:
        comments = self._trails[_split(article.split), _key(article.id)]
        size = min(rng.choice(_LENGTHS), len(comments))
        if whole or rng.random() < _WHOLE_TRAIL:
            return comments
        return [comments[i] for i in sorted(rng.sample(range(len(comments)), size))]

    def _chosen(self, article: LabelledDocument, rng: random.Random) -> list[str]:
        return self._pools[_split(article.split)].choose(article.text, rng.choice(_LENGTHS), rng)


class _Pool:
    """Comments of one split and which of them hold which rare word."""

    def __init__(self, comments: Sequence[ReaderComment]) -> None:
        self._comments = comments
        self._threads = defaultdict(list)
        holders = defaultdict(list)
        for i, comment in enumerate(comments):
            for word in _bag(comment.text):
                holders[word].append(i)
            if comment.thread:
                self._threads[comment.thread].append(i)
        fewest, most = _RARE
        self._holders = {word: np.array(found) for word, found in holders.items() if fewest <= len(found) <= most}

    def choose(self, text: str, count: int, rng: random.Random) -> list[str]:
        """Return ``count`` comments near the topic of ``text`` (fewer where the pool is smaller)."""
        nearest = self._nearest(text)
        thread = self._threads.get(self._comments[nearest[0]].thread or "", ())
        if rng.random() < _ONE_THREAD and len(thread) >= count:
            first = rng.randrange(len(thread) - count + 1)
            picked = thread[first : first + count]
        else:
            picked = rng.sample(nearest, min(count, len(nearest)))
        return [self._comments[i].text for i in picked]

    def _nearest(self, text: str) -> list[int]:
        scores: NDArray[np.float64] = np.zeros(len(self._comments))
        for word in sorted(_bag(text)):  # sorted, since the sum of floats depends on its order
            if word in self._holders:
                scores[self._holders[word]] += 1.0 / len(self._holders[word])
        order: list[int] = np.argsort(-scores, kind="stable")[:_NEAREST].tolist()
        return order


def compose(
    articles: Iterable[LabelledDocument],
    trails: Iterable[Trail],
    comments: Iterable[ReaderComment],
    seed: int,
    kinds: Sequence[Kind] = KINDS,
    whole: bool = False,
    marked: float = 0.0,
) -> list[LabelledDocument]:
    """Compose once; see ``Composer.compose``, which is worth keeping for a second round."""
    return Composer(trails, comments).compose(articles, seed, kinds, whole, marked)


def whole_composites(
    articles: Iterable[LabelledDocument], trails: Iterable[Trail], comments: Iterable[ReaderComment]
) -> list[LabelledDocument]:
    """Return the fixed composites of ``articles`` that models are judged on.

    Every article that can have one, once: above the whole trail written for it where there is one, else above
    topic-matched comments. No markers.
    """
    composer = Composer(trails, comments)
    pairs = [(article, KINDS[:1] if composer.has_trail(article) else KINDS[1:]) for article in articles]
    return [made for article, kinds in pairs for made in composer.compose([article], _JUDGING_SEED, kinds, whole=True)]


def dev_composites(
    documents: Iterable[LabelledDocument], trails: Iterable[Trail], comments: Iterable[ReaderComment]
) -> list[LabelledDocument]:
    """Return ``whole_composites`` of the dev documents."""
    return whole_composites([document for document in documents if document.split == "dev"], trails, comments)


def _attach(
    article: LabelledDocument, lines: Sequence[Line], rng: random.Random, kind: Kind, marked: bool
) -> LabelledDocument:
    made = attached(article, lines, rng)
    meta = {**article.meta, "article": article.id, "composite": kind, "marked": marked}
    return replace(made, id=f"{article.id}+{kind}", meta=meta)


def attached(article: LabelledDocument, lines: Sequence[Line], rng: random.Random) -> LabelledDocument:
    """Return ``article`` with labelled ``lines`` below it: before its closing furniture, instead of it, or after it."""
    body = max(i for i, (*_, label) in enumerate(article.spans) if label != BOILERPLATE) + 1
    place = rng.choices(_PLACES, _PLACE_WEIGHTS)[0]
    above = article.spans if place == "after" else article.spans[:body]
    below = article.spans[body:] if place == "before" else ()
    text, spans = _joined(article.text, above, lines, below)
    return replace(article, text=text, spans=spans)


def _joined(
    text: str, above: Sequence[Span], lines: Sequence[Line], below: Sequence[Span]
) -> tuple[str, tuple[Span, ...]]:
    between = "\n\n" if "\n\n" in text else "\n"
    whole, spans = text[: above[-1][1]], list(above)
    for line, label in lines:
        start = len(whole) + len(between)
        whole += between + line
        spans.append((start, len(whole), label))
    if below:
        first = below[0][0]
        shift = len(whole) + len(between) - first
        whole += between + text[first:]
        spans += [(start + shift, end + shift, label) for start, end, label in below]
    return whole, tuple(spans)


def _lines(comment: str) -> list[str]:
    return [line.strip() for line in comment.splitlines() if line.strip()]


def _title(article: LabelledDocument) -> str:
    return next(iter(_lines(article.text)), "")[:80].strip()


def _bag(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _split(split: str | None) -> str:
    return split or "train"


def _key(name: Any) -> str:
    return json.dumps(name, sort_keys=True)
