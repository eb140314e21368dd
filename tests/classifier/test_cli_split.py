from __future__ import annotations

import json
from pathlib import Path

from console import ARTICLE, outputs, winnow

from classifier import Classifier
from classifier.labels import LABELS


def test_each_record_gets_its_parts_and_keeps_everything_else(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"x": 1.5, "text": ARTICLE, "y": None}) + "\n")
    (record,) = winnow("split", tmp_path / "a.jsonl").records()
    assert list(record) == ["x", "text", "y", "parts"] and record["text"] == ARTICLE
    result = Classifier.load().classify(ARTICLE)
    assert record["parts"] == {label: result.text_of(label) for label in LABELS}
    (tmp_path / "a.txt").write_text(ARTICLE)
    assert winnow("split", tmp_path / "a.txt").records() == [{"id": f"{tmp_path}/a.txt", "parts": record["parts"]}]


def test_a_folder_gets_one_file_a_label_for_each_input(tmp_path: Path) -> None:
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "in/deep/a.txt").write_text(ARTICLE)
    (tmp_path / "in/b.jsonl").write_text(json.dumps({"id": 1, "text": ARTICLE}) + "\n" + '{"id": 2, "text": ""}\n')
    out = tmp_path / "out"
    assert winnow("split", tmp_path / "in", "--output", out) == (0, "", "")
    names = list(outputs(out))
    assert names == sorted(
        f"{stem}.{label}{end}" for label in LABELS for stem, end in (("b", ".jsonl"), ("deep/a", ".txt"))
    )
    parts = winnow("split", tmp_path / "in/deep/a.txt").records()[0]["parts"]
    for label in LABELS:
        assert (out / f"deep/a.{label}.txt").read_text().rstrip("\n") == parts[label]
        rows = [json.loads(line) for line in (out / f"b.{label}.jsonl").read_text().splitlines()]
        assert rows == [{"id": 1, "text": parts[label]}, {"id": 2, "text": ""}]


def test_a_single_file_can_be_split_into_a_new_folder_and_a_folder_into_one_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    assert winnow("split", tmp_path / "a.txt", "--output", tmp_path / "parts").status == 0
    assert len(outputs(tmp_path / "parts")) == len(LABELS)
    assert winnow("split", tmp_path / "a.txt", "--output", tmp_path / "parts.jsonl").status == 0
    assert list(json.loads((tmp_path / "parts.jsonl").read_text())) == ["id", "parts"]
    assert winnow("split", tmp_path / "a.txt", "--output", tmp_path / "parts.txt").status == 2
