"""Documents laid out -> pages of tokens, and the windows of them that a pass over the corpus reads."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.encoder.judging import tokens_of
from classifier.encoder.windows import HEAD, LENGTH, Window, cuts, head_of, window
from classifier.text import lay_out

from ..gather import COMMENT, Foldwise, Gathered
from ..laid import Laid
from .settings import TeacherConfig

Ints = NDArray[np.int64]


class Spans(NamedTuple):
    """Where the segments of documents are laid out: code-point offsets ``starts`` and ``ends``, int64 (n,)."""

    starts: Ints
    ends: Ints


def spans_of(laid: Laid) -> Spans:
    """Return where the segments are in their documents."""
    parts, at = [], 0
    for sheet in laid.sheets:
        segments = sheet.segments
        mine = laid.document[at : at + len(segments)]
        first = mine[0] - segments.document[0]
        batch = lay_out([d.text for d in laid.documents[first : mine[-1] + 1]])
        parts.append([batch.code_points(edge, segments.document) for edge in (segments.start, segments.end)])
        at += len(segments)
    return Spans(*(np.concatenate(edges) for edges in zip(*parts, strict=True)))


@dataclass(frozen=True)
class Page:
    """A document as tokens.

    Attributes:
        tokens: of each segment.
        breaks: line breaks before each segment.
        y: int64 (n,), index into the labels; -1 where there is none.
        weight: float (n,).
        fold: in which the document is.
    """

    tokens: Sequence[Sequence[int]]
    breaks: list[int]
    y: Ints
    weight: NDArray[np.float64]
    fold: int

    def windows(self, offset: int = 0) -> list[Window]:
        """Return the windows of one pass; ``offset`` as ``cuts`` has it."""
        head = head_of(self.tokens)
        return [window(self.tokens, self.breaks, some, head) for some in cuts(self.tokens, offset)]


def pages_of(part: Foldwise, tokenizer: Any) -> Iterator[Page]:
    """Yield the documents of ``part`` that have a segment, in order."""
    laid, fold = part
    starts, ends = spans_of(laid)
    edges = np.flatnonzero(np.diff(laid.document, prepend=-1)).tolist()
    for low, high in zip(edges, [*edges[1:], len(laid)], strict=True):
        text = laid.documents[laid.document[low]].text
        tokens = tokens_of(tokenizer, text, starts[low:high].tolist(), ends[low:high].tolist())
        mine = slice(low, high)
        yield Page(
            [array("i", ids) for ids in tokens],
            laid.breaks[mine].tolist(),
            laid.y[mine],
            laid.weight[mine],
            int(fold[low]),
        )


class Read(NamedTuple):
    """A window of a page that is learned from."""

    page: Page
    window: Window


@dataclass(frozen=True)
class Shelf:
    """All that is learned from: pages, what is made of them, and single sentences; ``comment`` is a label's index."""

    whole: list[Page]
    made: list[Page]
    singles: list[Page]
    comment: int | None

    @classmethod
    def of(cls, gathered: Gathered, labels: Sequence[str], tokenizer: Any, held: int | None) -> Shelf:
        """Return everything of ``gathered`` but what is in the fold ``held``."""
        parts = (gathered.whole, gathered.more, gathered.singles)
        whole, made, singles = (
            [page for part in some for page in pages_of(part, tokenizer) if page.fold != held] for some in parts
        )
        return cls(whole, made, singles, labels.index(COMMENT) if COMMENT in labels else None)

    def a_pass(self, config: TeacherConfig, rng: np.random.Generator) -> list[Read]:
        """Draw the windows of a pass over everything, in random order, each page cut anew."""

        def has_comments(read: Read) -> bool:
            return bool((_labels(read) == self.comment).any())

        reads = [read for page in self.whole for read in _some(page, config.of_page, rng)]
        reads += [read for page in self.made for read in _some(page, config.of_made, rng, has_comments)]
        reads += [Read(page, w) for page in self.singles for w in page.windows()] * config.sentence_copies
        return [reads[i] for i in rng.permutation(len(reads))]


def _labels(read: Read) -> Ints:
    return read.page.y[list(read.window.segments)]


def _some(
    page: Page, most: int, rng: np.random.Generator, chosen: Callable[[Read], bool] = lambda read: True
) -> list[Read]:
    cut = page.windows(int(rng.integers(1, LENGTH - HEAD)))
    reads = [read for read in (Read(page, some) for some in cut) if chosen(read)]
    if len(reads) <= most:
        return reads
    return [reads[i] for i in rng.choice(len(reads), most, replace=False)]
