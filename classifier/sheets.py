"""Texts -> sheets: their segments, cut, described and judged alone.

A batch of texts is one sheet. A text longer than that is laid down in stretches, each from where the one before is
sure of its segments, so that the arrays over its tokens stay within the processor's cache; the sheet is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .features.manner import Manner, manner
from .features.manner import joined as manners_joined
from .segments import Segments, SentenceRules, segment
from .segments import joined as segments_joined
from .text import lay_out
from .tokens import Tokens, tokenize

BATCH_CHARACTERS = 1 << 19  # their arrays fit the processor's cache
_BEHIND = 16  # tokens that stand behind a border where the end of a stretch can no longer move it

Judge = Callable[[Tokens, Segments], NDArray[np.float64]]


class Sheet(NamedTuple):
    """Segments of a batch of texts.

    Attributes:
        segments: where they are in bytes, laid end to end, and in lines.
        starts, ends: int64 (n,), code-point offsets in their documents.
        manner: how they look.
        alone: float64 (n, k), logits of the first verdict.
    """

    segments: Segments
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    manner: Manner
    alone: NDArray[np.float64]


def lay_down(texts: Sequence[str], rules: SentenceRules, judge: Judge) -> Sheet | None:
    """Cut, describe and judge ``texts``; None where there is not one segment in them."""
    if len(texts) != 1 or len(texts[0]) <= BATCH_CHARACTERS:
        return _lay(texts, rules, judge, None)
    parts = list(_stretches(texts[0], rules, judge))
    return _joined(parts) if parts else None


def _stretches(text: str, rules: SentenceRules, judge: Judge) -> Iterator[Sheet]:
    at, size, before = 0, BATCH_CHARACTERS, None
    while at < len(text):
        whole = at + size >= len(text)
        sheet = _lay([text[at : at + size]], rules, judge, before)
        sure = _first(sheet, len(sheet.starts) if whole else _sure(sheet.segments), at) if sheet else None
        if sure:
            yield sure
            before = sure
            at, size = len(text) if whole else int(sure.ends[-1]), BATCH_CHARACTERS
        else:  # one segment or none so far, and no end to it
            at, size = len(text) if whole else at, size * 2


def _sure(segments: Segments) -> int:
    """Return how many segments stand as they are, whatever comes after the last token."""
    return int(np.searchsorted(segments.token, segments.token[-1] - _BEHIND, side="right")) - 1


def _first(sheet: Sheet, n: int, offset: int) -> Sheet | None:
    """Return the first ``n`` segments, ``offset`` code points further on; None where ``n`` is not above zero."""
    if n < 1:
        return None
    segments, described = sheet.segments, sheet.manner
    rows = (column[:n] for column in (segments.start, segments.end, segments.document, segments.breaks, segments.line))
    looks = Manner(*(getattr(described, field.name)[:n] for field in fields(Manner)))
    starts, ends = sheet.starts[:n] + offset, sheet.ends[:n] + offset
    return Sheet(Segments(segments.token[: n + 1], *rows), starts, ends, looks, sheet.alone[:n])


def _joined(parts: Sequence[Sheet]) -> Sheet:
    segments, starts, ends, manners, alone = zip(*parts, strict=True)
    return Sheet(
        segments_joined(segments),
        np.concatenate(starts),
        np.concatenate(ends),
        manners_joined(manners),
        np.concatenate(alone),
    )


def _lay(texts: Sequence[str], rules: SentenceRules, judge: Judge, before: Sheet | None) -> Sheet | None:
    batch = lay_out(texts, before is not None)
    tokens = tokenize(batch)
    segments = segment(tokens, batch.starts, rules, before is not None)
    if not len(segments):
        return None
    opened = before is not None and segments.breaks[0] == 0 and bool(before.manner.opened[-1])
    starts = batch.code_points(segments.start, segments.document)
    ends = batch.code_points(segments.end, segments.document)
    return Sheet(segments, starts, ends, manner(tokens, segments, opened), judge(tokens, segments))
