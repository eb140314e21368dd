from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from classifier.errors import InputError
from training.corpus import read_corpus
from training.standoff import join, join_command

ROOT = Path(__file__).parents[2]
TEXT = "It rained – hard.\nWhat a shame!\nNobody labelled this."
SPANS = [[0, 17, "reporting"], [18, 31, "opinion"]]


def annotation(**changes: Any) -> dict[str, Any]:
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    return {"id": "a", "sha256": digest, "spans": SPANS, "source": "own", "split": "train", **changes}


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    return lines(tmp_path / "texts.jsonl", {"id": "b", "text": "Another."}, {"id": "a", "text": TEXT}, {"id": 1})


def joined(tmp_path: Path, texts: Path, *rows: Any) -> list[dict[str, Any]]:
    return list(join(lines(tmp_path / "notes.jsonl", *rows), [texts]))


def test_annotations_are_laid_over_their_texts_up_to_the_last_span(tmp_path: Path, texts: Path) -> None:
    (row,) = joined(tmp_path, texts, annotation(kind="war report"))
    assert row == {
        "id": "a",
        "source": "own",
        "split": "train",
        "kind": "war report",
        "text": TEXT[:31],
        "spans": SPANS,
    }


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "c"}, "no text with id 'c'"),
        ({"id": 1}, "no text with id 1"),
        ({"sha256": "0" * 64}, "digest differs"),
        ({"sha256": None}, "digest differs"),
        ({"spans": []}, "spans"),
        ({"spans": "all"}, "spans"),
    ],
)
def test_a_text_that_is_missing_or_another_is_named_with_the_line(
    changes: dict[str, Any], reason: str, tmp_path: Path, texts: Path
) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        joined(tmp_path, texts, annotation(), annotation(**changes))
    assert caught.value.where == f"{tmp_path}/notes.jsonl:2"


@pytest.mark.parametrize("spans", [[5], [["a", "b", "c"]], [[0, 5]], [None], [[0, None, "opinion"]]])
def test_spans_that_are_none_are_refused(spans: Any, tmp_path: Path, texts: Path) -> None:
    with pytest.raises(InputError, match="spans"):
        joined(tmp_path, texts, annotation(spans=spans))


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_the_command_writes_a_corpus(name: str, tmp_path: Path, texts: Path) -> None:
    notes = lines(tmp_path / "notes.jsonl", annotation())
    command = [str(notes), str(texts), "--output", str(tmp_path / name)]
    assert CliRunner().invoke(join_command, command, catch_exceptions=False).exit_code == 0
    (document,) = read_corpus([tmp_path / name])
    assert document.spans == ((0, 17, "reporting"), (18, 31, "opinion")) and document.text == TEXT[:31]
    before = (tmp_path / name).read_bytes()
    CliRunner().invoke(join_command, command, catch_exceptions=False)
    assert (tmp_path / name).read_bytes() == before  # no clock in it


def test_the_annotations_that_we_ship_hold_no_text() -> None:
    with gzip.open(ROOT / "data" / "annotations.jsonl.gz", "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    assert len(rows) > 1000 and len({json.dumps(row["id"]) for row in rows}) == len(rows)
    for row in rows:
        assert set(row) <= {"id", "sha256", "spans", "source", "site", "split", "license", "kind"}
        assert len(row["sha256"]) == 64 and all(len(span) == 3 for span in row["spans"])
        ends = [at for start, end, _ in row["spans"] for at in (start, end)]
        assert ends == sorted(ends) and ends[0] >= 0
