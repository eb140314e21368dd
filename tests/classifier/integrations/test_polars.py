from __future__ import annotations

from pathlib import Path

import pytest
from gapped import RULE, TEXTS, kept_of, rows_of

from classifier import InputError

pl = pytest.importorskip("polars", reason="the extra polars is not installed")
from classifier.integrations.polars import SEGMENTS, filtered, segments  # noqa: E402


def test_segments_are_lists_of_structs_and_null_stays_null(tiny_folder: Path) -> None:
    found = segments(pl.Series("body", TEXTS), tiny_folder)
    assert found.dtype == SEGMENTS and found.name == "body"
    assert found.to_list() == [rows_of(text, tiny_folder) for text in TEXTS]


@pytest.mark.parametrize("texts", [[], [None], ["", None]])
def test_the_type_does_not_depend_on_the_texts(tiny_folder: Path, texts: list[str | None]) -> None:
    series = pl.Series("body", texts, pl.String)
    assert segments(series, tiny_folder).dtype == SEGMENTS and len(segments(series, tiny_folder)) == len(texts)
    assert filtered(series, tiny_folder, **RULE).dtype == pl.String


def test_filtering_keeps_name_number_and_nulls(tiny_folder: Path) -> None:
    found = filtered(pl.Series("body", TEXTS), tiny_folder, **RULE)
    assert found.name == "body" and found.to_list() == [kept_of(text, tiny_folder) for text in TEXTS]


def test_a_lazy_frame_is_taken_apart_into_rows(tiny_folder: Path) -> None:
    frame = pl.LazyFrame({"n": range(len(TEXTS)), "text": TEXTS})
    labelled = pl.col("text").map_batches(lambda texts: segments(texts, tiny_folder), return_dtype=SEGMENTS)
    rows = frame.with_columns(s=labelled).explode("s").unnest("s").drop_nulls("start")
    found = rows.with_columns(piece=pl.col("text").str.slice("start", pl.col("end") - pl.col("start"))).collect()
    expected = [(i, t, row) for i, t in enumerate(TEXTS) if t for row in rows_of(t, tiny_folder) or ()]
    assert found["n"].to_list() == [i for i, *_ in expected]
    assert found["piece"].to_list() == [t[row["start"] : row["end"]] for _, t, row in expected]


def test_what_is_no_text_is_refused(tiny_folder: Path) -> None:
    with pytest.raises(InputError, match="row 0: is not a string but int"):
        segments(pl.Series([3]), tiny_folder)
