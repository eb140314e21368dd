"""Byte buffer -> tokens: words, and runs of one punctuation mark, as arrays.

A token is a maximal run of letters and digits, or of one and the same other character; tokens cover every byte that
is not
blank. Curly quotes, dashes and the ellipsis are read as their ASCII cousins.

Words are told apart by an integer *key* made of their first eight bytes, their last eight bytes and their length, read
straight from the folded buffer (lower case, every digit as 0), so that hashing costs two loads a word, not one a byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .text import Batch

BLANK, WORD, BREAK = 0, 1, 2  # kinds of bytes; any other kind is the (folded) punctuation byte itself
OTHER = 3  # symbols outside ASCII without a cousin in it, and control characters

U64 = np.uint64
_M1, _M2, _M3 = U64(0x9E3779B97F4A7C15), U64(0xC2B2AE3D27D4EB4F), U64(0xD6E8FEB86659FD93)


def _kinds() -> NDArray[np.uint8]:
    kinds = np.full(256, OTHER, np.uint8)
    kinds[[9, 13, 28, 29, 30, 31, 32]] = BLANK
    kinds[[10, 11, 12]] = BREAK
    kinds[33:127] = np.arange(33, 127)
    for low, high in ((48, 57), (65, 90), (97, 122), (128, 255)):
        kinds[low : high + 1] = WORD
    return kinds


def _folds() -> NDArray[np.uint8]:
    folds = np.arange(256, dtype=np.uint8)
    folds[65:91] += 32
    folds[48:58] = 48
    return folds


# Translating bytes by a table is the one thing that bytes do faster than arrays.
_TOKEN = ~np.isin(np.arange(256), (BLANK, BREAK))
_KINDS, _FOLDS = _kinds().tobytes(), _folds().tobytes()
_UNBROKEN = np.arange(256, dtype=np.uint8)
_UNBROKEN[BREAK] = BLANK
# Three-byte characters E2 80 xx: what stands at xx.
_E280 = np.full(256, OTHER, np.uint8)
_E280[0x80:0x8B] = BLANK
_E280[[0xA8, 0xA9]] = BREAK
_E280[0xAF] = BLANK
_E280[0x90:0x96] = ord("-")
_E280[[0x98, 0x99, 0x9A, 0x9B]] = ord("'")
_E280[[0x9C, 0x9D, 0x9E, 0x9F]] = ord('"')
_E280[0xA6] = ord(".")
# Two-byte characters C2 xx (Latin-1 punctuation).
_C2 = np.full(256, OTHER, np.uint8)
_C2[0x85] = BREAK
_C2[0xA0] = BLANK
_C2[[0xAB, 0xBB]] = ord('"')
_C2[[0xAA, 0xB5, 0xBA]] = WORD


def byte_kinds(raw: bytearray, continuation: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the kind of every byte of the UTF-8 ``raw``, (n_bytes,) uint8.

    All bytes of one character are of one kind; but of a line break of several bytes only the last is BREAK, the others
    BLANK, so that bytes counted are breaks counted.
    """
    kinds = np.frombuffer(raw.translate(_KINDS), np.uint8)
    buffer = np.frombuffer(raw, np.uint8)
    if 13 in raw:
        lone = np.flatnonzero(buffer == 13)
        kinds[lone[buffer[lone + 1] != 10]] = BREAK
    if len(continuation):
        _mark_non_ascii(buffer, kinds, continuation)
    return kinds


def _mark_non_ascii(buffer: NDArray[np.uint8], kinds: NDArray[np.uint8], continuation: NDArray[np.int64]) -> None:
    leads = continuation[buffer[continuation - 1] >= 0xC0] - 1
    byte, second, third = buffer[leads], buffer[leads + 1], buffer[leads + 2]
    two = leads[byte == 0xC2]
    kinds[two + 1] = _C2[buffer[two + 1]]
    kinds[two] = _UNBROKEN[kinds[two + 1]]
    kind = np.full(len(leads), WORD, np.uint8)
    kind[byte == 0xE2] = OTHER
    kind[(byte == 0xEF) & (second >= 0xB8)] = OTHER
    general = (byte == 0xE2) & (second == 0x80)
    kind[general] = _E280[third[general]]
    kind[(byte == 0xE2) & (second == 0x81) & (third == 0x9F)] = BLANK
    kind[(byte == 0xE3) & (second == 0x80)] = OTHER
    kind[(byte == 0xE3) & (second == 0x80) & (third == 0x80)] = BLANK
    kind[(byte == 0xE1) & (second == 0x9A) & (third == 0x80)] = BLANK
    kind[byte >= 0xF0] = OTHER
    odd = (kind != WORD) & (byte >= 0xE0)
    where, kind, four = leads[odd], kind[odd], byte[odd] >= 0xF0
    kinds[where + 2] = kind
    kinds[where] = kinds[where + 1] = _UNBROKEN[kind]
    kinds[where[four] + 3] = OTHER


@dataclass(frozen=True)
class Tokens:
    """Tokens of a batch, in order.

    Attributes:
        folded: uint8 (n_bytes,), the buffer in lower case with digits as 0.
        start, end: int64 (n,), byte offsets.
        kind: uint8 (n,), WORD, or the punctuation byte.
        breaks: int64 (n,), line breaks between the token before and this one.
        glued: bool (n,), nothing at all stands between the token before and this one.
    """

    buffer: NDArray[np.uint8]
    folded: NDArray[np.uint8]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    kind: NDArray[np.uint8]
    breaks: NDArray[np.int64]
    glued: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def first(self) -> NDArray[np.uint64]:
        """First eight folded bytes as one little-endian integer, shorter words padded with zero bytes; (n,) uint64."""
        length = np.minimum(self.end - self.start, 8)
        return _load(self.folded, self.start) & _KEEP[length]

    @cached_property
    def key(self) -> NDArray[np.uint64]:
        """Integer that stands for the folded token, (n,) uint64; quotation marks are counted, whatever their bytes."""
        length = self.end - self.start
        curly = np.flatnonzero(_QUOTES[self.kind] & (self.first_byte >= 0xC0))
        length[curly] //= np.where(self.first_byte[curly] == 0xC2, 2, 3)
        return keys(self.first, self.folded, self.end, length, self.kind)

    @cached_property
    def first_byte(self) -> NDArray[np.uint8]:
        """First byte of each token, case kept, (n,) uint8."""
        return self.buffer[self.start]

    @cached_property
    def upper(self) -> NDArray[np.bool_]:
        """Whether the token begins with a capital (A-Z, or a non-ASCII letter, which may be one), (n,) bool."""
        return ((self.first_byte >= 65) & (self.first_byte <= 90)) | ((self.first_byte >= 128) & (self.kind == WORD))

    @cached_property
    def digit(self) -> NDArray[np.bool_]:
        """Whether the token begins with a digit, (n,) bool."""
        return (self.first_byte >= 48) & (self.first_byte <= 57)

    @cached_property
    def shouted(self) -> NDArray[np.bool_]:
        """Whether the token is a word of two or more letters whose first two are capitals, (n,) bool."""
        second = self.buffer[self.start + 1]
        long = self.end - self.start > 1
        return self.upper & long & (second >= 65) & (second <= 90)


_QUOTES = np.isin(np.arange(256), (ord('"'), ord("'")))
_KEEP = np.array([(1 << (8 * n)) - 1 for n in range(9)], U64)


def _load(folded: NDArray[np.uint8], at: NDArray[np.int64]) -> NDArray[np.uint64]:
    eight: NDArray[np.uint64] = np.ndarray((len(folded) - 7,), "<u8", folded.data, 0, (1,))
    return eight[at]


def last_eight(tokens: Tokens, which: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the eight folded bytes that end with the last one of each token of ``which``, as a little-endian
    integer."""
    return _load(tokens.folded, tokens.end[which] - 8)


def keys(
    first: NDArray[np.uint64],
    folded: NDArray[np.uint8],
    end: NDArray[np.int64],
    length: NDArray[np.int64],
    kind: NDArray[np.uint8],
) -> NDArray[np.uint64]:
    """Mix first eight bytes, last eight bytes and length into one key; a mark counts up to three in a run."""
    size = np.where(kind == WORD, np.minimum(length, 63), np.minimum(length, 3)).astype(U64)
    # A word of up to eight bytes is its own first eight; a run of marks is its first byte and its length.
    mixed = np.where(kind == WORD, first, kind) * _M1
    long = np.flatnonzero((length > 8) & (kind == WORD))
    mixed[long] ^= _load(folded, end[long] - 8) * _M2
    return scramble(mixed + size)


def scramble(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every input bit over all output bits (a xor-shift-multiply finaliser), elementwise."""
    x = (x ^ (x >> U64(32))) * _M3
    return x ^ (x >> U64(32))


def word_keys(words: list[str]) -> NDArray[np.uint64]:
    """Return the keys of single ``words`` (each one token), as ``Tokens.key`` has them."""
    from .text import lay_out

    tokens = tokenize(lay_out(words))
    if len(tokens) != len(words):
        raise ValueError("every entry must be exactly one token")
    return tokens.key


def tokenize(batch: Batch) -> Tokens:
    """Cut a batch into tokens."""
    buffer = batch.buffer
    raw = bytearray(buffer.data)
    kinds = byte_kinds(raw, batch.continuation)
    edges = np.flatnonzero(kinds[1:] != kinds[:-1]) + 1
    run_kind = kinds[edges]
    run_end = np.append(edges[1:], len(buffer))
    token = np.flatnonzero(_TOKEN[run_kind])
    start, end = edges[token], run_end[token]
    breaks = _breaks_before(run_kind, run_end - edges, token)
    glued = np.zeros(len(token), bool)
    glued[1:] = start[1:] == end[:-1]
    folded = np.frombuffer(raw.translate(_FOLDS), np.uint8)
    return Tokens(buffer, folded, start, end, run_kind[token], breaks, glued)


def _breaks_before(kind: NDArray[Any], length: NDArray[np.int64], token: NDArray[np.int64]) -> NDArray[np.int64]:
    total = np.cumsum(np.where(kind == BREAK, length, 0))[token]
    return np.diff(total, prepend=0)
