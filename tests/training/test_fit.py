from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from invented import page

from classifier import artifact
from classifier.classify import Classifier
from classifier.errors import InputError
from training.config import TrainingConfig
from training.corpus import LabelledDocument, LabelledSentence, ReaderComment, Trail, corpus_digest, read_corpus
from training.evaluate import report
from training.fit import Material, fit
from training.split import held_out
from training.verdicts import judge

ROOT = Path(__file__).parents[2]
QUICK = TrainingConfig(hidden=4, epochs=1, folds=2, first_iterations=5, composite_rounds=1)
Arrays = dict[str, Any]


def same(one: Arrays, other: Arrays, but: str = "no such") -> bool:
    """Whether two models' arrays are equal, apart from those whose names begin with ``but``."""
    assert set(one) == set(other)
    return all(np.array_equal(array, other[name]) for name, array in one.items() if not name.startswith(but))


@pytest.fixture(scope="module")
def material() -> Material:
    documents = read_corpus([ROOT / "data" / "written.jsonl"])
    learn = [d for d in documents if d.split == "train"][::5]
    judge_ = [d for d in documents if d.split == "dev"][::6]
    articles = [d.id for d in learn if not d.has("comment")]
    trails = [Trail(name, ("The pier was closed in March, not in May.", "I cross it daily.")) for name in articles]
    comments = [ReaderComment(f"c{i}", f"lol no way {i}, who pays for the ferry??", thread=f"t{i}") for i in range(20)]
    sentences = [LabelledSentence(f"s{i}", f"It is a shameful failure of board {i}.", "opinion") for i in range(10)]
    return Material([*learn, *judge_], sentences, comments, trails)


@pytest.fixture(scope="module")
def arrays(material: Material) -> Arrays:
    return fit(material, QUICK)[1]


def test_the_same_corpus_and_seed_make_the_same_model_whatever_the_jobs(
    material: Material, arrays: Arrays, tmp_path: Path
) -> None:
    manifest, again = fit(material, QUICK, n_jobs=2)
    assert same(arrays, again)
    for name in ("a", "b"):
        artifact.save(tmp_path / name, manifest, {"a": arrays, "b": again}[name])
    for name in (artifact.MANIFEST, artifact.WEIGHTS):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert not same(arrays, fit(material, replace(QUICK, seed=1))[1])


def test_documents_held_out_set_the_chain_and_nothing_else(material: Material, arrays: Arrays) -> None:
    def turned(document: LabelledDocument) -> LabelledDocument:
        return replace(document, spans=tuple((s, e, "opinion") for s, e, _ in document.spans))

    documents = [turned(d) if d.split == "dev" else d for d in material.documents]
    lies = [replace(s, label="reporting", split="dev") for s in material.sentences]
    elsewhere = replace(material, documents=documents, sentences=[*material.sentences, *lies])
    found = fit(elsewhere, QUICK)[1]
    assert same(arrays, found, but="chain.") and not same(arrays, found)
    assert (arrays["chain.start"] != 1).any()


def test_trails_teach_the_second_verdict_and_not_the_first(material: Material, arrays: Arrays) -> None:
    without = fit(replace(material, trails=()), QUICK)[1]
    assert all(
        np.array_equal(arrays[name], without[name]) for name in arrays if name.startswith(("first.", "sentences."))
    )
    assert not np.array_equal(arrays["second.hidden"], without["second.hidden"])


@pytest.mark.parametrize("part", ["comments", "sentences"])
def test_comments_and_single_sentences_teach_the_first_verdict(part: str, material: Material, arrays: Arrays) -> None:
    without = fit(replace(material, **{part: ()}), QUICK)[1]
    assert not np.array_equal(arrays["first.weights"], without["first.weights"])


def test_the_manifest_says_what_was_learned_from_and_how(material: Material) -> None:
    manifest, _ = fit(material, QUICK, name="mine")
    record = manifest.to_dict()
    assert record["name"] == "mine" and record["config"] == QUICK.to_dict()
    assert record["labels"] == ["boilerplate", "comment", "opinion", "reporting"]
    counts = {name: record["corpus"][name] for name in ("documents", "sentences", "comments", "trails")}
    parts = {"documents": material.documents, "sentences": material.sentences, "comments": material.comments}
    assert counts == {**{name: len(rows) for name, rows in parts.items()}, "trails": len(material.trails)}
    groups = (material.documents, material.sentences, material.comments, material.trails)
    assert record["corpus"]["digest"] == corpus_digest(*groups)
    assert record["corpus"]["sources"] == {"written": {"documents": len(material.documents)}}


def test_labels_are_those_of_the_corpus(tmp_path: Path) -> None:
    """Two labels of another name, no comments, nothing held out, and a field that happens to be called article."""
    towns = ("Orrin", "Belesh", "Korva", "Tarn", "Dolna", "Lesk")

    def lines(town: str) -> list[tuple[str, str]]:
        yes, no = (
            f"It was true in {town}, the {town} board said on Monday.",
            f"So {town} was false; a shame for {town}!",
        )
        return [(f"{yes} {town} {i}.", "fact") if i % 3 else (f"{no} {town} {i}.", "claim") for i in range(9)]

    rows = lines(towns[0])
    documents = [page(i, *lines(town), split=None, meta={"article": 7}) for i, town in enumerate(towns)]
    documents = [replace(d, site=f"site {i}") for i, d in enumerate(documents)]
    manifest, found = fit(Material(documents), replace(QUICK, epochs=40, first_iterations=20, crops=1.0))
    artifact.save(tmp_path / "m", manifest, found)
    model = Classifier.load(tmp_path / "m")
    assert model.classes_.tolist() == ["claim", "fact"]
    result = model.classify("\n".join(text for text, _ in rows))
    assert set(result.labels) <= {"claim", "fact"} and np.allclose(result.proba.sum(axis=1), 1)
    assert list(result.to_record()["segments_by_label"]) == ["claim", "fact"]


def test_too_little_to_learn_from_is_said() -> None:
    one = page("a", ("It rained.", "reporting"), ("It snowed.", "reporting"))
    two = page("b", ("It rained.", "reporting"), ("What a shame!", "opinion"))
    with pytest.raises(InputError, match="two to twenty labels"):
        fit(Material([one]), QUICK)
    with pytest.raises(InputError, match="two folds"):
        fit(Material([two]), QUICK)
    with pytest.raises(InputError, match="two to twenty labels"):
        fit(Material([replace(two, split="dev")]), QUICK)


def test_each_stage_is_told(material: Material) -> None:
    said: list[tuple[str, float]] = []
    few = Material([d for d in material.documents if d.split == "train"][:6])
    fit(few, QUICK, say=lambda line, done: said.append((line, done)))
    assert len(said) >= 4 and "6 documents" in said[0][0] and all("\n" not in line for line, _ in said)
    shares = [done for _, done in said]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] < 1


def test_the_small_model_has_learned_something(tiny: Classifier) -> None:
    pages = held_out(read_corpus([ROOT / "data" / "written.jsonl"]))
    found = report(judge(tiny, pages), resamples=1).to_record()
    assert found["macro_f1"] > 0.7 and found["labels"]["comment"]["f1"] > 0.7
