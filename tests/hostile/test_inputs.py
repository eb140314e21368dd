"""Every input ends in labels or in a named problem, and what is promised of results holds after each."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random

import pytest

from classifier.classify import Classifier
from classifier.errors import InputError
from classifier.io import Caution, Fields, Record, Source, Stretch, read, records, walk
from classifier.io.decoding import decode
from fuzz.inputs import VOCABULARY
from fuzz.invariants import check_result, check_spans, same
from fuzz.naughty import GROWING, NAUGHTY
from fuzz.targets import TARGETS

KEPT = sorted((Path(__file__).parent / "inputs").glob("*.bin"))
ROW = '{"id": "né", "text": "It rained — “hard”, he said. 😀\\nlol\\ud83d", "url": "u"}\n'


def spans(classifier: Classifier, texts: list[str]) -> None:
    for text, result in zip(texts, classifier.classify_many(texts), strict=True):
        check_spans(text, [(s.start, s.end) for s in result.segments])


@pytest.mark.parametrize("path", KEPT, ids=[path.stem for path in KEPT])
def test_what_once_broke_something_breaks_nothing(path: Path) -> None:
    TARGETS[path.stem.split("-")[0]](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_each_harness_finds_nothing_in_small_random_inputs(name: str) -> None:
    random = Random(name)
    for size in range(0, 160, 4):
        TARGETS[name](random.randbytes(size))
        TARGETS[name](b"\3" + random.randbytes(size))


def test_naughty_strings_are_documents_like_any_other(shipped: Classifier) -> None:
    texts = [*NAUGHTY, *(f"He said {s} on Monday.\n{s}\n\n{s}{s} lol" for s in NAUGHTY), "\n".join(NAUGHTY)]
    for text, result in zip(texts, shipped.classify_many(texts), strict=True):
        check_result(text, result)
        assert same(result, shipped.classify(text))


@pytest.mark.parametrize("shape", GROWING)
def test_monotonous_texts_of_any_shape_are_labelled(shape: str, shipped: Classifier) -> None:
    text = GROWING[shape](20_000)
    result = shipped.classify(text)
    check_result(text, result)
    among = list(shipped.classify_many(["It rained.", text, "lol"]))
    assert same(among[1], result)


def test_every_byte_and_telling_pairs_of_bytes_are_texts(shipped: Classifier) -> None:
    """``python -m fuzz.sweep`` takes every pair."""
    single = [bytes([a]) for a in range(256)]
    pairs = [bytes([a, b]) for a in b"\0\t\n\r \"'.A\x80\xc2\xe2\xed\xef\xf0\xff" for b in range(256)]
    spans(shipped, [decode(data, None, lambda _: None) for data in single + pairs])
    spans(shipped, ["It rained. " + decode(data + b"lol", None, lambda _: None) for data in single])


def test_characters_of_every_block_keep_the_contract_inside_a_sentence(shipped: Classifier) -> None:
    """Each character below U+3100, and every 61st above; ``python -m fuzz.sweep`` takes them all."""
    characters = [chr(c) for c in [*range(0x3100), *range(0x3100, 0x110000, 61)]]
    lines = [f"A{c} b{c}. {c}C. {c} d" for c in characters]
    spans(shipped, ["\n".join(lines[i : i + 500]) for i in range(0, len(lines), 500)])


def test_random_vocabulary_is_labelled_the_same_in_any_batch(shipped: Classifier) -> None:
    random = Random(8)
    texts = ["".join(random.choices(VOCABULARY, k=random.randrange(60))) for _ in range(300)]
    for text, result in zip(texts, shipped.classify_many(texts), strict=True):
        check_result(text, result)
        assert same(result, shipped.classify(text))


def everything(path: Path) -> list[object]:
    found: list[object] = []
    for source in walk([str(path)]):
        assert isinstance(source, Source)
        for part in read(source, Fields()):
            found += records(part, Fields()) if isinstance(part, Stretch) else [part]
    return found


@pytest.mark.parametrize("suffix", [".txt", ".jsonl", ".jsonl.gz", ".jsonl.zst"])
def test_a_file_cut_off_anywhere_gives_what_it_has(suffix: str, tmp_path: Path) -> None:
    data = ROW.encode() * 2
    if suffix.endswith(".gz"):
        data = gzip.compress(data)
    elif suffix.endswith(".zst"):
        data = pytest.importorskip("zstandard").ZstdCompressor().compress(data)
    path = tmp_path / f"f{suffix}"
    for size in range(len(data) + 1):
        path.write_bytes(data[:size])
        found = everything(path)
        assert all(isinstance(item, (Source, Record, InputError, Caution)) for item in found)
        whole = [item for item in found if isinstance(item, Record)]
        assert size < len(data) or len(whole) == (1 if suffix == ".txt" else 2)
        assert all(isinstance(item.document.text, str) for item in whole)


def test_random_bytes_in_any_file_end_in_documents_and_problems(tmp_path: Path) -> None:
    random = Random(8)
    for suffix in (".txt", ".jsonl", ".jsonl.gz", ".jsonl.zst"):
        if suffix.endswith("zst"):
            pytest.importorskip("zstandard")
        for size in (1, 2, 3, 4, 7, 30, 1000, 70_000):
            path = tmp_path / f"{size}{suffix}"
            path.write_bytes(random.randbytes(size))
            assert all(isinstance(item, (Source, Record, InputError, Caution)) for item in everything(path))


def test_surrogates_from_json_escapes_are_counted_one_by_one(shipped: Classifier, tmp_path: Path) -> None:
    text = "It rained\ud800. \udc00\ud800He left\udfff.\ud83d\ude00"
    path = tmp_path / "f.jsonl"
    path.write_text(json.dumps({"text": text}) + "\n")
    (record,) = (item for item in everything(path) if isinstance(item, Record))
    whole = record.document.text  # JSON joins the last two, which are a pair
    assert whole == text[:-2] + "😀"
    check_result(whole, shipped.classify(whole))
