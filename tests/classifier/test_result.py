from __future__ import annotations

import json
import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laid import CLASSES, lay, spelled
from texts import anything

from classifier.classify import Classifier
from classifier.drawn import Drawn
from classifier.labels import LABELS, display_columns, display_order
from classifier.result import DocumentResult, Segment

TEXT = "It rained. What a shame!\n\nlol same here  Share | Tweet"
ROWS = [
    (0, 10, "reporting", 0.9),
    (11, 24, "opinion", 0.75),
    (26, 39, "comment", 0.6),
    (41, 54, "boilerplate", 0.99996),
]


@pytest.fixture
def result() -> DocumentResult:
    return lay(TEXT, ROWS, "a")


def test_segments_carry_offsets_label_and_score_of_four_decimals(result: DocumentResult) -> None:
    assert result.segments[0] == Segment(0, 10, "reporting", 0.9) == (0, 10, "reporting", 0.9)
    assert result.segments[-1].score == 1.0 and len(result) == 4
    assert result.labels == ["reporting", "opinion", "comment", "boilerplate"]
    assert result.columns.tolist() == [CLASSES.index(label) for label in result.labels]


def test_spans_are_those_of_a_label_in_order() -> None:
    found = spelled("R1. O1. R2.\nC1.")
    assert found.spans("reporting") == [(0, 3), (8, 11)] and found.spans("boilerplate") == []


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        ("R1. R2.\n\nR3.", ["reporting"], "R1. R2.\nR3."),  # one line break for any blank lines
        ("R1.\tR2.", ["reporting"], "R1.\tR2."),  # blanks inside a line stay
        ("R1. O1. R2.", ["reporting"], "R1.\nR2."),  # what was between is gone
        ("R1. O1. R2.", ["reporting", "opinion"], "R1. O1. R2."),
        ("R1.\u2028R2.\r\nR3.", ["reporting"], "R1.\u2028R2.\r\nR3."),  # a single break stays as it is
        ("R1. O1.", ["comment"], ""),
        ("R1. O1.", [], ""),
        ("", ["reporting"], ""),
    ],
)
def test_text_of_joins_what_does_not_share_a_line(text: str, labels: list[str], expected: str) -> None:
    assert spelled(text).text_of(*labels) == expected


def test_counts_come_in_display_order_with_labels_of_nothing(result: DocumentResult) -> None:
    segments, words = spelled("R1. R2. C1.").counts()
    assert list(segments) == list(words) == list(LABELS)
    assert segments == {"reporting": 2, "opinion": 0, "comment": 1, "boilerplate": 0}
    assert result.counts()[1] == {"reporting": 2, "opinion": 3, "comment": 3, "boilerplate": 2}


def test_the_record_is_what_the_contract_says(result: DocumentResult) -> None:
    record = result.to_record()
    assert list(record) == ["id", "model", "segments", "segments_by_label", "words_by_label"]
    assert record["id"] == "a" and record["model"] == result.model
    assert [list(segment) for segment in record["segments"]] == [["start", "end", "label", "score"]] * 4
    assert [tuple(s.values()) for s in record["segments"]] == [tuple(s) for s in result.segments]
    assert json.loads(result.to_json()) == record


def test_probabilities_are_added_when_asked_for(result: DocumentResult) -> None:
    record = result.to_record(probabilities=True)
    for segment in record["segments"]:
        assert list(segment) == ["start", "end", "label", "score", "probabilities", "alone"]
        assert list(segment["probabilities"]) == list(segment["alone"]) == list(LABELS)
        assert segment["probabilities"][segment["label"]] == segment["score"]
    bare = [{name: s[name] for name in ("start", "end", "label", "score")} for s in record["segments"]]
    assert bare == result.to_record()["segments"]


@pytest.mark.parametrize("identity", [None, 0, 1.5, True, "ü", ["a", 1], {"a": None}, "\ud800", "a\n"])
def test_ids_keep_their_json_type(identity: object) -> None:
    result = lay("It rained.", [(0, 10, "reporting", 0.5)], identity)
    line = result.to_json()
    assert json.loads(line)["id"] == identity == result.to_record()["id"]
    assert line.isascii() and "\n" not in line


def test_a_warning_stands_in_the_record_only_where_there_is_one(tiny: Classifier) -> None:
    assert "warning" not in tiny.classify("It rained.").to_record()
    german = tiny.classify("Der Regen fiel auf das Dach und auf die Straße. " * 5)
    assert german.to_record()["warning"] == "language" == german.warning


@given(st.lists(st.tuples(st.sampled_from(CLASSES), st.floats(0.25, 1)), max_size=6))
def test_scores_in_json_are_the_rounded_ones(rows: list[tuple[str, float]]) -> None:
    text = "ab " * len(rows)
    found = lay(text, [(3 * i, 3 * i + 2, label, score) for i, (label, score) in enumerate(rows)])
    written = json.loads(found.to_json(), parse_float=str)["segments"]
    for segment, (_, score) in zip(written, rows, strict=True):
        assert abs(float(segment["score"]) - score) <= 0.00005001
        assert len(str(segment["score"]).partition(".")[2]) <= 4
    assert [float(s["score"]) for s in written] == found.scores.tolist() == [s.score for s in found.segments]


@given(anything)
def test_results_of_a_batch_say_what_each_says_alone(tiny: Classifier, text: str) -> None:
    among = list(tiny.classify_many([TEXT, text, "", TEXT]))[1]
    alone = next(iter(tiny.classify_many([text])))
    for probabilities in (False, True):
        assert json.loads(among.to_json(probabilities)) | {"id": 0} == alone.to_record(probabilities)
    assert among.counts() == alone.counts() and among.segments == alone.segments
    assert sum(among.counts()[1].values()) == among.words.sum()


def test_results_travel(result: DocumentResult) -> None:
    again = pickle.loads(pickle.dumps(result))
    assert again.to_record(True) == result.to_record(True) and again.text_of("comment") == "lol same here"


def test_labels_of_any_set_are_shown_in_one_order() -> None:
    assert display_order(["boilerplate", "comment", "opinion", "reporting"]) == list(LABELS)
    assert display_order(["zeta", "comment", "alpha", "reporting"]) == ["reporting", "comment", "alpha", "zeta"]
    assert display_columns(["alpha", "comment", "reporting"]) == [2, 1, 0]
    other = DocumentResult.of("x", "Rain.", ["alpha", "reporting"], [(0, 5, "alpha", [0.8, 0.2])])
    assert list(other.to_record()["segments_by_label"]) == ["reporting", "alpha"]


def test_json_of_many_documents_is_what_the_json_library_would_write() -> None:
    labels = ['50%d "}', "comment", "é\n"]
    rng = np.random.default_rng(3)
    edges = [0, 0, 3, 3, 20_000, 40_000, 40_000]
    n = edges[-1]
    starts = np.concatenate([np.arange(b - a) * 7 for a, b in pairwise(edges)])
    proba, alone = (rng.dirichlet(np.ones(3), n) for _ in range(2))
    proba[:2] = [[1.0, 0.0, 0.0], [0.00004, 0.00006, 0.9999]]
    words = rng.integers(0, 9, n).astype(np.int32)
    drawn = Drawn(tuple(labels), starts, starts + 5, proba.argmax(axis=1), proba, alone, words, edges)
    for place in range(len(edges) - 1):
        result = DocumentResult(f"d{place}", "", 'a "model"', drawn, place)
        for probabilities in (False, True):
            assert result.to_json(probabilities) == json.dumps(by_hand(result, probabilities))


def by_hand(result: DocumentResult, probabilities: bool) -> dict[str, object]:
    order = display_order(result.classes)
    segments: list[dict[str, object]] = []
    for i, segment in enumerate(result.segments):
        segments.append(segment._asdict())
        if probabilities:
            for name, proba in (("probabilities", result.proba), ("alone", result.alone)):
                segments[-1][name] = {c: round(float(proba[i, result.classes.index(c)]), 4) for c in order}
    by_segments, by_words = result.counts()
    assert by_segments == {c: result.labels.count(c) for c in order}
    named = {"id": result.id, "model": result.model, "segments": segments}
    return named | {"segments_by_label": by_segments, "words_by_label": by_words}
