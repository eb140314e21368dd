"""Text -> tokens -> segments, read out of their definitions in plain Python, one character and one token at a time."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import plain

from classifier.segments import (
    ORTHO_BEG_LC,
    ORTHO_LC,
    ORTHO_MID_UC,
    ORTHO_UC,
    SentenceRules,
)
from classifier.tokens import BLANK, BREAK, OTHER, WORD

TERMINATORS, CLOSERS, OPENERS = ".!?", "\"')]}*", "\"'([{"
COUSINS = {**dict.fromkeys("‐‑‒–—―", "-"), **dict.fromkeys("‘’‚‛", "'"), **dict.fromkeys("“”„‟«»", '"'), "…": "."}


class Placed(NamedTuple):
    """A token, where it stands in the text, and the line breaks before it."""

    token: plain.Token
    start: int
    end: int
    breaks: int

    @property
    def mark(self) -> str:
        """The mark it is a run of; empty for a word."""
        return "" if self.token.word else chr(self.token.kind)

    def is_one_of(self, marks: str) -> bool:
        return bool(self.mark) and self.mark in marks

    @property
    def upper(self) -> bool:
        first = self.token.raw[0]
        return 65 <= first <= 90 or (first >= 128 and self.token.word)

    @property
    def lower(self) -> bool:
        return 97 <= self.token.raw[0] <= 122


def kind(character: str, following: str) -> int:
    """What a character is, by its code point."""
    c = ord(character)
    if character in COUSINS:
        return ord(COUSINS[character])
    if character == "\r":
        return BLANK if following == "\n" else BREAK
    if character in "\n\v\f\x85\u2028\u2029":
        return BREAK
    if character.isspace():
        return BLANK
    if c < 128:
        return WORD if character.isalnum() else c if 32 < c < 127 else OTHER
    symbol = 0x2000 <= c < 0x3040 or 0xD800 <= c < 0xE000 or c >= 0xFE00 or (c < 0xC0 and character not in "ªµº")
    return OTHER if symbol else WORD


def tokens_of(text: str) -> list[Placed]:
    """Runs of one kind that are no blanks."""
    kinds = [kind(c, following) for c, following in zip(text, text[1:] + "\0", strict=False)]
    found: list[Placed] = []
    breaks, at = 0, 0
    while at < len(text):
        end = at + 1
        while end < len(text) and kinds[end] == kinds[at]:
            end += 1
        if kinds[at] in (BLANK, BREAK):
            breaks += (end - at) * (kinds[at] == BREAK)
        else:
            raw = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text[at:end]).encode()
            folded = bytes(48 if 48 <= b <= 57 else b + 32 if 65 <= b <= 90 else b for b in raw)
            glued = bool(found) and found[-1].end == at
            found.append(Placed(plain.Token(raw, folded, kinds[at], glued), at, end, breaks))
            breaks = 0
        at = end
    return found


class Rules:
    """Punkt's tables as sets."""

    def __init__(self, rules: SentenceRules) -> None:
        self.abbreviations, self.titles = set(rules.abbreviations.tolist()), set(rules.titles.tolist())
        self.collocations, self.starters = set(rules.collocations.tolist()), set(rules.starters.tolist())
        self.ortho = dict(zip(rules.ortho_keys.tolist(), rules.ortho_flags.tolist(), strict=True))

    def seen(self, token: Placed, bits: int) -> bool:
        return bool(self.ortho.get(plain.key(token.token), 0) & bits)


def pair(left: Placed, right: Placed) -> int:
    return plain.scramble((plain.key(left.token) * 3 + plain.key(right.token)) & plain.MASK)


def sentence_starts(tokens: Sequence[Placed], rules: Rules) -> set[int]:
    """Tokens that begin a sentence inside a line."""
    n, found = len(tokens), set()
    for i, token in enumerate(tokens):
        run_goes_on = i + 1 < n and tokens[i + 1].token.glued and tokens[i + 1].is_one_of(TERMINATORS)
        if not token.is_one_of(TERMINATORS) or run_goes_on:
            continue
        after = i + 1
        while (
            after < min(n, i + 4) and tokens[after].mark and tokens[after].mark in CLOSERS and tokens[after].token.glued
        ):
            after += 1
        if after >= n or tokens[after].token.glued or tokens[after].breaks:
            continue
        word = after
        for _ in range(2):
            if tokens[word].is_one_of(OPENERS) and word + 1 < n and not tokens[word + 1].breaks:
                word += 1
        if ends_sentence(tokens, i, word, rules):
            found.add(after)
    return found


def ends_sentence(tokens: Sequence[Placed], i: int, word: int, rules: Rules) -> bool:
    following = tokens[word]
    if tokens[i].mark == ".":
        return period_ends(tokens, i, word, rules)
    if following.mark and following.mark not in OPENERS:
        return True
    return not following.lower


def period_ends(tokens: Sequence[Placed], i: int, word: int, rules: Rules) -> bool:
    mark, following, before = tokens[i], tokens[word], tokens[max(i - 1, 0)]
    ellipsis = len(mark.token.raw) > 1
    attached = mark.token.glued and before.token.word and not ellipsis
    digit = attached and before.token.raw[:1].isdigit()
    whole = attached and not after_apostrophe(tokens, i - 1)
    letter = whole and len(before.token.raw) == 1 and not digit
    dotted = letter and before.token.glued and tokens[i - 2].mark == "."
    initial = letter and not dotted
    abbreviation = dotted or (whole and is_abbreviation(tokens, i - 1, rules))
    first = first_guess(following, rules)
    starter = following.upper and plain.key(following.token) in rules.starters
    ends = not abbreviation and not ellipsis
    ends = ends or ((abbreviation or ellipsis) and not initial and (first == 1 or starter))
    if (initial or digit) and first == -1:
        return False
    if initial and first == 0 and following.upper and not rules.seen(following, ORTHO_LC):
        return False
    if attached and pair(before, following) in rules.collocations:
        return False
    if attached and following.upper and plain.key(before.token) in rules.titles:
        return False
    return ends and not (initial and following.upper and is_initial(tokens, word))


def is_initial(tokens: Sequence[Placed], word: int) -> bool:
    after = word + 1
    return (
        len(tokens[word].token.raw) == 1
        and after < len(tokens)
        and tokens[after].mark == "."
        and tokens[after].token.glued
    )


def after_apostrophe(tokens: Sequence[Placed], word: int) -> bool:
    return (
        word >= 2
        and tokens[word].token.glued
        and tokens[word - 1].mark == "'"
        and tokens[word - 1].token.glued
        and tokens[word - 2].token.word
    )


def is_abbreviation(tokens: Sequence[Placed], word: int, rules: Rules) -> bool:
    if plain.key(tokens[word].token) in rules.abbreviations:
        return True
    if word < 2 or not (tokens[word].token.glued and tokens[word - 1].token.glued and tokens[word - 1].mark == "."):
        return False
    return tokens[word - 2].token.word and pair(tokens[word - 2], tokens[word]) in rules.abbreviations


def first_guess(following: Placed, rules: Rules) -> int:
    if following.is_one_of(";:,.!?"):
        return -1
    if following.lower and (rules.seen(following, ORTHO_UC) or not rules.seen(following, ORTHO_BEG_LC)):
        return -1
    return int(following.upper and rules.seen(following, ORTHO_LC) and not rules.seen(following, ORTHO_MID_UC))


def cut(text: str, rules: Rules) -> list[list[Placed]]:
    """The tokens of each segment."""
    tokens = tokens_of(text)
    starts = sentence_starts(tokens, rules) | {i for i, token in enumerate(tokens) if token.breaks or not i}
    edges = [*sorted(starts), len(tokens)]
    return [tokens[a:b] for a, b in itertools.pairwise(edges)]
