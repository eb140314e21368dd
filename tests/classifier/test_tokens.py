from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import BLANKS, LINE_BREAKS, documents

from classifier.text import encode, lay_out
from classifier.tokens import WORD, Tokens, scramble, tokenize, word_keys

ROOT = Path(__file__).parents[2]


def spans(text: str) -> list[tuple[int, int]]:
    batch = lay_out([text])
    tokens = tokenize(batch)
    here = np.zeros(len(tokens), np.int64)
    starts, ends = batch.code_points(tokens.start, here), batch.code_points(tokens.end, here)
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def words(text: str) -> list[str]:
    return [text[start:end] for start, end in spans(text)]


def cut(text: str) -> Tokens:
    return tokenize(lay_out([text]))


def test_every_character_of_unicode_is_one_token_or_a_blank() -> None:
    characters = [chr(c) for c in range(0x110000)]
    for first in range(0, len(characters), 1 << 16):
        some = characters[first : first + (1 << 16)]
        batch = lay_out(some)
        tokens = tokenize(batch)
        owner = np.searchsorted(batch.starts, tokens.start, side="right") - 1
        spoken = np.flatnonzero([not c.isspace() for c in some])
        assert owner.tolist() == spoken.tolist()
        assert (tokens.start == batch.starts[owner]).all() and (tokens.end == batch.ends[owner]).all()


@given(documents)
def test_tokens_cover_everything_but_blanks(text: str) -> None:
    last = 0
    for start, end in [*spans(text), (len(text), len(text))]:
        assert last <= start and (not text[last:start] or text[last:start].isspace())
        assert not any(c.isspace() for c in text[start:end])
        last = end


def test_words_are_runs_of_letters_and_digits_and_marks_runs_of_one_mark() -> None:
    assert words("It rained--hard!!! (4.5mm)") == ["It", "rained", "--", "hard", "!!!", "(", "4", ".", "5mm", ")"]
    assert words("“Né à Zürich”, said he…") == ["“", "Né", "à", "Zürich", "”", ",", "said", "he", "…"]
    assert words("a'b’c don't.\u200bx") == ["a", "'", "b", "’", "c", "don", "'", "t", ".", "\u200b", "x"]
    assert words("中文。Привет 😀") == ["中文", "。", "Привет", "😀"]


@pytest.mark.parametrize("mark", [c for c in map(chr, range(33, 127)) if not c.isalnum()])
def test_each_mark_of_ascii_is_a_token_of_its_own_kind(mark: str) -> None:
    assert words(f"a{mark}b9{mark}{mark}Z") == ["a", mark, "b9", mark * 2, "Z"]
    assert cut(f"a{mark}b").kind.tolist() == [WORD, ord(mark), WORD]


def test_letters_and_digits_of_ascii_are_one_word() -> None:
    alphabet = "".join(c for c in map(chr, range(128)) if c.isalnum())
    assert words(alphabet) == [alphabet] and len(cut("\0\x01\x1b\x7f")) == 1


@pytest.mark.parametrize("blank", BLANKS)
def test_each_blank_parts_two_words_and_is_a_line_break_or_not(blank: str) -> None:
    tokens = cut(f"a{blank}é{blank}{blank}b")
    assert len(tokens) == 3 and not tokens.glued.any()
    expected = [1, 2] if blank in LINE_BREAKS else [0, 0]
    assert tokens.breaks[1:].tolist() == expected


@given(st.lists(st.sampled_from([*LINE_BREAKS, "\r\n", " "]), max_size=6).map("".join))
def test_line_breaks_are_counted_as_splitlines_counts_them(gap: str) -> None:
    assert cut(f"a{gap}.b").breaks[1] == len(re.findall("\r\n|[\n\v\f\r\x85\u2028\u2029]", gap))


def test_glued_means_nothing_at_all_between() -> None:
    assert cut("a.b . c").glued.tolist() == [False, True, True, False, False]
    batch = lay_out(["a", "b"])
    assert tokenize(batch).glued.tolist() == [False, False]


def test_curly_quotes_and_dashes_are_of_the_kind_of_their_ascii_cousins() -> None:
    for curly, plain in ('“"', '”"', '«"', "‘'", "’'", "–-", "—-", "…."):
        assert cut(curly).kind.tolist() == cut(plain).kind.tolist() == [ord(plain)]


def test_keys_ignore_case_and_which_digit_but_nothing_else() -> None:
    keys = word_keys(["Harbour", "hARBOUR", "harbor", "1984", "2019", "20190", "s", "ss"]).tolist()
    assert keys[0] == keys[1] != keys[2]
    assert keys[3] == keys[4] != keys[5]
    assert len({keys[0], keys[2], keys[3], keys[5], keys[6], keys[7]}) == 6


def test_words_of_our_own_pages_all_have_keys_of_their_own() -> None:
    pages = (ROOT / "data" / "written.jsonl").read_text("utf-8").lower()
    found = sorted({re.sub("[0-9]", "0", word) for word in re.findall("[a-z0-9]+", pages)})
    assert len(found) > 7000 and len(set(word_keys(found).tolist())) == len(found)


def test_long_words_are_known_by_their_two_ends_and_their_length() -> None:
    one, other, longer = word_keys(["unquestionXablement", "unquestionYablement", "unquestionXYablement"]).tolist()
    assert one == other != longer


@given(documents, documents, documents)
def test_a_token_is_the_same_wherever_it_lies(before: str, text: str, after: str) -> None:
    alone, among = lay_out([text]), lay_out([before, text, after])
    one, many = tokenize(alone), tokenize(among)
    mine = np.searchsorted(among.starts, many.start, side="right") == 2
    shift = among.starts[1] - alone.starts[0]
    assert (many.start[mine] - shift).tolist() == one.start.tolist()
    for name in ("key", "kind", "upper", "shouted", "first", "first_byte"):
        assert getattr(many, name)[mine].tolist() == getattr(one, name).tolist(), name
    assert many.breaks[mine][1:].tolist() == one.breaks[1:].tolist()
    assert many.glued[mine].tolist() == one.glued.tolist()


def test_marks_count_to_three_in_a_run() -> None:
    keys = [cut("!" * n).key[0] for n in (1, 2, 3, 4, 40)]
    assert len(set(keys[:3])) == 3 and keys[2] == keys[3] == keys[4]


def test_capitals_and_shouting() -> None:
    tokens = cut("The NATO iPhone Élan élan A I.D. 4X")
    word = tokens.kind == WORD
    assert tokens.upper[word].tolist() == [True, True, False, True, True, True, True, True, False]
    assert tokens.shouted[word].tolist() == [False, True, False, False, False, False, False, False, False]


@given(st.text(st.characters(codec=None, categories=["L", "Nd"], max_codepoint=0x2FF), min_size=1, max_size=40))
def test_first_is_the_first_eight_folded_bytes(word: str) -> None:
    folded = bytes(ord("0") if 48 <= b <= 57 else b + 32 if 65 <= b <= 90 else b for b in encode(word))
    tokens = cut(word)
    assert int(tokens.first[0]) == int.from_bytes(folded[:8].ljust(8, b"\0"), "little")


def test_scrambling_parts_neighbours_and_loses_nothing() -> None:
    numbers = scramble(np.arange(10000, dtype=np.uint64))
    assert len(set(numbers.tolist())) == 10000
    assert len(set((numbers >> np.uint64(45)).tolist())) > 9500  # the high bits, which pick a column, differ too


@pytest.mark.parametrize("text", ["I don't.", 'He said "no".', "''Yes''", '""', 'A "b" c'])
def test_curly_quotation_marks_have_the_keys_of_straight_ones(text: str) -> None:
    curly = text.replace('"', "\u201d").replace("'", "\u2019")
    assert cut(curly).key.tolist() == cut(text).key.tolist()
    assert cut("\u00ab").key == cut('"').key and cut("\u2014").key != cut("-").key


def test_keys_do_not_depend_on_how_much_is_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = lay_out([(ROOT / "data" / "pages" / "war.txt").read_text("utf-8"), "x", ""])
    few = tokenize(batch)
    monkeypatch.setattr("classifier.tokens._SPREAD", 0)
    many = tokenize(batch)
    assert len(many) > 400 and (many.key == few.key).all()
    assert (many.first == few.first).all() and (many.last == few.last).all()
