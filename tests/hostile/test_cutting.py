"""The splitter against a plain reading of it, with tables that know the words of the texts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from cutting import Rules, cut
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.segments import LEAD, Segments, SentenceRules, joined, pair_keys, segment
from classifier.text import lay_out
from classifier.tokens import tokenize, word_keys

WORDS = ("Dr", "dr", "co", "uk", "A", "b", "J", "Osman", "rain", "Rain", "s", "4", "10", "NATO", "é", "e", "g", "It")
GAPS = (" ", " ", " ", "", "\n", "\r\n\n", "\xa0")
MARKS = (".", ".", ".", "...", "…", "!", "?!", ",", ";", '"', "”", "'", "’", "(", ")", "]", "*", "-", "")
texts = st.lists(st.tuples(*map(st.sampled_from, (WORDS, MARKS, MARKS, GAPS, MARKS))), max_size=14).map(
    lambda rows: "".join(itertools.chain(*rows))
)
KEYS = {word: int(word_keys([word])[0]) for word in WORDS}


@st.composite
def tables(draw: st.DrawFn) -> SentenceRules:
    """Any tables over those words."""

    def some(pool: list[int]) -> np.ndarray:
        return np.array(sorted(set(draw(st.lists(st.sampled_from(pool), max_size=6)))), np.uint64)

    keys = sorted(set(KEYS.values()))
    array = np.array(keys, np.uint64)
    pairs = pair_keys(np.repeat(array, len(array)), np.tile(array, len(array))).tolist()
    ortho = some(keys)
    flags = draw(st.lists(st.sampled_from([2, 4, 8, 16, 32, 64, 36, 38, 98]), min_size=len(ortho), max_size=len(ortho)))
    return SentenceRules(some(keys + pairs[:40]), some(keys), some(pairs), some(keys), ortho, np.array(flags, np.uint8))


def spans(text: str, rules: SentenceRules) -> list[tuple[int, int]]:
    batch = lay_out([text])
    found = segment(tokenize(batch), batch.starts, rules)
    starts, ends = (batch.code_points(at, found.document).tolist() for at in (found.start, found.end))
    return list(zip(starts, ends, strict=True))


@given(texts, tables())
@settings(max_examples=200)
def test_segments_are_those_of_the_definition_whatever_the_tables(text: str, rules: SentenceRules) -> None:
    expected = [(row[0].start, row[-1].end) for row in cut(text, Rules(rules))]
    assert spans(text, rules) == expected


def some(token: list[int], start: list[int], end: list[int], breaks: list[int]) -> Segments:
    arrays = [np.array(values, np.int64) for values in (token, start, end)]
    document = np.zeros(len(start), np.int64)
    return Segments(*arrays, document, np.array(breaks), np.cumsum(np.array(breaks) > 0) - 1)


def test_stretches_are_joined_end_to_end() -> None:
    one = some([0, 2, 3], [LEAD, LEAD + 6], [LEAD + 5, LEAD + 8], [2, 0])
    two = some([0, 4], [LEAD + 1], [LEAD + 9], [0])
    three = some([0, 1, 2], [LEAD + 2, LEAD + 5], [LEAD + 4, LEAD + 6], [1, 2])
    whole = joined([one, two, three])
    assert whole.token.tolist() == [0, 2, 3, 7, 8, 9]
    assert whole.start.tolist() == [LEAD + at for at in (0, 6, 9, 19, 22)]
    assert whole.end.tolist() == [LEAD + at for at in (5, 8, 17, 21, 23)]
    assert whole.breaks.tolist() == [2, 0, 0, 1, 2] and whole.line.tolist() == [0, 0, 0, 1, 2]
    assert whole.document.tolist() == [0] * 5 and whole.document.dtype == np.int64
    assert joined([one]) is one


def test_what_does_not_fit_is_said() -> None:
    none = np.zeros(0, np.uint64)
    arrays = SentenceRules(none, none, none, none, none, np.zeros(1, np.uint8)).arrays()
    with pytest.raises(ValueError, match=r"^sentences\.ortho_keys and sentences\.ortho_flags differ in length$"):
        SentenceRules.from_arrays(arrays)
    with pytest.raises(ValueError, match=r"^sentences\.titles is float64 of 1 dimensions$"):
        SentenceRules.from_arrays({**arrays, "sentences.titles": np.zeros(0)})
