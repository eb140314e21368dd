from __future__ import annotations

import json
from pathlib import Path

import pytest
from invented import LineJudge, page

from classifier.errors import InputError
from training.corpus import LabelledDocument
from training.gate import CORPUS, RECORD, GateError, Record, failures, measure, pin

PINNED = Record("c0", {"pages": {"macro_f1": 0.8, "clean": 0.95}, "sentences": {"macro_f1": 0.7}})


def measured(macro: float = 0.85, clean: float = 0.95, sentences: float = 0.7, corpus: str = "c0") -> Record:
    return Record(corpus, {"pages": {"macro_f1": macro, "clean": clean}, "sentences": {"macro_f1": sentences}})


def test_floors_that_are_reached_say_nothing() -> None:
    assert failures(measured(), PINNED) == []
    assert failures(measured(macro=0.8), PINNED) == []


def test_each_floor_that_is_missed_is_named() -> None:
    assert failures(measured(macro=0.7999, sentences=0.5), PINNED) == [
        "pages macro_f1: 0.7999, floor 0.800",
        "sentences macro_f1: 0.5000, floor 0.700",
    ]
    (lost,) = failures(Record("c0", {"pages": PINNED.floors["pages"]}), PINNED)
    assert lost == "sentences macro_f1: not measured, floor 0.700"


def test_floors_of_another_corpus_do_not_count_as_reached() -> None:
    assert "--pin" in failures(measured(corpus="c1"), PINNED)[0]
    assert failures(measured(corpus="c1"), Record(None, PINNED.floors)) == []


def test_pinning_rounds_down_and_refuses_to_lower_a_floor() -> None:
    raised = pin(measured(macro=0.85678, corpus="c1"), PINNED)
    assert raised == Record("c1", {"pages": {"macro_f1": 0.856, "clean": 0.95}, "sentences": {"macro_f1": 0.7}})
    with pytest.raises(GateError, match=r"pages clean: 0\.9400, floor 0\.950"):
        pin(measured(clean=0.94), PINNED)
    with pytest.raises(GateError, match="not measured"):
        pin(Record("c0", {"pages": {"macro_f1": 0.9}}), PINNED)
    assert pin(measured(clean=0.94), PINNED, allow_lower=True).floors["pages"]["clean"] == 0.94


def test_a_record_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    PINNED.write(path)
    assert Record.read(path) == PINNED and list(tmp_path.iterdir()) == [path]
    for content in ("{", '{"format": 2}', "[]"):
        path.write_text(content)
        with pytest.raises(InputError, match=r"gate\.json"):
            Record.read(path)


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _row(document: LabelledDocument) -> dict[str, object]:
    return {"id": document.id, "text": document.text, "spans": document.spans, "split": document.split}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    dev = page("news", ("Two trams collided here.", "reporting"), ("A scandal!", "opinion"), split="dev")
    talk = page("talk", ("Two trams collided here.", "reporting"), ("So true", "comment"), split="dev")
    _write(tmp_path / "pages.jsonl", [_row(d) for d in (dev, talk, page("train", ("Never judged", "comment")))])
    _write(tmp_path / "trails.jsonl", [{"article": "news", "split": "dev", "comments": ["So true", "No way"]}])
    _write(tmp_path / "comments.jsonl", [{"id": 1, "text": "A comment of the pool.", "split": "dev"}])
    sentences = [
        ("A scandal!", "opinion", "dev_test"),
        ("Trams run.", "reporting", "dev_test"),
        ("No", "opinion", "dev"),
    ]
    _write(tmp_path / "sentences.jsonl", [{"text": a, "label": b, "split": c} for a, b, c in sentences])
    return tmp_path


def test_a_model_is_measured_on_dev_pages_composites_and_sentences(corpus: Path) -> None:
    found = measure(LineJudge({"A scandal!": ("opinion", 0.9), "So true": ("comment", 0.9)}), corpus)
    names = ("macro_f1", "clean", "reporting f1", "opinion f1", "comment f1", "trails_cut_exactly")
    assert found.floors["pages"] == dict.fromkeys(names, 1.0)
    # The composite holds two comments of two words; the second is taken for reporting, beside four words of reporting.
    composites = found.floors["composites"]
    assert composites["comment f1"] == pytest.approx(2 / 3, abs=1e-4) and composites["reporting f1"] == 0.8
    assert composites["trails_cut_exactly"] == 0.0 and "clean" not in composites
    assert found.floors["sentences"] == {"macro_f1": 1.0}


def test_the_digest_sees_what_is_judged_and_nothing_else(corpus: Path) -> None:
    model = LineJudge({})
    before = measure(model, corpus).corpus
    pages = (corpus / "pages.jsonl").read_text().splitlines(keepends=True)
    (corpus / "pages.jsonl").write_text("".join(pages[:2]))
    assert measure(model, corpus).corpus == before
    (corpus / "trails.jsonl").write_text("")
    assert measure(model, corpus).corpus != before


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the labelled pages are not in the repository")
def test_the_shipped_model_stands_on_its_floors() -> None:
    from classifier import Classifier

    assert failures(measure(Classifier.load()), Record.read(RECORD)) == []
