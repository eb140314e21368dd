"""``winnow train``, from files to a model that classifies."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from classifier.classify import Classifier
from classifier.errors import InputError
from training.cli import train
from training.cli_evaluate import evaluate

ROOT = Path(__file__).parents[2]
QUICK = {"hidden": 4, "epochs": 1, "folds": 2, "first_iterations": 5}


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A part of our own pages, two of them of a source that states no terms."""
    rows = [json.loads(line) for line in (ROOT / "data" / "written.jsonl").open(encoding="utf-8")][::8]
    for row in rows[:2]:
        row.update(source="elsewhere", license=None)
    return lines(tmp_path / "written.jsonl", rows)


def run(tmp_path: Path, *args: object, **settings: Any) -> Result:
    (tmp_path / "quick.json").write_text(json.dumps(QUICK | settings))
    given = ["--output", tmp_path / "mine", "--config", tmp_path / "quick.json", "--jobs", 1]
    command = [*given, *(() if "--cross-validate" in args else ("--cross-validate", 0)), *args]
    return CliRunner().invoke(train, [str(arg) for arg in command], catch_exceptions=False)


def manifest(tmp_path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((tmp_path / "mine" / "manifest.json").read_text())
    return record


def test_a_trained_model_classifies_and_is_judged(written: Path, tmp_path: Path) -> None:
    trails = lines(tmp_path / "trails.jsonl", [{"article": "wri-b1-02", "comments": ["The pier is older."]}])
    comments = lines(tmp_path / "comments.jsonl", [{"id": i, "text": f"lol {i} no way"} for i in range(9)])
    sentences = lines(
        tmp_path / "sentences.jsonl",
        [{"id": s, "text": "It is a shame.", "label": "opinion", "split": s} for s in ("train", "dev", "dev_test")],
    )
    extra = ["--trails", trails, "--comments", comments, "--sentences", sentences, "--seed", 3]
    ran = run(tmp_path, written, *extra)
    assert ran.exit_code == 0 and ran.stdout == "" and "MB" in ran.stderr
    files = ["README.md", "manifest.json", "report.html", "report.json", "weights.npz"]
    assert sorted(file.name for file in (tmp_path / "mine").iterdir()) == files
    record = manifest(tmp_path)
    assert record["name"] == "mine" and record["config"]["seed"] == 3 and record["config"]["hidden"] == 4
    assert record["corpus"]["sentences"] == 2  # the judge's sentences are never learned from
    assert record["scores"]["judging_half"]["pages"]
    model = Classifier.load(tmp_path / "mine")
    assert len(model.classify("It rained. What a shame!")) == 2
    judged = CliRunner().invoke(evaluate, [str(written), "--model", str(tmp_path / "mine"), "--split", "dev", "--json"])
    assert json.loads(judged.stdout)["labels"].keys() == set(model.classes_.tolist())


def test_sources_can_be_left_out(written: Path, tmp_path: Path) -> None:
    run(tmp_path, written)
    whole = manifest(tmp_path)["corpus"]
    run(tmp_path, written, "--exclude-source", "elsewhere")
    without = manifest(tmp_path)["corpus"]
    run(tmp_path, written, "--licensed-only")
    licensed = manifest(tmp_path)["corpus"]
    assert (without.pop("excluded"), without.pop("licensed_only")) == (["elsewhere"], False)
    assert (licensed.pop("excluded"), licensed.pop("licensed_only")) == ([], True)
    assert licensed == without and without["digest"] != whole["digest"] == without["read"]
    assert without["documents"] == whole["documents"] - 2 and "elsewhere" not in without["sources"]


def test_a_teacher_is_learned_from_and_named(written: Path, tmp_path: Path) -> None:
    import numpy as np

    from training.corpus import read_corpus
    from training.soft import soft_record

    labels = ("boilerplate", "comment", "opinion", "reporting")
    spans = [(d, np.array([s[:2] for s in d.spans])) for d in read_corpus([written]) if d.split == "train"]
    said = [soft_record(d, s[:, 0], s[:, 1], np.full((len(s), 4), 0.25), labels) for d, s in spans]
    run(tmp_path, written)
    before = (tmp_path / "mine" / "weights.npz").read_bytes()
    assert "teacher" not in manifest(tmp_path)["corpus"]
    teacher = lines(tmp_path / "teacher.jsonl", said)
    assert run(tmp_path, written, "--teacher", teacher).exit_code == 0
    named = manifest(tmp_path)["corpus"]["teacher"]
    assert named["segments"] > 50 and len(named["digest"]) == 64
    assert (tmp_path / "mine" / "weights.npz").read_bytes() != before
    refused = run(tmp_path, written, "--teacher", teacher, "--licensed-only")
    assert refused.exit_code == 2 and "give one or the other" in refused.stderr


def test_what_cannot_be_learned_from_is_said_and_leaves_no_model(written: Path, tmp_path: Path) -> None:
    for args, settings, reason in (
        ([tmp_path / "missing.jsonl"], {}, "missing.jsonl"),
        ([written, "--exclude-source", "written", "--exclude-source", "elsewhere"], {}, "too few"),
        ([written], {"hidden": 0}, "quick.json"),
        ([written, "--groups", "author"], {}, "no document has the field 'author'"),
        ([written, "--search", "all"], {}, "quick, full or a number"),
        ([written, "--comments", tmp_path / "none.jsonl"], {}, "none.jsonl"),
    ):
        with pytest.raises(InputError, match=reason):
            run(tmp_path, *args, **settings)
    assert not (tmp_path / "mine").exists()


def test_the_old_model_stays_where_training_fails(written: Path, tmp_path: Path) -> None:
    run(tmp_path, written)
    before = (tmp_path / "mine" / "weights.npz").read_bytes()
    with pytest.raises(InputError):
        run(tmp_path, written, "--groups", "author")
    assert (tmp_path / "mine" / "weights.npz").read_bytes() == before


def test_a_search_is_told_and_written_down(written: Path, tmp_path: Path) -> None:
    ran = run(tmp_path, written, "--search", "1", "--cross-validate", 2, "--groups", "document")
    record = manifest(tmp_path)
    assert len(record["scores"]["search"]) == 2 and record["scores"]["search"][0]["settings"] == {}
    best = max(record["scores"]["search"], key=lambda tried: tried["macro_f1"])
    assert record["scores"]["cross_validated"]["macro_f1"] == best["macro_f1"]
    assert {**QUICK, **best["settings"]}.items() <= record["config"].items() and record["config"][
        "groups"
    ] == "document"
    assert "4 of 4 models" in ran.stderr and "left)" in ran.stderr and "cross-validated in 2 folds" in ran.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "quick.json", "written.jsonl"]


def test_without_a_dev_split_some_pages_are_held_out(written: Path, tmp_path: Path) -> None:
    rows = [{**json.loads(line), "split": None} for line in written.open(encoding="utf-8")]
    ran = run(tmp_path, lines(tmp_path / "one.jsonl", rows))
    assert "no document is of split dev" in ran.stderr and manifest(tmp_path)["scores"]["judging_half"]


def test_a_base_is_started_from(written: Path, tiny_folder: Path, tmp_path: Path) -> None:
    ran = run(tmp_path, written, "--base", tiny_folder)
    assert ran.exit_code == 0 and manifest(tmp_path)["corpus"]["base"]["name"] == "tiny"
    assert len(Classifier.load(tmp_path / "mine").classify("It rained. What a shame!")) == 2


@pytest.fixture
def interruptible() -> Iterator[None]:
    """What is started from here heeds SIGINT, also where these tests run in a shell's background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_run_goes_on_with_resume(written: Path, tmp_path: Path) -> None:
    """Interrupted for real, by a signal, once the first of its models is kept."""
    command = [sys.executable, "-m", "classifier", "train", written, "--output", tmp_path / "mine", "--jobs", "1"]
    command += ["--config", tmp_path / "quick.json", "--cross-validate", "3"]
    (tmp_path / "quick.json").write_text(json.dumps(QUICK))
    with subprocess.Popen(list(map(str, command)), cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "1 of 3 models" in line:
                process.send_signal(signal.SIGINT)
                break
        rest = process.stderr.read()
    assert process.returncode == 130 and "--resume goes on" in rest
    assert (tmp_path / "mine.winnow").is_dir() and not (tmp_path / "mine").exists()
    again = subprocess.run([*map(str, command), "--resume"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "1 of 3 models" not in again.stderr and "3 of 3 models" in again.stderr
    assert not (tmp_path / "mine.winnow").exists() and manifest(tmp_path)["scores"]["cross_validated"]
