"""Tables that lie about themselves, pages made to choke a parser, archives with damage: documents or named problems."""

from __future__ import annotations

import io
from pathlib import Path
from random import Random
from typing import Any

import pytest

from classifier.errors import InputError
from classifier.io import Caution, Fields, Record, Source, Stretch, read, records, walk


def everything(path: Path) -> list[Any]:
    found: list[Any] = []
    for source in walk([str(path)]):
        assert isinstance(source, Source)
        for part in read(source, Fields()):
            found += records(part, Fields()) if isinstance(part, Stretch) else [part]
    assert all(isinstance(item, (Source, Record, InputError, Caution)) for item in found)
    return found


def table(kind: str) -> bytes:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows, content = arrow.table({"id": [1, 2], "text": ["It rained.", "lol"], "n": [0.5, None]}), io.BytesIO()
    if kind == "parquet":
        parquet.write_table(rows, content)
        return content.getvalue()
    with (arrow.ipc.new_file if kind == "file" else arrow.ipc.new_stream)(content, rows.schema) as writer:
        writer.write_table(rows)
    return content.getvalue()


@pytest.mark.parametrize("kind", ["parquet", "file", "stream"])
def test_a_table_that_lies_in_any_byte_is_read_or_named(kind: str, tmp_path: Path) -> None:
    whole = table(kind)
    path = tmp_path / ("f.parquet" if kind == "parquet" else "f.arrow")
    path.write_bytes(whole)
    assert [item.document.text for item in everything(path) if isinstance(item, Record)] == ["It rained.", "lol"]
    random = Random(kind)
    for at in range(0, len(whole), 2):
        for value in (0x7F, random.randrange(256)):
            path.write_bytes(whole[:at] + bytes([value]) + whole[at + 1 :])
            everything(path)
    for size in range(0, len(whole), 7):
        path.write_bytes(whole[:size])
        told = [item for item in everything(path) if isinstance(item, (InputError, Record))]
        assert told or size == 0 or kind == "stream"  # which may end after its schema, or any batch


PAGES = {
    "elements in elements": "<div>" * 50_000 + "deep",
    "marks in marks": "<b>" * 20_000 + "bold" + "</b>" * 20_000,
    "tables in tables": "<table><tr><td>" * 5_000,
    "entities of its own": '<!DOCTYPE x [<!ENTITY a "&b;&b;&b;"><!ENTITY b "&c;&c;">]><p>&a;</p>',
    "entities": "&lt;" * 100_000 + "&#0;&#x110000;&#xd800;&#99999999999;&nosuch;",
    "attributes": "<a " + "x=y " * 50_000 + ">link",
    "openings": "<" * 100_000,
    "a comment without end": "<!--" + "-" * 100_000,
    "other namespaces": "<svg><math>" * 3_000,
    "scripts": "<script>" * 1_000 + "x",
    "elements of its own": "<x-a></x-a>" * 10_000,
    "nulls": "a\0b<p>\0</p>",
    "nothing": "",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_made_to_choke_a_parser_is_a_document(name: str, tmp_path: Path) -> None:
    pytest.importorskip("resiliparse")
    (tmp_path / "a.html").write_text(PAGES[name])
    (record,) = (item for item in everything(tmp_path / "a.html") if isinstance(item, Record))
    assert len(record.document.text) <= len(PAGES[name])


ARCHIVE = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nContent-Length: 65\r\n"
    b"Content-Type: application/http; msgtype=response\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>It rained hard.</p>\r\n\r\n"
)


def test_an_archive_with_damage_is_read_or_named(tmp_path: Path) -> None:
    pytest.importorskip("fastwarc")
    pytest.importorskip("resiliparse")
    random, path = Random(9), tmp_path / "a.warc"
    for at in range(len(ARCHIVE)):
        path.write_bytes(ARCHIVE[:at] + random.randbytes(1) + ARCHIVE[at + 1 :])
        everything(path)
        path.write_bytes(ARCHIVE[:at])
        everything(path)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".arrow", ".html", ".warc", ".warc.gz"])
def test_random_bytes_are_read_or_named(suffix: str, tmp_path: Path) -> None:
    random = Random(suffix)
    for size in (0, 1, 4, 30, 1000, 50_000):
        path = tmp_path / f"{size}{suffix}"
        path.write_bytes(random.randbytes(size))
        everything(path)
