"""Tokens of a document's segments -> windows: what an encoder reads in one go, the same in training and inference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

LENGTH = 160  # tokens of a window at most
HEAD = 24  # first tokens of the document, repeated before a window from further down
CHARACTERS = 2000  # of a segment, from which its tokens are taken
FIRST, LAST = 48, 16  # tokens that are read of a longer segment, at its beginning and its end
OFFSETS = (0, 70)  # room of the first window in each pass; 0 is all there is: what is cut in one is whole in the other
OPENS, CLOSES, UNKNOWN = 101, 102, 100  # [CLS], [SEP], [UNK] in BERT's vocabulary
MARKS = (3, 4, 5)  # [unused2] to [unused4], before a segment: as many line breaks
NOBODY = -1
_ROOM = LENGTH - HEAD - 3


class Window(NamedTuple):
    """What is read in one go.

    Attributes:
        segments: which segments of the document it holds.
        tokens: their ids, ``LENGTH`` at most.
        owner: of each token the place of its segment in ``segments``, or ``NOBODY``. A segment's first is its mark.
    """

    segments: range
    tokens: list[int]
    owner: list[int]


def read_of(ids: Sequence[int]) -> list[int]:
    """Return the tokens that are read of a segment; never none, and at most ``FIRST + LAST``."""
    if len(ids) > FIRST + LAST:
        return [*ids[:FIRST], *ids[-LAST:]]
    return list(ids) or [UNKNOWN]


def head_of(tokens: Sequence[Sequence[int]]) -> list[int]:
    """Return the first tokens of a document given those of its segments."""
    head: list[int] = []
    for ids in tokens:
        if len(head) >= HEAD:
            break
        head += ids
    return head[:HEAD]


def cuts(tokens: Sequence[Sequence[int]], offset: int = 0) -> Iterator[range]:
    """Cut a document into runs of whole segments that fit a window; ``offset`` is the room of the first (0: all)."""
    first, size, room = 0, 0, offset or _ROOM
    for at, ids in enumerate(tokens):
        more = len(ids) + 1
        if at > first and size + more > room:
            yield range(first, at)
            first, size, room = at, 0, _ROOM
        size += more
    if len(tokens) > first:
        yield range(first, len(tokens))


def window(tokens: Sequence[Sequence[int]], breaks: Sequence[int], some: range, head: Sequence[int]) -> Window:
    """Lay out the window of the segments ``some``.

    Args:
        tokens: of each segment of the document, as ``read_of`` gave them.
        breaks: line breaks before each segment of the document.
        some: which segments.
        head: of the document, as ``head_of`` gave it.
    """
    ids = [OPENS, *head, CLOSES] if some[0] else [OPENS]
    owner = [NOBODY] * len(ids)
    for place, segment in enumerate(some):
        ids += [MARKS[min(breaks[segment], len(MARKS) - 1)], *tokens[segment]]
        owner += [place] * (len(tokens[segment]) + 1)
    return Window(some, [*ids, CLOSES], [*owner, NOBODY])
