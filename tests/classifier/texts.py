"""Texts as the world sends them: strategies for Hypothesis, and a few of our own."""

from __future__ import annotations

from hypothesis import strategies as st

# Every character that str.isspace() calls a blank, and every kind of line break among them.
BLANKS = "".join(c for c in map(chr, range(0x110000)) if c.isspace())
LINE_BREAKS = "\n\v\f\r\x85\u2028\u2029"
MARKS = ".,;:!?'\"“”‘’«»()[]{}…–—-*#|/\\<>@$%&=+~^_`•"
ODD = "\0\x01\x1b\x7f\xad\u200b\u200d\u202e\u2060\ufeff\ufffd\U000e0001\u0301\ud800\udfff"
LETTERS = "aAbzZéßÑжЖअ中日ﬀ😀🏽0179٣½²"
WORDS = (
    "Mr",
    "U.S",
    "Dr",
    "isn't",
    "said",
    "the",
    "probably",
    "A",
    "Hassan",
    "3",
    "10.5",
    "http://a.b/c",
    "LOL",
    "e.g",
)

characters = st.sampled_from(BLANKS + MARKS + ODD + LETTERS) | st.characters(codec=None)
anything = st.text(characters, max_size=120)
prose = st.lists(st.sampled_from(WORDS) | st.text("abcXYZ01é.’", min_size=1, max_size=12), max_size=40).flatmap(
    lambda words: st.lists(
        st.sampled_from([" ", " ", " ", ". ", "! ", "? ", ", ", "\n", "\r\n", "\n\n", '" ', ' "', "... ", ""]),
        min_size=len(words),
        max_size=len(words),
    ).map(lambda gaps: "".join(word + gap for word, gap in zip(words, gaps, strict=True)))
)
documents = anything | prose
ARTICLE = (
    "Ferry to Orrin cancelled for a third day\n"
    "By Ilse Marr\n"
    "ORRIN, May 3 - The harbour board cancelled the ferry on Friday, its chairman said. "
    '"The pier is not safe," Jon Adder told reporters. Repairs will begin on Monday.\n'
    "It is a shameful failure, and the board will probably do nothing about it.\n"
    "\n"
    "my cousin works on the pier, nobody has looked at it for years lol\n"
    "@gull77 exactly!! and who pays for it?? We do.\n"
    "Share this page | Subscribe\n"
)
