"""Articles that end in somebody's judgement: news with a run of opinion sentences of another page below it.

Reader comments below a report look, to a model that has seen nothing else, like any opinion below a report. These
articles show it the author's own closing words, with and without a trail after them.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace

from .compose import attached
from .corpus import LabelledDocument
from .trimmings import BOILERPLATE, COMMENT

OPINION, REPORTING = "opinion", "reporting"
_LONGEST = 5  # sentences of a closing
_TRIES = 15
_WORD = re.compile(r"[^\W\d_]{5,}")


def closings(articles: Sequence[LabelledDocument], share: float, seed: int) -> list[LabelledDocument]:
    """Return about ``share`` of the comment-free, mostly reporting ``articles``, each with a closing from another one.

    Of a few closings drawn at random the one that shares most words with the article is taken. Everything follows from
    the seed and the article's id, given the articles. An id stays the article's, so that its trails fit below;
    ``meta`` names the article.
    """
    runs = [
        (set(_WORD.findall(" ".join(run).lower())), document.id, run)
        for document in articles
        for run in _runs(document)
    ]
    made = []
    for article in articles:
        rng = random.Random(f"closing {seed} {json.dumps(article.id)}")
        if rng.random() >= share or not _plain(article) or not runs:
            continue
        words = set(_WORD.findall(article.text.lower()))
        drawn = [runs[rng.randrange(len(runs))] for _ in range(_TRIES)]
        _, _, run = max((d for d in drawn if d[1] != article.id), key=lambda d: len(d[0] & words), default=drawn[0])
        first = rng.randrange(len(run))
        closing = run[first : first + rng.randint(1, _LONGEST)]
        lines = [(sentence, OPINION) for sentence in closing] if rng.random() < 0.3 else [(" ".join(closing), OPINION)]
        made.append(replace(attached(article, lines, rng), meta={**article.meta, "article": article.id}))
    return made


def _runs(document: LabelledDocument) -> list[list[str]]:
    """Return the runs of opinion sentences of a page without comments."""
    runs: list[list[str]] = [[]]
    if document.has(COMMENT):
        return []
    for start, end, label in document.spans:
        if label == OPINION and end - start > 30:
            runs[-1].append(" ".join(document.text[start:end].split()))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _plain(document: LabelledDocument) -> bool:
    size = dict.fromkeys((OPINION, REPORTING, COMMENT, BOILERPLATE), 0)
    for start, end, label in document.spans:
        size[label] = size.get(label, 0) + end - start
    return not size[COMMENT] and size[REPORTING] > 4 * size[OPINION]
