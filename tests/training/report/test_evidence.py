from __future__ import annotations

import json
from pathlib import Path

import pytest
from invented import LineJudge, page

from classifier.artifact import read_manifest
from training.corpus import corpus_digest
from training.evaluate import report
from training.report import GIVEN, HELD_OUT, crossed, evidence, write_report
from training.report.model_card import model_card
from training.report.page import advice, summary
from training.verdicts import Verdicts, judge

NEWS = page("news", ("Two trams collided near here.", "reporting"), ("A scandal!", "opinion"), ("So true", "comment"))
TALK = page("talk", ("Trams run again.", "reporting"), ("Thank heavens", "comment"), source="x", site="a.example")
CALLS = {"A scandal!": ("opinion", 0.8), "So true": ("comment", 0.6), "Thank heavens": ("opinion", 0.9)}
KEYS = {
    "format",
    "model",
    "basis",
    "judged",
    "cautions",
    "figures",
    "suites",
    "by",
    "thresholds",
    "reliability",
    "curves",
}


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    return judge(LineJudge(CALLS), [NEWS, TALK])


def test_the_record_is_json_with_the_documented_keys(verdicts: Verdicts) -> None:
    found = evidence(verdicts, HELD_OUT, resamples=20)
    assert set(found) == KEYS | {"mistakes", "corpus", "settings"}
    again = json.loads(json.dumps(found, allow_nan=False))
    assert {**again, "mistakes": None} == {**found, "mistakes": None}
    assert again["mistakes"]["comment"][0]["id"] == "talk"
    documented = (Path(__file__).parents[3] / "docs" / "formats.md").read_text("utf-8")
    assert [key for key in found if f"`{key}`" not in documented] == []
    assert found["judged"] == {"documents": 2, "digest": corpus_digest([NEWS, TALK])}
    assert found["figures"] == report(verdicts, resamples=20).to_record()
    assert list(found["thresholds"]) == ["reporting", "opinion", "comment", "boilerplate"]
    assert [row["target"] for row in found["thresholds"]["opinion"]] == [0.9, 0.95, 0.99]


def test_groups_are_there_where_there_are_several(verdicts: Verdicts) -> None:
    found = evidence(verdicts, HELD_OUT, resamples=5)["by"]
    assert set(found["source"]["groups"]) == {"own", "x"} and found["source"]["left_out"] == 0
    assert set(found["site"]["groups"]) == {"none", "a.example"}
    alone = evidence(judge(LineJudge({}), [NEWS]), HELD_OUT, resamples=5)
    assert alone["by"] == {}


def test_many_sites_are_cut_to_the_largest() -> None:
    pages = [page(i, ("It rained.", "reporting"), site=f"{i % 40}.example") for i in range(80)]
    found = evidence(judge(LineJudge({}), pages), HELD_OUT, resamples=5)["by"]["site"]
    assert len(found["groups"]) == 24 and found["left_out"] == 16


def test_what_should_not_be_trusted_is_said(verdicts: Verdicts) -> None:
    said = " ".join(evidence(verdicts, GIVEN, resamples=5)["cautions"])
    assert "2 of the documents bear the split train" in said and "Only 2 documents were judged" in said
    assert "No judged word bears the label boilerplate" in said and "Only 2 words bear the label opinion" in said
    assert "bear the split train" not in " ".join(evidence(verdicts, HELD_OUT, resamples=5)["cautions"])
    one = [page(i, ("It rained. " * 40, "reporting"), site="a.example", split="dev") for i in range(40)]
    said = " ".join(evidence(judge(LineJudge({}), one), GIVEN, resamples=5)["cautions"])
    assert "All documents are of one site" in said and "off by 0.30" in said and "were judged" not in said


def test_the_summary_says_what_was_judged_and_how_it_went(verdicts: Verdicts) -> None:
    said = summary(evidence(verdicts, crossed(5), resamples=20))
    assert said.startswith("Judged on 2 documents, 14 words: those it learned from, each judged by one of 5 models")
    assert "Macro-F1 0.778 (95 %" in said and "Best is reporting" in said
    nothing = judge(LineJudge({}), [page("bare")])
    assert summary(evidence(nothing, HELD_OUT, resamples=5)).endswith("None of them has a label.")


def test_thresholds_are_told_in_a_sentence() -> None:
    row = {"target": 0.99, "min_score": 0.87, "precision": 0.991, "kept": 0.914, "low": 0.98, "high": 1.0}
    assert advice("reporting", row) == "For 99 % precise reporting use --min-score 0.87: you keep 91 %."
    assert "0.80:" in advice("reporting", row | {"min_score": 0.8}) and "0.995" in advice(
        "a", row | {"min_score": 0.995}
    )
    assert advice("reporting", row | {"min_score": None}).startswith(
        "No --min-score makes reporting 99 % precise here, or"
    )
    assert "as it is" in advice("reporting", row | {"min_score": 0.0})


def test_a_report_lies_beside_its_model(tiny_folder: Path, tmp_path: Path, verdicts: Verdicts) -> None:
    (tmp_path / "manifest.json").write_bytes((tiny_folder / "manifest.json").read_bytes())
    written = write_report(tmp_path, verdicts, HELD_OUT, also={"composites": verdicts})
    assert [path.name for path in written] == ["report.html", "report.json", "README.md"]
    record = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert record["model"]["weights"] == read_manifest(tiny_folder).files["weights.npz"]
    assert record["suites"]["composites"] == record["figures"]
    assert "](report.html)" in (tmp_path / "README.md").read_text("utf-8")
    elsewhere = write_report(tmp_path, verdicts, HELD_OUT, tmp_path / "page.html")
    assert [path.name for path in elsewhere] == ["page.html", "page.json", "README.md"]
    assert "](report.html)" not in (tmp_path / "README.md").read_text("utf-8")


def test_the_card_has_front_matter_figures_and_no_markup_of_others(verdicts: Verdicts) -> None:
    record = evidence(verdicts, HELD_OUT, resamples=20)
    record["model"] = {"name": "a|b <img>\n# c", "labels": ["opinion"], "languages": ["en"]}
    record["corpus"] = {"documents": 2, "licensed_only": True, "base": {"name": "default", "weights": "abc"}}
    card = model_card(record, "report.html")
    assert "2 documents; SHA" in card and "It started from the model default (weights `abc`)." in card
    assert card.startswith("---\nlibrary_name: newswinnow\n") and "\n- en\n---\n" in card
    assert "| reporting | " in card and "# Model card: a\\|b \\<img\\>" in card and "\n# c" not in card
    assert "## Before you trust it\n\n- Only 2 documents" in card
