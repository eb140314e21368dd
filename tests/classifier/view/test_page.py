from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from console import winnow
from shown import CLASSES, PAGE, laid, write_page

from classifier.labels import LABELS
from classifier.result import DocumentResult
from classifier.view.page import document, embed, head, script

HOSTILE = "</script><script>alert(1)</script><!-- </style> & \u202e\u2028 \x1b[31m \ud800 <b onclick=alert(2)>"
_BLOCK = re.compile(r'<script type="application/json" class="(\w+)"[^>]*>(.*?)</script>', re.S)


def blocks(path: Path, kind: str) -> list[str]:
    found = _BLOCK.findall(path.read_text("utf-8"))
    return [line for name, content in found if name == kind for line in content.split("\n")]


def test_a_document_comes_out_of_the_page_as_it_went_in(ferry: Path) -> None:
    result = laid("ferry.txt", PAGE)
    (line,) = blocks(ferry, "documents")
    read = json.loads(line)
    assert read == document(result) and read["text"] == result.text
    assert [list(LABELS)[c] for c in read["label"]] == result.labels
    assert read["shares"][4:8] == [9200, 267, 267, 267] and read["trail"] == 4
    (index,) = blocks(ferry, "index")
    about = json.loads(index)
    assert about["labels"] == list(LABELS) and about["marks"] == ["R", "O", "C", "B"]
    assert about["documents"][0][3:] == list(result.counts()[1].values())


def test_nothing_of_a_document_is_markup(tmp_path: Path) -> None:
    rows = [("comment", 0.9, "comment", HOSTILE)]
    path = write_page(tmp_path / "a.html", [laid(HOSTILE, rows)])
    written = path.read_text("utf-8")
    assert json.loads(blocks(path, "documents")[0])["text"] == HOSTILE
    assert written.count("<script") == 3 and "alert(1)</" not in written
    embedded = embed([HOSTILE, laid(HOSTILE, rows).text])
    assert not set("<>&\u202e\u2028\x1b\ud800") & set(embedded) and json.loads(embedded)[0] == HOSTILE


def test_the_policy_names_what_runs_and_what_styles_and_allows_nothing_else(ferry: Path) -> None:
    written = ferry.read_text("utf-8")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', written)
    (style,) = re.findall(r"<style>(.*?)</style>", written, re.S)
    for name, content in (("script-src", script()), ("style-src", style)):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy and "://" not in head() + script()


def test_labels_are_the_models(tmp_path: Path) -> None:
    labels = tuple(f"kind {i:02d}" for i in range(20))
    rows = [(label, 0.9, label, f"Sentence {i}.") for i, label in enumerate(labels)]
    path = write_page(tmp_path / "a.html", [laid(1, rows, labels)], labels)
    about = json.loads(blocks(path, "index")[0])
    assert about["labels"] == list(labels) and len(set(about["marks"])) == 20
    assert json.loads(blocks(path, "documents")[0])["trail"] == -1


def test_many_documents_are_cut_into_blocks_that_say_how_many_they_hold(tmp_path: Path) -> None:
    rows = [("reporting", 0.9, "reporting", "Rain fell on the valley. " * 4000)]
    path = write_page(tmp_path / "a.html", [laid(i, rows) for i in range(30)])
    counts = [int(n) for n in re.findall(r'data-count="(\d+)"', path.read_text("utf-8"))]
    assert len(counts) > 1 and sum(counts) == 30 == len(blocks(path, "documents"))


def test_a_document_without_segments_has_its_place(tmp_path: Path) -> None:
    path = write_page(tmp_path / "a.html", [DocumentResult.of("none", "", CLASSES, [])])
    assert json.loads(blocks(path, "documents")[0])["start"] == []


def test_the_command_writes_a_page_or_says_why_not(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain fell on Monday.\n")
    ran = winnow("view", tmp_path / "a.txt", "--output", tmp_path / "a.html")
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert json.loads(blocks(tmp_path / "a.html", "documents")[0])["text"] == "Rain fell on Monday.\n"
    assert winnow("view", tmp_path / "a.txt", "--output", "-").out == (tmp_path / "a.html").read_text("utf-8")
    missing = winnow("view", tmp_path / "b.txt", "--output", tmp_path / "b.html")
    assert missing.status == 1 and "b.txt" in missing.err and not (tmp_path / "b.html").exists()
    assert winnow("view", tmp_path / "a.txt", "--output", tmp_path / "no" / "a.html").status == 1


@pytest.mark.parametrize("output", ["", "a.jsonl", "a.txt"])
def test_a_page_is_not_called_something_else(output: str, tmp_path: Path) -> None:
    ran = winnow("view", tmp_path, "--output", output)
    assert ran.status == 2 and "NAME.html" in ran.err
