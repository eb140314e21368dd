"""Tokens -> segments: one sentence, or one line that is not prose.

A line ends a segment always. Inside a line a sentence ends where the method of Kiss and Strunk (2006), "Unsupervised
Multilingual Sentence Boundary Detection" (Punkt), says so. Its parameters are learned with NLTK in training and
travel in the
artifact as tables of token keys; the decision is taken here for all periods of a batch at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .text import LEAD
from .tokens import U64, WORD, Tokens, scramble

ORTHO_BEG_UC, ORTHO_MID_UC, ORTHO_UNK_UC, ORTHO_BEG_LC, ORTHO_MID_LC, ORTHO_UNK_LC = 2, 4, 8, 16, 32, 64  # NLTK's bits
ORTHO_UC = ORTHO_BEG_UC | ORTHO_MID_UC | ORTHO_UNK_UC
ORTHO_LC = ORTHO_BEG_LC | ORTHO_MID_LC | ORTHO_UNK_LC

_PERIOD, _BANG, _QUESTION = ord("."), ord("!"), ord("?")
_CLOSERS = np.isin(np.arange(256), [ord(c) for c in "\"')]}*"])
_OPENERS = np.isin(np.arange(256), [ord(c) for c in "\"'([{"])
_TERMINATORS = np.isin(np.arange(256), [_PERIOD, _BANG, _QUESTION])


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
    n = len(tokens)
    opens = tokens.breaks > 0
    opens[:1] = True
    sentence = _sentence_starts(tokens, rules)
    opens[sentence] = True
    token = np.append(np.flatnonzero(opens), n)
    start, end = tokens.start[token[:-1]], tokens.end[token[1:] - 1]
    document = np.searchsorted(document_starts, start, side="right") - 1
    breaks = tokens.breaks[token[:-1]].clip(0, 2)
    breaks[np.flatnonzero(np.diff(document, prepend=0 if follows else -1))] = 2
    return Segments(token, start, end, document, breaks, np.cumsum(breaks > 0) - 1)


def _sentence_starts(tokens: Tokens, rules: SentenceRules) -> NDArray[np.int64]:
    """Indices of tokens that begin a sentence inside a line."""
    kind, n = tokens.kind, len(tokens)
    mark = np.flatnonzero(_TERMINATORS[kind])
    last_of_run = np.ones(len(mark), bool)
    last_of_run[:-1] = (mark[1:] != mark[:-1] + 1) | ~tokens.glued[mark[1:]]
    mark = mark[last_of_run]
    after = mark + 1
    for _ in range(3):
        closing = (after < n) & _CLOSERS[kind[np.minimum(after, n - 1)]]
        closing &= tokens.glued[np.minimum(after, n - 1)]
        after = after + closing
    safe = np.minimum(after, n - 1)
    possible = (after < n) & ~tokens.glued[safe] & (tokens.breaks[safe] == 0)
    mark, after = mark[possible], after[possible]
    word = after
    for _ in range(2):
        onward = np.minimum(word + 1, n - 1)  # but not onto the next line, which may be another document's
        word = np.where(_OPENERS[kind[word]] & (tokens.breaks[onward] == 0), onward, word)
    return after[_ends_sentence(tokens, rules, mark, word)]


def _ends_sentence(
    tokens: Tokens, rules: SentenceRules, mark: NDArray[np.int64], following: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Punkt's verdict on each terminator ``mark`` given the word ``following`` it; both (n,)."""
    kind, upper = tokens.kind, tokens.upper[following]
    ends = np.ones(len(mark), bool)
    lower = (tokens.first_byte[following] >= 97) & (tokens.first_byte[following] <= 122)
    ends[lower & (kind[mark] != _PERIOD)] = False  # "Really?" he asked
    ends[(kind[following] != WORD) & ~_OPENERS[kind[following]] & (kind[mark] != _PERIOD)] = True
    period = np.flatnonzero(kind[mark] == _PERIOD)
    ends[period] = _period_ends(tokens, rules, mark[period], following[period], upper[period], lower[period])
    return ends


def _period_ends(
    tokens: Tokens,
    rules: SentenceRules,
    mark: NDArray[np.int64],
    following: NDArray[np.int64],
    upper: NDArray[np.bool_],
    lower: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    before = np.maximum(mark - 1, 0)
    ellipsis = tokens.end[mark] - tokens.start[mark] > 1
    attached = tokens.glued[mark] & (tokens.kind[before] == WORD) & ~ellipsis
    size = tokens.end[before] - tokens.start[before]
    digit = tokens.folded[tokens.start[before]] == 48
    whole = attached & ~_after_apostrophe(tokens, before)
    letters = whole & (size == 1) & ~digit
    dotted = letters & tokens.glued[before] & (tokens.kind[np.maximum(before - 1, 0)] == _PERIOD)  # U.S., a.m.
    initial = letters & ~dotted
    number = attached & digit
    abbreviation = dotted | whole & _is_abbreviation(tokens, rules, before)
    first = _first_guess(tokens, rules, following, upper, lower)
    starter = upper & _member(rules.starters, tokens.key[following])
    ends = ~abbreviation & ~ellipsis
    ends |= (abbreviation | ellipsis) & ~initial & ((first == 1) | starter)
    never_lower = ~_has(rules, tokens.key[following], ORTHO_LC)
    ends &= ~((initial | number) & (first == -1)) & ~(initial & (first == 0) & upper & never_lower)
    collocated = attached & _member(rules.collocations, pair_keys(tokens.key[before], tokens.key[following]))
    title = attached & upper & _member(rules.titles, tokens.key[before])
    return ends & ~collocated & ~title & ~(initial & upper & _is_initial(tokens, following))


def _is_initial(tokens: Tokens, word: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each ``word`` is one byte long with a period after it, as the second of J. R. Hartley's initials."""
    after = np.minimum(word + 1, len(tokens) - 1)
    one: NDArray[np.bool_] = (tokens.end[word] - tokens.start[word] == 1) & (tokens.kind[after] == _PERIOD)
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
    tokens: Tokens,
    rules: SentenceRules,
    following: NDArray[np.int64],
    upper: NDArray[np.bool_],
    lower: NDArray[np.bool_],
) -> NDArray[np.int8]:
    """Punkt's orthographic heuristic: does the word begin a sentence? 1 yes, -1 no, 0 unknown."""
    key = tokens.key[following]
    guess = np.zeros(len(following), np.int8)
    guess[upper & _has(rules, key, ORTHO_LC) & ~_has(rules, key, ORTHO_MID_UC)] = 1
    guess[lower & (_has(rules, key, ORTHO_UC) | ~_has(rules, key, ORTHO_BEG_LC))] = -1
    guess[np.isin(tokens.kind[following], [ord(c) for c in ";:,.!?"])] = -1
    return guess


def _member(table: NDArray[np.uint64], keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    if not len(table):
        return np.zeros(len(keys), bool)
    found: NDArray[np.bool_] = table[np.minimum(np.searchsorted(table, keys), len(table) - 1)] == keys
    return found


def _has(rules: SentenceRules, keys: NDArray[np.uint64], bits: int) -> NDArray[np.bool_]:
    if not len(rules.ortho_keys):
        return np.zeros(len(keys), bool)
    at = np.minimum(np.searchsorted(rules.ortho_keys, keys), len(rules.ortho_keys) - 1)
    seen: NDArray[np.bool_] = (rules.ortho_keys[at] == keys) & (rules.ortho_flags[at] & bits != 0)
    return seen
