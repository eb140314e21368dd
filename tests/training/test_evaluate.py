from __future__ import annotations

import json

import pytest
from invented import LineJudge, page

from training.corpus import LabelledSentence
from training.evaluate import report, sentence_report
from training.mistakes import worst
from training.tables import aligned, as_text, mistakes_as_text
from training.verdicts import Verdicts, judge, judge_sentences

NEWS = page("news", ("Two trams collided near here.", "reporting"), ("A scandal!", "opinion"), ("So true", "comment"))
TALK = page(
    "talk", ("Trams run again.", "reporting"), ("Thank heavens", "comment"), ("Finally!", "comment"), source="x"
)
BLOG = page("blog", ("I like trams.", "opinion"), ("Share this", "boilerplate"), source="x")
CALLS = {
    "A scandal!": ("opinion", 0.8),
    "So true": ("comment", 0.6),
    "Thank heavens": ("opinion", 0.9),
    "Finally!": ("opinion", 0.6),
    "Share this": ("comment", 0.7),
}


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    return judge(LineJudge(CALLS), [NEWS, TALK, BLOG])


def test_the_report_has_the_keys_and_figures_it_promises(verdicts: Verdicts) -> None:
    found = report(verdicts, by="source").to_record()
    assert {"macro_f1", "labels", "confusion", "trails_cut_exactly", "clean", "intervals", "by"} <= set(found)
    assert list(found["labels"]) == ["reporting", "opinion", "comment", "boilerplate"]
    # reporting: 8 words, all right; 3 of opinion called so too. opinion: 2 of 5 right; 3 of comment called so too.
    assert found["labels"]["reporting"] == {"precision": 0.7273, "recall": 1.0, "f1": 0.8421, "words": 8}
    assert found["labels"]["opinion"] == {"precision": 0.4, "recall": 0.4, "f1": 0.4, "words": 5}
    assert found["labels"]["comment"] == {"precision": 0.5, "recall": 0.4, "f1": 0.4444, "words": 5}
    assert found["labels"]["boilerplate"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "words": 2}
    assert found["macro_f1"] == pytest.approx((0.8421 + 0.4 + 0.4444) / 4, abs=1e-4)
    assert found["confusion"]["comment"] == {"reporting": 0, "opinion": 3, "comment": 2, "boilerplate": 0}
    assert found["trails_cut_exactly"] == 0.5 and found["clean"] == 0.0
    counts = {"all": 3, "with_comments": 2, "cut_exactly": 1, "free_of_comments": 1, "clean": 0}
    assert found["documents"] == counts and found["words"] == 20


def test_intervals_mirror_the_figures(verdicts: Verdicts) -> None:
    found = report(verdicts).to_record()
    low, high = found["intervals"]["macro_f1"]
    assert low <= found["macro_f1"] <= high
    assert set(found["intervals"]["labels"]["opinion"]) == {"precision", "recall", "f1"}
    assert found["intervals"]["clean"] == [0.0, 0.0]
    assert report(verdicts).intervals == found["intervals"]
    assert len({str(report(verdicts, seed=seed, resamples=4).intervals) for seed in range(6)}) > 1


def test_groups_are_reported_as_if_they_stood_alone(verdicts: Verdicts) -> None:
    found = report(verdicts, by="source")
    assert list(found.by) == ["own", "x"]
    assert found.by["x"] == report(judge(LineJudge(CALLS), [TALK, BLOG]))
    own = found.by["own"].to_record()
    assert own["macro_f1"] == 1.0 and own["clean"] is None and own["labels"]["boilerplate"]["f1"] is None
    assert own["by"] == {}


def test_the_report_is_json(verdicts: Verdicts) -> None:
    record = report(verdicts, by="source").to_record()
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_calibration_and_thresholds(verdicts: Verdicts) -> None:
    found = report(verdicts)
    # Called comment: "So true" right at 0.6, "Share this" wrong at 0.7; two words each, in two bins.
    assert found.calibration["comment"]["error_when_called"] == pytest.approx((0.4 + 0.7) / 2)
    assert found.calibration["boilerplate"]["error_when_called"] is None
    rows = {row["min_score"]: row for row in found.keep["opinion"]}
    assert rows[0.0] == {"min_score": 0.0, "precision": 0.4, "recall": 0.4}
    assert rows[0.8] == {"min_score": 0.8, "precision": 0.5, "recall": 0.4}
    assert rows[0.9] == {"min_score": 0.9, "precision": 0.0, "recall": 0.0}


def test_the_worst_mistakes_are_runs_in_their_context(verdicts: Verdicts) -> None:
    found = worst(verdicts, 5)
    assert list(found) == ["reporting", "opinion", "comment", "boilerplate"] and found["reporting"] == []
    (mistake,) = found["comment"]
    assert (mistake.id, mistake.gold, mistake.pred, mistake.words) == ("talk", "comment", "opinion", 3)
    assert mistake.text == "Thank heavens\nFinally!" and TALK.text[mistake.start : mistake.end] == mistake.text
    assert mistake.score == pytest.approx((2 * 0.9 + 0.6) / 3)
    assert mistake.before == ("reporting", "reporting", "Trams run again.") and mistake.after is None
    assert found["opinion"][0].before is None and found["opinion"][0].after == ("boilerplate", "comment", "Share this")


def test_the_most_confident_and_then_the_longest_come_first() -> None:
    calls = {"Wrong one": ("comment", 0.6), "Wrong two more": ("comment", 0.95), "Wrong three": ("comment", 0.954)}
    lines = [(line, "reporting") for line in ("Wrong one", "Fine", "Wrong three", "Fine too", "Wrong two more")]
    verdicts = judge(LineJudge(calls), [page("d", *lines)])
    assert [m.text for m in worst(verdicts, 9)["reporting"]] == ["Wrong two more", "Wrong three", "Wrong one"]
    assert [m.text for m in worst(verdicts, 1)["reporting"]] == ["Wrong two more"]


def test_a_long_passage_is_clipped_in_the_middle() -> None:
    line = "begin " + "word " * 300 + "end"
    (mistake,) = worst(judge(LineJudge({}), [page("d", (line, "opinion"))]), 1)["opinion"]
    assert mistake.text.startswith("begin") and mistake.text.endswith("end") and len(mistake.text) < 410


def test_text_shows_every_figure(verdicts: Verdicts) -> None:
    shown = as_text(report(verdicts, by="source"))
    for wanted in (
        "model lines: 3 documents, 20 words",
        "macro-F1 0.422",
        "0.727",
        "trails cut exactly",
        "1 of 2",
        "0 of 1",
    ):
        assert wanted in shown, wanted
    assert "\nown " in shown and "\nx " in shown and "\nown " not in as_text(report(verdicts))
    read = mistakes_as_text(worst(verdicts, 5))
    assert "talk [17:39]  comment, called opinion  0.80  3 words" in read
    assert "  > | Thank heavens\n  > | Finally!" in read and "== reporting: no mistakes" in read


def test_columns_line_up() -> None:
    assert aligned([["a", "long"], ["label", "1"]]) == "a      long\nlabel     1"


def test_a_report_without_any_comments_or_groups_prints() -> None:
    shown = as_text(report(judge(LineJudge({}), [page("only", ("One line.", "reporting"))])))
    assert "trails cut exactly" in shown and "0 of 0" in shown and " - " in shown


def test_sentences_have_a_macro_f1_with_its_interval() -> None:
    rows = [
        ("Two trams collided.", "reporting"),
        ("A scandal!", "opinion"),
        ("Late.", "opinion"),
        ("Fine.", "reporting"),
    ]
    sentences = [LabelledSentence(i, *row) for i, row in enumerate(rows * 10)]
    found = sentence_report(*judge_sentences(LineJudge(CALLS), sentences))
    # reporting: 20 right of 30 called; opinion: 10 right of 20.
    assert found["f1"] == {"opinion": 0.6667, "reporting": 0.8} and found["macro_f1"] == 0.7333
    assert found["interval"][0] < 0.7333 < found["interval"][1] and found["sentences"] == 40
