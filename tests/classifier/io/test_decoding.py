from __future__ import annotations

import codecs
import gzip
import io

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from classifier.io.decoding import chunks, cut, decode, decode_utf8, lines


def decoded(data: bytes, encoding: str | None = None, step: int = 0) -> tuple[str, list[str]]:
    """Decode ``data`` at once, or as a stream that comes in pieces of ``step`` bytes."""
    warnings: list[str] = []
    if not step:
        return decode(data, encoding, warnings.append), warnings
    parts = (data[i : i + step] for i in range(0, len(data), step))
    whole = lines(parts, encoding, warnings.append)
    text = "".join([line if isinstance(line, str) else decode_utf8(line, warnings.append) for line in whole])
    return text, sorted(set(warnings))


@given(st.text(), st.integers(0, 5))
def test_utf8_comes_back_with_every_line_break_and_control_character(text: str, step: int) -> None:
    data = text.encode("utf-8", "replace")
    expected = data.decode().removeprefix("\ufeff")
    assert decoded(data, None, step) == (expected, [])


@given(st.binary(max_size=40), st.integers(0, 5))
def test_any_bytes_decode_as_they_would_at_once_and_are_warned_of_once(data: bytes, step: int) -> None:
    data = b"abcd" + data
    text, warnings = decoded(data, None, step)
    assert text == data.decode("utf-8", "replace")
    assert len(warnings) == ("\ufffd" in text and b"\xef\xbf\xbd" not in data)  # U+FFFD itself may stand in the input


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
@pytest.mark.parametrize("encoding", [None, "cp1252"])
def test_utf16_is_known_by_its_mark_and_warned_of(mark: bytes, encoding: str | None) -> None:
    body = "Zürich 😀\r\n".encode("utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be")
    text, warnings = decoded(mark + body, encoding, 3)
    assert text == "Zürich 😀\r\n"
    assert warnings == ["UTF-16, decoded by its byte order mark"]


def test_utf16_cut_in_the_middle_of_a_character_is_warned_of_twice() -> None:
    text, warnings = decoded(codecs.BOM_UTF16_LE + "ab".encode("utf-16-le")[:-1])
    assert text == "a\ufffd" and len(warnings) == 2


def test_only_the_first_mark_is_no_text() -> None:
    assert decoded(codecs.BOM_UTF8 * 2 + b"a") == ("\ufeffa", [])
    assert decoded(b"") == ("", [])
    assert decoded(codecs.BOM_UTF8) == ("", [])


def test_other_encodings_only_when_named() -> None:
    assert decoded("naïve – ok".encode("cp1252"), "cp1252") == ("naïve – ok", [])
    text, warnings = decoded("naïve".encode("cp1252"))
    assert text == "na\ufffdve" and "UTF-8" in warnings[0]
    text, warnings = decoded(b"a\x81", "cp1252")
    assert text == "a\ufffd" and "CP1252" in warnings[0]
    assert decoded("año".encode("utf-32"), "utf-32") == ("año", [])


@given(st.lists(st.text("ab\n\r\x85\u2028", max_size=6)))
def test_a_stream_is_cut_behind_line_feeds_only(pieces: list[str]) -> None:
    found = list(cut(pieces, "\n"))
    assert "".join(found) == "".join(pieces) and "" not in found
    assert all(piece.endswith("\n") for piece in found[:-1])
    assert list(cut((p.encode() for p in pieces), b"\n")) == [piece.encode() for piece in found]


@given(st.lists(st.text("aé\n", max_size=6)), st.sampled_from([None, "UTF8", "cp1252", "utf-16"]))
def test_lines_stay_bytes_where_they_are_utf8(pieces: list[str], encoding: str | None) -> None:
    text = "".join(pieces)
    data = text.encode(encoding or "utf-8-sig")
    found = list(lines([data[:2], data[2:]], encoding, lambda _: None))
    plain = [piece if isinstance(piece, str) else decode_utf8(piece, pytest.fail) for piece in found]
    assert "".join(plain) == text and all(piece.endswith("\n") for piece in plain[:-1])
    assert all(isinstance(piece, bytes) == (encoding in (None, "UTF8")) for piece in found)


@given(st.lists(st.binary(max_size=8), max_size=6), st.integers(1, 5))
def test_lines_decoded_one_by_one_are_the_stream_decoded_at_once(rows: list[bytes], step: int) -> None:
    data = b"abcd" + b"\n".join(rows)
    parts = [data[i : i + step] for i in range(0, len(data), step)]
    warnings: list[str] = []
    text = "".join(decode_utf8(piece, warnings.append) for piece in lines(parts, None, pytest.fail))  # type: ignore[arg-type]
    assert text == decoded(data)[0] and bool(warnings) == bool(decoded(data)[1])


def test_a_line_of_fifty_megabytes_is_one_line() -> None:
    piece = "x" * (1 << 20)
    assert [len(line) for line in cut([*[piece] * 50, "\n", "y"], "\n")] == [(50 << 20) + 1, 1]


def pack(codec: str, data: bytes) -> bytes:
    if codec == "gz":
        return gzip.compress(data)
    return zstandard.ZstdCompressor().compress(data) if codec else data


@pytest.mark.parametrize("codec", ["", "gz", "zst"])
def test_compressed_files_are_read_over_all_their_members(codec: str) -> None:
    data = bytes(range(256)) * 20_000
    packed = pack(codec, data[:1000]) + pack(codec, data[1000:]) + pack(codec, b"")
    parts = list(chunks(io.BytesIO(packed), codec))
    assert b"".join(parts) == data
    assert b"".join(chunks(io.BytesIO(b""), codec)) == b""


@pytest.mark.parametrize("codec", ["gz", "zst"])
def test_a_compressed_file_that_is_cut_off_gives_what_it_has_and_then_fails(codec: str) -> None:
    packed = pack(codec, b"first line\n" * 10) + pack(codec, b"second\n")[:-3]
    parts = chunks(io.BytesIO(packed), codec)
    read = b""
    with pytest.raises(EOFError):
        while True:
            read += next(parts)
    assert read.startswith(b"first line\n" * 10)


@pytest.mark.parametrize("codec", ["gz", "zst"])
def test_what_was_never_compressed_fails(codec: str) -> None:
    with pytest.raises((OSError, EOFError)):
        list(chunks(io.BytesIO(b'{"text": "plain"}\n'), codec))


def test_a_decompression_bomb_is_handed_on_in_pieces() -> None:
    bomb = zstandard.ZstdCompressor(level=3).compress(bytes(200 << 20))
    assert max(map(len, chunks(io.BytesIO(bomb), "zst"))) <= 32 << 20
    assert max(map(len, chunks(io.BytesIO(gzip.compress(bytes(20 << 20))), "gz"))) <= 1 << 20
