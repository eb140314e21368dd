"""What spaCy itself writes and reads, where it is installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from carried import RECORD, SPANS, TEXT, Told, items
from console import winnow

from training.labelling.exchange import export, read

spacy = pytest.importorskip("spacy", reason="the extra spacy is not installed")
tokens = pytest.importorskip("spacy.tokens", reason="the extra spacy is not installed")


def test_spacy_sees_the_text_its_tokens_and_the_spans(tmp_path: Path) -> None:
    record = {**RECORD, "spans": [*SPANS, [63, 64, "blank"]]}
    assert export(items(record), "spacy", str(tmp_path / "a.spacy"), Told()) == 1
    (doc,) = tokens.DocBin().from_disk(tmp_path / "a.spacy").get_docs(spacy.blank("en").vocab)
    assert doc.text == TEXT and [token.text for token in doc[:5]] == ["Rain", "fell", "in", "Orrin", ","]
    assert [(span.start_char, span.end_char, span.label_) for span in doc.spans["sc"]] == [
        tuple(s) for s in record["spans"]
    ]


def test_a_span_inside_a_word_cuts_the_token(tmp_path: Path) -> None:
    export(items({"text": TEXT, "spans": [[2, 7, "x"]]}), "spacy", str(tmp_path / "a.spacy"), Told())
    (doc,) = tokens.DocBin().from_disk(tmp_path / "a.spacy").get_docs(spacy.blank("en").vocab)
    assert [token.text for token in doc[:4]] == ["Ra", "in", "fe", "ll"] and doc.text == TEXT


def test_files_of_others_are_read_by_key_or_by_entities(tmp_path: Path) -> None:
    doc = spacy.blank("en")(TEXT)
    doc.set_ents([doc.char_span(13, 18, label="PLACE")])
    docs = [doc.copy(), doc.copy()]
    docs[1].spans["mine"] = [docs[1].char_span(0, 35, label="reporting"), docs[1].char_span(13, 18, label="place")]
    tokens.DocBin(docs=docs).to_disk(tmp_path / "a.spacy")
    entity = ((13, 18, "PLACE"),)
    assert [item.spans for item in read(str(tmp_path / "a.spacy"), "spacy", Told())] == [entity, entity]
    found = read(str(tmp_path / "a.spacy"), "spacy", Told(), spans_key="mine")
    assert [item.spans for item in found] == [entity, ((0, 35, "reporting"), (13, 18, "place"))]


def test_what_is_no_docbin_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.spacy").write_bytes(b"no")
    ran = winnow("corpus", "import", tmp_path / "a.spacy", "--format", "spacy")
    assert ran.status == 1 and "not a DocBin of spaCy" in ran.err and ran.err.count("\n") == 1
