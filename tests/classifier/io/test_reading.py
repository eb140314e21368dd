from __future__ import annotations

import gzip
import io
import json
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import zstandard

from classifier.errors import InputError
from classifier.io import Caution, Fields, Record, Source, Stretch, read, records, walk

PLAIN = Fields()


def read_all(path: Path | str, fields: Fields = PLAIN, **options: Any) -> list[Any]:
    (source,) = walk([str(path)], **options)
    assert isinstance(source, Source)
    return read_from(source, fields)


def read_from(source: Source, fields: Fields = PLAIN) -> list[Any]:
    stretches = read(source, fields)
    return [item for part in stretches for item in (records(part, fields) if isinstance(part, Stretch) else [part])]


def documents(items: list[Any]) -> list[tuple[Any, str]]:
    return [(item.document.id, item.document.text) for item in items if isinstance(item, Record)]


def problems(items: list[Any]) -> list[tuple[str, str]]:
    return [(item.where, item.reason) for item in items if isinstance(item, InputError)]


def test_a_text_file_is_one_document_untouched(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\0\n\n")
    source, record = read_all(path)
    assert isinstance(source, Source)
    assert (record.document.id, record.document.text) == (str(path), "one\r\ntwo\rthree\0\n\n")
    path.write_bytes(b"")
    assert documents(read_all(path)) == [(str(path), "")]


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".jsonl.zst"])
def test_records_come_in_order_and_broken_lines_are_named_by_number(suffix: str, tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf{"id": 1, "text": "a"}\r\n\n  \nbroken\n{"text": null}\n{"text": "b"}'
    pack = {".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}.get(Path(suffix).suffix, bytes)
    path = tmp_path / f"f{suffix}"
    path.write_bytes(pack(data))
    items = read_all(path)
    assert documents(items) == [(1, "a"), (f"{path}:6", "b")]
    assert [where for where, _ in problems(items)] == [f"{path}:4", f"{path}:5"]
    assert [item.where for item in items if isinstance(item, Record)] == [f"{path}:1", f"{path}:6"]


def test_a_damaged_file_gives_what_stands_before_the_damage(tmp_path: Path) -> None:
    line = json.dumps({"text": os.urandom(300).hex()}).encode() + b"\n"
    path = tmp_path / "f.jsonl.gz"
    path.write_bytes(gzip.compress(line * 3) + gzip.compress(line)[:-20])
    items = read_all(path)
    assert len(documents(items)) >= 3
    ((where, reason),) = problems(items)
    assert where == str(path) and reason.startswith("cannot be read (")


def test_invalid_utf8_is_said_once_for_each_file(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes(b'{"text": "caf\xe9"}\n{"text": "na\xefve"}\n')
    items = read_all(path)
    assert [text for _, text in documents(items)] == ["caf\ufffd", "na\ufffdve"]
    (caution,) = [item for item in items if isinstance(item, Caution)]
    assert caution.where == str(path) and caution.reason.startswith("invalid UTF-8")
    assert [text for _, text in documents(read_all(path, Fields(encoding="cp1252")))] == ["café", "naïve"]


def test_records_in_utf16_are_decoded_by_their_mark(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes('{"text": "ünï"}\n{"text": "\u2028😀"}\n'.encode("utf-16"))
    items = read_all(path)
    assert [text for _, text in documents(items)] == ["ünï", "\u2028😀"]
    assert [item.reason[:6] for item in items if isinstance(item, Caution)] == ["UTF-16"]


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/urandom"])
def test_a_device_is_refused(name: str) -> None:
    assert problems(read_all(name)) == [(name, "is a device, not a file")]
    assert documents(read_all(os.devnull)) == [(os.devnull, "")]


def test_a_pipe_given_by_name_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"through the pipe",))
    writer.start()
    assert documents(read_all(pipe)) == [(str(pipe), "through the pipe")]
    writer.join()


def test_a_file_that_vanished_or_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(str(tmp_path / "gone.txt"), "gone.txt", "text")
    ((where, reason),) = problems(read_from(source))
    assert (where, reason) == (source.path, "cannot be read (no such file or directory)")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux")
def test_a_file_that_opens_but_cannot_be_read_is_named_and_gives_no_document() -> None:
    items = read_all("/proc/self/mem")
    assert documents(items) == [] and problems(items)[0][1].startswith("cannot be read (")


def test_standard_input_is_called_minus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b'{"text": "a"}\n[')))
    items = read_all("-", input_format="jsonl")
    assert documents(items) == [("-:1", "a")] and problems(items)[0][0] == "-:2"
    monkeypatch.setattr(sys, "stdin", None)
    assert problems(read_all("-")) == [("-", "standard input is closed")]


def test_one_line_of_fifty_megabytes_is_a_document(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes(b'{"text": "' + b"word " * (10 << 20) + b'"}\n{"text": "b"}\n')
    assert [len(text) for _, text in documents(read_all(path))] == [50 << 20, 1]


def test_progress_is_told_in_bytes_of_the_file(tmp_path: Path) -> None:
    for name, data in (("a.txt", b"x" * (3 << 20)), ("b.jsonl.gz", gzip.compress(b'{"text": "x"}\n' * 100_000))):
        (tmp_path / name).write_bytes(data)
        told: list[int] = []
        (source,) = walk([str(tmp_path / name)])
        assert isinstance(source, Source)
        list(read(source, Fields(), told.append))
        assert sum(told) == len(data)
