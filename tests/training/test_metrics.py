"""Every number here can be worked out by hand from the tables beside it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from training.metrics import (
    calibration_error,
    clean,
    compare,
    count_words,
    cut_exactly,
    figure_names,
    figures,
    intervals,
    kept,
    percentiles,
    reliability,
    resample,
    scores,
)

LABELS = ("comment", "reporting")
C, R, NONE = 0, 1, -1


def tables(*documents: list[tuple[int, int]]) -> np.ndarray:
    """Tables of documents given as lists of (gold, pred), one pair a word."""
    rows = [(i, gold, pred) for i, pairs in enumerate(documents) for gold, pred in pairs]
    document, gold, pred = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    return count_words(document, gold, pred, len(documents), len(LABELS))


EXACT = [(R, R)] * 6 + [(C, C)] * 4
LATE = [(R, R)] * 5 + [(C, R)] + [(C, C)] * 2
PLAIN = [(R, R)] * 3
LEAKY = [(R, R), (R, C)]


def figure(values: np.ndarray, *name: str) -> float:
    return float(values[figure_names(LABELS).index(name)])


def test_words_are_counted_by_document_gold_and_pred() -> None:
    found = tables(LATE, [(R, NONE), (NONE, C)])
    assert found[0].tolist() == [[2, 1, 0], [0, 5, 0], [0, 0, 0]]
    assert found[1].tolist() == [[0, 0, 0], [0, 0, 1], [1, 0, 0]]


def test_precision_recall_f1_and_macro_by_hand() -> None:
    found = scores(tables(LATE, LEAKY).sum(0))
    # comment: 2 right of 3 called, of 3 gold. reporting: 6 right of 7 called (one was a comment), of 7 gold.
    assert found.precision.tolist() == pytest.approx([2 / 3, 6 / 7])
    assert found.recall.tolist() == pytest.approx([2 / 3, 6 / 7])
    assert found.f1.tolist() == pytest.approx([2 / 3, 6 / 7])
    assert found.words.tolist() == [3, 7]
    assert float(found.macro_f1) == pytest.approx((2 / 3 + 6 / 7) / 2)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60))
def test_figures_agree_with_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    gold, pred = np.array(pairs).T
    ours = scores(count_words(np.zeros(len(pairs), int), gold, pred, 1, 4).sum(0))
    theirs = precision_recall_fscore_support(gold, pred, labels=range(4), zero_division=0)
    for mine, other in zip(ours[:4], theirs, strict=True):
        assert np.nan_to_num(mine) == pytest.approx(other)


def test_an_uncovered_word_counts_as_wrong() -> None:
    found = scores(tables([(R, R), (R, NONE), (C, C), (NONE, C)]).sum(0))
    assert found.recall.tolist() == [1.0, 0.5]
    assert found.precision.tolist() == [0.5, 1.0]


def test_a_label_that_does_not_occur_stays_out_of_the_mean() -> None:
    found = scores(tables(PLAIN).sum(0))
    assert (
        np.isnan([found.precision[C], found.recall[C], found.f1[C]]).all()
        and found.f1[R] == 1.0
        and found.macro_f1 == 1.0
    )
    leaky = scores(tables(LEAKY).sum(0))
    assert leaky.f1[C] == 0.0 and float(leaky.macro_f1) == pytest.approx(2 / 3)
    assert np.isnan(scores(np.zeros((3, 3))).macro_f1)


def test_the_two_document_figures() -> None:
    some = tables(EXACT, LATE, PLAIN, LEAKY, [(R, R), (C, NONE)], [(R, NONE), (C, C)])
    has, exact = cut_exactly(some, C)
    assert has.tolist() == [True, True, False, False, True, True]
    assert exact[has].tolist() == [True, False, False, False]
    free, untouched = clean(some, C)
    assert free.tolist() == (~has).tolist() and untouched[free].tolist() == [True, False]


def test_a_trail_is_cut_exactly_whatever_the_other_labels_are() -> None:
    three = count_words(np.zeros(3, int), np.array([0, 1, 2]), np.array([0, 2, 1]), 1, 3)
    assert cut_exactly(three, 0)[1].tolist() == [True]


def test_figures_follow_their_names_and_weights() -> None:
    found = figures(tables(EXACT, LATE, PLAIN, LEAKY), LABELS, "comment")[0]
    assert figure(found, "trails_cut_exactly") == 0.5 and figure(found, "clean") == 0.5
    assert figure(found, "labels", "comment", "precision") == pytest.approx(6 / 7)
    assert figure(found, "labels", "reporting", "recall") == pytest.approx(15 / 16)
    weighted = figures(tables(EXACT, LATE), LABELS, "comment", np.array([[1, 0], [0, 1], [3, 1]]))
    assert weighted[:, 0].tolist() == pytest.approx([1.0, (0.8 + 10 / 11) / 2, (28 / 29 + 46 / 47) / 2])
    assert weighted[:, figure_names(LABELS).index(("trails_cut_exactly",))].tolist() == [1.0, 0.0, 0.75]


def test_without_a_comment_label_the_document_figures_are_unknown() -> None:
    found = figures(tables(PLAIN), ("advert", "reporting"), "comment")[0]
    assert np.isnan(found[-2:]).all() and found[0] == 1.0


def test_resampling_draws_whole_documents_and_repeats_itself() -> None:
    (weights,) = resample(7, 50, seed=3)
    assert weights.shape == (50, 7) and (weights.sum(1) == 7).all() and weights.std() > 0
    assert (next(resample(7, 50, seed=3)) == weights).all() and (next(resample(7, 50, seed=4)) != weights).any()
    assert sum(len(part) for part in resample(3_000_000, 3, seed=0)) == 3


def test_intervals_hold_the_figure_and_narrow_with_more_documents() -> None:
    few, many = tables(*[EXACT, LATE, PLAIN, LEAKY] * 2), tables(*[EXACT, LATE, PLAIN, LEAKY] * 40)
    value = figures(few, LABELS, "comment")[0]
    low, high = intervals(few, LABELS, "comment")
    narrow_low, narrow_high = intervals(many, LABELS, "comment")
    assert (low <= value).all() and (value <= high).all()
    assert (narrow_high - narrow_low < high - low).all()
    same = intervals(tables(*[EXACT] * 5), LABELS, "comment")
    assert figure(same[0], "macro_f1") == figure(same[1], "macro_f1") == 1.0
    assert np.isnan(figure(same[0], "clean"))


def test_intervals_are_percentiles() -> None:
    drawn = np.stack([np.arange(101.0), np.full(101, np.nan)], axis=1)
    drawn[:, 1][:3] = [1.0, 2.0, 3.0]
    low, high = percentiles(drawn, 0.9)
    assert low.tolist() == pytest.approx([5.0, 1.1]) and high.tolist() == pytest.approx([95.0, 2.9])


def test_the_better_of_two_models() -> None:
    a = tables(*[LATE, LEAKY] * 10)
    b = tables(*[[(gold, gold) for gold, _ in pairs] for pairs in [LATE, LEAKY] * 10])
    ahead = compare(a, b, LABELS, "comment")
    gain = (1 / 3 + 1 / 7) / 2
    assert figure(ahead.difference, "macro_f1") == pytest.approx(gain)
    assert figure(ahead.low, "macro_f1") > 0 and figure(ahead.better, "macro_f1") == 1.0
    behind = compare(b, a, LABELS, "comment")
    assert figure(behind.difference, "macro_f1") == pytest.approx(-gain) and figure(behind.better, "macro_f1") == 0.0
    level = compare(a, a, LABELS, "comment")
    assert figure(level.difference, "macro_f1") == 0.0 and figure(level.better, "macro_f1") == 0.5


def test_a_paired_comparison_sees_what_two_intervals_hide() -> None:
    """Documents differ far more than the models; B is a little better on each."""
    hard, easy = [(R, R)] * 10 + [(R, C)] * 30 + [(C, C)] * 10, [(R, R)] * 90 + [(R, C)] * 2 + [(C, C)] * 10
    a = tables(*[hard, easy] * 15)
    b = tables(*[[*hard[:39], (R, R), *hard[40:]], [*easy[:91], (R, R), *easy[92:]]] * 15)
    low_a, high_a = intervals(a, LABELS, "comment")
    low_b, _ = intervals(b, LABELS, "comment")
    assert figure(low_b, "macro_f1") < figure(high_a, "macro_f1"), "the intervals overlap"
    assert figure(compare(a, b, LABELS, "comment").low, "macro_f1") > 0
    assert figure(low_a, "macro_f1") < figure(low_b, "macro_f1")


def test_models_judged_on_other_documents_are_not_compared() -> None:
    with pytest.raises(ValueError, match="same documents"):
        compare(tables(EXACT), tables(LATE), LABELS, "comment")
    with pytest.raises(ValueError, match="same documents"):
        compare(tables(EXACT), tables(EXACT, EXACT), LABELS, "comment")


def test_calibration_error_by_hand() -> None:
    # Two bins: [0, 0.5) holds 0.2 and 0.4 with no hit (off by 0.3), [0.5, 1] holds 0.9 and 1.0 with one (off by 0.45).
    proba, hit = np.array([0.2, 0.4, 0.9, 1.0]), np.array([False, False, True, False])
    assert calibration_error(proba, hit, bins=2) == pytest.approx((0.3 + 0.45) / 2)
    expected, seen, size = reliability(proba, hit, bins=4)
    assert expected[:2].tolist() == pytest.approx([0.2, 0.4]) and expected[3] == pytest.approx(0.95)
    assert np.isnan(expected[2]) and size.tolist() == [1, 1, 0, 2] and seen[3] == 0.5
    assert np.isnan(calibration_error(np.array([]), np.array([], bool)))


def test_confident_and_right_is_calibrated_and_confident_and_wrong_is_not() -> None:
    assert calibration_error(np.ones(9), np.ones(9, bool)) == 0.0
    assert calibration_error(np.ones(9), np.zeros(9, bool)) == 1.0


def test_precision_of_what_is_kept() -> None:
    gold, pred = np.array([R, R, R, C, C, R]), np.array([R, R, C, R, C, NONE])
    score = np.array([0.95, 0.6, 0.9, 0.9, 0.8, 0.0])
    assert kept(gold, pred, score, R, 0.0) == pytest.approx((2 / 3, 2 / 4))
    assert kept(gold, pred, score, R, 0.9) == pytest.approx((1 / 2, 1 / 4))
    assert kept(gold, pred, score, R, 0.95) == pytest.approx((1.0, 1 / 4))
    precision, recall = kept(gold, pred, score, R, 0.99)
    assert np.isnan(precision) and recall == 0.0
