"""``WinnowClassifier``: training as a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from classifier.artifact import save
from classifier.classify import Classifier
from classifier.errors import InputError
from classifier.result import DocumentResult
from classifier.text import Document

from .adapt import Base
from .config import TrainingConfig
from .corpus import LabelledDocument, spans_of
from .fit import Material, fit
from .in_memory import classifier_of
from .metrics import scores
from .verdicts import judge

_OWN = ("first_c", "first_iterations", "hidden", "epochs", "alpha", "learning_rate", "folds", "crops")


class WinnowClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Learns to label texts, or the sentences of documents.

    ``fit(texts, labels)`` learns one label a text, of whatever type; ``fit(documents)``, of ``LabelledDocument``, and
    ``fit(texts, spans)`` learn from spans ``(start, end, label)``. In the first case ``predict`` gives a label and
    ``predict_proba`` a row of probabilities for each text; in the others a list of spans, and an array with one row a
    sentence, for each document. Documents with ``y=None`` are what ``cross_val_score`` and ``GridSearchCV`` take.

    Parameters are those of ``TrainingConfig``; ``base`` is a model to start from (name or folder), ``random_state`` the
    seed. Raises ValueError for input that cannot be learned from, ModelError for a base that cannot be used.

    Attributes:
        classes_: labels, sorted; the columns of every ``predict_proba``.
        classifier_: what was learned, as ``classifier.Classifier``.
        manifest_, arrays_: what ``save`` writes as an artifact.
    """

    def __init__(
        self,
        base: str | PathLike[str] | None = None,
        first_c: float = 5.0,
        first_iterations: int = 50,
        hidden: int = 32,
        epochs: int = 12,
        alpha: float = 1e-3,
        learning_rate: float = 1e-3,
        folds: int = 3,
        crops: float = 0.3,
        random_state: int | None = None,
    ) -> None:
        self.base = base
        self.first_c = first_c
        self.first_iterations = first_iterations
        self.hidden = hidden
        self.epochs = epochs
        self.alpha = alpha
        self.learning_rate = learning_rate
        self.folds = folds
        self.crops = crops
        self.random_state = random_state

    def fit(self, X: Iterable[Any], y: Any = None) -> WinnowClassifier:
        """Learn from documents, from texts and labels, or from texts and lists of spans."""
        settings = {name: getattr(self, name) for name in _OWN}
        seed = 0 if self.random_state is None else int(self.random_state)
        config = TrainingConfig.read(None, seed=seed, groups="document", **settings)
        base = Base.load(self.base) if self.base is not None else None
        try:
            documents, classes = _labelled(list(X), y)
            self.manifest_, self.arrays_ = fit(Material(documents), config, "estimator", base=base)
        except InputError as error:
            raise ValueError(f"WinnowClassifier cannot learn from this: {error}") from error
        self.classifier_ = classifier_of(self.manifest_, self.arrays_)
        self.per_text_ = classes is not None
        names = np.array(self.manifest_.labels)
        self.classes_ = classes if classes is not None and len(classes) == len(names) else names
        return self

    def predict(self, X: Iterable[Any]) -> Any:
        """Return a label for each text, (n,), or the spans of each document."""
        check_is_fitted(self)
        if self.per_text_:
            return self.classes_[self.predict_proba(X).argmax(axis=1)]
        return [[tuple(segment[:3]) for segment in result.segments] for result in self._results(X)]

    def predict_proba(self, X: Iterable[Any]) -> Any:
        """Return probabilities, (n, k) of texts, or an (n, k) of the sentences of each document."""
        results = self._results(X)
        if not self.per_text_:
            return [result.proba for result in results]
        return np.stack([_whole(result, len(self.classes_)) for result in results])

    def score(self, X: Iterable[Any], y: Any = None, sample_weight: Any = None) -> float:
        """Return accuracy of labels of texts, or macro-F1 over the words of documents."""
        check_is_fitted(self)
        if self.per_text_:
            return float(super().score(X, y, sample_weight))
        documents, _ = _labelled(list(X), y)
        return float(scores(judge(self._fitted(), documents).tables.sum(0)).macro_f1)

    def save(self, folder: str | PathLike[str]) -> None:
        """Write what was learned as an artifact, for ``Classifier.load`` and ``winnow --model``."""
        check_is_fitted(self)
        save(Path(folder), self.manifest_, self.arrays_)

    def _fitted(self) -> Classifier:
        check_is_fitted(self)
        return self.classifier_

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what knows only a place on this machine's disk."""
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name != "classifier_"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "arrays_" in state:
            self.classifier_ = classifier_of(self.manifest_, self.arrays_)

    def _results(self, X: Iterable[Any]) -> list[DocumentResult]:
        model = self._fitted()
        texts = [d.text if isinstance(d, LabelledDocument) else d for d in _checked(list(X))]
        return list(model.classify_many([Document(i, text) for i, text in enumerate(texts)]))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        return tags

    def _more_tags(self) -> dict[str, Any]:  # what scikit-learn before 1.6 asks
        return {"X_types": ["string"]}


def _checked(X: Sequence[Any]) -> Sequence[Any]:
    if not len(X):
        raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required.")
    for i, item in enumerate(X):
        if not isinstance(item, str | LabelledDocument):
            raise ValueError(f"X[{i}] must be a text or a LabelledDocument, not {type(item).__name__}")
    return X


def _labelled(X: Sequence[Any], y: Any) -> tuple[list[LabelledDocument], NDArray[Any] | None]:
    """Return documents with spans, and the classes where ``y`` names one a text."""
    _checked(X)
    if y is None:
        if not all(isinstance(item, LabelledDocument) for item in X):
            raise ValueError("requires y to be passed, but the target y is None: labels or spans of the texts")
        return list(X), None
    if len(X) != len(y):
        raise ValueError(f"Found input variables with inconsistent numbers of samples: {len(X)}, {len(y)}")
    texts = [item.text if isinstance(item, LabelledDocument) else item for item in X]
    if all(isinstance(spans, list | tuple) for spans in y):
        rows = enumerate(zip(texts, y, strict=True))
        return [
            LabelledDocument(i, text, spans_of(f"y[{i}]", list(map(list, some)), len(text))) for i, (text, some) in rows
        ], None
    return _one_label_each(texts, y)


def _one_label_each(texts: Sequence[str], y: Any) -> tuple[list[LabelledDocument], NDArray[Any]]:
    check_classification_targets(y)
    classes, column = np.unique(np.asarray(y), return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"needs samples of at least two classes; the data holds one class: {classes[0]!r}")
    names = _names(classes)
    rows = enumerate(zip(texts, column.ravel().tolist(), strict=True))
    return [LabelledDocument(i, text, ((0, len(text), names[c]),)) for i, (text, c) in rows if text], classes


def _names(classes: NDArray[Any]) -> list[str]:
    """Return names in the same order: strings are their own, anything else is counted."""
    return classes.tolist() if classes.dtype.kind in "UO" and all(classes) else [f"{i:02}" for i in range(len(classes))]


def _whole(result: DocumentResult, k: int) -> NDArray[np.float64]:
    """Return the probabilities of a text: its sentences', weighed by their words."""
    if not len(result):
        return np.full(k, 1.0 / k)
    mass: NDArray[np.float64] = np.maximum(result.words, 1) @ result.proba
    return mass / mass.sum()
