from __future__ import annotations

import plain
import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import documents

from classifier.features.counts import MAX_TOKENS
from classifier.features.cues import quoted
from classifier.features.surface import SURFACE, surface_counts

MARKS = {
    "commas": ",", "quotes": "\"'", "exclaims": "!", "asks": "?", "periods": ".", "colons": ":;", "brackets": "()[]{}",
    "bars": "|>/\\*#~_=+<^", "signs": "@$%&",
}  # fmt: skip


def surface(text: str) -> dict[str, int]:
    """What is not zero in a text of one segment."""
    tokens, segments = plain.cut([text])
    (row,) = surface_counts(tokens, segments, quoted(tokens, segments)).tolist()
    return {name: count for name, count in zip(SURFACE, row, strict=True) if count}


def capital(token: plain.Token) -> bool:
    return token.word and (token.raw[:1].isupper() or token.raw[0] >= 128)


def by_definition(row: list[plain.Token], said: list[bool]) -> dict[str, int]:
    """The names of ``SURFACE``, counted in the first tokens of a segment."""
    read = list(zip(row, said, strict=True))[:MAX_TOKENS]
    words = [token for token, _ in read if token.word]
    pieces: list[list[plain.Token]] = []
    for token, _ in read:
        pieces = [*pieces, []] if not (token.glued and pieces) else pieces
        pieces[-1].append(token)
    counts = {
        "tokens": len(row),
        "words": len(words),
        "marks": len(read) - len(words),
        "ellipses": sum(not t.word and chr(t.kind) in ".!?-" and len(t.raw) > 1 for t, _ in read),
        "capitals": sum(map(capital, words)),
        "shouted": sum(capital(t) and 65 <= t.raw[1] <= 90 for t in words if len(t.raw) > 1),
        "numbers": sum(t.raw[:1].isdigit() for t in words),
        "short": sum(len(t.raw) < 4 for t in words),
        "quoted": sum(t.word and inside for t, inside in read),
        "spoken": sum(any(t.word for t in piece) for piece in pieces),
        "ends_sentence": ends(row[-1], '.!?"') or (len(row) > 1 and ends(row[-2], ".!?")),
        "ends_colon": ends(row[-1], ":"),
        "starts_lower": row[0].word and not capital(row[0]) and not row[0].raw[:1].isdigit(),
        "starts_mark": not row[0].word,
        "starts_number": row[0].raw[:1].isdigit(),
    }
    return counts | {name: sum(ends(t, marks) for t, _ in read) for name, marks in MARKS.items()}


def ends(token: plain.Token, marks: str) -> bool:
    return not token.word and token.kind in map(ord, marks)


@given(st.lists(documents, max_size=4))
def test_counts_are_those_of_the_definition(texts: list[str]) -> None:
    tokens, segments = plain.cut(texts)
    if not len(segments):
        return
    found = surface_counts(tokens, segments, quoted(tokens, segments))
    listed = plain.read(tokens, segments)
    inside = plain.inside_quotes(listed, segments.breaks.tolist())
    for i, (row, said) in enumerate(zip(listed, inside, strict=True)):
        expected = by_definition(row, said) | {"letters": int(segments.end[i] - segments.start[i])}
        assert dict(zip(SURFACE, found[i].tolist(), strict=True)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rain fell.", {"words": 2, "capitals": 1, "periods": 1, "ends_sentence": 1, "spoken": 2, "letters": 10}),
        ("LOL no way!!!", {"shouted": 1, "exclaims": 1, "ellipses": 1, "short": 3, "spoken": 3}),
        ("12 Replies | Share", {"numbers": 1, "starts_number": 1, "bars": 1, "spoken": 3, "marks": 1}),
        ("she asked why:", {"starts_lower": 1, "ends_colon": 1, "colons": 1, "words": 3}),
        ("“It is over,” he said", {"starts_mark": 1, "quotes": 2, "quoted": 3, "commas": 1, "words": 5}),
        ("well-known http://a.b", {"words": 5, "spoken": 2, "colons": 1, "bars": 1}),
        ("@gull77 $5 (no)", {"signs": 2, "brackets": 2, "spoken": 3}),
    ],
)
def test_what_a_segment_looks_like(text: str, expected: dict[str, int]) -> None:
    assert {name: count for name, count in surface(text).items() if name in expected} == expected


def test_a_word_is_a_piece_between_blanks_with_a_letter_or_digit() -> None:
    for text, words in (("a-b c'd", 2), ("- — ...", 0), ("“x”", 1), ("4.5% of 10", 3), ("\u200b é", 1), ("x\xa0y", 2)):
        assert surface(text).get("spoken", 0) == words


def test_a_piece_is_one_piece_however_long() -> None:
    assert surface(".," * 500 + "x" + ",." * 300 + "y z")["spoken"] == 2
