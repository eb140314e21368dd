"""``WinnowClassifier`` among scikit-learn's tools; small settings, so that each fit takes a moment."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import validate_data

from classifier.classify import Classifier
from training.corpus import LabelledDocument, read_corpus
from training.estimator import WinnowClassifier

ROOT = Path(__file__).parents[2]
SMALL = {"hidden": 8, "epochs": 12, "learning_rate": 0.015, "first_iterations": 20, "folds": 2, "crops": 0.0}
TEXTS = [f"The harbour board met on Monday and approved ferry number {i}." for i in range(8)]
TEXTS += [f"What a shameful waste, I hate number {i} lol!" for i in range(8)]
LABELS = ["reporting"] * 8 + ["comment"] * 8


class OfNumbers(WinnowClassifier):
    """The same estimator for rows of numbers, each of which it reads as words: scikit-learn's checks know no other."""

    def fit(self, X: Any, y: Any = None) -> OfNumbers:
        if y is None:
            raise ValueError("requires y to be passed, but the target y is None")
        X, y = validate_data(self, X, y)
        super().fit(spoken(X), y)
        return self

    def predict_proba(self, X: Any) -> Any:
        sklearn.utils.validation.check_is_fitted(self)
        return super().predict_proba(spoken(validate_data(self, X, reset=False)))

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        return float((self.predict(X) == np.asarray(y)).mean())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = False, True
        return tags


def spoken(X: np.ndarray) -> list[str]:
    """Each number as a word that says its column and about how large it is."""
    steps = np.clip(np.rint(X * 2), -400, 400).astype(int)
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [" ".join(f"{letters[j % 26]}{'m' if v < 0 else ''}x{abs(v)}" for j, v in enumerate(row)) for row in steps]


EXPECTED: dict[str, str] = {}  # none of the checks that apply is known to fail


@pytest.mark.skipif(sklearn.__version__ < "1.6", reason="check_estimator cannot be told of expected failures before")
def test_scikit_learns_own_checks() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = check_estimator(OfNumbers(**SMALL), expected_failed_checks=EXPECTED, on_fail=None, on_skip=None)
    wrong = {row["check_name"]: row["exception"] for row in found if row["status"] == "failed"}
    assert not wrong, wrong
    assert sum(row["status"] == "passed" for row in found) > 30


def test_labels_of_texts_are_learned() -> None:
    model = WinnowClassifier(**SMALL).fit(TEXTS, LABELS)
    assert model.classes_.tolist() == ["comment", "reporting"]
    proba = model.predict_proba(["The board approved a ferry on Monday.", "I hate it lol!", ""])
    assert proba.shape == (3, 2) and np.allclose(proba.sum(axis=1), 1)
    assert model.predict(TEXTS[::4]).tolist() == LABELS[::4] and model.score(TEXTS, LABELS) == 1.0


def test_it_works_where_estimators_do() -> None:
    model = WinnowClassifier(**SMALL)
    assert clone(model.set_params(hidden=5)).get_params()["hidden"] == 5
    piped = make_pipeline(FunctionTransformer(list), model)
    search = GridSearchCV(piped, {"winnowclassifier__alpha": [1e-3, 1e-1]}, cv=2, n_jobs=2).fit(TEXTS, LABELS)
    assert search.best_score_ > 0.8 and search.predict(TEXTS[:1]).tolist() == ["reporting"]
    again = pickle.loads(pickle.dumps(search))
    assert (again.predict_proba(TEXTS) == search.predict_proba(TEXTS)).all()


def test_documents_with_spans_are_learned(tmp_path: Path) -> None:
    rows = read_corpus([ROOT / "data" / "written.jsonl"])[::12]
    documents = [LabelledDocument(i, row.text, row.spans) for i, row in enumerate(rows)]
    model = WinnowClassifier(**SMALL).fit(documents)
    spans = model.predict([documents[0].text])[0]
    assert {label for *_, label in spans} <= set(model.classes_) == {"boilerplate", "comment", "opinion", "reporting"}
    assert len(model.predict_proba(documents[:1])[0]) == len(spans)
    scores = cross_val_score(model, documents, cv=2)
    assert ((scores > 0.2) & (scores <= 1)).all() and model.score(documents) > scores.mean()
    model.save(tmp_path / "m")
    saved = Classifier.load(tmp_path / "m").classify(documents[0].text)
    assert [tuple(segment[:3]) for segment in saved.segments] == spans
    same = WinnowClassifier(**SMALL).fit([d.text for d in documents], [d.spans for d in documents])
    assert same.predict([documents[0].text])[0] == spans


@pytest.mark.parametrize(
    ("X", "y", "reason"),
    [
        (TEXTS, None, "requires y"),
        (TEXTS, LABELS[1:], "inconsistent"),
        (TEXTS, ["reporting"] * 16, "one class"),
        ([1, 2], ["a", "b"], "must be a text"),
        ([], [], "0 sample"),
        (TEXTS[:1], [[(0, 999, "reporting")]], "outside the text"),
    ],
)
def test_what_cannot_be_learned_from_is_a_value_error(X: Any, y: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        WinnowClassifier(**SMALL).fit(X, y)
