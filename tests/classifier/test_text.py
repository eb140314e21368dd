from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from texts import anything

from classifier.text import Document, encode, lay_out


@given(anything)
def test_encoding_is_utf8_with_each_lone_surrogate_read_as_one_replacement(text: str) -> None:
    expected = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    assert encode(text) == expected.encode()
    assert len(encode(text).decode()) == len(text)


@given(st.lists(anything, max_size=5))
def test_documents_lie_end_to_end_and_apart(texts: list[str]) -> None:
    batch = lay_out(texts)
    assert len(batch) == len(texts)
    for text, start, end in zip(texts, batch.starts.tolist(), batch.ends.tolist(), strict=True):
        assert batch.buffer[start:end].tobytes() == encode(text)
    # Eight bytes can be read before and after any text, and no text touches another.
    edges = [0, *np.stack([batch.starts, batch.ends], axis=1).ravel().tolist(), len(batch.buffer)]
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        assert high - low >= 8 and set(batch.buffer[low:high].tolist()) == {ord("\n")}


@given(st.lists(anything, min_size=1, max_size=5))
def test_offsets_in_bytes_become_offsets_in_code_points(texts: list[str]) -> None:
    batch = lay_out(texts)
    offsets, documents, expected = [], [], []
    for i, text in enumerate(texts):
        for at in range(len(text) + 1):
            offsets.append(batch.starts[i] + len(encode(text[:at])))
            documents.append(i)
            expected.append(at)
    found = batch.code_points(np.array(offsets, np.int64), np.array(documents, np.int64))
    assert found.tolist() == expected


def test_continuation_bytes_are_listed_and_absent_from_ascii() -> None:
    assert len(lay_out(["plain", ""]).continuation) == 0
    batch = lay_out(["aé", "中"])
    assert batch.continuation.tolist() == [batch.starts[0] + 2, batch.starts[1] + 1, batch.starts[1] + 2]


def test_nothing_at_all_is_a_batch_too() -> None:
    batch = lay_out([])
    assert len(batch) == 0 and len(batch.code_points(np.zeros(0, np.int64), np.zeros(0, np.int64))) == 0


def test_a_document_keeps_its_name_and_an_empty_record_of_its_own() -> None:
    one, other = Document(7, "a"), Document("7", "a")
    assert one != other and one.meta == {} and one.meta is not other.meta
