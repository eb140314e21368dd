"""Files elsewhere: a store in memory, this machine by address, a server on the loopback."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from console import ARTICLE, ROOT, winnow

fsspec = pytest.importorskip("fsspec", reason="the extra remote is not installed")

from classifier.io import sink_for  # noqa: E402

ROW = json.dumps({"text": ARTICLE}) + "\n"


@pytest.fixture
def store() -> Iterator[Any]:
    system = fsspec.filesystem("memory")
    system.pipe("/in/b.jsonl", ROW.encode() * 2)
    system.pipe("/in/deep/a.txt", ARTICLE.encode())
    system.pipe("/in/note.md", b"x")
    yield system
    system.rm("/", recursive=True)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_folder_elsewhere_is_read_and_another_written(store: Any, jobs: int) -> None:
    ran = winnow("classify", "memory://in", "--output", "memory://out/", "--jobs", jobs)
    assert (ran.status, ran.err) == (0, "")
    assert sorted(store.find("/out")) == ["/out/b.jsonl", "/out/deep/a.jsonl"]
    rows = [json.loads(line) for line in store.cat("/out/b.jsonl").splitlines()]
    assert [row["id"] for row in rows] == ["memory://in/b.jsonl:1", "memory://in/b.jsonl:2"]


def test_from_elsewhere_to_here_and_back(store: Any, tmp_path: Path) -> None:
    assert winnow("filter", "--keep", "reporting", "memory://in/deep/a.txt", "--output", tmp_path / "a.txt").status == 0
    assert (tmp_path / "a.txt").read_text().startswith("Council approves")
    assert winnow("classify", f"file://{tmp_path}/a.txt", "--output", f"file://{tmp_path}/new/o.jsonl.gz").status == 0
    assert winnow("classify", tmp_path / "a.txt", "--output", tmp_path / "p.jsonl.gz").status == 0
    one, other = (winnow("split", path).records() for path in (tmp_path / "new/o.jsonl.gz", tmp_path / "p.jsonl.gz"))
    assert len(one) == len(other) == 0  # they hold no text; both are read as gzip


def test_what_is_not_there_or_not_known_is_named() -> None:
    for path, reason in (
        ("memory://nowhere/a.jsonl", "no such file or directory"),
        ("nosuch://a.jsonl", "protocol not known: nosuch"),
    ):
        ran = winnow("classify", path)
        assert ran.status == 1 and ran.err == f"winnow: error: {path}: {reason}\n"
    ran = winnow("classify", ROOT / "data/pages/war.txt", "--output", "nosuch://o.jsonl")
    assert ran.status == 1 and "nosuch://o.jsonl: cannot be written (protocol not known: nosuch)" in ran.err


@pytest.mark.parametrize("address", ["memory://o/a.jsonl", "file://{}/a.jsonl"])
def test_an_output_appears_when_it_is_whole_and_what_is_given_up_leaves_no_trace(address: str, tmp_path: Path) -> None:
    path = address.format(tmp_path)
    system, inner = fsspec.core.url_to_fs(path)
    sink = sink_for(path)
    sink.write("x\n")
    assert not system.exists(inner)
    sink.commit()
    assert system.cat(inner) == b"x\n"
    sink = sink_for(path)
    sink.write("y\n")
    sink.abort()
    assert system.cat(inner) == b"x\n" and len(system.find(inner.rpartition("/")[0])) == 1
    system.rm(inner)


def test_parquet_is_read_and_written_elsewhere(store: Any) -> None:
    pa = pytest.importorskip("pyarrow", reason="the extra arrow is not installed")
    import pyarrow.parquet as pq

    with store.open("/t/a.parquet", "wb") as file:
        pq.write_table(pa.table({"id": ["x"], "text": [ARTICLE]}), file)
    assert winnow("classify", "memory://t/a.parquet", "--output", "memory://t/o.parquet").status == 0
    with store.open("/t/o.parquet") as file:
        assert pq.read_table(file)["winnow"][0]["segments"]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    pytest.importorskip("aiohttp", reason="fsspec wants it for http")
    (tmp_path / "a.jsonl").write_text(ROW * 3)
    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as bound:
        threading.Thread(target=bound.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{bound.server_port}"
        bound.shutdown()


def test_pages_of_a_server_are_read_and_nothing_is_written_there(server: str) -> None:
    ran = winnow("classify", f"{server}/a.jsonl")
    assert ran.status == 0 and [row["id"] for row in ran.records()] == [f"{server}/a.jsonl:{i}" for i in (1, 2, 3)]
    assert len(winnow("classify", f"{server}/").records()) == 3
    ran = winnow("classify", f"{server}/none.jsonl")
    assert ran.status == 1 and ran.err == f"winnow: error: {server}/none.jsonl: no such file or directory\n"
    ran = winnow("classify", f"{server}/a.jsonl", "--output", f"{server}/o.jsonl")
    assert ran.status == 1 and f"{server}/o.jsonl: cannot be written" in ran.err
