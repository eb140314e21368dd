from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tests" / "training")]

from baselines import Missing, fasttext_supervised, first_four, textblob_subjectivity, tfidf_regression  # noqa: E402
from invented import LineJudge, page  # noqa: E402
from quality import Suites, examples, measured, read_suites, table  # noqa: E402

from training.compose import compose  # noqa: E402
from training.corpus import LabelledSentence, Trail  # noqa: E402
from training.verdicts import Judge, judge  # noqa: E402

LONG = [f"Officials in Orrin said on day {i} that the harbour works would go on as planned. " * 2 for i in range(6)]
SEGMENTER = LineJudge({})
LEARNED = [
    *[(f"The council approved plan {i} on Monday.", "reporting") for i in range(12)],
    *[(f"It is a terrible and foolish plan, number {i}.", "opinion") for i in range(12)],
    *[(f"lol you are so right @reader{i} !!!", "comment") for i in range(12)],
    *[(f"Copyright {1990 + i} All rights reserved", "boilerplate") for i in range(12)],
]
ARTICLE = page(
    "a", ("The council approved plan 44 on Monday.", "reporting"), ("A foolish plan.", "opinion"), split="dev"
)
TALK = page("t", ("The council approved plan 9 on Monday.", "reporting"), ("lol so right !!!", "comment"), split="dev")


def called(model: Judge, *lines: str) -> list[str]:
    found = judge(model, [page("d", *[(line, "reporting") for line in lines])])
    return [found.labels[column] for column in found.calls.pred]


def test_the_first_four_long_sentences_are_the_news() -> None:
    lines = [LONG[0], "Too short.", *LONG[1:], "x" * 119]
    news = called(first_four(SEGMENTER), *(line.strip() for line in lines))
    assert [label == "reporting" for label in news] == [True, False, True, True, True, False, False, False]


def test_tfidf_learns_sentences_and_keeps_the_segments() -> None:
    model = tfidf_regression(LEARNED, SEGMENTER)
    assert model.classes_.tolist() == ["boilerplate", "comment", "opinion", "reporting"]
    unseen = ("The council approved plan 77 on Monday.", "What a terrible idea, a foolish one.", "lol !!! so right")
    assert called(model, *unseen) == ["reporting", "opinion", "comment"]
    found = judge(model, [page("d", *[(line, "opinion") for line in unseen])])
    assert np.allclose(found.calls.proba.sum(1), 1) and found.calls.score.max() <= 1


def test_fasttext_learns_the_same_sentences() -> None:
    pytest.importorskip("fasttext")
    model = fasttext_supervised(LEARNED * 10, SEGMENTER)
    lines = ("The council approved plan 77 on Monday.", "lol !!! so right", "Copyright 2001 All rights reserved")
    assert called(model, *lines) == ["reporting", "comment", "boilerplate"]
    found = judge(model, [page("d", *[(line, "opinion") for line in lines])])
    assert np.allclose(found.calls.proba.sum(1), 1) and found.calls.score.min() > 0.5


def test_textblob_hears_judgement() -> None:
    pytest.importorskip("textblob")
    lines = ("It is a terrible, awful and disgusting mess.", "The train left at noon.")
    assert called(textblob_subjectivity(SEGMENTER), *lines) == ["opinion", "reporting"]


@pytest.mark.parametrize(("package", "build"), [("textblob", textblob_subjectivity), ("fasttext", fasttext_supervised)])
def test_a_package_that_is_not_there_is_named(package: str, build: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(Missing, match=f"pip install {package}"):
        build(SEGMENTER) if package == "textblob" else build(LEARNED, SEGMENTER)  # type: ignore[operator]


def suites() -> Suites:
    training = [page("p", ("It rained.", "reporting"), ("So wet!", "comment"))]
    composites = compose([page("q", ("It snowed.", "reporting"))], [Trail("q", ("Cold here.",))], [], 1)
    sentences = [LabelledSentence(1, "Shame on them.", "opinion")]
    judged = [LabelledSentence(2, "It is a foolish plan.", "opinion"), LabelledSentence(3, LONG[0], "reporting")]
    below = compose([ARTICLE], [Trail("a", ("lol you are so right",), "dev")], [], 1)
    return Suites(training, composites, sentences, [ARTICLE, TALK], below, judged)


def test_baselines_learn_from_sentences_pages_and_the_comments_of_composites() -> None:
    assert sorted(examples(SEGMENTER, suites())) == [
        ("Cold here.", "comment"), ("It rained.", "reporting"), ("Shame on them.", "opinion"), ("So wet!", "comment"),
    ]  # fmt: skip


def test_the_table_has_a_row_for_each_model_and_a_dash_where_it_gives_no_such_label() -> None:
    rows = [measured(model, suites(), 50) for model in (tfidf_regression(LEARNED, SEGMENTER), first_four(SEGMENTER))]
    head, line, learned, rule = (text.strip("| ").split(" | ") for text in table(rows).splitlines())
    assert len(line) == len(learned) == len(rule) == 11 and head[-1] == "CheckThat! macro-F1"
    assert learned[0] == "TF-IDF, logistic regression" and learned[1].startswith("1.000 (") and learned[4] != "-"
    assert rule[1] == "-" and rule[2] != "-" and rule[3:] == ["-"] * (len(rule) - 3)


def test_suites_keep_dev_and_the_judge_out_of_training(tmp_path: Path) -> None:
    def write(name: str, *rows: dict[str, object]) -> None:
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))

    spans = [[0, 10, "reporting"]]
    write("pages.jsonl", *[{"id": s, "text": "It rained.", "spans": spans, "split": s} for s in ("train", "dev")])
    write(
        "written.jsonl", *[{"id": f"w{s}", "text": "It rained.", "spans": spans, "split": s} for s in ("train", "dev")]
    )
    write("trails.jsonl", *[{"article": s, "split": s, "comments": ["No."]} for s in ("train", "dev")])
    write("comments.jsonl")
    write("sentences.jsonl", *[{"text": s, "label": "opinion", "split": s} for s in ("train", "dev", "dev_test")])
    found = read_suites(tmp_path)
    assert [d.id for d in found.training] == ["train", "wtrain"] and [d.id for d in found.pages] == ["dev"]
    assert [d.id for d in found.training_composites] == ["train+trail"]
    assert [d.id for d in found.composites] == ["dev+trail"]
    assert [s.split for s in found.training_sentences] == ["train", "dev"]
    assert [s.split for s in found.sentences] == ["dev_test"]
