"""``--format dolma``: as many rows, in the same order, at the same relative path."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from console import ARTICLE, winnow

from classifier import Classifier
from classifier.io import attributes
from classifier.result import DocumentResult


def test_every_document_has_its_row_in_its_place(tmp_path: Path) -> None:
    source = tmp_path / "documents" / "deep" / "a.jsonl.gz"
    source.parent.mkdir(parents=True)
    lines = [json.dumps({"id": "a", "text": ARTICLE}), '{"id": "b", "text": null}', json.dumps({"id": "c", "text": ""})]
    source.write_bytes(gzip.compress("\n".join(lines).encode()))
    out = tmp_path / "attributes" / "winnow"
    ran = winnow("classify", tmp_path / "documents", "--format", "dolma", "--output", f"{out}/")
    assert ran.status == 1 and f"{source}:2: " in ran.err
    rows = [json.loads(line) for line in gzip.decompress((out / "deep" / "a.jsonl.gz").read_bytes()).splitlines()]
    assert [row["id"] for row in rows] == ["a", f"{source}:2", "c"] and rows[1]["attributes"] == {}
    keys = {f"winnow__default__{label}" for label in ("boilerplate", "comment", "opinion", "reporting")}
    assert set(rows[0]["attributes"]) == set(rows[2]["attributes"]) == keys
    found = {(s, e, k.split("__")[2], p) for k, spans in rows[0]["attributes"].items() for s, e, p in spans}
    assert found == {tuple(segment) for segment in Classifier.load().classify(ARTICLE).segments}


def test_a_key_has_three_parts_whatever_the_names() -> None:
    result = DocumentResult.of("x", "Rain.", ["a__b c"], [(0, 5, "a__b c", [1.0])], "my__model v2")
    assert json.loads(attributes(result))["attributes"] == {"winnow__my_model_v2__a_b_c": [[0, 5, 1.0]]}


@pytest.mark.parametrize("options", [["--probabilities"]])
def test_probabilities_have_no_place_there(options: list[str]) -> None:
    assert winnow("classify", "-", "--format", "dolma", *options, stdin=b"x").status == 2
