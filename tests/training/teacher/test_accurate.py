from __future__ import annotations

import json
from pathlib import Path

import encoding
import numpy as np
import pytest

from classifier import artifact
from classifier.artifact import NETWORK, TOKENIZER
from classifier.classify import Classifier
from classifier.encoder import Encoder
from classifier.errors import InputError, ModelMismatch
from classifier.features.context import context_width
from classifier.model import Model, SecondVerdict
from training.adapt import Base
from training.config import TrainingConfig
from training.corpus import read_corpus
from training.gather import Material, gather
from training.laid import lay
from training.progress import silent
from training.teacher.accurate import build
from training.teacher.graph import network
from training.teacher.hearing import Remembering, Upon, verdicts
from training.teacher.joining import averaged
from training.teacher.pages import spans_of

for needed in ("onnx", "onnxruntime", "tokenizers"):
    pytest.importorskip(needed)

WRITTEN = Path(__file__).parents[3] / "data" / "written.jsonl"
DOCUMENTS = read_corpus([WRITTEN])[:30]
LABELS = ("boilerplate", "comment", "opinion", "reporting")


@pytest.fixture(scope="module")
def encoders() -> list[dict[str, bytes]]:
    return [{NETWORK: network(encoding.weights(seed=i)), TOKENIZER: encoding.tokenizer()} for i in (1, 2)]


def test_segments_are_found_again(tiny: Classifier) -> None:
    laid = lay(DOCUMENTS, LABELS, tiny._parts.rules)
    starts, ends = spans_of(laid)
    results = list(tiny.classify_many([d.text for d in DOCUMENTS]))
    assert [(s.start, s.end) for r in results for s in r.segments] == list(
        zip(starts.tolist(), ends.tolist(), strict=True)
    )


def test_each_document_is_judged_by_the_encoder_of_its_fold(tiny: Classifier, encoders: list[dict[str, bytes]]) -> None:
    laid = lay(DOCUMENTS[:6], LABELS, tiny._parts.rules)
    fold = laid.document % 2
    both = [Encoder(*some.values(), 4) for some in encoders]
    found = verdicts(laid, fold, both, 4, jobs=2)
    assert found.shape == (len(laid), 4) and found.dtype == np.int32
    for i, encoder in enumerate(both):
        mine = verdicts(laid, None, [encoder], 4)
        assert (found[fold == i] == mine[fold == i]).all() and (found[fold != i] != mine[fold != i]).any()
    remembering = Remembering(*encoders[0].values(), 4)
    for _ in range(2):
        assert (verdicts(laid, None, [remembering], 4) == verdicts(laid, None, both[:1], 4)).all()


def test_an_accurate_model_is_built_upon_a_fast_one(
    tiny: Classifier, tiny_folder: Path, encoders: list[dict[str, bytes]], tmp_path: Path
) -> None:
    config = TrainingConfig(hidden=8, epochs=2, first_iterations=5, composite_rounds=1)
    upon = Upon(Base.load(tiny_folder), encoders, encoders[0])
    build(Material(read_corpus([WRITTEN])), upon, tmp_path / "accurate", config, 1, silent)
    model = Classifier.load(tmp_path / "accurate")
    assert model.name == "accurate" and model.manifest.config["hidden"] == 8
    assert sorted(file.name for file in (tmp_path / "accurate").iterdir()) == sorted(artifact.FILES)
    assert not (tmp_path / "accurate.winnow").exists()
    text = DOCUMENTS[0].text
    assert (model.classify(text).alone == tiny.classify(text).alone).all()
    with pytest.raises(ModelMismatch, match="start from default"):
        Base.load(tmp_path / "accurate")


def test_two_second_verdicts_side_by_side_say_their_mean(tiny: Classifier) -> None:
    rng, fast = np.random.default_rng(0), tiny._parts.model.second
    d, m = context_width(8), 12
    hearing = SecondVerdict(
        rng.integers(-90, 90, (d, m)).astype(np.int16),
        np.full(m, 0.01, np.float32),
        rng.normal(size=m).astype(np.float32),
        rng.integers(-900, 900, (m, 4)).astype(np.int16),
        np.array(1e-4),
        rng.normal(size=4),
    )
    laid = lay(DOCUMENTS[:3], LABELS, tiny._parts.rules)
    alone = rng.integers(-127, 128, (len(laid), 8)).astype(np.int32)
    both, mine = laid.contexts(alone).astype(np.float32), laid.contexts(alone[:, :4]).astype(np.float32)
    joined = averaged(fast, hearing, 4)
    np.testing.assert_allclose(joined.logits(both), (fast.logits(mine) + hearing.logits(both)) / 2, atol=0.05)
    Model(tiny._parts.model.first, joined).check(4, 2)


def test_what_is_missing_is_named(tiny_folder: Path, encoders: list[dict[str, bytes]], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no encoder"):
        Upon.read(str(tiny_folder), [tmp_path], tmp_path)
    upon = Upon(Base.load(tiny_folder), encoders, encoders[0])
    train = [d for d in DOCUMENTS if d.split != "dev"]
    with pytest.raises(InputError, match="no document is of split dev"):
        build(Material(train), upon, tmp_path / "m", TrainingConfig(), 1, silent)


def test_a_document_stays_in_the_fold_it_had_when_the_encoders_learned(
    tiny_folder: Path, encoders: list[dict[str, bytes]], tmp_path: Path
) -> None:
    learn = Material(DOCUMENTS).of_split("train")
    base, config = Base.load(tiny_folder), TrainingConfig(folds=3, crops=1.0, composite_rounds=1)
    gathered = gather(learn, LABELS, config, base.rules)
    first = learn.documents[0]
    (tmp_path / "folds.json").write_text(json.dumps({json.dumps(d.id): int(d is not first) for d in learn.documents}))
    folders = [tmp_path / "0", tmp_path / "1"]
    for folder, files in zip(folders, encoders, strict=True):
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
    upon = Upon.read(str(tiny_folder), folders, folders[0], tmp_path / "folds.json")
    whole, more = upon.fold_of(gathered, config)
    (laid, _), (made, _) = gathered.whole[0], gathered.more[0]
    assert (whole == (laid.document != 0)).all()
    assert (more == [made.documents[i].meta["article"] != first.id for i in made.document]).all() and 0 in more
    parted = Upon(base, encoders, encoders[0]).fold_of(gathered, config)[0]
    assert set(parted.tolist()) == {0, 1}
    for wrong in ("[]", "{", '{"a": 2}'):
        (tmp_path / "folds.json").write_text(wrong)
        with pytest.raises(InputError, match="folds"):
            Upon.read(str(tiny_folder), folders, folders[0], tmp_path / "folds.json")
