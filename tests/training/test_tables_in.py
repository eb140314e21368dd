"""A corpus may be a table."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from classifier.errors import InputError
from training.corpus import corpus_digest, read_corpus

ROWS = [
    {"id": "a", "text": "Rain fell. So sad!", "spans": [[0, 10, "reporting"], [11, 18, "comment"]], "split": "train"},
    {"id": "b", "text": "Home", "spans": [[0, 4, "boilerplate"]], "split": None},
]


def lines(path: Path) -> Path:
    path.write_text("".join(json.dumps({k: v for k, v in row.items() if v is not None}) + "\n" for row in ROWS))
    return path


def test_a_corpus_of_csv_is_that_of_jsonl(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(ROWS[0])
        writer.writerows([r["id"], r["text"], json.dumps(r["spans"]), r["split"] or ""] for r in ROWS)
    found, wanted = read_corpus([tmp_path / "a.csv"]), read_corpus([lines(tmp_path / "a.jsonl")])
    assert found == wanted and corpus_digest(found) == corpus_digest(wanted)


def test_a_corpus_of_parquet_is_that_of_jsonl(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="the extra arrow is not installed")
    import pyarrow.parquet as pq

    spans = [[dict(zip(("start", "end", "label"), span, strict=True)) for span in row["spans"]] for row in ROWS]  # type: ignore[arg-type, attr-defined]
    columns = {name: [row[name] for row in ROWS] for name in ("id", "text", "split")}
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({**columns, "spans": spans}), tmp_path / "in" / "a.parquet")
    assert read_corpus([tmp_path / "in"]) == read_corpus([lines(tmp_path / "a.jsonl")])


def test_what_is_wrong_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,spans\nx,nonsense\n")
    with pytest.raises(InputError, match=r'a.csv:2: "spans" is not JSON'):
        read_corpus([path])
    path.write_text("text,spans\nx\n")
    with pytest.raises(InputError, match=r"a.csv:2: 1 cells"):
        read_corpus([path])
