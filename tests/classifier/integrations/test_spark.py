from __future__ import annotations

import pickle
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gapped import NEWS, RULE, TEXTS, kept_of, rows_of

from classifier import InputError

pyspark = pytest.importorskip("pyspark", reason="the extra spark is not installed")
pd = pytest.importorskip("pandas", reason="the extra spark is not installed")
from classifier.integrations.spark import WinnowAnnotator, WinnowFilter  # noqa: E402

ROWS = list(enumerate(TEXTS))


def test_frames_come_and_go_one_at_a_time(tiny_folder: Path) -> None:
    taken: list[int] = []

    def frames() -> Iterator[Any]:
        for n in range(100):
            taken.append(n)
            yield pd.DataFrame({"text": TEXTS, "n": n}, index=range(n, n + len(TEXTS)))

    annotate = pickle.loads(pickle.dumps(WinnowAnnotator(to="found", model=str(tiny_folder))))
    stream = annotate(frames())
    for n in range(3):
        frame = next(stream)
        assert taken == list(range(n + 1)) and list(frame.columns) == ["text", "n", "found"]
        assert frame["found"].tolist() == [rows_of(text, tiny_folder) for text in TEXTS]
        assert frame["text"].tolist()[2] == NEWS and (frame["n"] == n).all()


def test_a_frame_of_no_rows_stays_one(tiny_folder: Path) -> None:
    empty = pd.DataFrame({"text": pd.Series([], dtype=object)})
    (annotated,) = WinnowAnnotator(model=tiny_folder)([empty])
    (kept,) = WinnowFilter(model=tiny_folder, **RULE)([empty])
    assert list(annotated.columns) == ["text", "segments"] and len(annotated) == len(kept) == 0


def test_what_makes_no_sense_is_refused_on_the_driver(tiny_folder: Path) -> None:
    with pytest.raises(InputError, match="no label 'reportage'"):
        WinnowFilter(model=tiny_folder, keep="reportage")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if not shutil.which("java"):
        pytest.skip("Spark needs Java")
    builder = pyspark.sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "3")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)  # else the workers run whatever python3 is on the path
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()


def test_a_session_annotates_in_its_workers(spark: Any, tiny_folder: Path) -> None:
    frame = spark.createDataFrame(ROWS, "n long, text string").repartition(2, "n")
    annotate = WinnowAnnotator(model=str(tiny_folder))
    annotated = frame.mapInPandas(annotate, annotate.schema(frame.schema)).cache()
    found = {row["n"]: row for row in annotated.collect()}
    assert sorted(found) == list(range(len(TEXTS)))
    for n, text in ROWS:
        segments = found[n]["segments"]
        assert found[n]["text"] == text
        assert (None if segments is None else [row.asDict() for row in segments]) == rows_of(text, tiny_folder)
    pieces = annotated.selectExpr("n", "text", "inline(segments)")
    for row in pieces.selectExpr("*", "substring(text, start + 1, end - start) AS piece").collect():
        assert row["piece"] == row["text"][row["start"] : row["end"]]


def test_a_session_filters_in_its_workers(spark: Any, tiny_folder: Path) -> None:
    frame = spark.createDataFrame(ROWS, "n long, text string").repartition(2, "n")
    found = frame.mapInPandas(WinnowFilter(model=str(tiny_folder), **RULE), frame.schema).collect()
    assert {row["n"]: row["text"] for row in found} == {n: kept_of(text, tiny_folder) for n, text in ROWS}
