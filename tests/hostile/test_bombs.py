"""Small files that unfold into large ones, and inputs without an end."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from classifier.errors import InputError
from classifier.io import Fields, Record, Source, Stretch, decoding, read, records, walk

MEMBER = 16 << 20
PLAIN = Fields()


def found(path: Path | str, **options: Any) -> tuple[int, list[str]]:
    """How many documents are read, and what is said to be wrong."""
    (source,) = walk([str(path)], **options)
    assert isinstance(source, Source)
    documents, problems = 0, []
    for part in read(source, PLAIN):
        for item in records(part, PLAIN) if isinstance(part, Stretch) else [part]:
            documents += isinstance(item, Record)
            problems += [item.reason] if isinstance(item, InputError) else []
    return documents, problems


def bomb(path: Path, line: bytes, first: bytes, members: int = 64) -> Path:
    """A file that unfolds to ``first`` and then a gigabyte of ``line``."""
    if path.suffix == ".gz":
        head, tail = (gzip.compress(data, 9) for data in (first, line * (MEMBER // len(line))))
    else:
        zstandard = pytest.importorskip("zstandard")
        head, tail = (zstandard.ZstdCompressor().compress(d) for d in (first, line * (MEMBER // len(line))))
    path.write_bytes(head + tail * members)
    return path


@pytest.mark.parametrize("suffix", [".jsonl.gz", ".jsonl.zst"])
def test_a_bomb_of_short_lines_gives_what_stands_before_and_is_refused(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "FREE", 32 << 20)
    path = bomb(tmp_path / f"b{suffix}", b" " * 1023 + b"\n", b'{"text": "a"}\n' * 3)
    documents, problems = found(path)
    assert documents == 3 and len(problems) == 1
    assert problems[0].startswith("unfolds to more than 200 times its size")


@pytest.mark.parametrize("suffix", [".jsonl.gz", ".jsonl.zst"])
def test_a_bomb_of_one_line_is_refused(suffix: str, tmp_path: Path) -> None:
    documents, problems = found(bomb(tmp_path / f"b{suffix}", b" ", b'{"text": "a"}\n'))
    assert documents <= 1 and len(problems) == 1 and ("unfolds" in problems[0] or "256 MiB" in problems[0])


def test_text_that_packs_well_is_no_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "FREE", 1 << 20)
    rows = [b'{"text": "%s%s"}\n' % (b"word " * 60, os.urandom(4).hex().encode()) for _ in range(20_000)]
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b"".join(rows)))  # thirty times, and beyond what is free
    assert found(tmp_path / "a.jsonl.gz") == (20_000, [])
    monkeypatch.setattr(decoding, "MAX_RATIO", 20)
    documents, problems = found(tmp_path / "a.jsonl.gz")
    assert documents < 20_000 and "20 times" in problems[0]


def test_a_giant_is_refused_before_it_is_read(tmp_path: Path) -> None:
    for name in ("a.txt", "a.jsonl"):
        path = tmp_path / name
        with path.open("wb") as file:
            file.truncate(decoding.MAX_DOCUMENT + 10)  # with nothing in it, so that it takes no disk
    assert found(tmp_path / "a.txt") == (0, ["has a document or line of more than 256 MiB"])
    assert found(tmp_path / "a.jsonl") == (0, ["has a document or line of more than 256 MiB"])


@pytest.mark.parametrize("kind", ["text", "jsonl"])
def test_a_pipe_without_an_end_is_refused_when_it_is_too_long(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "MAX_DOCUMENT", 1 << 22)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def endless() -> None:
        with pipe.open("wb") as file:
            try:
                while True:
                    file.write(b"a" * (1 << 20))
            except BrokenPipeError:
                pass

    writer = threading.Thread(target=endless)
    writer.start()
    assert found(pipe, input_format=kind) == (0, ["has a document or line of more than 4 MiB"])
    writer.join()


def test_the_limits_are_said_in_help() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "classifier", "classify", "-h"], capture_output=True, text=True, check=True
    )
    said = " ".join(ran.stdout.split())
    assert f"{decoding.MAX_DOCUMENT >> 20} MiB" in said and f"{decoding.FREE >> 20} MiB" in said
    assert f"{decoding.MAX_RATIO} times" in said
