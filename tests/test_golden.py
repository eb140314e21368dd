"""Pages of our own against what was written down of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier.classify import Classifier
from tests.golden.update import PAGES, digest_of, golden_of, read, rows


def spans(listed: list[str]) -> list[tuple[str, str, str]]:
    return [(start, end, text) for start, end, _, text in (row.split("\t") for row in listed)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_segments_are_those_written_down(page: Path, shipped: Classifier) -> None:
    assert spans(rows(page, shipped)) == spans(read(page)[1])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_labels_are_those_written_down(page: Path, shipped: Classifier) -> None:
    digest, listed = read(page)
    if digest != digest_of(shipped):
        pytest.fail("the model was trained again: run `python -m tests.golden.update` and read what changed")
    assert rows(page, shipped) == listed


def test_every_file_belongs_to_a_page() -> None:
    assert len({page.stem for page in PAGES}) == len(PAGES) >= 6
    assert sorted(golden_of(page) for page in PAGES) == sorted(golden_of(PAGES[0]).parent.glob("*.tsv"))
