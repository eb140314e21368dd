"""What surviving mutants of ``classifier/io`` showed to be untested."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.io import Source, decoding, dump, segment_rows, visible, walk
from classifier.io.decoding import bounded, chunks, cut, lines, places_of_lines
from classifier.io.records import parse, rewrite
from classifier.io.sources import why
from classifier.result import Segment

MARK = b"\xef\xbb\xbf"


@given(
    st.lists(st.sampled_from([b"a", b"bcd", b"\n", b"\n\n", b"\r\n", b"", b"x" * 9]), max_size=12), st.integers(1, 9)
)
def test_places_are_whole_lines_in_order_whatever_the_size_of_a_chunk(pieces: list[bytes], chunk: int) -> None:
    for mark in (b"", MARK):
        data = mark + b"".join(pieces)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(decoding, "CHUNK", chunk)
            found = list(places_of_lines(io.BytesIO(data), None) or [])
        stretches = [data[start : start + size] for start, size, _ in found]
        assert b"".join(stretches) == data[len(mark) :] and b"" not in stretches
        assert all(stretch.endswith(b"\n") for stretch in stretches[:-1])
        assert [feeds for *_, feeds in found] == [stretch.count(b"\n") for stretch in stretches]
        starts = [start for start, *_ in found]
        assert starts == sorted(starts) and starts[:1] == [len(mark)] * bool(found)
        # A stretch ends with the last line feed of the chunk that it was found in.
        assert all(len(stretch) <= chunk or stretch[:-chunk].count(b"\n") == 0 for stretch in stretches)


def test_places_are_told_of_utf8_alone_under_any_of_its_names() -> None:
    for name in (None, "utf-8", "UTF8", "U8"):
        assert list(places_of_lines(io.BytesIO(b"a\nb"), name) or []) == [(0, 2, 1), (2, 1, 0)]
    for encoding, data in (("cp1252", b"a\nb"), (None, "a\n".encode("utf-16")), ("utf-16", b"a\n")):
        file = io.BytesIO(data)
        assert places_of_lines(file, encoding) is None and file.tell() == 0


def test_giants_are_counted_from_their_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_DOCUMENT", 10)
    monkeypatch.setattr(decoding, "CHUNK", 4)
    short = b"123456789\n" * 5
    assert sum(size for _, size, _ in places_of_lines(io.BytesIO(short), None) or []) == 50
    assert b"".join(cut([short[i : i + 4] for i in range(0, 50, 4)], b"\n")) == short
    assert list(bounded([b"12345", b"12345"])) == [b"12345"] * 2
    for refused in (
        lambda: list(places_of_lines(io.BytesIO(short + b"1" * 11), None) or []),
        lambda: list(cut([b"a\n", b"12345", b"123456"], b"\n")),
        lambda: list(bounded([b"12345", b"123456"])),
    ):
        with pytest.raises(InputError, match="document or line of more than 0 MiB"):
            refused()


def test_what_is_read_of_a_compressed_file_is_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    monkeypatch.setattr(decoding, "FREE", 0)
    data = os.urandom(100_000)  # does not pack: many reads of the file, none of them a bomb
    assert b"".join(chunks(io.BytesIO(gzip.compress(data, 1)), "gz")) == data
    with pytest.raises(InputError, match="200 times"):
        list(chunks(io.BytesIO(gzip.compress(bytes(1 << 20), 9)), "gz"))


def test_lines_come_as_many_at_a_time_as_came_together() -> None:
    assert list(cut(["a\nb\nc", "d\ne"], "\n")) == ["a\nb\n", "cd\n", "e"]
    assert list(lines([b"abcd\ne", b"\nf\n"], None, pytest.fail)) == [b"abcd\n", b"e\nf\n"]  # type: ignore[arg-type]
    assert list(lines([b"abcd\ne", b"\nf\n"], "cp1252", pytest.fail)) == ["abcd\n", "e\nf\n"]  # type: ignore[arg-type]


def test_a_limit_is_reached_and_not_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_DOCUMENT", 4)
    assert list(cut(["abcd", "\n", "abcd\n", "abcd"], "\n")) == ["abcd\n", "abcd\n", "abcd"]
    assert list(cut(["a\nbcde"], "\n")) == ["a\n", "bcde"]


def test_damage_in_zstd_is_said_in_these_words() -> None:
    zstandard = pytest.importorskip("zstandard")
    packed = zstandard.ZstdCompressor().compress(os.urandom(5000))
    for data, words in (
        (packed[:-9], "the compressed file ends before its end-of-stream marker"),
        (b"x" * 9, "damaged"),
    ):
        with pytest.raises(EOFError, match=words):
            list(chunks(io.BytesIO(data), "zst"))
    assert b"".join(chunks(io.BytesIO(packed * 3), "zst")) == zstandard.ZstdDecompressor().decompress(packed) * 3


def test_text_in_other_encodings_is_warned_of_to_its_end() -> None:
    told: list[str] = []
    assert list(lines([b"a\x81"], "shift_jis", told.append)) == ["a\ufffd"]
    assert len(told) == 1 and "SHIFT_JIS" in told[0]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1]", "not a JSON object"),
        ("[" * 100_000, "broken JSON (nested too deeply)"),
        ('{"body": 1}', 'field "body" is not a string but a number'),
        ("{}", 'no field "body"'),
    ],
)
def test_what_is_wrong_with_a_record_is_said_in_these_words(line: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(line, "f:1", "body", "id")
    assert (caught.value.where, caught.value.reason) == ("f:1", reason)


def test_an_id_that_json_does_not_know_is_none() -> None:
    assert parse('{"text": "", "id": Infinity}', "f:1", "text", "id").id == "f:1"
    assert parse('{"text": "", "id": [1, {"a": null}]}', "f:1", "text", "id").id == [1, {"a": None}]


def test_objects_inside_and_odd_blanks_are_left_where_they_are() -> None:
    line = ' {"a": {"b": {}}, "text": "\u2003x\u2003"}\r\n'
    assert rewrite(line, {"n": "1"}) == '{"a": {"b": {}}, "text": "\u2003x\u2003", "n": 1}'
    assert rewrite(line, {"a": "{}"}) == '{"a": {}, "text": "\u2003x\u2003"}'
    assert rewrite(" { } ", {"n": "1"}) == '{ "n": 1}' or rewrite(" { } ", {"n": "1"}).replace(" ", "") == '{"n":1}'


def test_what_is_shown_at_the_borders_of_escapes() -> None:
    assert visible("\ud800\udfff") == "\ufffd\ufffd" and visible("Ā\xff") == "Ā\xff"
    assert visible("\x9f\u200e") == "\\x9f\\u200e"
    assert dump("é") == '"é"' and dump("é\ud800") == '"\\u00e9\\ud800"'
    assert segment_rows(7, "a", [Segment(0, 1, "x", 1.0)], "text").startswith("# 7\n")
    assert segment_rows([1, "é"], "a", [], "text") == '# [1, "é"]\n'


def test_one_path_that_is_wrong_does_not_end_the_walk(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    found = list(walk([str(tmp_path / "none"), str(tmp_path / "a.txt"), "-", str(tmp_path / "a.txt")]))
    assert [type(item) for item in found] == [InputError, Source, Source, Source]
    assert why(OSError()) == "oSError" and why(ValueError("Odd")) == "odd"


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("a.gz", {"input_format": "jsonl"}, ("jsonl", "gz")),
        ("a.ZST", {"input_format": "jsonl"}, ("jsonl", "zst")),
        ("a.jsonl.gz", {"input_format": "jsonl"}, ("jsonl", "gz")),
        ("a.jsonl.gz", {"input_format": "text"}, ("text", "")),
        ("a.gz", {"input_format": "text"}, ("text", "")),
        ("a.json", {"input_format": "jsonl"}, ("jsonl", "")),
        ("a.jsonl", {}, ("jsonl", "")),
    ],
)
def test_what_a_file_is_taken_for(
    name: str, options: dict[str, str], expected: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"")
    (source,) = walk([str(tmp_path / name)], **options)  # type: ignore[arg-type]
    assert isinstance(source, Source) and (source.format, source.codec) == expected
