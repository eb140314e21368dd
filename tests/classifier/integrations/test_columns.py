from __future__ import annotations

from pathlib import Path

import pytest
from gapped import RULE, TEXTS, kept_of, rows_of

from classifier import InputError, ModelNotFound
from classifier.integrations.columns import checked, judged, kept, rows


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_every_text_has_its_result_and_every_gap_stays_one(tiny_folder: Path, n_jobs: int) -> None:
    found = list(judged(iter(TEXTS), tiny_folder, n_jobs))
    assert [None if result is None else rows(result) for result in found] == [rows_of(t, tiny_folder) for t in TEXTS]
    assert list(kept(TEXTS, checked(RULE, tiny_folder), tiny_folder, n_jobs)) == [
        kept_of(t, tiny_folder) for t in TEXTS
    ]


def test_what_is_neither_text_nor_a_gap_is_named(tiny_folder: Path) -> None:
    with pytest.raises(InputError, match="row 2: is not a string but float"):
        judged(["a", None, 0.5], tiny_folder)  # type: ignore[list-item]


def test_a_rule_is_looked_at_before_any_text(tiny_folder: Path) -> None:
    for rule in ({}, {"keep": "reportage"}, {"keep": "comment", "min_score": 2}):
        with pytest.raises(InputError):
            checked(rule, tiny_folder)
    with pytest.raises(ModelNotFound):
        checked({"keep": "comment"}, tiny_folder / "nowhere")
    with pytest.raises(TypeError, match="minscore"):
        checked({"keep": "comment", "minscore": 0.5}, tiny_folder)
