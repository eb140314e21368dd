from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import ARTICLE, documents

from classifier import Classifier, sheets
from classifier.features.manner import Manner
from classifier.segments import Segments

PARTS = Classifier.load()._parts


def laid(text: str, stretch: int) -> sheets.Sheet | None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "BATCH_CHARACTERS", stretch)
        return sheets.lay_down([text], PARTS.rules, PARTS.model.first.logits)


def check(text: str, stretch: int) -> None:
    whole, found = laid(text, len(text) + 1), laid(text, stretch)
    assert (whole is None) == (found is None)
    if whole and found:
        for name in (field.name for field in fields(Segments)):
            np.testing.assert_array_equal(getattr(found.segments, name), getattr(whole.segments, name), name)
        for name in (field.name for field in fields(Manner)):
            np.testing.assert_array_equal(getattr(found.manner, name), getattr(whole.manner, name), name)
        for i in (1, 2, 4):
            np.testing.assert_array_equal(found[i], whole[i])


@given(documents, st.integers(1, 200))
def test_a_text_laid_down_in_stretches_is_the_same_sheet(text: str, stretch: int) -> None:
    check(text, stretch)


@given(
    st.lists(documents, min_size=2, max_size=8), st.sampled_from([" ", "\n", "\r\n", "\n\n", ""]), st.integers(50, 900)
)
def test_so_is_a_long_one(texts: list[str], between: str, stretch: int) -> None:
    check(between.join(texts), stretch)


@pytest.mark.parametrize("stretch", [30, 97, 250, 1000])
def test_so_are_pages_in_lines_and_in_one_line(stretch: int) -> None:
    page = (
        ARTICLE
        + '\n"We go," he said. "And then," she said, "we stop. Or not." Mr. J. R. Hartley (a U.S. envoy) left.\r\n\r\n'
    )
    check(page * 5, stretch)
    check(" ".join((page * 5).split()), stretch)
    check(" ".join((page * 5).split()).replace("e", "é").replace("said", "s\u2009aid 😀"), stretch)


@pytest.mark.parametrize(
    "text", ["", "\n" * 99, "x" * 999, "word " * 999, ". " * 99, "a. b. c. " * 99, "\n" * 999 + "End."]
)
def test_so_are_odd_ones(text: str) -> None:
    check(text, 50)
