from __future__ import annotations

import pytest
from invented import page

from training.corpus import LabelledSentence, ReaderComment
from training.terms import OURS, TERMS, Choice, stated


@pytest.mark.parametrize(
    ("source", "license_", "expected"),
    [
        ("written", None, True),
        ("civil", None, True),
        ("edi", None, False),
        ("edi", "CC BY 4.0", True),
        ("written", "none stated", False),
        ("wcx", "none stated (WCXB)", False),
        ("never heard of", None, False),
        (None, None, False),
        (None, "ours", True),
    ],
)
def test_terms_are_the_rows_own_or_else_its_sources(source: str | None, license_: str | None, expected: bool) -> None:
    assert stated(page("a", ("It rained.", "reporting"), source=source, license=license_)) is expected


def test_what_may_be_learned_from_is_chosen_by_source_and_terms() -> None:
    rows = [
        LabelledSentence(i, "It rained.", "reporting", source) for i, source in enumerate(["wcx", "edi", None, "own"])
    ]
    assert Choice().of(rows) == rows
    assert Choice(excluded=("edi", "own")).of(rows) == [rows[0], rows[2]]
    assert Choice(licensed=True).of(rows) == [rows[0], rows[3]]
    assert Choice(excluded=("wcx",), licensed=True).of(rows) == [rows[3]]
    assert Choice(licensed=True).of([ReaderComment("c", "lol", "fox"), ReaderComment("d", "lol")])[0].id == "c"


def test_our_own_texts_are_licensed() -> None:
    assert all(TERMS[source].startswith("MIT") for source in OURS)
