from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from classifier.io.joining import join


def pieces(root: Path, *contents: bytes) -> list[tuple[str, bool]]:
    found = []
    for number, content in enumerate(contents):
        (root / str(number)).write_bytes(content)
        found.append((str(root / str(number)), content[-1:] in (b"", b"\n")))
    return found


def test_pieces_follow_each_other_and_each_begins_on_a_line_of_its_own(tmp_path: Path) -> None:
    given = pieces(tmp_path, b"a\n", b"", b"b", b"", b"c\n", b"d")
    places = join(given, str(tmp_path / "whole"), "x.txt")
    assert (tmp_path / "whole").read_bytes() == b"a\nb\nc\nd"
    assert places == [(0, 2), (2, 0), (2, 1), (3, 0), (4, 2), (6, 1)]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_packed_pieces_are_read_as_one(suffix: str, tmp_path: Path) -> None:
    if suffix == ".gz":
        pack, unpack = gzip.compress, gzip.decompress
    else:
        zstandard = pytest.importorskip("zstandard")
        pack = zstandard.ZstdCompressor().compress

        def unpack(data: bytes) -> bytes:
            with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as stream:
                return stream.read()

    for name, content in (("0", b"one"), ("1", b"two\n")):
        (tmp_path / name).write_bytes(pack(content))
    join([(str(tmp_path / "0"), False), (str(tmp_path / "1"), True)], str(tmp_path / "whole"), f"x.jsonl{suffix}")
    assert unpack((tmp_path / "whole").read_bytes()) == b"one\ntwo\n"


def test_nothing_is_left_where_a_piece_is_missing(tmp_path: Path) -> None:
    given = [*pieces(tmp_path, b"a\n"), (str(tmp_path / "none"), True)]
    with pytest.raises(FileNotFoundError):
        join(given, str(tmp_path / "whole"), "x.txt")
    assert not (tmp_path / "whole").exists()
