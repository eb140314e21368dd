from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from classifier.io import Fields, Source
from classifier.shards.cutting import WHOLE, Lines, Range, cut, lasts, numbers, travels


def source(path: Path, kind: str = "jsonl", codec: str = "") -> Source:
    return Source(str(path), path.name, kind, codec, path.stat().st_size)


def read(given: Source, part: Range, line: int) -> tuple[bytes, list[int], int]:
    """What a part holds, the numbers of the first lines of its stretches, and its line feeds."""
    seen: list[bytes] = []
    lines = Lines(given, part, line, seen.append, lambda amount: None)
    stretches = list(lines)
    data = b"".join(stretch.data for stretch in stretches)
    assert sum(map(len, seen)) == lines.end - lines.start
    return data, [stretch.line for stretch in stretches], lines.feeds


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 12), st.booleans())
def test_every_line_is_in_one_part_whole_and_with_its_number(
    tmp_path_factory: object, lengths: list[int], size: int, ended: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "lines.jsonl"  # type: ignore[attr-defined]
    content = b"\n".join(bytes([65 + i % 26]) * n for i, n in enumerate(lengths)) + b"\n" * ended
    path.write_bytes(content)
    given = source(path)
    ranges = cut(given, Fields(), size)
    firsts = numbers(given, ranges)
    if ranges == [WHOLE]:
        assert len(content) <= size
        return
    parts = [read(given, part, line) for part, line in zip(ranges, firsts, strict=True)]
    assert b"".join(data for data, *_ in parts) == content
    at = 0
    for (data, lines, feeds), first in zip(parts, firsts, strict=True):
        assert at == len(content) or not at or content[at - 1 : at] == b"\n"
        assert not data or lines[0] == first == content[:at].count(b"\n") + 1
        assert feeds == data.count(b"\n")
        at += len(data)


def test_a_mark_at_the_beginning_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}\n" * 2)
    given = source(tmp_path / "a.jsonl")
    assert read(given, Range(0, 3), 1)[0] == b"{}\n"
    assert read(given, Range(3, given.size), 2)[0].startswith(b"\xef\xbb\xbf{}")


def test_only_large_plain_records_in_utf_8_are_cut(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"{}\n" * 10)
    (tmp_path / "wide").write_bytes("{}\n".encode("utf-16"))
    plain = source(tmp_path / "a")
    assert cut(plain, Fields(), 20) == [(0, 20), (20, 30)]
    for other, fields in (
        (plain, Fields(encoding="latin-1")),
        (source(tmp_path / "a", codec="gz"), Fields()),
        (source(tmp_path / "a", "text"), Fields()),
        (source(tmp_path / "wide"), Fields()),
    ):
        assert cut(other, fields, 5) == [WHOLE]


def test_what_is_no_file_of_its_own_stays_where_it_is() -> None:
    assert not travels(Source("-", "stdin", "text")) and not travels(Source("/dev/null", "null", "text"))
    assert not travels(Source("/no/such", "such", "text")) and lasts(source(Path(__file__), "text"))
