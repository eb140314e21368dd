"""Which documents are learned from, and how they are parted by document, site and article.

A site stays whole, and so do an article and the composites made from it: what one page teaches must not be asked of
its twin.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .corpus import LabelledDocument
from .groups import AUTO, article_of, group_of, groups_of


def fitted(documents: Sequence[LabelledDocument]) -> list[LabelledDocument]:
    """Return the documents that may be learned from: those whose split is ``train`` or not said."""
    return [document for document in documents if document.split in (None, "train")]


def held_out(documents: Sequence[LabelledDocument], split: str = "dev") -> list[LabelledDocument]:
    """Return the documents of ``split``."""
    return [document for document in documents if document.split == split]


def halves(documents: Sequence[LabelledDocument]) -> NDArray[np.bool_]:
    """Return for each document, (n,), whether it is in the half that calibration is fitted on; the other half judges.

    The half follows from the group's name alone, so that a document stays in its half while the corpus grows. Where
    that leaves one half empty, as it does when all are of one site, the halves are of documents.
    """
    half = _by_first_bit([group_of(document) for document in documents])
    return half if half.any() and not half.all() else _by_first_bit([article_of(document) for document in documents])


def _by_first_bit(names: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([hashlib.sha256(name.encode()).digest()[0] < 128 for name in names], bool)


def folds(documents: Sequence[LabelledDocument], count: int, seed: int = 0, by: str = AUTO) -> NDArray[np.int64]:
    """Return the fold of each document, int64 (n,), in 0 ... count - 1; groups whole, folds of about equal length.

    ``by`` names the groups as ``groups_of`` reads it. Raises ValueError where there are fewer groups than folds.
    """
    members = defaultdict(list)
    for i, name in enumerate(groups_of(documents, by)):
        members[name].append(i)
    if len(members) < count:
        raise ValueError(f"{len(members)} groups of documents cannot make {count} folds")
    groups = [members[name] for name in sorted(members)]
    random.Random(seed).shuffle(groups)
    groups.sort(key=lambda group: -sum(len(documents[i].text) for i in group))
    return _dealt(groups, [len(document.text) for document in documents], count)


def _dealt(groups: Sequence[Sequence[int]], lengths: Sequence[int], count: int) -> NDArray[np.int64]:
    fold, filled = np.zeros(len(lengths), np.int64), np.zeros(count)
    for number, group in enumerate(groups):
        # The first groups go round, so that no fold stays empty however short its texts.
        place = number if number < count else int(filled.argmin())
        fold[group] = place
        filled[place] += sum(lengths[i] for i in group)
    return fold
