from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from classifier.io import dump, segment_rows
from classifier.io.writing import escape, visible
from classifier.result import Segment


@given(st.text(st.characters()))
def test_dump_can_always_be_encoded_and_reads_back(text: str) -> None:
    assert json.loads(dump({"a": text}).encode()) == {"a": text}


def test_dump_leaves_letters_as_they_are_and_escapes_lone_surrogates() -> None:
    assert dump("né 😀") == '"né 😀"'
    assert dump("né\ud800") == '"n\\u00e9\\ud800"'


@given(st.text())
def test_an_escaped_text_is_one_cell_on_one_line_and_reads_back(text: str) -> None:
    cell = escape(text)
    assert len((cell + ".").splitlines()) == 1 and "\t" not in cell
    plain = cell.encode("latin-1", "backslashreplace").decode("unicode_escape")
    assert plain == text


def test_nothing_that_moves_a_cursor_stays_in_what_a_terminal_is_shown() -> None:
    shown = visible("a\x1b[31m\x9b\rb\nc\td\0\x7f\u202ee\u2066\u2028\ud800é😀")
    assert shown == "a\\x1b[31m\\x9b\\rb\\nc\\td\\x00\\x7f\\u202ee\\u2066\\u2028\ufffdé😀"


def test_rows_of_each_format() -> None:
    text = 'He said:\t"no".\nA\\b'
    segments = [Segment(0, 14, "reporting", 0.9731), Segment(15, 18, "comment", 1.0)]
    assert segment_rows("a\tb", text, segments, "tsv") == (
        'a\\tb\t0\t14\treporting\t0.9731\tHe said:\\t"no".\na\\tb\t15\t18\tcomment\t1.0000\tA\\\\b\n'
    )
    assert segment_rows(7, text, segments[1:], "tsv").startswith("7\t15")
    assert segment_rows("x\x1b", text, segments, "text") == (
        '# x\\x1b\nreporting   0.9731  He said:\\t"no".\ncomment     1.0000  A\\b\n'
    )
    rows = [json.loads(line) for line in segment_rows(7, text, segments, "jsonl").splitlines()]
    assert rows[1] == {"id": 7, "start": 15, "end": 18, "label": "comment", "score": 1.0, "text": "A\\b"}
