from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laid import CLASSES, lay, spelled

from classifier.errors import InputError
from classifier.filter import Rule, filter_result, kept_ranges, kept_text

BREAKS = "\n\r\v\f\x85\u2028\u2029"


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]], list[bool]]:
    """A text, its segments, and which of them are kept; gaps of every kind, none between some segments."""
    blank = st.text(" \t\n\r\v\f\x85\u2028\xa0", max_size=3)
    text, spans = draw(blank), []
    for word in draw(st.lists(st.text("aé\0\u200b\ud800😀", min_size=1, max_size=3), max_size=8)):
        spans.append((len(text), len(text) + len(word)))
        text += word + draw(blank)
    return text, spans, draw(st.lists(st.booleans(), min_size=len(spans), max_size=len(spans)))


def ranges_of(text: str, spans: list[tuple[int, int]], kept: list[bool]) -> list[tuple[int, int]]:
    starts, ends = (np.array([span[i] for span in spans], np.int64) for i in (0, 1))
    return kept_ranges(text, starts, ends, np.array(kept, bool))


@given(documents())
def test_keeping_everything_gives_the_text_back(document: tuple[str, list[tuple[int, int]], list[bool]]) -> None:
    text, spans, _ = document
    assert kept_text(text, ranges_of(text, spans, [True] * len(spans))) == text


@given(documents())
def test_ranges_are_in_order_disjoint_and_hold_what_is_kept_and_no_letter_more(
    document: tuple[str, list[tuple[int, int]], list[bool]],
) -> None:
    text, spans, kept = document
    ranges = ranges_of(text, spans, kept)
    flat = [offset for pair in ranges for offset in pair]
    assert flat == sorted(flat) and all(s < e for s, e in ranges) and all(0 <= o <= len(text) for o in flat)
    taken = {i for s, e in ranges for i in range(s, e)}
    for (start, end), is_kept in zip(spans, kept, strict=True):
        assert taken.issuperset(range(start, end)) if is_kept else taken.isdisjoint(range(start, end))


@given(documents())
def test_two_kept_segments_on_different_lines_stay_on_different_lines(
    document: tuple[str, list[tuple[int, int]], list[bool]],
) -> None:
    text, spans, kept = document
    ranges = ranges_of(text, spans, kept)
    taken = {i for s, e in ranges for i in range(s, e)}
    wanted = [span for span, is_kept in zip(spans, kept, strict=True) if is_kept]
    for (_, end), (start, _) in itertools.pairwise(wanted):
        between = [i for i in range(end, start) if text[i] in BREAKS]
        assert not between or any(i in taken for i in between)


@given(documents())
def test_a_range_runs_on_to_the_next_segment(document: tuple[str, list[tuple[int, int]], list[bool]]) -> None:
    text, spans, kept = document
    taken = {i for s, e in ranges_of(text, spans, kept) for i in range(s, e)}
    followers = [start for start, _ in [*spans, (len(text), 0)]][1:]
    for (start, _), following, is_kept in zip(spans, followers, kept, strict=True):
        assert not is_kept or taken.issuperset(range(start, following))
    if kept and kept[0]:
        assert taken.issuperset(range(spans[0][0]))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("R1. O1.\nR2.", "R1. \nR2."),  # the only break stood behind what was cut
        ("R1. O1.\r\nR2.", "R1. \r\nR2."),
        ("R1. O1.\n\n  R2.", "R1. \n\n  R2."),  # a paragraph stays one
        ("R1.\nO1.\nR2.", "R1.\nR2."),  # one break is there already
        ("R1. O1. R2.", "R1. R2."),  # there was none
        ("R1. O1.\nO2. R2.", "R1. \nR2."),  # it stood inside what was cut
        ("R1. O1.\nO2.\n\nO3. R2.", "R1. \n\nR2."),
        ("\n O1.\n R1.\n\n", "R1.\n\n"),
        ("\n R1.\n O1.\n\n", "\n R1.\n "),
        ("O1.\nO2.\n", ""),
        ("", ""),
        (" \n\t", " \n\t"),  # nothing in it was dropped
    ],
)
def test_what_is_left_of_small_texts(text: str, left: str) -> None:
    result = spelled(text)
    kept = filter_result(result, Rule(drop=["opinion"]))
    assert kept.text == left == kept_text(text, kept.ranges)


def test_the_record_says_what_was_kept_and_what_was_dropped_with_label_and_score() -> None:
    kept = filter_result(spelled("R1. O1.\nC1."), Rule(keep="reporting"))
    record = {"kept": [[0, 4]], "dropped": [[4, 7, "opinion", 0.9], [8, 11, "comment", 0.9]]}
    assert json.loads(json.dumps(kept.to_record())) == record


UNSURE = lay(
    "Ra Oa Rb Ob",
    [(0, 2, "reporting", 0.95), (3, 5, "opinion", 0.95), (6, 8, "reporting", 0.5), (9, 11, "opinion", 0.5)],
)


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ({"keep": ["reporting"]}, "Ra Rb "),
        ({"keep": ["reporting"], "min_score": 0.9}, "Ra "),
        ({"keep": ["reporting"], "min_score": 0.9, "when_unsure": "keep"}, "Ra Rb Ob"),
        ({"keep": ["reporting"], "min_score": 0.9, "when_unsure": "drop"}, "Ra "),
        ({"drop": ["reporting"]}, "Oa Ob"),
        ({"drop": ["reporting"], "min_score": 0.9}, "Oa Rb Ob"),
        ({"drop": ["reporting"], "min_score": 0.9, "when_unsure": "drop"}, "Oa "),
        ({"drop": ["reporting"], "min_score": 0.95}, "Oa Rb Ob"),  # a score that equals the bound is sure
        ({"keep": "reporting, opinion"}, "Ra Oa Rb Ob"),
        ({"keep": []}, ""),
        ({"drop": []}, "Ra Oa Rb Ob"),
    ],
)
def test_the_unsure_are_dropped_under_keep_and_kept_under_drop_unless_told(rule: dict[str, Any], left: str) -> None:
    assert filter_result(UNSURE, Rule(**rule)).text == left


def test_scores_are_judged_as_they_are_written() -> None:
    result = lay("Ra", [(0, 2, "reporting", 0.89996)])
    assert result.segments[0].score == 0.9
    assert filter_result(result, Rule(keep="reporting", min_score=0.9)).text == "Ra"


def test_a_document_with_too_few_words_left_keeps_nothing_and_says_so() -> None:
    result = spelled("R1 R2 O1")
    assert filter_result(result, Rule(keep="reporting", min_words=2)).text == "R1 R2 "
    emptied = filter_result(result, Rule(keep="reporting", min_words=3))
    assert (emptied.text, emptied.ranges, len(emptied.dropped)) == ("", [], 3)


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"keep": ["reporting"], "drop": ["comment"]},
        {"keep": ["reporting"], "min_score": 1.5},
        {"keep": ["reporting"], "min_score": float("nan")},
        {"keep": ["reporting"], "when_unsure": "maybe"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Rule(**rule)


def test_a_label_that_the_model_lacks_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"no label 'reportage'.*reporting"):
        filter_result(UNSURE, Rule(keep=["reportage"]))
    Rule(drop=CLASSES).check(CLASSES)


def test_cost_is_linear_in_the_length_of_what_is_cut() -> None:
    n = 200_000
    text = "R1. " + "O1.\n" * n + "R2."
    starts = np.concatenate([[0], 4 + 4 * np.arange(n), [len(text) - 3]])
    kept = np.zeros(n + 2, bool)
    kept[[0, -1]] = True
    assert kept_ranges(text, starts, starts + 3, kept) == [(0, 4), (len(text) - 4, len(text))]
