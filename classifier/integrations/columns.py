"""A column of texts, some of them missing -> for each its result, what is kept of it, or None."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import PathLike
from typing import Any

from ..classify import Classifier
from ..errors import InputError
from ..filter import Rule, filter_result
from ..result import DocumentResult

Model = str | PathLike[str] | None


def judged(texts: Iterable[str | None], model: Model = None, n_jobs: int = 1) -> Iterator[DocumentResult | None]:
    """Yield the result of each text, in order, and None for each None.

    Raises InputError for what is neither text nor None, ModelError for a model that cannot be used.
    """
    found = list(texts)
    for i, text in enumerate(found):
        if not isinstance(text, str | None):
            raise InputError(f"row {i}", f"is not a string but {type(text).__name__}")
    results = Classifier.load(model).classify_many([text or "" for text in found], n_jobs=n_jobs)
    return (None if text is None else result for text, result in zip(found, results, strict=True))


def kept(texts: Iterable[str | None], rule: Rule, model: Model = None, n_jobs: int = 1) -> Iterator[str | None]:
    """Yield what ``rule`` keeps of each text, in order, and None for each None; raises as ``judged``."""
    for result in judged(texts, model, n_jobs):
        yield None if result is None else filter_result(result, rule).text


def rows(result: DocumentResult) -> list[dict[str, Any]]:
    """Return the segments as ``{"start", "end", "label", "score"}``, in order."""
    return [segment._asdict() for segment in result.segments]


def checked(rule: dict[str, Any], model: Model) -> Rule:
    """Return the rule of these parameters; raises InputError where it makes no sense or the model has no such label."""
    made = Rule(**rule)
    made.check(Classifier.load(model).classes_.tolist())
    return made
