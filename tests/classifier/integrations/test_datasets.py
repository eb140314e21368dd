from __future__ import annotations

import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest
from gapped import RULE, TEXTS, kept_of, rows_of

from classifier import InputError, ModelNotFound

datasets = pytest.importorskip("datasets", reason="the extra datasets is not installed")
fingerprint = pytest.importorskip("datasets.fingerprint")
from classifier.integrations.datasets import WinnowAnnotator, WinnowFilter  # noqa: E402


@pytest.fixture(autouse=True)
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    datasets.disable_progress_bars()


def column(texts: list[str | None]) -> Any:
    rows = {"n": range(len(texts)), "text": texts}
    return datasets.Dataset.from_dict(rows, datasets.Features(n=datasets.Value("int64"), text=datasets.Value("string")))


@pytest.mark.parametrize("num_proc", [None, 2])
def test_annotating_adds_one_column_and_changes_nothing_else(tiny_folder: Path, num_proc: int | None) -> None:
    texts, annotate = ["", None, *TEXTS], WinnowAnnotator(model=tiny_folder)
    dataset = column(texts)
    features = annotate.features(dataset.features)
    found = dataset.map(annotate, batched=True, batch_size=2, num_proc=num_proc, features=features)
    assert found["n"][:] == list(range(len(texts))) and found["text"][:] == texts
    assert found["segments"][:] == [rows_of(text, tiny_folder) for text in texts]
    assert found.features == features


@pytest.mark.parametrize("num_proc", [None, 2])
def test_filtering_rewrites_the_texts_in_place(tiny_folder: Path, num_proc: int | None) -> None:
    keep = WinnowFilter(model=tiny_folder, **RULE)
    found = column(TEXTS).map(keep, batched=True, batch_size=3, num_proc=num_proc)
    assert found["text"][:] == [kept_of(text, tiny_folder) for text in TEXTS]
    assert found["n"][:] == list(range(len(TEXTS)))


def test_a_stream_is_mapped_the_same(tiny_folder: Path) -> None:
    annotate = WinnowAnnotator(to="labels", model=tiny_folder)
    stream = column(TEXTS).to_iterable_dataset().map(annotate, batched=True, batch_size=2)
    assert [row["labels"] for row in stream] == [rows_of(text, tiny_folder) for text in TEXTS]


def test_the_cache_knows_one_model_from_another(tiny_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_folder, folder)
    first, again = WinnowAnnotator(model=folder), pickle.loads(pickle.dumps(WinnowAnnotator(model=folder)))
    assert fingerprint.Hasher.hash(first) == fingerprint.Hasher.hash(again)
    shutil.rmtree(folder)
    shutil.copytree(Path(__file__).parents[3] / "models" / "default", folder)
    assert fingerprint.Hasher.hash(WinnowAnnotator(model=folder)) != fingerprint.Hasher.hash(first)


def test_what_makes_no_sense_is_refused_at_once(tiny_folder: Path) -> None:
    with pytest.raises(InputError, match="no label 'reportage'"):
        WinnowFilter(model=tiny_folder, keep="reportage")
    with pytest.raises(ModelNotFound):
        WinnowAnnotator(model=tiny_folder / "nowhere")
