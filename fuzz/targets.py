"""What is fuzzed: each target takes any bytes and raises where something that must hold does not."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np

from classifier import artifact, sheets
from classifier.classify import Classifier, _Parts
from classifier.decode import BLOCK, LEAST, Chain, decode
from classifier.errors import InputError, ModelError
from classifier.features.context import context, context_width
from classifier.features.manner import LIMIT, manner
from classifier.features.words import COLUMNS, edge_columns, word_columns
from classifier.filter import Rule, filter_result
from classifier.io import Caution, Fields, Record, Source, Stretch, dump, read, records, rewrite, walk
from classifier.segments import Segments, segment
from classifier.text import lay_out
from classifier.tokens import tokenize

from .inputs import Feed, text_of, texts_of
from .invariants import check_probabilities, check_result, check_spans, same


@lru_cache(maxsize=1)
def shipped() -> Classifier:
    """Return the default model."""
    return Classifier.load("default")


def _parts() -> _Parts:
    return shipped()._parts


def _spans(texts: list[str]) -> list[list[tuple[int, int]]]:
    batch = lay_out(texts)
    tokens = tokenize(batch)
    cut = segment(tokens, batch.starts, _parts().rules)
    assert (np.diff(cut.token) > 0).all() and (np.diff(cut.document) >= 0).all() and (np.diff(cut.line) >= 0).all()
    spans: list[list[tuple[int, int]]] = [[] for _ in texts]
    starts, ends = (batch.code_points(at, cut.document).tolist() for at in (cut.start, cut.end))
    for i, start, end in zip(cut.document.tolist(), starts, ends, strict=True):
        spans[i].append((start, end))
    return spans


def fuzz_segments(data: bytes) -> None:
    """Segments keep their contract, in any batch."""
    texts = texts_of(data)
    together = _spans(texts)
    for text, spans in zip(texts, together, strict=True):
        check_spans(text, spans)
        assert len(texts) == 1 or spans == _spans([text])[0], "cut otherwise in a batch"


def fuzz_features(data: bytes) -> None:
    """Features stay within their bounds, in any batch."""
    texts = texts_of(data)
    rows = _features(texts)
    alone = [_features([text]) for text in texts]
    assert len(texts) == 1 or (np.concatenate(alone) == rows).all(), "other features in a batch"


def _features(texts: list[str]) -> np.ndarray:
    batch = lay_out(texts)
    tokens = tokenize(batch)
    cut = segment(tokens, batch.starts, _parts().rules)
    if not len(cut):
        return np.zeros((0, 6 + context_width(2)))
    words, edges = word_columns(tokens, cut), edge_columns(tokens, cut)
    for columns in (words, edges):
        assert columns.min() >= 0 and columns.max() < COLUMNS
    sums = np.add.reduceat(words, cut.token[:-1], axis=1)
    verdicts = np.stack([(edges[0] % 255) - 127, (edges[1] % 255) - 127], axis=1).astype(np.int32)
    found = context(verdicts, manner(tokens, cut), cut)
    assert np.abs(found).max() <= LIMIT and (found == np.rint(found)).all()
    return np.concatenate([sums.T, edges.T, found], axis=1)


def fuzz_decoder(data: bytes) -> None:
    """Probabilities come out whatever goes in, in any batch."""
    feed = Feed(data)
    k, lengths = 2 + feed.below(5), [1 + feed.below(3 * BLOCK) for _ in range(1 + feed.below(4))]
    n, spread = sum(lengths), 10.0 ** (feed.below(12) - 3)
    chain = Chain(
        np.array(max(LEAST, feed.byte() / 32)), feed.floats((k,), -9, 9), feed.floats((k,), LEAST, 2),
        feed.floats((3, k, k), LEAST, 1.0 if feed.byte() % 2 else 1e12),
    )  # fmt: skip
    chain.check(k)
    document = np.repeat(np.arange(len(lengths)), lengths)
    breaks = np.array([feed.byte() % 3 for _ in range(n)])
    breaks[np.diff(document, prepend=-1) != 0] = 2
    logits = feed.floats((n, k), -spread, spread)
    proba = decode(logits, _segments(document, breaks), chain)
    check_probabilities(proba, n, k)
    for start, stop in itertools.pairwise(itertools.accumulate(lengths, initial=0)):
        mine = slice(start, stop)
        alone = decode(logits[mine], _segments(document[mine] * 0, breaks[mine]), chain)
        assert (alone == proba[mine]).all(), "decoded otherwise in a batch"


def _segments(document: np.ndarray, breaks: np.ndarray) -> Segments:
    none = np.zeros(0, np.int64)
    return Segments(none, np.zeros(len(document), np.int64), none, document, breaks, none)


_SUFFIXES = (".txt", ".jsonl", ".jsonl.gz", ".jsonl.zst")
_ENCODINGS = (None, None, None, "cp1252", "utf-16", "utf-32", "shift_jis", "utf-7")


def fuzz_readers(data: bytes) -> None:
    """A file of any bytes gives documents and problems, never an exception; records are rewritten to the letter."""
    feed = Feed(data)
    suffix, encoding, packed = _SUFFIXES[feed.byte() % 4], _ENCODINGS[feed.byte() % 8], feed.byte() % 2
    content = feed.rest()
    if packed and suffix == ".jsonl.gz":
        content = gzip.compress(content, 1)
    elif packed and suffix == ".jsonl.zst":
        import zstandard

        content = zstandard.ZstdCompressor().compress(content)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"f{suffix}"
        path.write_bytes(content)
        for source in walk([str(path)]):
            assert isinstance(source, Source)
            _read(source, Fields(encoding=encoding))


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _read(source: Source, fields: Fields) -> None:
    for part in read(source, fields):
        for item in records(part, fields) if isinstance(part, Stretch) else [part]:
            if isinstance(item, Record):
                _check_record(item)
            else:
                assert isinstance(item, (InputError, Caution, Source)), item


def _check_record(record: Record) -> None:
    assert isinstance(record.document.text, str)
    if not record.line:
        return
    with contextlib.suppress(RecursionError):
        whole = rewrite(record.line, {"winnow": dump([record.document.text])})
        again = json.loads(whole, parse_int=str)
        assert again.pop("winnow") == [record.document.text], "rewritten otherwise"
        assert repr(again) == repr({k: v for k, v in json.loads(record.line, parse_int=str).items() if k != "winnow"})


def fuzz_json(data: bytes) -> None:
    """A line of JSON with damage in it is read or refused, and rewritten to the letter."""
    source = Source("f.jsonl", "f.jsonl", "jsonl")
    for item in records(Stretch(source, text_of(data)), Fields()):
        if isinstance(item, Record):
            _check_record(item)
        else:
            assert isinstance(item, (InputError, Caution)), item


def fuzz_artifact(data: bytes) -> None:
    """A damaged artifact is refused or gives probabilities; nothing else is raised."""
    from .artifacts import damaged

    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        damaged(Path(folder), data)
        try:
            artifact.load(Path(folder))
            classifier = Classifier.load(folder)
        except ModelError:
            return
        check_result("Rain fell, he said.\nlol", classifier.classify("Rain fell, he said.\nlol"))


def fuzz_filter(data: bytes) -> None:
    """What is kept and what is dropped is the document's text to the letter."""
    feed = Feed(data)
    labels, chosen = shipped().classes_.tolist(), feed.byte()
    named = [label for i, label in enumerate(labels) if chosen >> i & 1]
    side, unsure = ("keep", "drop")[chosen >> 4 & 1], (None, "keep", "drop", None)[chosen >> 5 & 3]
    rule = Rule(**{side: named}, min_score=feed.byte() / 255, when_unsure=unsure, min_words=feed.byte() % 16)
    text = text_of(feed.rest())
    result = shipped().classify(text)
    kept = filter_result(result, rule)
    assert kept.text == "".join(text[a:b] for a, b in kept.ranges)
    flat = [offset for pair in kept.ranges for offset in pair]
    assert flat == sorted(flat) and all(a < b for a, b in kept.ranges)
    out = {(s.start, s.end) for s in kept.dropped}
    for start, end in ((s.start, s.end) for s in result.segments):
        inside = any(a <= start and end <= b for a, b in kept.ranges)
        touched = any(a < end and start < b for a, b in kept.ranges)
        assert inside != ((start, end) in out) and touched == inside
    json.dumps(kept.to_record())


def fuzz_whole(data: bytes) -> None:
    """A batch of texts is labelled, each as it is alone, and written as JSON."""
    texts = texts_of(data)
    for text, result in zip(texts, shipped().classify_many(texts), strict=True):
        check_result(text, result)
        assert len(texts) == 1 or same(result, shipped().classify(text)), "judged otherwise in a batch"


def fuzz_stretches(data: bytes) -> None:
    """A text laid down in stretches of a few characters is cut and judged as in one piece."""
    feed = Feed(data)
    size, text = 1 + feed.byte(), text_of(feed.rest())
    whole, before = shipped().classify(text), sheets.BATCH_CHARACTERS
    sheets.BATCH_CHARACTERS = size
    try:
        apart = shipped().classify(text)
    finally:
        sheets.BATCH_CHARACTERS = before
    assert same(apart, whole), "judged otherwise in stretches"


TARGETS: dict[str, Callable[[bytes], None]] = {
    "segments": fuzz_segments,
    "features": fuzz_features,
    "decoder": fuzz_decoder,
    "readers": fuzz_readers,
    "json": fuzz_json,
    "artifact": fuzz_artifact,
    "filter": fuzz_filter,
    "whole": fuzz_whole,
    "stretches": fuzz_stretches,
}
