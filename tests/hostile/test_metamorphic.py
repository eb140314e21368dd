"""Changes of a text that mean nothing: what must hold, and ceilings for the rest.

What they change of the shipped model's labels ``python -m fuzz.metamorphic`` measures; docs/reliability.md tells.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from classifier.classify import Classifier
from fuzz.metamorphic import changed, footers, measure, with_footers
from training.corpus import LabelledDocument, read_corpus

ROOT = Path(__file__).parents[2]
DOCUMENTS = read_corpus([ROOT / "data" / "written.jsonl", ROOT / "data" / "pages.jsonl"])
PAGES = [document.text for document in DOCUMENTS if document.split == "dev"]
LEARNED = [document for document in DOCUMENTS if document.split != "dev"]
ACCENTS = str.maketrans({"e": "é", "o": "ö"})


@pytest.mark.parametrize(
    "name", ["CRLF for LF", "CR for LF", "blanks at the ends of lines", "blank lines at both ends"]
)
def test_what_changes_no_label(name: str, shipped: Classifier) -> None:
    (row,) = measure(PAGES, shipped, [name])
    assert row["documents"] > 60 and row["words"] > 20_000 and row["changed"] == 0


def test_blank_lines_may_be_doubled(shipped: Classifier) -> None:
    spaced = [text.replace("\n", "\n\n") for text in PAGES]
    (row,) = measure(spaced, shipped, ["blank lines doubled"])
    assert row["documents"] > 60 and row["changed"] == 0


def test_crlf_moves_offsets_by_the_returns_before_them_and_nothing_else(shipped: Classifier) -> None:
    for text in PAGES[:20]:
        dos = text.replace("\n", "\r\n")
        one, other = shipped.classify(text), shipped.classify(dos)
        moved = [(s.start + text.count("\n", 0, s.start), s.label, s.score) for s in one.segments]
        assert moved == [(s.start, s.label, s.score) for s in other.segments]


def test_composed_and_decomposed_characters_give_nearly_the_same_labels(shipped: Classifier) -> None:
    """Accents that the pages do not have, one in twenty words: harder than any page."""
    wild = [" ".join(w.translate(ACCENTS) if i % 20 == 0 else w for i, w in enumerate(t.split(" "))) for t in PAGES]
    composed, decomposed = (
        list(shipped.classify_many(unicodedata.normalize(f, t) for t in wild)) for f in ("NFC", "NFD")
    )
    different = sum(len(changed(a, b)) for a, b in zip(composed, decomposed, strict=True))
    assert different <= 0.02 * sum(int(result.words.sum()) for result in composed)


@pytest.mark.parametrize("name", ["furniture appended", "zero-width space at the end"])
def test_furniture_below_a_page_changes_next_to_nothing_in_it(name: str, shipped: Classifier) -> None:
    (row,) = measure(PAGES, shipped, [name])
    assert row["documents"] == len(PAGES) and row["percent"] <= 0.5, row


@pytest.mark.parametrize(
    ("name", "ceiling"), [("every line break doubled", 8), ("menu before", 12), ("another page's footer", 8)]
)
def test_what_changes_more_labels_than_it_should_changes_no_more_than_it_did(
    name: str, ceiling: float, shipped: Classifier
) -> None:
    (row,) = measure(PAGES, shipped, [name], with_footers(footers(LEARNED)))
    assert row["percent"] <= ceiling, row


def test_a_footer_is_what_stands_below_the_last_span_that_is_none() -> None:
    text = "Rain fell. Menu. It may go on.\nAll rights are reserved.\nHome."
    spans = ((0, 10, "reporting"), (11, 16, "boilerplate"), (17, 30, "opinion"), (31, 61, "boilerplate"))
    assert footers([LabelledDocument("a", text, spans)]) == [text[31:]]
    assert footers([LabelledDocument("b", text, spans[3:]), LabelledDocument("c", text[:36], spans[:3])]) == []
