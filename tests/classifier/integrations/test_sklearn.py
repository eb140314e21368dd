from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
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
