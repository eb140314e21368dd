from __future__ import annotations

import gzip
import json
import tempfile
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from carried import RECORD, SPANS, TEXT, Told, carried, items, write
from console import winnow
from hypothesis import given
from hypothesis import strategies as st

from training.labelling.exchange import FORMATS, export, read

ROOT = Path(__file__).parents[3]
without_spacy = pytest.mark.skipif(not find_spec("spacy"), reason="the extra spacy is not installed")
formats = [pytest.param(name, marks=[without_spacy] if name == "spacy" else []) for name in FORMATS]

LETTERS = "ab é\u4e2d\U0001f600#-_ \t\n\r\u2028\x85\x0b\0\u200b\u00a0."
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=4), lambda x: st.lists(x, max_size=2))


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    text = draw(st.text(LETTERS, max_size=40) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    labels = st.sampled_from(["reporting", "opinion", "x_1", "\u4e2d"])
    spans = [[a, b, draw(labels)] for a, b in pairwise(edges) if draw(st.booleans())]
    fields = draw(
        st.dictionaries(st.sampled_from(["source", "split", "tags", "text_", "annotations"]), JSON, max_size=3)
    )
    name = draw(st.none() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2))
    labelled = {"spans": spans} if spans or draw(st.booleans()) else {}
    return {**({} if name is None else {"id": name}), **fields, "text": text, **labelled}


@pytest.mark.parametrize("name", formats)
@given(corpus=st.lists(records(), min_size=1, max_size=3))
def test_a_round_trip_loses_nothing(name: str, corpus: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert carried(corpus, name, Path(folder) / "there") == corpus


@pytest.mark.parametrize("name", formats)
def test_our_own_corpus_comes_back(name: str, tmp_path: Path) -> None:
    path = ROOT / "data" / "written.jsonl"
    for steps in (("export", path, "there"), ("import", tmp_path / "there", "back")):
        ran = winnow("corpus", *steps[:2], "--format", name, "--output", tmp_path / steps[2])
        assert ran == (0, "", "winnow: 147 documents written\n")
    written = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [json.loads(line) for line in (tmp_path / "back").read_text("utf-8").splitlines()] == written


@pytest.mark.parametrize("name", ["label-studio", "conll", "jsonl"])
def test_streams_are_read_and_written(name: str, tmp_path: Path) -> None:
    there = winnow("corpus", "export", "-", "--format", name, stdin=json.dumps(RECORD).encode())
    back = winnow("corpus", "import", "-", "--format", name, stdin=there.out.encode())
    assert (there.status, back.status, back.records()) == (0, 0, [RECORD])
    ran = winnow("corpus", "export", write(tmp_path / "a.jsonl", RECORD), "--format", name, "-o", tmp_path / "b.gz")
    assert ran.status == 0 and gzip.decompress((tmp_path / "b.gz").read_bytes()).decode() == there.out


def test_a_lone_surrogate_travels_in_json_only(tmp_path: Path) -> None:
    record = {"id": 1, "text": "Rain \ud83d fell", "spans": [[0, 6, "reporting"]]}
    for name in ("label-studio", "conll", "jsonl"):
        assert carried([record], name, tmp_path / name) == [record]
    told = Told()
    assert export(items(record, RECORD), "brat", str(tmp_path / "brat"), told) == 1
    assert told.errors == ["pages.jsonl:1: has a lone surrogate, which a text file cannot hold"]


def test_overlapping_spans_travel_where_the_format_allows_it(tmp_path: Path) -> None:
    record = {"text": TEXT, "spans": [[0, 35, "reporting"], [5, 49, "opinion"]]}
    for name in ("label-studio", "brat", "jsonl"):
        assert carried([record], name, tmp_path / name) == [record]
    told = Told()
    assert export(items(record), "conll", str(tmp_path / "conll"), told) == 0
    assert told.errors == ["pages.jsonl:1: spans overlap, and CoNLL has one tag a token"]
    assert not (tmp_path / "conll").exists()


@pytest.mark.parametrize("name", ["brat", "conll"])
def test_a_label_that_a_format_cannot_hold_is_named(name: str, tmp_path: Path) -> None:
    bad = {"text": TEXT, "spans": [[0, 35, "straight news"]]}
    ran = winnow("corpus", "export", write(tmp_path / "a.jsonl", bad, RECORD), "--format", name, "-o", tmp_path / "b")
    assert ran.status == 1 and f"{tmp_path / 'a.jsonl'}:1: label 'straight news' has" in ran.err
    assert "1 document written" in ran.err and len(read(str(tmp_path / "b"), name, Told())) == 1


def test_bad_records_are_named_and_the_rest_is_written(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl", {"text": "Hi", "spans": [[0, 9, "x"]]}, RECORD, {"text": 3}, {"text": "", "spans": 1}
    )
    path.write_text(path.read_text() + "{\n")
    ran = winnow("corpus", "export", path, "--format", "jsonl")
    assert ran.status == 1 and ran.records() == [RECORD]
    named = [line.split(": ")[2] for line in ran.err.splitlines() if "error" in line]
    assert sorted(named) == [f"{path}:{line}" for line in (1, 3, 4, 5)]


def test_nothing_readable_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{}\n")
    ran = winnow("corpus", "export", tmp_path / "a.jsonl", "--format", "jsonl", "--output", tmp_path / "b")
    assert ran.status == 1 and not (tmp_path / "b").exists()
    for name in FORMATS[:3]:
        ran = winnow("corpus", "import", tmp_path / "none", "--format", name, "--output", tmp_path / "b")
        assert (ran.status, ran.out) == (1, "") and str(tmp_path / "none") in ran.err and not (tmp_path / "b").exists()


def test_wrong_options_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", RECORD)
    for wrong in (
        ["--format", "word"],
        ["--format", "brat"],
        ["--format", "conll", "--model", "default"],
        ["--format", "jsonl", "--labelling-config", tmp_path / "x"],
        ["--format", "label-studio", "--model", "default", "--no-predictions"],
        ["--format", "label-studio", "--model", tmp_path / "none"],
    ):
        assert winnow("corpus", "export", path, *wrong).status == 2, wrong


def test_unlabelled_documents_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", RECORD, {"id": 2, "text": "Hail"})
    ran = winnow("corpus", "import", path, "--format", "jsonl")
    assert ran.records() == [RECORD] and "1 document without labels left out" in ran.err
    assert len(winnow("corpus", "import", path, "--format", "jsonl", "--keep-unlabelled").records()) == 2


def test_import_warns_of_overlaps_and_writes_them(tmp_path: Path) -> None:
    record = {"text": TEXT, "spans": [*SPANS, [40, 45, "reporting"]]}
    ran = winnow("corpus", "import", write(tmp_path / "a.jsonl", record), "--format", "jsonl")
    assert ran.status == 0 and len(ran.records()[0]["spans"]) == 4
    assert f"warning: {tmp_path / 'a.jsonl'}:1: spans [36, 49, 'opinion'] and [40, 45, 'reporting'] overlap" in ran.err


def test_spacy_missing_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "spacy", None)
    ran = winnow("corpus", "export", write(tmp_path / "a.jsonl", RECORD), "--format", "spacy", "-o", tmp_path / "b")
    assert ran == (1, "", "winnow: error: this format needs spaCy: pip install newswinnow[spacy]\n")
    assert not (tmp_path / "b").exists()
