from __future__ import annotations

import json
from pathlib import Path

from carried import RECORD, write
from console import winnow

OTHER = {"text": "Hail fell on the roofs.", "spans": [[0, 9, "reporting"]], "split": "dev"}


def test_counts_by_label_source_split_and_length(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", RECORD, OTHER)
    assert json.loads(winnow("corpus", "stats", path, "--json").out) == {
        "documents": 2,
        "words": 18,
        "unlabelled": 3,
        "labels": {
            "reporting": {"documents": 2, "spans": 2, "words": 9},
            "opinion": {"documents": 1, "spans": 1, "words": 3},
            "comment": {"documents": 1, "spans": 1, "words": 3},
        },
        "by": {
            "source": {
                "-": {"documents": 1, "words": 5, "labels": {"reporting": 2, "opinion": 0, "comment": 0}},
                "own": {"documents": 1, "words": 13, "labels": {"reporting": 7, "opinion": 3, "comment": 3}},
            },
            "split": {
                "-": {"documents": 1, "words": 13, "labels": {"reporting": 7, "opinion": 3, "comment": 3}},
                "dev": {"documents": 1, "words": 5, "labels": {"reporting": 2, "opinion": 0, "comment": 0}},
            },
        },
        "length": {"min": 5, "quarter": 5, "median": 5, "three_quarters": 13, "max": 13},
    }


def test_tables_for_reading(tmp_path: Path) -> None:
    ran = winnow("corpus", "stats", write(tmp_path / "a.jsonl", RECORD, OTHER))
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert lines[0] == "2 documents, 18 words, 3 of them in no span"
    for line in ("reporting 2 2 9", "own 1 13 7 3 3", "dev 1 5 2 0 0", "words 5 5 5 13 13"):
        assert line in lines


def test_a_broken_corpus_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"text": "Hi", "spans": [[0, 3, "x"]]})
    assert winnow("corpus", "stats", path) == (
        1,
        "",
        f"winnow: error: {path}:1: span [0, 3] is empty or outside the text of 2 characters\n",
    )
