from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import plain
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from texts import ARTICLE, documents

from classifier.features.context import CLOSE, NEAR, WIDE, context, context_width
from classifier.features.counts import MAX_TOKENS
from classifier.features.cues import CUES, cue_counts, quoted
from classifier.features.manner import LIMIT, UNIT, Manner, manner
from classifier.features.place import place
from classifier.features.surface import SURFACE, surface_counts
from classifier.segments import Segments
from classifier.tokens import Tokens

REGISTER = ("words", "letters", "capitals", "shouted", "commas", "exclaims", "asks", "numbers", "quoted", "short")
REGISTER_CUES = ("attribution", "hedges", "evaluation", "first", "second", "talk", "furniture", "trail", "when")
Row = list[int]


def log(count: int) -> int:
    return min(round(16 * math.log2(1 + min(count, 4095))), LIMIT)


def mean(rows: Sequence[Row], width: int) -> Row:
    """Column means, rounded to the even neighbour as float32 has them; zeros of nothing."""
    if not rows:
        return [0] * width
    return [int(np.rint(np.float32(sum(column)) / np.float32(len(rows)))) for column in zip(*rows, strict=True)]


class Described:
    """What the definition says of each segment, one document at a time."""

    def __init__(self, tokens: Tokens, segments: Segments, alone: NDArray[np.int32]) -> None:
        inside = quoted(tokens, segments)
        self.surface = [dict(zip(SURFACE, r, strict=True)) for r in surface_counts(tokens, segments, inside).tolist()]
        self.cues = plain.rows(cue_counts(tokens, segments, inside))
        self.tokens = plain.read(tokens, segments)
        self.alone, self.k = plain.rows(alone), alone.shape[1]
        self.breaks, self.line = segments.breaks.tolist(), segments.line.tolist()
        self.register = [self._register(i) for i in range(len(segments))]

    def _register(self, i: int) -> Row:
        surface = self.surface[i]
        counted = [surface[name] for name in REGISTER] + [self.cues[i][CUES.index(cue)] for cue in REGISTER_CUES]
        rates = [min(UNIT * count // max(surface["words"], 1), LIMIT) for count in counted]
        rates[0] = log(surface["words"])
        return [*rates, UNIT * surface["ends_sentence"], UNIT * surface["starts_lower"]]

    def counts(self, i: int) -> Row:
        surface = [min(4 * count, LIMIT) for count in self.surface[i].values()]
        surface[:2] = [log(count) for count in list(self.surface[i].values())[:2]]
        return surface + [min(UNIT * count, LIMIT) for count in self.cues[i][:-1]]

    def prose(self, i: int) -> bool:
        return self.surface[i]["spoken"] >= (4 if self.surface[i]["ends_sentence"] else 14)

    def marked(self, i: int, cue: str) -> bool:
        return self.surface[i]["spoken"] < 10 and self.rate(i, cue) >= UNIT // 8

    def rate(self, i: int, cue: str) -> int:
        return self.register[i][len(REGISTER) + REGISTER_CUES.index(cue)]

    def telling(self, i: int) -> bool:
        line = self.surface[i]["spoken"] > 3 and self.rate(i, "furniture") < UNIT // 8
        return line or self.prose(i) or any(self.marked(i, cue) for cue in ("trail", "when", "talk"))

    def seen(self, i: int, low: int, high: int) -> tuple[int, range]:
        """How far segment ``i`` of the document ``low`` to ``high`` sees; what stands with it in or below the text."""
        end = max((j + 1 for j in range(low, high) if self.telling(j)), default=high)
        return (end, range(low, end)) if i < end else (high, range(end, high))

    def looks(self, i: int) -> tuple[int, int, int]:
        tokens = self.tokens[i]
        return plain.key(tokens[0]), plain.key(tokens[-1]), len(tokens)

    def features(self, i: int, low: int, high: int) -> Row:
        """The features of segment ``i`` of the document ``low`` to ``high``."""
        high, like = self.seen(i, low, high)
        both = [a + r for a, r in zip(self.alone, self.register, strict=True)]
        alone, k, wide = self.alone, self.k, len(both[0])
        line = [j for j in range(low, high) if self.line[j] == self.line[i]]
        above = [j for j in range(low, high) if self.line[j] == self.line[i] - 1]
        below = [j for j in range(low, high) if self.line[j] == self.line[i] + 1]
        whole = range(low, high), range(low, i), range(i + 1, high)
        return [
            *alone[i],
            *itertools.chain(*(alone[i + by] if low <= i + by < high else [0] * k for by in NEAR)),
            *mean(both[max(i - CLOSE, low) : i], wide), *mean(both[i + 1 : min(i + 1 + CLOSE, high)], wide),
            *mean(alone[max(i - WIDE, low) : i], k), *mean(alone[i + 1 : min(i + 1 + WIDE, high)], k),
            *itertools.chain(*(mean([both[j] for j in run if self.prose(j)], wide) for run in whole)),
            *(value for lines in (line, above, below) for value in mean([alone[j] for j in lines], k)),
            *self.register[i], *self.counts(i), *self._position(i, low, high, line), *self._markers(i, low, high),
            log(sum(self.looks(j) == self.looks(i) for j in like) - 1),
        ]  # fmt: skip

    def _position(self, i: int, low: int, high: int, line: list[int]) -> Row:
        before, after, size = (
            sum(map(self.prose, run)) for run in (range(low, i), range(i + 1, high), range(low, high))
        )
        glued_after = i + 1 < high and self.breaks[i + 1] == 0
        return [
            log(i - low), log(before), log(after), before * LIMIT // max(size, 1), log(size),
            log(i - line[0]), log(line[-1] - i), LIMIT * (self.breaks[i] == 0), LIMIT * (self.breaks[i] > 1),
            LIMIT * glued_after, LIMIT * (i == low), LIMIT * (i == high - 1), log(self.line[i] - self.line[low]),
        ]  # fmt: skip

    def _markers(self, i: int, low: int, high: int) -> Row:
        found = []
        for cue in ("trail", "when", "furniture", "talk"):
            before = [j for j in range(low, i) if self.marked(j, cue)]
            after = [j for j in range(i + 1, high) if self.marked(j, cue)]
            nearest = [LIMIT // (i - before[-1]) if before else 0, LIMIT // (after[0] - i) if after else 0]
            found += [LIMIT * self.marked(i, cue), log(len(before)), log(len(after)), *nearest]
        return found


def built(texts: list[str], seed: int = 0, k: int = 3) -> tuple[Tokens, Segments, NDArray[np.int32], Manner]:
    tokens, segments = plain.cut(texts)
    alone = np.random.default_rng(seed).integers(-LIMIT, LIMIT + 1, (len(segments), k)).astype(np.int32)
    return tokens, segments, alone, manner(tokens, segments)


def check(texts: list[str], seed: int = 0) -> None:
    tokens, segments, alone, described = built(texts, seed)
    found = context(alone, described, segments)
    assert found.dtype == np.float32 and np.abs(found).max() <= LIMIT
    by_hand = Described(tokens, segments, alone)
    edges = np.searchsorted(segments.document, np.arange(len(texts) + 1)).tolist()
    for low, high in itertools.pairwise(edges):
        for i in range(low, high):
            assert plain.rows(found[i : i + 1]) == [by_hand.features(i, low, high)], i


@given(st.lists(documents.filter(str.strip), min_size=1, max_size=4), st.integers(0, 99))
def test_features_are_those_of_the_definition(texts: list[str], seed: int) -> None:
    check(texts, seed)


def test_features_of_pages_longer_than_every_window() -> None:
    trail = "".join(f"user{i}\n{i} hours ago\nI agree with you. So it is!\nReply\n" for i in range(20))
    check([ARTICLE + trail, ARTICLE, ARTICLE + "\n\n" + ARTICLE])


def test_windows_stop_at_the_documents_ends() -> None:
    _tokens, segments, alone, described = built(["One.", "Two. Three.", "Four."], k=2)
    alone[:] = [[10, -10], [20, 0], [40, 0], [100, 100]]
    found = context(alone, described, segments)
    near = {by: 2 + 2 * i for i, by in enumerate(NEAR)}
    for by, expected in ((-1, [[0, 0], [0, 0], [20, 0], [0, 0]]), (1, [[0, 0], [40, 0], [0, 0], [0, 0]])):
        assert found[:, near[by] : near[by] + 2].tolist() == expected
    register = described.register.shape[1]
    wide_before = 2 + 2 * len(NEAR) + 2 * (2 + register)
    assert found[:, wide_before : wide_before + 2].tolist() == [[0, 0], [0, 0], [20, 0], [0, 0]]


def test_places_are_ends_of_documents_and_lines() -> None:
    _, segments = plain.cut(["One. Two.\nThree.", "Four.\nFive. Six."])
    for telling in (np.zeros(6, bool), np.ones(6, bool)):
        where = place(segments, telling)
        assert where.first.tolist() == [0, 0, 0, 3, 3, 3] and where.last.tolist() == [2, 2, 2, 5, 5, 5]
        assert where.line_first.tolist() == [0, 0, 2, 3, 4, 4] and where.line_last.tolist() == [1, 1, 2, 3, 5, 5]
        assert len(set(where.group.tolist())) == 2


def test_the_text_does_not_see_what_stands_below_it() -> None:
    _, segments = plain.cut(["Menu. Home.\nOne.\nTwo.\nBye. End.", "Three."])
    where = place(segments, np.array([0, 1, 0, 1, 0, 0, 0], bool))
    assert where.first.tolist() == [0, 0, 0, 0, 0, 0, 6] and where.last.tolist() == [3, 3, 3, 3, 5, 5, 6]
    assert where.line_first.tolist() == [0, 0, 2, 3, 4, 4, 6] and where.line_last.tolist() == [1, 1, 2, 3, 5, 5, 6]
    assert len(set(where.group.tolist())) == 3 and len(set(where.group[:4].tolist())) == 1


@given(st.lists(documents, min_size=1, max_size=5), st.integers(0, 99))
def test_a_documents_features_do_not_depend_on_its_batch(texts: list[str], seed: int) -> None:
    _tokens, segments, alone, described = built(texts, seed)
    if not len(segments):
        return
    together = context(alone, described, segments)
    for i, text in enumerate(texts):
        mine = np.flatnonzero(segments.document == i)
        if len(mine):
            one_tokens, one = plain.cut([text])
            apart = context(alone[mine], manner(one_tokens, one), one)
            assert (apart == together[mine]).all()


def test_rates_and_counts_stay_within_eight_bits_whatever_the_text() -> None:
    for text in ("!" * 9999, "x " * 9999, "I " * 300 + "!", "a, " * 999, '"' * 3000 + " said" * 999):
        _tokens, segments, alone, described = built([text])
        found = context(alone, described, segments)
        assert np.isfinite(found).all() and np.abs(found).max() <= LIMIT and (found == np.rint(found)).all()


def test_words_are_all_counted_though_not_all_are_read() -> None:
    tokens, segments = plain.cut(["the rain " * 2500 + "\nthe end", "x-y " * 3000])
    described = manner(tokens, segments)
    assert described.words.tolist() == [5000, 2, 3000]
    assert described.read.tolist() == [MAX_TOKENS, 2, -(-MAX_TOKENS // 3)]
    assert described.english.tolist() == [MAX_TOKENS // 2, 1, 0]


@pytest.mark.parametrize("k", [2, 3, 4, 7])
def test_the_width_is_known_beforehand(k: int) -> None:
    _tokens, segments, alone, described = built([ARTICLE], k=k)
    assert context(alone, described, segments).shape == (len(segments), context_width(k))
