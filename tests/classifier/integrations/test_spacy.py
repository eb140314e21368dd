from __future__ import annotations

import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gapped import EMOJI, NEWS
from hypothesis import given, settings
from texts import documents

from classifier import Classifier, ModelNotFound

spacy = pytest.importorskip("spacy", reason="the extra spacy is not installed")
tokens = pytest.importorskip("spacy.tokens", reason="the extra spacy is not installed")
from classifier.integrations.spacy import WinnowComponent  # noqa: E402

PAGES = [NEWS, "", " \n ", EMOJI, "Share this page", "He said so.Nobody knew!!Reply"]


@pytest.fixture(scope="module")
def nlp(tiny_folder: Path) -> Any:
    made = spacy.blank("en")
    made.add_pipe("winnow", config={"model": str(tiny_folder)})
    return made


def found(doc: Any, key: str = "winnow") -> list[tuple[int, int, str, float]]:
    """Segments as a group holds them: their own offsets, the label of the span, the score beside it."""
    group = doc.spans[key]
    attrs = group.attrs
    rows = zip(attrs["starts"], attrs["ends"], [span.label_ for span in group], attrs["scores"], strict=True)
    return list(rows)


def same_as_classified(doc: Any, folder: Path, key: str = "winnow") -> bool:
    return found(doc, key) == [tuple(segment) for segment in Classifier.load(folder).classify(doc.text).segments]


def test_one_text_and_a_stream_of_them_say_the_same(nlp: Any, tiny_folder: Path) -> None:
    alone = [nlp(page) for page in PAGES]
    assert all(same_as_classified(doc, tiny_folder) for doc in alone)
    assert alone[0].spans["winnow"].attrs["model"] == "tiny" and len(alone[0].spans["winnow"]) >= 3
    for options in ({"batch_size": 1}, {"batch_size": 4}, {"batch_size": 2, "n_process": 2}):
        docs = list(nlp.pipe(PAGES, **options))
        assert [doc.text for doc in docs] == PAGES
        assert [found(doc) for doc in docs] == [found(doc) for doc in alone]


@settings(max_examples=150)
@given(text=documents)
def test_no_segment_is_lost_between_tokens(nlp: Any, tiny_folder: Path, text: str) -> None:
    doc = nlp(text.encode("utf-8", "replace").decode())
    assert same_as_classified(doc, tiny_folder)
    group = doc.spans["winnow"]
    for span, start, end in zip(group, group.attrs["starts"], group.attrs["ends"], strict=True):
        assert span.start_char <= start and end <= span.end_char
        for token, near in ((span[0], start), (span[-1], end - 1)):  # and no token more than it touches
            assert token.idx <= near < token.idx + len(token.text_with_ws)


def test_a_stream_is_taken_a_batch_at_a_time(nlp: Any) -> None:
    taken: list[int] = []

    def endless() -> Iterator[str]:
        while True:
            taken.append(1)
            yield NEWS

    stream = nlp.pipe(endless(), batch_size=8)
    assert next(stream).spans["winnow"] and len(taken) <= 24


def test_a_saved_pipeline_brings_its_model(tiny_folder: Path, tmp_path: Path) -> None:
    moved = tmp_path / "model"
    shutil.copytree(tiny_folder, moved)
    made = spacy.blank("en")
    made.add_pipe("winnow", name="voices", config={"model": str(moved), "spans_key": "v"})
    expected = found(made(NEWS), "v")
    content = made.to_bytes()
    made.to_disk(tmp_path / "pipeline")
    shutil.rmtree(moved)
    from_bytes = spacy.blank("en")
    from_bytes.add_pipe("winnow", name="voices", config={"model": str(moved), "spans_key": "v"})
    with pytest.raises(ModelNotFound):
        from_bytes(NEWS)
    for again in (from_bytes.from_bytes(content), spacy.load(tmp_path / "pipeline")):
        assert found(again(NEWS), "v") == expected and again.get_pipe("voices").labels
        assert again.to_bytes(exclude=["vocab", "tokenizer", "config"])
    kept = pickle.loads(pickle.dumps(again.get_pipe("voices")))
    assert found(kept(spacy.blank("en")(NEWS)), "v") == expected


def test_what_is_found_travels_with_the_document(nlp: Any) -> None:
    doc = nlp(EMOJI)
    (unpacked,) = tokens.DocBin(docs=[doc]).get_docs(nlp.vocab)
    copied = tokens.Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert found(unpacked) == found(copied) == found(doc)
    assert unpacked.spans["winnow"].attrs == doc.spans["winnow"].attrs


def test_a_document_that_fails_goes_to_the_error_handler(tiny_folder: Path) -> None:
    component, told = WinnowComponent("w", str(tiny_folder / "nowhere")), []
    component.set_error_handler(lambda name, pipe, docs, error: told.append((name, len(docs), type(error))))
    assert list(component.pipe(map(spacy.blank("en"), PAGES[:3]), batch_size=2)) == []
    assert told == [("w", 2, ModelNotFound), ("w", 1, ModelNotFound)]
