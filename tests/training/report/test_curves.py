from __future__ import annotations

import numpy as np
import pytest
from invented import LineJudge, page

from training.report.curves import bins, precision_recall, threshold
from training.verdicts import Verdicts, judge


def judged(*lines: tuple[str, str, str, float]) -> Verdicts:
    """Verdicts on one document a line: text, label, what it is called, score."""
    documents = [page(i, (text, gold)) for i, (text, gold, _, _) in enumerate(lines)]
    return judge(LineJudge({text: (called, score) for text, _, called, score in lines}), documents)


def test_precision_falls_as_recall_grows_and_equals_go_together() -> None:
    hit = np.array([True, False, True, True, False])
    curve = precision_recall(np.array([0.9, 0.8, 0.7, 0.7, 0.1]), hit)
    assert curve.recall.tolist() == pytest.approx([1 / 3, 1])  # nothing is gained between, nor after
    assert dict(zip(curve.proba.round(2).tolist(), curve.precision.tolist(), strict=True))[0.7] == pytest.approx(3 / 4)
    assert curve.average == pytest.approx(1 / 3 * 1 + 2 / 3 * 3 / 4)


def test_a_label_that_no_word_bears_has_no_curve() -> None:
    curve = precision_recall(np.array([0.5]), np.array([False]))
    assert len(curve.recall) == 0 and np.isnan(curve.average)
    assert len(precision_recall(np.zeros(0), np.zeros(0, bool)).recall) == 0


def test_the_lowest_score_that_is_precise_enough_is_found() -> None:
    verdicts = judged(
        ("One", "opinion", "opinion", 0.9),
        ("Two", "opinion", "opinion", 0.8),
        ("Three", "reporting", "opinion", 0.62),
        ("Four", "opinion", "reporting", 0.9),
    )
    found = threshold(verdicts, "opinion", 0.99, fewest=1)
    assert (found.min_score, found.precision) == (0.63, 1.0) and found.kept == pytest.approx(2 / 3, abs=1e-4)
    assert threshold(verdicts, "opinion", 0.6, fewest=1).min_score == 0
    # reporting is called once, wrongly: no score makes it precise
    assert threshold(verdicts, "reporting", 0.9, fewest=1)[1:] == (None,) * 5
    assert threshold(verdicts, "comment", 0.9, fewest=1).min_score is None


def test_few_words_prove_no_precision() -> None:
    lines = [(f"Right {i}", "opinion", "opinion", 0.9) for i in range(50)]
    assert threshold(judged(*lines), "opinion", 0.9).min_score == 0  # a hundred words
    assert threshold(judged(*lines[1:]), "opinion", 0.9).min_score is None


def test_the_interval_of_a_threshold_is_over_documents() -> None:
    lines = [(f"Right {i}", "opinion", "opinion", 0.9) for i in range(19)] + [("Wrong one", "comment", "opinion", 0.9)]
    found = threshold(judged(*lines), "opinion", 0.9, fewest=1)
    assert found.low is not None and found.precision is not None and found.high is not None
    assert found.precision > 0.9 and found.low < found.precision < found.high == 1.0


def test_only_bins_with_words_are_shown() -> None:
    verdicts = judged(("One two", "opinion", "opinion", 0.95), ("Three", "reporting", "opinion", 0.95))
    last = bins(verdicts, "opinion")[-1]
    assert last == {"probability": 0.95, "share": pytest.approx(2 / 3, abs=1e-4), "words": 3}
    assert sum(row["words"] for row in bins(verdicts, "opinion")) == 3
