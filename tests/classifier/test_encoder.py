from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import encoding
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import artifact
from classifier.artifact import MANIFEST, NETWORK, TOKENIZER, WEIGHTS
from classifier.classify import Classifier
from classifier.encoder import windows
from classifier.encoder.graph import OPERATIONS, check_network
from classifier.encoder.windows import LENGTH, MARKS, NOBODY, cuts, head_of, read_of, window
from classifier.errors import ModelMismatch
from classifier.text import Document

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "data" / "pages" / "war.txt").read_text("utf-8")

REFUSED = r"^(holds|has a|is not an ONNX file)"
lengths = st.lists(st.integers(1, windows.FIRST + windows.LAST), max_size=40)


@given(lengths, st.integers(0, LENGTH))
def test_windows_hold_every_segment_once_and_in_order_and_are_not_too_long(sizes: list[int], offset: int) -> None:
    tokens = [[200 + i] * size for i, size in enumerate(sizes)]
    head, breaks = head_of(tokens), [2] * len(sizes)
    found = [window(tokens, breaks, some, head) for some in cuts(tokens, offset)]
    assert [i for read in found for i in read.segments] == list(range(len(sizes)))
    for read in found:
        assert len(read.tokens) == len(read.owner) <= LENGTH
        for place, i in enumerate(read.segments):
            mine = [token for token, owner in zip(read.tokens, read.owner, strict=True) if owner == place]
            assert mine == [MARKS[2], *tokens[i]]


def test_a_window_from_further_down_begins_with_the_documents_first_tokens() -> None:
    tokens = [[201, 202], [203]]
    first, second = (window(tokens, [2, 0], range(i, i + 1), head_of(tokens)) for i in (0, 1))
    assert first.tokens == [101, MARKS[2], 201, 202, 102] and first.owner == [NOBODY, 0, 0, 0, NOBODY]
    assert second.tokens == [101, 201, 202, 203, 102, MARKS[0], 203, 102]
    assert second.owner == [NOBODY] * 5 + [0, 0, NOBODY]


def test_of_a_long_segment_both_ends_are_read_and_of_an_empty_one_something() -> None:
    assert read_of(range(64)) == list(range(64))
    assert read_of(range(100)) == [*range(48), *range(84, 100)]
    assert read_of([]) == [windows.UNKNOWN]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    for needed in ("onnx", "onnxruntime", "tokenizers"):
        pytest.importorskip(needed)
    return encoding.files()


@pytest.fixture(scope="module")
def folder(files: dict[str, bytes], tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encoding.accurate(tmp_path_factory.mktemp("accurate") / "m", tiny_folder, files)


def told(model: Classifier, *texts: str) -> list[list[Any]]:
    results = model.classify_many([Document(i, text) for i, text in enumerate(texts)])
    return [[(s.start, s.end, s.label, s.score) for s in result.segments] for result in results]


def test_an_answer_does_not_depend_on_the_batch_nor_on_the_process(folder: Path) -> None:
    model = Classifier.load(folder)
    texts = [PAGE, "", "Rain fell.", PAGE[:700], "\ud800 \0 \u202e", "word " * 4000, PAGE * 3]
    apart = [told(model, text)[0] for text in texts]
    assert told(model, *texts) == apart == told(model, *texts[::-1])[::-1]
    spread = [[(s.start, s.end, s.label, s.score) for s in r.segments] for r in model.classify_many(texts, 2, n_jobs=2)]
    assert spread == apart


def test_the_encoder_is_heard_and_the_first_verdict_stays(folder: Path, tiny: Classifier) -> None:
    model = Classifier.load(folder)
    fast, slow = tiny.classify(PAGE), model.classify(PAGE)
    assert slow.model == "accurate" and (slow.alone == fast.alone).all()
    other = Classifier.load(encoding.accurate(folder.parent / "other", folder, _another(folder)))
    assert (other.classify(PAGE).proba != slow.proba).any()


def _another(folder: Path) -> dict[str, bytes]:
    from training.teacher.graph import network

    return {NETWORK: network(encoding.weights(seed=1)), TOKENIZER: (folder / TOKENIZER).read_bytes()}


def test_logits_are_centred_and_follow_every_window(files: dict[str, bytes]) -> None:
    from classifier.encoder import Encoder

    encoder = Encoder(files[NETWORK], files[TOKENIZER], 4)
    texts = ["a b c", "d"]
    document, starts, ends = np.array([0, 0, 0, 1]), np.array([0, 2, 4, 0]), np.array([1, 3, 5, 1])
    found = encoder.logits(texts, document, starts, ends, np.array([2, 0, 1, 2]))
    assert found.shape == (4, 4) and np.abs(found.sum(axis=1)).max() < 1e-6 and found.dtype == np.float64
    assert (encoder.logits(texts[1:], document[3:] - 1, starts[3:], ends[3:], np.array([2])) == found[3:]).all()
    none = np.zeros(0, np.int64)
    assert encoder.logits(["", ""], none, none, none, none).shape == (0, 4)


CODE = """
import sys
sys.modules[{missing!r}] = None  # as if it were not there
sys.argv = ["winnow", "classify", {page!r}, "--model", {model!r}]
from classifier.cli import main
main()
"""


@pytest.mark.parametrize("missing", ["onnxruntime", "tokenizers"])
def test_what_is_not_installed_is_named(missing: str, folder: Path) -> None:
    code = CODE.format(missing=missing, page=str(ROOT / "data" / "pages" / "war.txt"), model=str(folder))
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True)
    assert ran.returncode == 1 and not ran.stdout and ran.stderr.count("\n") == 1
    assert ran.stderr.endswith("pip install newswinnow[encoder]\n")


def test_saving_again_keeps_the_encoder(folder: Path, tmp_path: Path) -> None:
    encoding.accurate(tmp_path, folder)
    before = artifact.read_manifest(tmp_path)
    artifact.save(tmp_path, *artifact.load(tmp_path))
    assert artifact.read_manifest(tmp_path).files == before.files and set(before.files) == {WEIGHTS, NETWORK, TOKENIZER}
    assert Classifier.load(tmp_path).classify(PAGE).segments


@pytest.mark.parametrize("name", [NETWORK, TOKENIZER])
def test_an_encoder_that_is_missing_swapped_or_too_large_is_refused(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoding.accurate(tmp_path, folder)
    good = (tmp_path / name).read_bytes()
    for content in (good[:-1], b"", good + b" "):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ModelMismatch, match="digest"):
            Classifier.load(tmp_path)
    (tmp_path / name).write_bytes(good)
    with monkeypatch.context() as small:
        small.setattr(artifact, "MAX_ENCODER", len(good) - 1)
        with pytest.raises(ModelMismatch, match="larger than"):
            artifact.load_encoder(tmp_path, artifact.read_manifest(tmp_path))
    (tmp_path / name).unlink()
    with pytest.raises(ModelMismatch, match="cannot be read"):
        Classifier.load(tmp_path)
    record = (tmp_path / MANIFEST).read_text("utf-8").replace(f'"{name}"', '"other"')
    (tmp_path / MANIFEST).write_text(record, "utf-8")
    with pytest.raises(ModelMismatch, match="must name exactly"):
        Classifier.load(tmp_path)


def test_weights_for_one_opinion_do_not_fit_an_encoder(folder: Path, tiny_folder: Path, tmp_path: Path) -> None:
    manifest, arrays = artifact.load(tiny_folder)
    artifact.save(tmp_path, manifest, arrays, artifact.load_encoder(folder, artifact.read_manifest(folder)))
    with pytest.raises(ModelMismatch, match="do not fit together"):
        Classifier.load(tmp_path)


def external(model: Any) -> None:
    from onnx import TensorProto

    table = model.graph.initializer[0]
    table.ClearField("raw_data")
    table.data_location = TensorProto.EXTERNAL
    entry = table.external_data.add()
    entry.key, entry.value = "location", "../../etc/passwd"


def foreign(model: Any) -> None:
    model.graph.node[0].op_type = "Loop"


def of_another_domain(model: Any) -> None:
    model.graph.node[0].domain = "com.example"


def nested(model: Any) -> None:
    from onnx import helper

    graph = helper.make_graph([], "inside", [], [])
    model.graph.node[0].attribute.append(helper.make_attribute("body", graph))


def with_a_function(model: Any) -> None:
    from onnx import helper

    model.functions.append(helper.make_function("d", "f", [], [], [], model.opset_import))


def spelled_out(model: Any) -> None:
    table = model.graph.initializer[0]
    table.ClearField("raw_data")
    table.float_data.extend([0.0])


def claiming_more(model: Any) -> None:
    model.graph.initializer[0].dims[0] = 1 << 50


def of_text(model: Any) -> None:
    model.graph.initializer[0].data_type = 8


def endless(model: Any) -> None:
    for _ in range(2001):
        model.graph.node.append(model.graph.node[0])


HOSTILE = [external, foreign, of_another_domain, nested, with_a_function, spelled_out, claiming_more, of_text, endless]


@pytest.mark.parametrize("harm", HOSTILE)
def test_a_network_that_is_more_than_numbers_is_refused_before_it_is_run(
    harm: Callable[[Any], None], files: dict[str, bytes]
) -> None:
    import onnx

    check_network(files[NETWORK])
    model = onnx.load_from_string(files[NETWORK])
    harm(model)
    with pytest.raises(ValueError, match=REFUSED):
        check_network(model.SerializeToString())


def test_every_operation_that_is_let_in_is_used(files: dict[str, bytes]) -> None:
    import onnx

    from training.teacher.graph import network

    made = [onnx.load_from_string(network(encoding.weights(), whole)) for whole in (True, False)]
    assert {node.op_type for model in made for node in model.graph.node} == OPERATIONS


BAD_TOKENIZERS: dict[str, bytes] = {
    "empty": b"",
    "not UTF-8": b"\xff",
    "a list": b"[]",
    "nested too deep": b"[" * 100_000,
    "of patterns": encoding.tokenizer(pre_tokenizer={"type": "Split", "pattern": {"Regex": "(a+)+$"}}),
    "without a model": encoding.tokenizer(model=None),
    "without a vocabulary": encoding.tokenizer(model={"type": "WordPiece"}),
}


@pytest.mark.parametrize("content", BAD_TOKENIZERS.values(), ids=BAD_TOKENIZERS)
def test_a_tokenizer_that_is_none_is_refused(content: bytes, folder: Path, tmp_path: Path) -> None:
    files = {NETWORK: (folder / NETWORK).read_bytes(), TOKENIZER: content}
    with pytest.raises(ModelMismatch, match="the encoder cannot be used"):
        Classifier.load(encoding.accurate(tmp_path, folder, files))


@given(st.binary(max_size=60))
def test_any_bytes_are_a_network_or_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=REFUSED):
        check_network(content)


def test_a_network_cut_anywhere_or_of_other_sizes_is_refused(
    files: dict[str, bytes], folder: Path, tmp_path: Path
) -> None:
    good = files[NETWORK]
    for size in range(0, len(good), len(good) // 40):
        with pytest.raises(ValueError, match=REFUSED):
            check_network(good[:size])
    from training.teacher.graph import network

    wrong = {NETWORK: network(encoding.weights(k=3)), TOKENIZER: files[TOKENIZER]}
    model = Classifier.load(encoding.accurate(tmp_path, folder, wrong))
    with pytest.raises(ModelMismatch, match="one finite number a label"):
        model.classify(PAGE)
    unknown = encoding.weights() | {"bert.embeddings.word_embeddings.weight": np.ones((110, 24), np.float32)}
    model = Classifier.load(
        encoding.accurate(tmp_path, folder, {NETWORK: network(unknown), TOKENIZER: files[TOKENIZER]})
    )
    with pytest.raises(ModelMismatch, match="cannot be run"):
        model.classify(PAGE)


def test_a_window_that_two_passes_cut_alike_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = Classifier.load(folder)._parts.encoder
    assert encoder is not None
    read: list[windows.Window] = []
    run = encoder._run
    monkeypatch.setattr(encoder, "_run", lambda window: read.append(window) or run(window))
    Classifier.load(folder).classify("Rain fell.\nIt was awful!")
    assert len(read) == 1
    Classifier.load(folder).classify(PAGE)
    assert all(len(window.tokens) <= LENGTH for window in read)
