"""The definitions of the features, read out in plain Python, one token and one segment at a time."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from classifier.features.counts import MAX_TOKENS
from classifier.features.words import _SALTS, BITS
from classifier.segments import Segments, SentenceRules, segment
from classifier.text import lay_out
from classifier.tokens import WORD, Tokens, tokenize

_NO_KEYS = np.zeros(0, np.uint64)
BARE = SentenceRules(_NO_KEYS, _NO_KEYS, _NO_KEYS, _NO_KEYS, _NO_KEYS, np.zeros(0, np.uint8))
MASK = (1 << 64) - 1
M1, M2, M3 = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93
SALTS = [int(salt) for salt in _SALTS]


class Token(NamedTuple):
    """``raw`` as it stands in the text, ``folded`` in lower case with digits as 0; both UTF-8."""

    raw: bytes
    folded: bytes
    kind: int
    glued: bool

    @property
    def word(self) -> bool:
        return self.kind == WORD


def cut(texts: Sequence[str]) -> tuple[Tokens, Segments]:
    batch = lay_out(texts)
    tokens = tokenize(batch)
    return tokens, segment(tokens, batch.starts, BARE)


def read(tokens: Tokens, segments: Segments) -> list[list[Token]]:
    """The tokens of each segment."""
    listed = []
    for start, end, kind, glued in zip(tokens.start, tokens.end, tokens.kind, tokens.glued, strict=True):
        raw = tokens.buffer[start:end].tobytes()
        folded = bytes(48 if 48 <= b <= 57 else b + 32 if 65 <= b <= 90 else b for b in raw)
        listed.append(Token(raw, folded, int(kind), bool(glued)))
    return [listed[a:b] for a, b in itertools.pairwise(segments.token.tolist())]


def scramble(x: int) -> int:
    x = ((x ^ (x >> 32)) * M3) & MASK
    return x ^ (x >> 32)


def key(token: Token) -> int:
    if not token.word:
        width = (2 if token.raw[0] == 0xC2 else 3) if token.kind in b"'\"" and token.raw[0] >= 0xC0 else 1
        return scramble(token.kind * M1 + min(len(token.raw) // width, 3) & MASK)
    mixed = int.from_bytes(token.folded[:8], "little") * M1 & MASK
    if len(token.raw) > 8:
        mixed ^= int.from_bytes(token.folded[-8:], "little") * M2 & MASK
    return scramble(mixed + min(len(token.raw), 63) & MASK)


def column(key: int) -> int:
    return key >> (64 - BITS)


def columns(tokens: Sequence[Token]) -> tuple[list[list[int]], list[int]]:
    """The columns of each token of one segment (those that are not 0), and of the segment's end."""
    found = []
    before = SALTS[3]
    for token in tokens[:MAX_TOKENS]:
        mine = [column(key(token)), column(scramble((before * 3 + key(token)) & MASK))]
        if token.word and len(token.raw) > 4:
            beginning, ending = token.folded[:4], token.folded[-3:]
            mine.append(column(scramble(int.from_bytes(beginning, "little") ^ SALTS[1])))
            mine.append(column(scramble(int.from_bytes(ending, "little") ^ SALTS[2])))
        found.append(mine)
        before = key(token)
    first, last = key(tokens[0]), key(tokens[-1])
    ends = [column(scramble((last * 3 + SALTS[4]) & MASK)), column(scramble((first * 5 + last) & MASK))]
    return found, ends


def inside_quotes(listed: Sequence[Sequence[Token]], breaks: Sequence[int]) -> list[list[bool]]:
    """Whether each token stands between quotation marks opened on its line; an opening mark does, a closing one not."""
    inside, said = False, []
    for tokens, gap in zip(listed, breaks, strict=True):
        inside = inside and gap == 0
        mine = []
        for token in tokens:
            inside ^= token.kind == ord('"') or token.raw == b"''"
            mine.append(inside)
        said.append(mine)
    return said


def rows(matrix: Any) -> list[list[int]]:
    return [[int(value) for value in row] for row in matrix.tolist()]
