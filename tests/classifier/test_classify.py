from __future__ import annotations

import json
import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from texts import ARTICLE, BLANKS, documents

from classifier.classify import BATCH_CHARACTERS, Classifier
from classifier.decode import softmax
from classifier.errors import InputError
from classifier.result import DocumentResult
from classifier.text import Document

ROOT = Path(__file__).parents[2]
OURS = [json.loads(line)["text"] for line in (ROOT / "data" / "written.jsonl").open(encoding="utf-8")][:40]


def same(one: DocumentResult, other: DocumentResult) -> bool:
    """Whether two results say the same to the last bit."""
    arrays = ("starts", "ends", "columns", "proba", "alone", "words")
    return (one.text, one.warning, one.model) == (other.text, other.warning, other.model) and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays
    )


def check(text: str, result: DocumentResult) -> None:
    """The contract of a result: spans, probabilities, words."""
    last = 0
    for start, end, label, score in result.segments:
        assert last <= start < end <= len(text)
        assert not text[last:start].strip() and not text[start].isspace() and not text[end - 1].isspace()
        assert label in result.classes and 0 <= score <= 1
        last = end
    assert not text[last:].strip()
    n, k = len(result), len(result.classes)
    assert result.proba.shape == result.alone.shape == (n, k)
    for proba in (result.proba, result.alone):
        assert np.isfinite(proba).all() and (proba >= 0).all()
        np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-9)
    assert (result.columns == result.proba.argmax(axis=1)).all() if n else True


@given(documents)
@settings(max_examples=150)
def test_segments_are_ordered_disjoint_and_leave_only_blanks(tiny: Classifier, text: str) -> None:
    check(text, tiny.classify(text))


def test_every_character_alone_keeps_the_contract(tiny: Classifier) -> None:
    """All of Unicode: a blank is between segments, anything else is in one; a lone surrogate is one character."""
    characters = (
        [chr(c) for c in range(0x3000)] + [chr(c) for c in range(0xD7F0, 0xE010)] + ["\U0001f600", "\U0010ffff"]
    )
    for character, result in zip(characters, tiny.classify_many(characters), strict=True):
        spans = [] if character.isspace() else [(0, 1)]
        assert [(s.start, s.end) for s in result.segments] == spans, hex(ord(character))


@pytest.mark.parametrize("blank", BLANKS)
def test_every_kind_of_blank_parts_segments(blank: str, tiny: Classifier) -> None:
    text = f"{blank}It rained.{blank}{blank}We went home.{blank}"
    assert [text[s.start : s.end] for s in tiny.classify(text).segments] == ["It rained.", "We went home."]


def test_lone_surrogates_count_as_one_character_and_lose_nothing(tiny: Classifier) -> None:
    text = "It rained\ud83d. \ude00We went home\udfff"
    result = tiny.classify(text)
    assert [text[s.start : s.end] for s in result.segments] == ["It rained\ud83d.", "\ude00We went home\udfff"]
    replaced = tiny.classify("It rained\ufffd. \ufffdWe went home\ufffd")
    assert (result.proba == replaced.proba).all() and json.loads(result.to_json())


@given(st.lists(documents, min_size=1, max_size=8), st.integers(1, 5))
@example(["a", '0. "'], 1)  # what follows an opening quotation mark may be another document
def test_an_answer_does_not_depend_on_its_batch(tiny: Classifier, texts: list[str], size: int) -> None:
    alone = [tiny.classify(text) for text in texts]
    for batched in (tiny.classify_many(texts), tiny.classify_many(texts, batch_size=size)):
        assert all(map(same, batched, alone))
    backwards = list(tiny.classify_many(reversed(texts)))
    assert all(map(same, reversed(backwards), alone))


def test_an_answer_does_not_depend_on_its_batch_on_real_pages(tiny: Classifier) -> None:
    alone = [tiny.classify(text) for text in OURS]
    for size in (2, 7, 1000):
        assert all(map(same, tiny.classify_many(OURS, batch_size=size), alone))
    long = "\n".join(OURS)
    mixed = ["", "x", long, " ", *OURS[:3], long]
    assert all(map(same, tiny.classify_many(mixed), [tiny.classify(text) for text in mixed]))


def test_neither_workers_nor_threads_change_an_answer(tiny: Classifier) -> None:
    alone = [tiny.classify(text) for text in OURS]
    assert all(map(same, tiny.classify_many(OURS, batch_size=3, n_jobs=2), alone))
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            assert all(map(same, pool.map(tiny.classify, OURS), alone))


def test_threads_may_load_and_begin_together(tiny_folder: Path) -> None:
    together = threading.Barrier(4)

    def begin(_: int) -> DocumentResult:
        together.wait()
        return Classifier.load(tiny_folder).classify(ARTICLE)

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(begin, range(4))
    assert all(same(first, other) for other in others)


def test_a_classifier_is_sent_as_the_place_of_its_model(tiny: Classifier) -> None:
    packed = pickle.dumps(tiny)
    assert len(packed) < 1000
    again = pickle.loads(packed)
    assert again.name == tiny.name and again.classes_.tolist() == tiny.classes_.tolist()
    assert same(again.classify(ARTICLE), tiny.classify(ARTICLE))
    result = pickle.loads(pickle.dumps(tiny.classify(ARTICLE)))
    assert same(result, tiny.classify(ARTICLE)) and result.to_json() == tiny.classify(ARTICLE).to_json()


def test_documents_come_back_in_order_with_their_names(tiny: Classifier) -> None:
    given_ = [Document("a", "One."), "Two.", Document(None, ""), Document(("x", 1), "Four.", {"url": "u"}), "Five."]
    found = list(tiny.classify_many(given_))
    assert [result.id for result in found] == ["a", 1, None, ("x", 1), 4]
    assert [result.text for result in found] == ["One.", "Two.", "", "Four.", "Five."]
    assert tiny.classify("One.").id is None and list(tiny.classify_many([])) == []


class Pages:
    """Endless pages, counted as they are taken."""

    def __init__(self, sentences: int) -> None:
        self.taken, self.sentences = 0, sentences

    def __iter__(self) -> Iterator[str]:
        while True:
            self.taken += 1
            yield f"Page {self.taken}. " + "It rained. " * self.sentences


@pytest.mark.filterwarnings("ignore:.*tasks have been successfully executed")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_documents_are_taken_lazily(n_jobs: int, tiny: Classifier) -> None:
    pages = Pages(1)
    results = tiny.classify_many(pages, batch_size=4, n_jobs=n_jobs)
    assert [next(results).text[:7] for _ in range(3)] == ["Page 1.", "Page 2.", "Page 3."]
    assert pages.taken < 200


def test_a_batch_is_bounded_by_characters(tiny: Classifier) -> None:
    pages = Pages(BATCH_CHARACTERS // 40)
    next(tiny.classify_many(pages))
    assert 3 <= pages.taken <= 6


def test_crlf_reads_as_lf_does_but_for_offsets(tiny: Classifier) -> None:
    for text in OURS[:10]:
        plain, dos = tiny.classify(text), tiny.classify(text.replace("\n", "\r\n"))
        assert dos.labels == plain.labels and (dos.proba == plain.proba).all()
        crlf = text.replace("\n", "\r\n")
        assert [crlf[s.start : s.end] for s in dos.segments] == [text[s.start : s.end] for s in plain.segments]


def test_the_first_verdict_knows_nothing_of_the_neighbours(tiny: Classifier) -> None:
    text = OURS[0]
    result = tiny.classify(text)
    for segment, alone in zip(result.segments, result.alone, strict=True):
        by_itself = tiny.classify(text[segment.start : segment.end])
        if len(by_itself) == 1:
            assert (by_itself.alone[0] == alone).all()
    assert (result.alone != result.proba).any()


def test_probabilities_are_those_of_the_stages_by_hand(tiny: Classifier) -> None:
    from classifier.decode import decode
    from classifier.features.context import context
    from classifier.features.manner import manner
    from classifier.model import in_steps
    from classifier.segments import segment
    from classifier.text import lay_out
    from classifier.tokens import tokenize

    rules, model, chain, _ = tiny._parts
    batch = lay_out([ARTICLE])
    tokens = tokenize(batch)
    segments = segment(tokens, batch.starts, rules)
    first = model.first.logits(tokens, segments)
    features = context(in_steps(first), manner(tokens, segments), segments)
    result = tiny.classify(ARTICLE)
    assert (result.alone == softmax(first)).all()
    assert (result.proba == decode(model.second.logits(features), segments, chain)).all()


@given(documents)
def test_keeping_every_label_gives_the_text_back_and_dropping_them_nothing_of_it(tiny: Classifier, text: str) -> None:
    labels = tiny.classes_.tolist()
    assert tiny.filter(text, keep=labels) == text == tiny.filter(text, drop=[])
    assert not tiny.filter(text, drop=labels).strip() and not tiny.filter(text, keep=[]).strip()


def test_filter_takes_one_of_keep_and_drop_and_known_labels(tiny: Classifier) -> None:
    for wrong in ({}, {"keep": ["opinion"], "drop": ["comment"]}, {"keep": ["opinions"]}):
        with pytest.raises(InputError):
            tiny.filter(ARTICLE, **wrong)
    with pytest.raises(InputError):
        tiny.filter(ARTICLE, keep=["opinion"], min_score=1.5)
    assert tiny.filter(ARTICLE, keep=["reporting"], min_score=1.0, when_unsure="keep") == ARTICLE


def test_the_shipped_model_labels_a_page_as_a_reader_would(shipped: Classifier) -> None:
    result = shipped.classify(ARTICLE)
    labels = dict(zip((ARTICLE[s.start : s.end] for s in result.segments), result.labels, strict=True))
    assert labels["By Ilse Marr"] == labels["Share this page | Subscribe"] == "boilerplate"
    assert labels["ORRIN, May 3 - The harbour board cancelled the ferry on Friday, its chairman said."] == "reporting"
    assert labels["my cousin works on the pier, nobody has looked at it for years lol"] == "comment"


def test_what_looks_like_nothing_is_nothing(tiny: Classifier) -> None:
    for text in ("", " ", "\n\r\n\t", BLANKS):
        result = tiny.classify(text)
        assert len(result) == 0 and result.segments == [] and result.warning is None
        assert result.proba.shape == (0, 4) and json.loads(result.to_json())["segments"] == []


@pytest.mark.parametrize("text", ["a" * 300_000, "! " * 100_000, "a.\n" * 100_000, "\n" * 300_000 + "x", "é" * 100_000])
def test_monotonous_texts_are_no_trouble(text: str, tiny: Classifier) -> None:
    check(text, tiny.classify(text))
