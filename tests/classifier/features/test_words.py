from __future__ import annotations

import itertools

import numpy as np
import plain
from hypothesis import given
from hypothesis import strategies as st
from texts import ARTICLE, documents

from classifier.features.counts import MAX_TOKENS
from classifier.features.words import COLUMNS, edge_columns, word_columns
from classifier.segments import Segments
from classifier.tokens import Tokens


def words_of(tokens: Tokens, segments: Segments) -> list[list[list[int]]]:
    """The columns of each token of each segment, without those that mean nothing."""
    table = word_columns(tokens, segments)
    assert table.dtype == np.int64 and table.shape == (4, len(tokens))
    found = [[column for column in row if column] for row in table.T.tolist()]
    return [found[a:b] for a, b in itertools.pairwise(segments.token.tolist())]


@given(st.lists(documents, max_size=4))
def test_columns_are_those_of_the_definition(texts: list[str]) -> None:
    tokens, segments = plain.cut(texts)
    expected = [plain.columns(row) for row in plain.read(tokens, segments)]
    assert words_of(tokens, segments) == [[[c for c in row if c] for row in words] for words, _ in expected]
    assert edge_columns(tokens, segments).T.tolist() == [ends for _, ends in expected]


def test_every_column_lies_in_the_table() -> None:
    tokens, segments = plain.cut([ARTICLE, "Ünïcödé — “…” 😀 " * 50])
    for columns in (word_columns(tokens, segments), edge_columns(tokens, segments)):
        assert columns.min() >= 0 and columns.max() < COLUMNS


def test_pairs_stop_at_a_segments_beginning_and_tell_the_order() -> None:
    tokens, segments = plain.cut(["rain fell. rain fell", "fell rain"])
    (first, second, third) = words_of(tokens, segments)
    assert first[:2] == second[:2]  # what stood before the segment does not matter
    assert first[0][0] == third[1][0] and first[0][1] != third[1][1]  # the same word, another pair
    assert first[1][1] not in [pair for _, pair in third]


def test_endings_and_beginnings_are_shared_by_words() -> None:
    tokens, segments = plain.cut(["reported reporter deported port"])
    ((_, _, beginning, ending), (_, _, other_beginning, _), (_, _, _, other_ending), short) = words_of(
        tokens, segments
    )[0]
    assert beginning == other_beginning and ending == other_ending and len(short) == 2


def test_case_and_digits_do_not_count() -> None:
    tokens, segments = plain.cut(["Rain in 1984", "RAIN IN 2019"])
    one, other = words_of(tokens, segments)
    assert one == other


def test_tokens_far_into_a_giant_segment_are_not_read() -> None:
    tokens, segments = plain.cut(["rain " * (MAX_TOKENS + 7), "snow"])
    columns = word_columns(tokens, segments)
    assert len(segments) == 2
    assert (columns[:2, :MAX_TOKENS] > 0).all() and not columns[:, MAX_TOKENS:-1].any() and columns[0, -1] > 0
