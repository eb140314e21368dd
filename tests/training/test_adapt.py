"""A model of one's own, started from the small one of the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifier import artifact
from classifier.classify import Classifier
from classifier.features.context import context_width
from training.adapt import Base
from training.adapt.correction import correct
from training.adapt.kinship import by_name, likeness, translated, vote_columns
from training.adapt.second import layers_of, rounded
from training.checkpoints import Checkpoints
from training.config import TrainingConfig
from training.corpus import LabelledDocument, read_corpus
from training.fit import Material, fit
from training.metrics import scores
from training.verdicts import judge

ROOT = Path(__file__).parents[2]
QUICK = TrainingConfig(folds=2, crops=0.0, composite_rounds=1)
Pages = list[LabelledDocument]


@pytest.fixture(scope="module")
def base(tiny_folder: Path) -> Base:
    return Base.load(tiny_folder)


@pytest.fixture(scope="module")
def pages() -> Pages:
    """Pages of another kind than the base learned from."""
    return [
        replace(d, split=None, site=None) for d in read_corpus([ROOT / "data" / "pages.jsonl"]) if d.source == "war"
    ]


def macro_f1(folder: Path, documents: Pages) -> float:
    return float(scores(judge(Classifier.load(folder), documents).tables.sum(0)).macro_f1)


def turned(document: LabelledDocument, names: Callable[[str], str]) -> LabelledDocument:
    return replace(document, spans=tuple((s, e, names(label)) for s, e, label in document.spans))


def test_it_becomes_better_on_the_corpus(base: Base, tiny_folder: Path, pages: Pages, tmp_path: Path) -> None:
    manifest, arrays = fit(Material(pages[:16]), QUICK, base=base)
    artifact.save(tmp_path / "mine", manifest, arrays)
    assert manifest.labels == base.manifest.labels and manifest.corpus["base"]["name"] == "tiny"
    assert macro_f1(tmp_path / "mine", pages[60:]) > macro_f1(tiny_folder, pages[60:])


def test_labels_map_by_name_and_new_ones_are_learned(base: Base, pages: Pages, tmp_path: Path) -> None:
    def names(label: str) -> str:
        return {"boilerplate": "furniture", "opinion": "voice"}.get(label, label)

    renamed = [turned(d, names) for d in pages]
    manifest, arrays = fit(Material(renamed[:16]), QUICK, base=base)
    artifact.save(tmp_path / "mine", manifest, arrays)
    assert manifest.labels == ("comment", "furniture", "reporting", "voice")
    tables = judge(Classifier.load(tmp_path / "mine"), renamed[60:]).tables.sum(0)
    assert (scores(tables).f1 > 0.3).all()


def test_labels_that_the_corpus_lacks_are_kept_where_the_base_has_them(base: Base, pages: Pages) -> None:
    few = [replace(d, spans=tuple(s for s in d.spans if s[2] != "comment")) for d in pages[:12]]
    manifest, _ = fit(Material(few), QUICK, base=base)
    assert manifest.labels == base.manifest.labels


def test_an_interrupted_adaptation_comes_to_the_same_end(base: Base, pages: Pages, tmp_path: Path) -> None:
    kept, said = Checkpoints(tmp_path), []

    def impatient(line: str, done: float) -> None:
        if "strength 0.1, 2 of 3" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(Material(pages[:12]), QUICK, say=impatient, kept=kept, base=base)
    before = {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert len(before) == 5
    resumed = fit(Material(pages[:12]), QUICK, say=lambda line, done: said.append(line), kept=kept, base=base)[1]
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in before} == before  # none was made again
    whole = fit(Material(pages[:12]), QUICK, base=base)[1]
    assert all(np.array_equal(resumed[name], whole[name]) for name in whole)


def test_a_correction_vanishes_with_its_strength_and_learns_with_it() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 3)), rng.integers(0, 3, 200)
    offset = np.zeros((200, 3))
    X[np.arange(200), y] += 2
    weak, strong = (correct(X, offset, y, np.ones(200), strength) for strength in (1e-6, 1.0))
    assert np.abs(weak.weights).max() < 1e-3 and np.abs(weak.bias).max() < 1e-3
    assert ((X @ strong.weights + strong.bias).argmax(1) == y).mean() > 0.8
    right = 20.0 * np.eye(3)[y]  # nothing to correct
    assert np.abs(correct(X, right, y, np.ones(200), 1.0).weights).max() < 1e-3


@pytest.mark.parametrize("k", [2, 3, 5])
def test_votes_stand_at_as_many_places_for_each_label(k: int) -> None:
    columns = vote_columns(k)
    assert columns.shape == (k, 19) and len(np.unique(columns)) == columns.size
    assert columns.max() < context_width(k) and context_width(k) - columns.size == context_width(4) - 4 * 19


def test_a_network_read_for_other_labels_says_the_same_where_their_names_are_moved(base: Base) -> None:
    theirs, ours = base.manifest.labels, ("advert", *base.manifest.labels)
    named = by_name(theirs, ours)
    rng = np.random.default_rng(1)
    X = rng.integers(-60, 60, (50, context_width(4))).astype(np.int8)
    wide = np.zeros((50, context_width(5)), np.int8)
    plain, wide_plain = (np.setdiff1d(np.arange(context_width(k)), vote_columns(k)) for k in (4, 5))
    wide[:, wide_plain] = X[:, plain]
    wide[:, vote_columns(5)[1:]] = X[:, vote_columns(4)]
    same = layers_of(base.model.second, np.eye(4), np.eye(4))
    moved = layers_of(base.model.second, named, named.T)
    np.testing.assert_allclose(moved.logits(wide)[:, 1:], same.logits(X), atol=1e-9)
    assert (translated(np.ones((context_width(4), 1)), np.eye(4)) == 1).all()


def test_rounding_what_was_unrounded_changes_little(base: Base) -> None:
    rng = np.random.default_rng(2)
    X = rng.integers(-20, 20, (400, context_width(4))).astype(np.int8)
    layers = layers_of(base.model.second, np.eye(4), np.eye(4))
    again = rounded(layers, X).logits(X.astype(np.float32))
    np.testing.assert_allclose(again, layers.logits(X), atol=0.05 * np.abs(again).max())


def test_likeness_is_the_map_by_name_where_votes_agree() -> None:
    rng = np.random.default_rng(3)
    votes = rng.normal(0, 30, (500, 3))
    np.testing.assert_allclose(likeness(votes, votes, np.eye(3)), np.eye(3), atol=1e-9)
    split = np.column_stack([votes[:, :2], votes[:, 2], votes[:, 2]])  # the third label is two now
    found = likeness(votes, split, by_name("abc", "abxy"))
    np.testing.assert_allclose(split @ found, votes, atol=1.0)
