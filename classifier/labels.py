"""The default labels, and the one place that knows both orders.

``classes_`` of a model is sorted and fixes the columns of every ``proba``; people are shown labels in display order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LABELS: dict[str, str] = {
    "reporting": "what happened, is, was or is planned, and anything attributed to a source",
    "opinion": "the page's author judging, analysing, speculating, advising",
    "comment": "what readers wrote under the page, or posts of a forum",
    "boilerplate": "page furniture: menus, bylines, share buttons, related links, forms",
}


def display_order(classes: Iterable[str]) -> list[str]:
    """Return ``classes`` as people are shown them: the default labels first, others after, sorted."""
    known = list(LABELS)
    return sorted(classes, key=lambda c: (known.index(c) if c in LABELS else len(known), c))


def display_columns(classes: Sequence[str]) -> list[int]:
    """Return the column of ``proba`` for each label of ``display_order(classes)``."""
    return [list(classes).index(label) for label in display_order(classes)]
