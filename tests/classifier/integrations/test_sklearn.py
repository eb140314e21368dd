from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from classifier import Classifier, InputError, ModelNotFound, WinnowFilter

TEXTS = [
    "The council voted on Tuesday to build a tram line. It is a foolish waste of money.\n\nlol my street is dug up!!",
    "Rain fell on Monday, the weather office said.",
    "",
]


@pytest.mark.parametrize(
    "rule",
    [
        {"keep": "reporting"},
        {"drop": ["comment", "opinion"], "min_score": 0.6},
        {"keep": ["comment"], "when_unsure": "keep"},
    ],
)
def test_it_returns_what_filter_returns_of_each_text(tiny_folder: Path, rule: dict[str, object]) -> None:
    classifier = Classifier.load(tiny_folder)
    expected = [classifier.filter(text, **rule) for text in TEXTS]  # type: ignore[arg-type]
    transformer = WinnowFilter(model=tiny_folder, **rule)  # type: ignore[arg-type]
    assert transformer.fit_transform(TEXTS) == expected
    assert transformer.transform(np.array(TEXTS, object)) == transformer.transform(pd.Series(TEXTS)) == expected
    assert clone(transformer).set_params(n_jobs=2).transform(TEXTS) == expected
    assert pickle.loads(pickle.dumps(transformer)).transform(iter(TEXTS)) == expected


def test_it_keeps_nothing_of_documents_with_too_few_words(tiny_folder: Path) -> None:
    every = ["reporting", "opinion", "comment", "boilerplate"]
    assert WinnowFilter(keep=every, min_words=9, model=tiny_folder).transform(TEXTS) == [TEXTS[0], "", ""]
    assert WinnowFilter(keep=every, model=tiny_folder).transform(TEXTS) == TEXTS


def test_it_stands_at_the_head_of_a_pipeline_and_its_parameters_can_be_searched(tiny_folder: Path) -> None:
    pipeline = make_pipeline(WinnowFilter(drop=(), model=tiny_folder), CountVectorizer(), LogisticRegression())
    X, y = TEXTS[:2] * 6, [0, 1] * 6
    search = GridSearchCV(pipeline, {"winnowfilter__drop": [("boilerplate",), ()]}, cv=2).fit(X, y)
    assert search.predict(X).tolist() == y


def test_it_is_cloned_cross_validated_and_saved_with_its_pipeline(tiny_folder: Path, tmp_path: Path) -> None:
    pipeline = make_pipeline(WinnowFilter(keep="reporting", model=tiny_folder), CountVectorizer(), LogisticRegression())
    X, y = TEXTS[:2] * 6, [0, 1] * 6
    assert cross_val_score(pipeline, X, y, cv=3, error_score="raise").tolist() == [1, 1, 1]
    joblib.dump(clone(pipeline).fit(X, y), tmp_path / "pipeline.joblib")
    again = joblib.load(tmp_path / "pipeline.joblib")
    assert again.predict(X).tolist() == y
    assert again[0].get_params() == pipeline[0].get_params() and (tmp_path / "pipeline.joblib").stat().st_size < 20_000


# Checks of scikit-learn's that hand numbers to transform, which takes texts only; and one that hands them to fit, which
# does not look at them.
NUMBERS = (
    "check_fit_score_takes_y check_estimators_dtypes check_pipeline_consistency check_estimators_pickle"
    " check_f_contiguous_array_estimator check_transformer_general check_transformers_unfitted_stateless"
    " check_methods_sample_order_invariance check_methods_subset_invariance check_dict_unchanged check_fit_idempotent"
)
EXPECTED = dict.fromkeys(NUMBERS.split(), "transforms texts, not numbers")
EXPECTED["check_estimator_sparse_tag"] = "fit looks at nothing, so it does not refuse a sparse matrix"


class Matrices(WinnowFilter):
    """One that says it takes matrices: of what does not, scikit-learn checks next to nothing."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags


def test_scikit_learns_own_checks_pass_but_for_those_that_need_numbers() -> None:
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    if not hasattr(checks, "estimator_checks_generator"):
        pytest.skip("before 1.6 scikit-learn knows no expected failures")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # checks that are passed over
        ran = checks.check_estimator(Matrices(keep="reporting"), expected_failed_checks=EXPECTED)
    by_status: dict[str, set[str]] = {}
    for check in ran:
        by_status.setdefault(check["status"], set()).add(check["check_name"])
    assert by_status["xfail"] <= set(EXPECTED) and len(by_status["passed"]) >= 15
    assert {"check_estimator_cloneable", "check_get_params_invariance", "check_set_params"} <= by_status["passed"]


def test_what_makes_no_sense_is_refused_when_it_is_fitted(tiny_folder: Path) -> None:
    for rule in (
        {},
        {"keep": "reporting", "drop": "comment"},
        {"keep": "reportage"},
        {"keep": "comment", "min_score": 2},
    ):
        with pytest.raises(InputError):
            WinnowFilter(model=tiny_folder, **rule).fit(TEXTS)  # type: ignore[arg-type]
    with pytest.raises(ModelNotFound):
        WinnowFilter(keep="reporting", model=tiny_folder / "nowhere").fit(TEXTS)


def test_what_is_no_list_of_texts_is_refused(tiny_folder: Path) -> None:
    transformer = WinnowFilter(keep="reporting", model=tiny_folder)
    with pytest.raises(InputError, match="one string"):
        transformer.transform("a text")
    with pytest.raises(InputError, match=r"X\[1\]: is not a string but NoneType"):
        transformer.transform(["a text", None])  # type: ignore[list-item]


def test_it_is_imported_only_when_it_is_asked_for() -> None:
    code = (
        "import sys, classifier; m = sys.modules; print('sklearn' in m); classifier.WinnowFilter; print('sklearn' in m)"
    )
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=Path(__file__).parents[3], check=True, capture_output=True, text=True)
    assert ran.stdout.split() == ["False", "True"]
