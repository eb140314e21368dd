"""``WinnowFilter``: a scikit-learn transformer for the head of a pipeline over texts."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import Any

from sklearn.base import BaseEstimator, TransformerMixin

from ..classify import Classifier
from ..errors import InputError
from ..filter import Rule, filter_result


class WinnowFilter(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Keep or drop labels of each text: list of str in, list of str out, of the same length.

    There is nothing to fit. The parameters are those of ``Classifier.filter``; ``model`` and ``n_jobs`` are those of
    ``Classifier.load`` and ``classify_many``. Raises InputError for parameters that make no sense and for an element
    that is not a str, ModelError for a model that cannot be used.
    """

    def __init__(
        self,
        keep: str | Iterable[str] | None = None,
        drop: str | Iterable[str] | None = None,
        min_score: float = 0.0,
        when_unsure: str | None = None,
        min_words: int = 0,
        model: str | PathLike[str] | None = None,
        n_jobs: int = 1,
    ) -> None:
        self.keep = keep
        self.drop = drop
        self.min_score = min_score
        self.when_unsure = when_unsure
        self.min_words = min_words
        self.model = model
        self.n_jobs = n_jobs

    def fit(self, X: Iterable[str], y: Any = None) -> WinnowFilter:
        """Check the parameters; ``X`` is not looked at."""
        self._rule().check(Classifier.load(self.model).classes_.tolist())
        return self

    def transform(self, X: Iterable[str]) -> list[str]:
        """Return what is kept of each text."""
        rule, classifier = self._rule(), Classifier.load(self.model)
        rule.check(classifier.classes_.tolist())
        results = classifier.classify_many(_texts(X), n_jobs=self.n_jobs)
        return [filter_result(result, rule).text for result in results]

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def _rule(self) -> Rule:
        return Rule(self.keep, self.drop, self.min_score, self.when_unsure, self.min_words)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        tags.requires_fit, tags.no_validation = False, True  # no numbers in, so nothing to say of NaN or of columns
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _more_tags(self) -> dict[str, Any]:  # what scikit-learn before 1.6 asks
        return {"X_types": ["string"], "requires_fit": False, "no_validation": True, "preserves_dtype": []}


def _texts(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, str):
        raise InputError("X", "is one string; give a list of them")
    found = list(texts)
    for i, text in enumerate(found):
        if not isinstance(text, str):
            raise InputError(f"X[{i}]", f"is not a string but {type(text).__name__}")
    return found
