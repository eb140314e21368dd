from __future__ import annotations

from importlib import resources

import numpy as np
import plain
import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import documents

from classifier.features.cues import CUES, MORE, cue_counts, cue_masks, quoted
from classifier.text import lay_out
from classifier.tokens import tokenize, word_keys

KINDS = (*CUES, *MORE)
LEXICONS = {
    kind: resources.files("classifier").joinpath("lexicons", f"{kind}.txt").read_text("utf-8").splitlines()
    for kind in KINDS
}
quotes = st.lists(st.sampled_from(['"', "“", "”", "''", "'", " said ", " probably ", "\n", ". ", "I "]), max_size=20)


def counts(text: str) -> dict[str, tuple[int, ...]]:
    """What is counted in a text of one segment: outside quotation marks and inside, or wherever it stands."""
    tokens, segments = plain.cut([text])
    (row,) = cue_counts(tokens, segments, quoted(tokens, segments)).tolist()
    k = len(CUES)
    return {cue: (row[i], row[k + i]) for i, cue in enumerate(CUES)} | {
        m: (row[2 * k + i],) for i, m in enumerate(MORE)
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_lexicon_is_one_lower_case_word_a_line_sorted(kind: str) -> None:
    words = LEXICONS[kind]
    assert all(word.isascii() and word.isalnum() and word.islower() for word in words)
    assert len(set(words)) == len(words) == len(tokenize(lay_out(words)))
    if kind != "english":  # the commonest first
        assert words == sorted(words)


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_of_a_lexicon_is_found_in_the_table(kind: str) -> None:
    for shape in (str, str.upper, str.capitalize):
        masks = cue_masks(tokenize(lay_out([shape(word) for word in LEXICONS[kind]])))
        assert (masks >> KINDS.index(kind) & 1 == 1).all()


def test_nothing_is_lost_in_the_table_and_nothing_else_is_found() -> None:
    words = sorted({word for lexicon in LEXICONS.values() for word in lexicon})
    masks = cue_masks(tokenize(lay_out(words)))
    expected = [sum((word in LEXICONS[kind]) << bit for bit, kind in enumerate(KINDS)) for word in words]
    assert masks.tolist() == expected
    assert len(set(word_keys(words).tolist())) == len(words)
    others = [f"{word}q" for word in words] + [f"z{word}" for word in words] + ["...", "!", '"', "qqq"]
    assert not cue_masks(tokenize(lay_out(others))).any()


@given(quotes.map("".join))
def test_quotation_marks_hold_to_the_end_of_their_line(text: str) -> None:
    tokens, segments = plain.cut([text])
    expected = plain.inside_quotes(plain.read(tokens, segments), segments.breaks.tolist())
    assert quoted(tokens, segments).tolist() == [said for row in expected for said in row]


def test_quotations_run_on_over_sentences_but_not_over_lines() -> None:
    tokens, segments = plain.cut(['He said: "It rained. It snowed." Then\n"open\nclosed'])
    said = quoted(tokens, segments)
    words = [tokens.buffer[a:b].tobytes().decode() for a, b in zip(tokens.start, tokens.end, strict=True)]
    assert [word for word, inside in zip(words, said, strict=True) if inside and word.isalpha()] == [
        "It", "rained", "It", "snowed", "open",
    ]  # fmt: skip


@given(st.lists(documents | quotes.map("".join), max_size=4))
def test_counts_are_those_of_the_definition(texts: list[str]) -> None:
    tokens, segments = plain.cut(texts)
    if not len(segments):
        return
    listed = plain.read(tokens, segments)
    inside = plain.inside_quotes(listed, segments.breaks.tolist())
    found = cue_counts(tokens, segments, quoted(tokens, segments))
    expected = []
    for row, said in zip(listed, inside, strict=True):
        words = [token.folded.decode("utf-8", "replace") if token.word else "" for token in row]
        hits = {kind: [word in LEXICONS[kind] for word in words] for kind in KINDS}
        outside = [sum(h and not s for h, s in zip(hits[cue], said, strict=True)) for cue in CUES]
        within = [sum(h and s for h, s in zip(hits[cue], said, strict=True)) for cue in CUES]
        expected.append(outside + within + [sum(hits[kind]) for kind in MORE])
    assert found.tolist() == expected


def test_what_is_said_in_quotes_is_counted_apart() -> None:
    found = counts('The mayor said it was "perhaps a terrible idea" of hers')
    assert found["attribution"] == (1, 0) and found["hedges"] == (0, 1)
    assert found["evaluation"] == (0, 1) and found["third"] == (2, 0)
    assert counts("see www.orrin.example.com/the")["links"][0] == 2


def test_the_table_does_not_depend_on_the_batch() -> None:
    alone = cue_masks(tokenize(lay_out(["perhaps"])))
    among = cue_masks(tokenize(lay_out(["x y z", "perhaps", "said"])))
    assert alone.tolist() == [among.tolist()[3]] and alone[0] and not np.any(among[:3])
