"""Which documents must not be parted when some are learned from and others judge: what one teaches must not be asked of
its twin."""

from __future__ import annotations

import json
from collections.abc import Sequence

from classifier.errors import InputError

from .corpus import LabelledDocument
from .labelling.twins import equal, near

AUTO, DOCUMENT = "auto", "document"
_FIELDS = ("site", "source", "license")
_SITES = 10  # fewer groups than that make sites no measure: the corpus is one domain, and its documents are the groups


def group_of(document: LabelledDocument) -> str:
    """Return what must not be parted: the site where it is known, else the article a composite came from, or itself."""
    return f"site {document.site}" if document.site is not None else article_of(document)


def groups_of(documents: Sequence[LabelledDocument], by: str = AUTO) -> list[str]:
    """Return the group of each document.

    Args:
        documents: in any order.
        by: ``document``, ``site``, ``source`` or another field; ``auto`` is by site where the documents are of many,
            else by document. What lacks the field is its own group. Near-duplicates always share one.

    Raises:
        InputError: no document has the field.
    """
    if by == AUTO:
        names = [group_of(document) for document in documents]
        names = (
            names if len(set(names)) >= min(_SITES, len(names)) else [article_of(document) for document in documents]
        )
    elif by == DOCUMENT:
        names = [article_of(document) for document in documents]
    else:
        names = _named(documents, by)
    return _joined(names, documents)


def article_of(document: LabelledDocument) -> str:
    """Return the article a composite came from, or the document itself, as a name."""
    return json.dumps(document.meta.get("article", document.id), sort_keys=True)


def _named(documents: Sequence[LabelledDocument], by: str) -> list[str]:
    values = [getattr(d, by) if by in _FIELDS else d.meta.get(by) for d in documents]
    if all(value is None for value in values):
        raise InputError("corpus", f"no document has the field {by!r} to group by")
    return [
        article_of(d) if value is None else f"{by} {json.dumps(value)}"
        for d, value in zip(documents, values, strict=True)
    ]


def _joined(names: list[str], documents: Sequence[LabelledDocument]) -> list[str]:
    """Give groups that hold twins one name, that of the first."""
    leader = {name: name for name in names}

    def first(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    texts = [document.text for document in documents]
    for one, other, _ in [*equal(texts), *near(texts, [str(i) for i in range(len(texts))])]:
        leader[first(names[other])] = first(names[one])
    return [first(name) for name in names]
