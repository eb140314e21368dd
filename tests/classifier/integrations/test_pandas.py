from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gapped import NEWS, RULE, TEXTS, kept_of, rows_of

from classifier import InputError

pd = pytest.importorskip("pandas", reason="the extra pandas is not installed")
from classifier.integrations.pandas import filtered, segments  # noqa: E402

INDEX = [7, 7, "a", 1.5, None, "b", "c", "a"]


@pytest.mark.parametrize("dtype", [object, "string"])
def test_segments_stand_under_the_index_of_their_text(tiny_folder: Path, dtype: object) -> None:
    texts = pd.Series(TEXTS, INDEX, dtype, "body")
    found = segments(texts, tiny_folder)
    expected = [(i, t, row) for i, t in zip(INDEX, TEXTS, strict=True) for row in rows_of(t, tiny_folder) or ()]
    assert len(expected) > 6
    assert found.index.tolist() == pd.Index([i for i, *_ in expected]).tolist()
    assert found[["start", "end", "label", "score"]].to_dict("records") == [row for *_, row in expected]
    assert found["text"].tolist() == [t[row["start"] : row["end"]] for _, t, row in expected if t]
    assert [str(kind) for kind in found.dtypes[:4]] == ["int64", "int64", "category", "float64"]
    assert list(found["label"].cat.categories) == ["boilerplate", "comment", "opinion", "reporting"]


@pytest.mark.parametrize("texts", [[], [None, ""]])
def test_no_segments_are_a_frame_of_the_same_columns(tiny_folder: Path, texts: list[str | None]) -> None:
    found, full = segments(pd.Series(texts, dtype=object), tiny_folder), segments(pd.Series([NEWS]), tiny_folder)
    assert len(found) == 0 and found.columns.equals(full.columns)
    assert found.dtypes[:4].tolist() == full.dtypes[:4].tolist()


@pytest.mark.parametrize("dtype", [object, "string", "category"])
def test_filtering_keeps_index_name_number_and_gaps(tiny_folder: Path, dtype: object) -> None:
    texts = pd.Series(TEXTS, INDEX, dtype, "body")
    before = texts.copy()
    found = filtered(texts, tiny_folder, **RULE)
    pd.testing.assert_series_equal(texts, before)
    assert found.index.equals(texts.index) and found.name == "body"
    assert found.isna().tolist() == texts.isna().tolist()
    assert [None if gone else text for text, gone in zip(found, found.isna(), strict=True)] == [
        kept_of(t, tiny_folder) for t in TEXTS
    ]


def test_all_ways_of_missing_are_missing(tiny_folder: Path) -> None:
    texts = pd.Series([None, np.nan, pd.NA, pd.NaT, NEWS], dtype=object)
    assert filtered(texts, tiny_folder, **RULE).isna().tolist() == [True] * 4 + [False]
    assert set(segments(texts, tiny_folder).index) == {4}


def test_what_is_no_text_is_refused(tiny_folder: Path) -> None:
    with pytest.raises(InputError, match="row 1: is not a string but int"):
        segments(pd.Series(["a", 3]), tiny_folder)
    with pytest.raises(InputError, match="keep or labels to drop"):
        filtered(pd.Series(["a"]), tiny_folder)
