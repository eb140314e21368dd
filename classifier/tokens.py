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

import numpy as np
from numpy.typing import NDArray

from .text import Batch

BLANK, WORD, BREAK = 0, 1, 2  # kinds of bytes; any other kind is the (folded) punctuation byte itself
OTHER = 3  # symbols outside ASCII without a cousin in it, and control characters

U64 = np.uint64
_M1, _M2, M3 = U64(0x9E3779B97F4A7C15), U64(0xC2B2AE3D27D4EB4F), U64(0xD6E8FEB86659FD93)


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
    def length(self) -> NDArray[np.int64]:
        """Bytes of each token, (n,) int64."""
        return self.end - self.start

    @cached_property
    def _counted(self) -> NDArray[np.int64]:
        return np.minimum(self.length, MOST)

    @cached_property
    def _loaded(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Eight folded bytes from each token's first one on, and eight that end with its last; (n,) uint64 each."""
        eight: NDArray[np.uint64] = np.ndarray((len(self.folded) - 7,), "<u8", self.folded.data, 0, (1,))
        if len(self.folded) > _SPREAD:
            return eight[self.start], eight[self.end - 8]
        eight = np.ascontiguousarray(eight)
        return eight.take(self.start), eight.take(self.end - 8)

    @cached_property
    def first(self) -> NDArray[np.uint64]:
        """First eight folded bytes as one little-endian integer, shorter words padded with zero bytes; (n,) uint64."""
        return self._loaded[0] & _KEEP.take(self._counted)

    @property
    def last(self) -> NDArray[np.uint64]:
        """The eight folded bytes that end with the last one of each token, as a little-endian integer; (n,) uint64."""
        return self._loaded[1]

    @cached_property
    def key(self) -> NDArray[np.uint64]:
        """Integer that stands for the folded token, (n,) uint64; quotation marks are counted, whatever their bytes."""
        mixed = self.first * _M1
        mixed ^= self.last * _MORE.take(self._counted)
        mixed += self._counted.view(U64)
        key = scramble(mixed)
        marks = np.flatnonzero(self.kind != WORD)
        key[marks] = self._mark_keys(marks)
        return key

    def _mark_keys(self, marks: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Keys of runs of ``marks``: each is its byte and how many there are, up to three."""
        kind, length = self.kind.take(marks), self.length.take(marks)
        curly = np.flatnonzero((self.first_byte.take(marks) >= 0xC0) & _QUOTES.take(kind))
        length[curly] //= np.where(self.first_byte.take(marks.take(curly)) == 0xC2, 2, 3)
        return _MARK_KEYS.take(kind.astype(np.int64) * 4 + np.minimum(length, 3))

    @cached_property
    def first_byte(self) -> NDArray[np.uint8]:
        """First byte of each token, case kept, (n,) uint8."""
        return self.buffer.take(self.start)

    @cached_property
    def upper(self) -> NDArray[np.bool_]:
        """Whether the token begins with a capital (A-Z, or a non-ASCII letter, which may be one), (n,) bool."""
        return within(self.first_byte, "A", "Z") | ((self.first_byte >= 128) & (self.kind == WORD))

    @cached_property
    def digit(self) -> NDArray[np.bool_]:
        """Whether the token begins with a digit, (n,) bool."""
        return within(self.first_byte, "0", "9")

    @cached_property
    def shouted(self) -> NDArray[np.bool_]:
        """Whether the token is a word of two or more letters whose first two are capitals, (n,) bool."""
        return self.upper & within(self.buffer.take(self.start + 1), "A", "Z")


def within(values: NDArray[np.uint8], low: str, high: str) -> NDArray[np.bool_]:
    """Return whether each byte is one from ``low`` to ``high``, bool of the same shape."""
    return values - np.uint8(ord(low)) <= ord(high) - ord(low)  # what is below wraps round to what is far above


def scramble(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every input bit over all output bits (a xor-shift-multiply finaliser), elementwise."""
    x = x ^ (x >> U64(32))
    x *= M3
    x ^= x >> U64(32)
    return x


MOST = 63  # bytes of a word that count
_SPREAD = 1 << 22  # bytes up to which it is worth while to lay all eights out side by side
_QUOTES = np.isin(np.arange(256), (ord('"'), ord("'")))
# By length: which of a word's first eight bytes are its own; and what its last eight are multiplied with, which say
# nothing new of a word of up to eight.
_KEEP = np.array([(1 << (8 * min(n, 8))) - 1 for n in range(MOST + 1)], U64)
_MORE = np.where(np.arange(MOST + 1) > 8, _M2, U64(0))
_MARK_KEYS = scramble((np.arange(256, dtype=U64) * _M1)[:, None] + np.arange(4, dtype=U64)).reshape(-1)


def word_keys(words: list[str]) -> NDArray[np.uint64]:
    """Return the keys of single ``words`` (each one token), as ``Tokens.key`` has them."""
    from .text import lay_out

    tokens = tokenize(lay_out(words))
    if len(tokens) != len(words):
        raise ValueError("every entry must be exactly one token")
    return tokens.key


def tokenize(batch: Batch) -> Tokens:
    """Cut a batch into tokens."""
    raw = bytearray(batch.buffer.data)
    kinds = byte_kinds(raw, batch.continuation)
    edges = np.flatnonzero(kinds[1:] != kinds[:-1])
    edges += 1
    kind = kinds.take(edges)
    # The last run of all is the gap behind the last document: behind every token begins another run.
    token = np.flatnonzero((kind & ~np.uint8(BREAK)) != 0)
    start, end = edges.take(token), edges.take(token + 1)
    glued = np.zeros(len(token), bool)
    np.equal(start[1:], end[:-1], out=glued[1:])
    folded = np.frombuffer(raw.translate(_FOLDS), np.uint8)
    return Tokens(batch.buffer, folded, start, end, kind.take(token), _breaks_before(kind, edges, token), glued)


def _breaks_before(kind: NDArray[np.uint8], edges: NDArray[np.int64], token: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the breaks before each ``token``, int64; runs of bytes are of a ``kind`` and begin at ``edges``."""
    gap = np.flatnonzero(kind[:-1] == BREAK)
    breaks, behind = np.zeros(len(token) + 1, np.int64), np.searchsorted(token, gap)
    np.add.at(breaks, behind, edges.take(gap + 1) - edges.take(gap))
    return breaks[:-1]
