"""Tokens -> segments: one sentence, or one line that is not prose.

A line ends a segment always. Inside a line a sentence ends where the method of Kiss and Strunk (2006), "Unsupervised
Multilingual Sentence Boundary Detection" (Punkt), says so. Its parameters are learned with NLTK in training and
travel in the
artifact as tables of token keys; the decision is taken here for all periods of a batch at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .text import LEAD
from .tokens import U64, WORD, Tokens, scramble, within

ORTHO_BEG_UC, ORTHO_MID_UC, ORTHO_UNK_UC, ORTHO_BEG_LC, ORTHO_MID_LC, ORTHO_UNK_LC = 2, 4, 8, 16, 32, 64  # NLTK's bits
ORTHO_UC = ORTHO_BEG_UC | ORTHO_MID_UC | ORTHO_UNK_UC
ORTHO_LC = ORTHO_BEG_LC | ORTHO_MID_LC | ORTHO_UNK_LC

_PERIOD = ord(".")
_CLOSERS, _OPENERS, _TERMINATORS, _INNER = b"\"')]}*", b"\"'([{", b".!?", b";:,.!?"
_SIEVE_BITS = 14


@dataclass(frozen=True)
class SentenceRules:
    """Punkt's parameters as sorted tables of keys.

    Attributes:
        abbreviations: uint64, sorted; a type with one inner period (``a.m``) is ``pair_keys`` of its parts.
        titles: uint64, sorted; abbreviations that a name follows (``Mr.``), which never end a sentence.
        collocations: uint64, sorted ``pair_keys`` of (type, next type) that no sentence ends between.
        starters: uint64, sorted; types that often begin sentences.
        ortho_keys: uint64, sorted; ortho_flags: uint8, how each type was seen written (NLTK's ``ORTHO_*`` bits).
    """

    abbreviations: NDArray[np.uint64]
    titles: NDArray[np.uint64]
    collocations: NDArray[np.uint64]
    starters: NDArray[np.uint64]
    ortho_keys: NDArray[np.uint64]
    ortho_flags: NDArray[np.uint8]

    @cached_property
    def _sieve(self) -> NDArray[np.bool_]:
        """Whether an abbreviation, title or collocation has a key that begins with these bits, (2 ** _SIEVE_BITS,)."""
        sieve = np.zeros(1 << _SIEVE_BITS, bool)
        for table in (self.abbreviations, self.titles, self.collocations):
            sieve[_slot(table)] = True
        return sieve

    def may_know(self, keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Return False for keys, (n,), that are certainly no abbreviation, title or collocation."""
        return self._sieve.take(_slot(keys))

    def seen(self, keys: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """Return how each type of ``keys``, (n,), was seen written, uint8 (n,); 0 where it never was."""
        if not len(self.ortho_keys):
            return np.zeros(len(keys), np.uint8)
        at = np.minimum(np.searchsorted(self.ortho_keys, keys), len(self.ortho_keys) - 1)
        return self.ortho_flags[at] * (self.ortho_keys[at] == keys)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the tables by name, as they are stored."""
        return {f"sentences.{f.name}": getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> SentenceRules:
        """Build from what ``arrays`` returned."""
        tables = {f.name: arrays[f"sentences.{f.name}"] for f in fields(cls)}
        for name, table in tables.items():
            if table.ndim != 1 or table.dtype != (np.uint8 if name == "ortho_flags" else np.uint64):
                raise ValueError(f"sentences.{name} is {table.dtype} of {table.ndim} dimensions")
        if len(tables["ortho_keys"]) != len(tables["ortho_flags"]):
            raise ValueError("sentences.ortho_keys and sentences.ortho_flags differ in length")
        return cls(**tables)


@dataclass(frozen=True)
class Segments:
    """Segments of a batch, in order.

    Attributes:
        token: int64 (n + 1,), index of each segment's first token; the last entry is the number of tokens.
        start, end: int64 (n,), byte offsets.
        document: int64 (n,), index of the document.
        breaks: int64 (n,), line breaks between the segment before, in the same document, and this one; 2 at a
        document's start.
        line: int64 (n,), number of the line, counted over the batch.
    """

    token: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    document: NDArray[np.int64]
    breaks: NDArray[np.int64]
    line: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start)


def joined(parts: Sequence[Segments]) -> Segments:
    """Join what was cut of one document stretch by stretch, each from where the last segment of the one before ends."""
    if len(parts) == 1:
        return parts[0]
    before = np.cumsum([0, *(part.end[-1] - LEAD for part in parts[:-1])])
    start = np.concatenate([part.start + b for part, b in zip(parts, before, strict=True)])
    end = np.concatenate([part.end + b for part, b in zip(parts, before, strict=True)])
    token = np.append(0, np.cumsum(np.concatenate([np.diff(part.token) for part in parts])))
    breaks = np.concatenate([part.breaks for part in parts])
    return Segments(token, start, end, np.zeros_like(start), breaks, np.cumsum(breaks > 0) - 1)


def pair_keys(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return one key for each ordered pair of keys."""
    return scramble(left * U64(3) + right)


def segment(
    tokens: Tokens, document_starts: NDArray[np.int64], rules: SentenceRules, follows: bool = False
) -> Segments:
    """Cut tokens into segments.

    Args:
        tokens: of the whole batch.
        document_starts: int64, byte offset of each document; a document's first token always begins a segment.
        rules: Punkt's parameters.
        follows: whether the first document goes on from tokens that were cut before; its lines then count from -1
            where it begins in the middle of one.
    """
    opens = tokens.breaks > 0
    opens[:1] = True
    opens[_sentence_starts(tokens, rules, opens)] = True
    first = np.flatnonzero(opens)
    token = np.append(first, len(tokens))
    start, end = tokens.start.take(first), tokens.end.take(token[1:] - 1)
    begins = np.searchsorted(start, document_starts)
    sizes = np.diff(begins, append=len(start))
    breaks = tokens.breaks.take(first)
    np.minimum(breaks, 2, out=breaks)
    opened = slice(int(follows), None)
    breaks[begins[opened][sizes[opened] > 0]] = 2
    document = np.repeat(np.arange(len(sizes)), sizes)
    return Segments(token, start, end, document, breaks, np.cumsum(breaks > 0) - 1)


def _among(kind: NDArray[np.uint8], marks: bytes) -> NDArray[np.bool_]:
    found = kind == marks[0]
    for mark in marks[1:]:
        found |= kind == mark
    return found


def _sentence_starts(tokens: Tokens, rules: SentenceRules, opens: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Indices of tokens that begin a sentence inside a line; ``opens``, (n_tokens,), a line begins."""
    n, kind, glued = len(tokens), tokens.kind, tokens.glued
    last, closes, apart, onward = (np.zeros(n + 1, bool) for _ in range(4))  # False behind the last token, too
    last[:n] = _among(kind, _TERMINATORS)
    last[: n - 1] &= ~(last[1:n] & glued[1:])
    closes[:n] = _among(kind, _CLOSERS) & glued
    apart[:n] = ~(glued | opens)
    onward[: n - 1] = _among(kind[:-1], _OPENERS) & ~opens[1:]  # the next line may be another document's
    mark = np.flatnonzero(last)
    after = mark + 1
    for _ in range(3):
        after += closes.take(after)
    possible = np.flatnonzero(apart.take(after))
    mark, after = mark.take(possible), after.take(possible)
    word = after.copy()
    for _ in range(2):
        word += onward.take(word)
    return after[_ends_sentence(tokens, rules, mark, word)]


def _ends_sentence(
    tokens: Tokens, rules: SentenceRules, mark: NDArray[np.int64], following: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Punkt's verdict on each terminator ``mark`` given the word ``following`` it; both (n,)."""
    ends = ~within(tokens.first_byte.take(following), "a", "z")  # "Really?" he asked
    period = np.flatnonzero(tokens.kind.take(mark) == _PERIOD)
    ends[period] = True
    mark, following = mark.take(period), following.take(period)
    doubtful = np.flatnonzero(_doubtful(tokens, rules, mark, following))
    ends[period.take(doubtful)] = _period_ends(tokens, rules, mark.take(doubtful), following.take(doubtful))
    return ends


def _doubtful(
    tokens: Tokens, rules: SentenceRules, mark: NDArray[np.int64], following: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether a period may be anything but the plain end of a sentence, which most are; (n,)."""
    before = np.maximum(mark - 1, 0)
    key = tokens.key.take(before)
    odd = (tokens.length.take(before) == 1) | tokens.digit.take(before) | rules.may_know(key)
    odd |= rules.may_know(pair_keys(key, tokens.key.take(following)))
    odd |= tokens.glued.take(before) & (tokens.kind.take(np.maximum(before - 1, 0)) == _PERIOD)
    attached = tokens.glued.take(mark) & (tokens.kind.take(before) == WORD)
    return odd & attached | (tokens.length.take(mark) > 1)


def _period_ends(
    tokens: Tokens, rules: SentenceRules, mark: NDArray[np.int64], following: NDArray[np.int64]
) -> NDArray[np.bool_]:
    before = np.maximum(mark - 1, 0)
    upper, lower = tokens.upper[following], within(tokens.first_byte[following], "a", "z")
    ellipsis = tokens.length[mark] > 1
    attached = tokens.glued[mark] & (tokens.kind[before] == WORD) & ~ellipsis
    digit = tokens.digit[before]
    whole = attached & ~_after_apostrophe(tokens, before)
    letters = whole & (tokens.length[before] == 1) & ~digit
    dotted = letters & tokens.glued[before] & (tokens.kind[np.maximum(before - 1, 0)] == _PERIOD)  # U.S., a.m.
    initial = letters & ~dotted
    number = attached & digit
    abbreviation = dotted | whole & _is_abbreviation(tokens, rules, before)
    key = tokens.key[following]
    seen = rules.seen(key)
    first = _first_guess(tokens.kind[following], seen, upper, lower)
    starter = upper & _member(rules.starters, key)
    ends = ~abbreviation & ~ellipsis
    ends |= (abbreviation | ellipsis) & ~initial & ((first == 1) | starter)
    never_lower = seen & ORTHO_LC == 0
    ends &= ~((initial | number) & (first == -1)) & ~(initial & (first == 0) & upper & never_lower)
    collocated = attached & _member(rules.collocations, pair_keys(tokens.key[before], key))
    title = attached & upper & _member(rules.titles, tokens.key[before])
    return ends & ~collocated & ~title & ~(initial & upper & _is_initial(tokens, following))


def _is_initial(tokens: Tokens, word: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each ``word`` is one byte long with a period after it, as the second of J. R. Hartley's initials."""
    after = np.minimum(word + 1, len(tokens) - 1)
    one: NDArray[np.bool_] = (tokens.length[word] == 1) & (tokens.kind[after] == _PERIOD)
    return one & tokens.glued[after] & (after > word)


def _after_apostrophe(tokens: Tokens, word: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each ``word`` is the tail of another, as the t of isn't: neither an initial nor an abbreviation."""
    mark = np.maximum(word - 1, 0)
    tail: NDArray[np.bool_] = tokens.glued[word] & (tokens.kind[mark] == ord("'")) & tokens.glued[mark]
    return tail & (tokens.kind[np.maximum(mark - 1, 0)] == WORD)


def _is_abbreviation(tokens: Tokens, rules: SentenceRules, before: NDArray[np.int64]) -> NDArray[np.bool_]:
    single = _member(rules.abbreviations, tokens.key[before])
    dot, head = np.maximum(before - 1, 0), np.maximum(before - 2, 0)
    compound = tokens.glued[before] & tokens.glued[dot] & (tokens.kind[dot] == _PERIOD) & (tokens.kind[head] == WORD)
    return single | compound & _member(rules.abbreviations, pair_keys(tokens.key[head], tokens.key[before]))


def _first_guess(
    kind: NDArray[np.uint8], seen: NDArray[np.uint8], upper: NDArray[np.bool_], lower: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """Punkt's orthographic heuristic: does the word begin a sentence? 1 yes, -1 no, 0 unknown."""
    guess = np.zeros(len(kind), np.int8)
    guess[upper & (seen & ORTHO_LC != 0) & (seen & ORTHO_MID_UC == 0)] = 1
    guess[lower & ((seen & ORTHO_UC != 0) | (seen & ORTHO_BEG_LC == 0))] = -1
    guess[_among(kind, _INNER)] = -1
    return guess


def _slot(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    return (keys >> U64(64 - _SIEVE_BITS)).view(np.int64)


def _member(table: NDArray[np.uint64], keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    if not len(table):
        return np.zeros(len(keys), bool)
    found: NDArray[np.bool_] = table[np.minimum(np.searchsorted(table, keys), len(table) - 1)] == keys
    return found
