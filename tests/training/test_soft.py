from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifier.classify import Classifier
from classifier.errors import InputError
from training.config import TrainingConfig
from training.corpus import LabelledDocument
from training.crops import crops
from training.first import Examples, fit_folds
from training.laid import lay
from training.second import drawn, fit_second
from training.soft import SoftLabels, read_soft, soft_record, targets
from training.teacher.tell import told

LABELS = ("boilerplate", "comment", "opinion", "reporting")
TEXT = "It rained on Monday. Nobody liked it.\nShare this page\nI liked it, says Bo."
PAGE = LabelledDocument(
    "p", TEXT, ((0, 20, "reporting"), (21, 37, "opinion"), (38, 53, "boilerplate"), (54, 74, "comment"))
)
STARTS, ENDS = np.array([0, 21, 38]), np.array([20, 37, 53])
SAID = np.array([[0.0, 0.0, 0.25, 0.75], [0.004, 0.0, 0.996, 0.0], [0.335, 0.335, 0.33, 0.0]])


def written(folder: Path, *records: object) -> Path:
    path = folder / "teacher.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(record) + "\n" for record in records).encode()))
    return path


@pytest.fixture
def teacher(tmp_path: Path) -> SoftLabels:
    record = soft_record(PAGE, STARTS, ENDS, SAID, LABELS)
    assert TEXT[:8] not in json.dumps(record)
    other = {**record, "id": "another page"}
    return read_soft(written(tmp_path, record, other), [PAGE])


def test_what_was_said_is_read_again_to_the_hundredth(teacher: SoftLabels) -> None:
    found = teacher.of(PAGE, STARTS, ENDS, LABELS)
    assert len(teacher) == 3 and len(teacher.digest) == 64
    np.testing.assert_allclose(found, SAID, atol=0.011)
    np.testing.assert_allclose(found.sum(1), 1.0, atol=1e-6)


def test_a_teacher_is_silent_on_what_it_did_not_judge(teacher: SoftLabels) -> None:
    assert np.isnan(teacher.of(PAGE, np.array([54]), np.array([74]), LABELS)).all()
    assert np.isnan(teacher.of(replace(PAGE, id="q"), STARTS, ENDS, LABELS)).all()
    assert np.isnan(teacher.of(PAGE, STARTS, ENDS, LABELS[:3])).all()


def test_what_is_made_of_a_page_is_judged_as_the_page(teacher: SoftLabels, tiny: Classifier) -> None:
    pieces = crops([PAGE], 1.0, 3)
    laid = lay([PAGE, *pieces], LABELS, tiny._parts.rules, teacher)
    assert laid.soft is not None and len(pieces) == 1
    texts = {TEXT[s:e]: row for s, e, row in zip(STARTS, ENDS, laid.soft, strict=False)}
    assert np.isfinite(laid.soft[laid.document == 1]).all(axis=1).any() or pieces[0].text in texts
    assert lay([PAGE], LABELS, tiny._parts.rules).soft is None


def test_targets_lie_between_label_and_teacher() -> None:
    soft = np.array([[0.2, 0.8], [np.nan, np.nan], [0.5, 0.5]], np.float32)
    found = targets(np.array([0, 1, -1]), soft, 0.5, 2)
    np.testing.assert_allclose(found, [[0.6, 0.4], [0.0, 1.0], [0.0, 0.0]], atol=1e-6)
    assert (targets(np.array([0, 1, -1]), soft, 0.0, 2) == [[1, 0], [0, 1], [0, 0]]).all()
    assert (targets(np.array([1]), None, 0.5, 2) == [[0, 1]]).all()


@pytest.mark.parametrize(
    "wrong",
    [{"segments": [[0, 20, 50, 60, 0]]}, {"segments": [[0, -1, 0, 0, 0]]}, {"segments": [[0, 20]]}, {"labels": 3}],
)
def test_what_is_no_verdict_is_named(tmp_path: Path, wrong: dict[str, object]) -> None:
    record = soft_record(PAGE, STARTS, ENDS, SAID, LABELS)
    with pytest.raises(InputError, match=r"teacher\.jsonl\.gz:1: not a teacher's verdicts"):
        read_soft(written(tmp_path, {**record, **wrong}), [PAGE])


def test_another_text_under_the_same_id_is_named(tmp_path: Path) -> None:
    record = soft_record(replace(PAGE, text=TEXT + "."), STARTS, ENDS, SAID, LABELS)
    with pytest.raises(InputError, match="has not the text that was judged"):
        read_soft(written(tmp_path, record), [PAGE])


def test_the_first_verdict_learns_second_thoughts() -> None:
    from test_first import examples

    data, config = examples(2), TrainingConfig(folds=2, first_iterations=60)
    hard = fit_folds(data, 2, config, 1)[0]
    sure = np.eye(2, dtype=np.float32)[data.y]
    same = fit_folds(Examples(data.X, data.y, data.weight, data.fold, sure), 2, config, 1)[0]
    doubtful = fit_folds(Examples(data.X, data.y, data.weight, data.fold, sure * 0.4 + 0.3), 2, config, 1)[0]
    assert (same.weights == hard.weights).all()
    assert np.abs(doubtful.weights * doubtful.unit).max() < np.abs(hard.weights * hard.unit).max()


def test_a_pass_draws_rows_by_weight_and_labels_by_what_is_wanted() -> None:
    n = 20_000
    y, rng = np.zeros(n, np.int64), np.random.default_rng(0)
    weight = np.where(np.arange(n) < n // 2, 1.0, 3.0)
    wanted = np.tile(np.array([[0.7, 0.3]], np.float32), (n, 1))
    rows, label = drawn(rng, y, weight, wanted)
    assert (rows >= n // 2).mean() == pytest.approx(0.75, abs=0.02) and label.mean() == pytest.approx(0.3, abs=0.02)
    rows, label = drawn(rng, y, None, None)
    assert sorted(rows) == list(range(n)) and not label.any() and (rows != np.arange(n)).any()


def test_the_second_verdict_is_as_unsure_as_its_teacher() -> None:
    X = np.random.default_rng(0).integers(-127, 128, (4000, 8)).astype(np.int8)
    wanted = np.tile(np.array([[0.8, 0.2]], np.float32), (4000, 1))
    y = np.arange(4000) % 10 // 8
    model = fit_second(X, y, 2, TrainingConfig(hidden=4, epochs=30, learning_rate=0.01), wanted=wanted)
    logits = model.logits(X.astype(np.float32))
    assert (1 / (1 + np.exp(logits[:, 0] - logits[:, 1]))).mean() == pytest.approx(0.2, abs=0.04)


def test_nothing_is_told_of_comments(tiny: Classifier) -> None:
    laid = lay([PAGE], LABELS, tiny._parts.rules)
    steps = np.tile(np.array([[0, 8, 16, 32]], np.int32), (len(laid), 1))
    steps[0] = [0, 127, 0, 0]  # reporting, taken for a comment
    (record,) = told(laid, steps, LABELS)
    assert record["id"] == "p" and len(record["segments"]) == int((laid.y != LABELS.index("comment")).sum()) - 1
    assert all(row[3] == 0 and row[4] > row[2] for row in record["segments"])
