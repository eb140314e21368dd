"""``winnow corpus fetch`` from a server on this machine, that fails in all the ways servers do."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from classifier.errors import ClassifierError, InputError
from training.cli_fetch import corpus_of, fetch_command
from training.fetching import Source, fetch, read_registry

ROOT = Path(__file__).parents[2]
TEXT = b"The ferry returned on Monday.\n" * 9000


class Server(ThreadingHTTPServer):
    """Serves ``files``; ``broken`` says after how many bytes each next answer ends too early."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.files: dict[str, bytes] = {}
        self.broken: list[int] = []
        self.ranges: list[str | None] = []
        self.resumes = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        content = self.server.files.get(self.path.removeprefix("/"))
        if content is None:
            self.send_error(404)
            return
        first = int(re.findall(r"\d+", asked)[0]) if asked and self.server.resumes else 0
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(len(content) - first))
        self.end_headers()
        until = self.server.broken.pop(0) if self.server.broken else len(content)
        self.wfile.write(content[first : first + until])

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    pytest.importorskip("pooch")
    with Server() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def source(content: bytes = TEXT, name: str = "pages.jsonl", url: str | None = None) -> Source:
    return Source(name, url, len(content), hashlib.sha256(content).hexdigest(), "ours", "a test")


def test_a_file_comes_whole_and_only_once(server: Server, tmp_path: Path) -> None:
    server.files["pages.jsonl"] = TEXT
    seen: list[int] = []
    assert fetch(source(), tmp_path, server.address, seen.append) and sum(seen) == len(TEXT)
    assert (tmp_path / "pages.jsonl").read_bytes() == TEXT
    assert not fetch(source(), tmp_path, server.address) and len(server.ranges) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["pages.jsonl"]


def test_its_own_address_is_asked_where_no_other_is_named(server: Server, tmp_path: Path) -> None:
    server.files["at/here"] = TEXT
    assert fetch(source(url=f"{server.address}/at/here"), tmp_path)
    with pytest.raises(InputError, match="no stable public address is known"):
        fetch(source(name="other.jsonl"), tmp_path)


def test_a_download_that_breaks_off_goes_on(server: Server, tmp_path: Path) -> None:
    server.files["pages.jsonl"], server.broken = TEXT, [1000, 100_000]
    assert fetch(source(), tmp_path, server.address)
    assert (tmp_path / "pages.jsonl").read_bytes() == TEXT
    assert server.ranges == [None, "bytes=1000-", "bytes=101000-"]


def test_one_that_keeps_breaking_off_is_taken_up_by_the_next_call(server: Server, tmp_path: Path) -> None:
    server.files["pages.jsonl"], server.broken = TEXT, [10, 10, 10]
    with pytest.raises(InputError, match=r"after 30 of 270,000 bytes; the same command goes on"):
        fetch(source(), tmp_path, server.address)
    assert [path.name for path in tmp_path.iterdir()] == [".pages.jsonl.part"]
    assert fetch(source(), tmp_path, server.address) and server.ranges[-1] == "bytes=30-"
    assert [path.name for path in tmp_path.iterdir()] == ["pages.jsonl"]


def test_a_server_that_cannot_resume_begins_again(server: Server, tmp_path: Path) -> None:
    server.files["pages.jsonl"], server.broken, server.resumes = TEXT, [1000], False
    assert fetch(source(), tmp_path, server.address) and (tmp_path / "pages.jsonl").read_bytes() == TEXT


@pytest.mark.parametrize("served", [TEXT[:-1] + b"!", TEXT * 40, b"short"])
def test_another_file_is_refused_and_leaves_nothing(server: Server, tmp_path: Path, served: bytes) -> None:
    server.files["pages.jsonl"] = served
    with pytest.raises(InputError, match=r"is not the file that pages\.jsonl was"):
        fetch(source(), tmp_path, server.address)
    assert list(tmp_path.iterdir()) == []
    server.files["pages.jsonl"] = TEXT
    assert fetch(source(), tmp_path, server.address)


def test_what_is_there_but_wrong_is_fetched_again(server: Server, tmp_path: Path) -> None:
    server.files["pages.jsonl"] = TEXT
    (tmp_path / "pages.jsonl").write_bytes(b"half of it")
    assert fetch(source(), tmp_path, server.address) and (tmp_path / "pages.jsonl").read_bytes() == TEXT


def test_what_nobody_serves_is_named(server: Server, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"/pages\.jsonl: cannot be fetched \(HTTP Error 404"):
        fetch(source(), tmp_path, server.address)
    address = server.address
    server.server_close()
    with pytest.raises(InputError, match="cannot be fetched"):
        fetch(source(), tmp_path, address)
    with pytest.raises(InputError, match="http or https"):
        fetch(source(), tmp_path, "ftp://127.0.0.1/")
    with pytest.raises(InputError, match="no such file"):
        fetch(source(), tmp_path, str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    "content",
    ["[]", '{"format": 2, "files": []}', '{"format": 1, "files": [{"name": "a"}]}', "{",
     '{"format": 1, "files": [{"name": "../a", "url": null, "bytes": 1, "sha256": "", "licence": "", "holds": ""}]}'],
)  # fmt: skip
def test_a_list_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "sources.json").write_text(content)
    with pytest.raises(InputError, match=r"sources\.json"):
        read_registry(tmp_path / "sources.json")


def test_the_list_that_we_ship_names_what_training_needs() -> None:
    sources = read_registry(ROOT / "data" / "sources.json")
    kinds = ("pages", "unlabelled", "comments", "trails", "sentences")
    assert [found.name for found in sources] == [f"{kind}.jsonl" for kind in kinds]
    assert all(re.fullmatch("[0-9a-f]{64}", found.sha256) and found.licence for found in sources)


def lines(*rows: dict[str, Any]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.fixture
def data(tmp_path: Path, server: Server) -> Path:
    """A folder as ``data/`` is, and a server of the texts that belong to it."""
    folder = tmp_path / "data"
    folder.mkdir()
    text = "Rain fell. What a shame!"
    spans = [[0, 10, "reporting"], [11, 24, "opinion"]]
    row = {"id": "a", "text": text, "spans": spans, "split": "train"}
    for number, name in enumerate(("written.jsonl", "pages.jsonl")):
        (folder / name).write_bytes(lines(row | {"id": number}))
    (folder / "trails.jsonl").write_bytes(lines({"article": "a", "comments": ["So it is."]}))
    annotation = {"id": "u", "sha256": hashlib.sha256(text.encode()).hexdigest(), "spans": spans, "split": "train"}
    (folder / "annotations.jsonl.gz").write_bytes(gzip.compress(lines(annotation)))
    server.files = {
        "pages.jsonl": lines(row),
        "unlabelled.jsonl": lines({"id": "u", "text": text}),
        "comments.jsonl": lines({"id": "c", "text": "Not here it didn't."}),
        "trails.jsonl": lines({"article": "a", "comments": ["lol"]}),
        "sentences.jsonl": lines({"id": "s", "text": "It rained.", "label": "reporting", "split": "train"}),
    }
    rows = [vars(source(content, name)) for name, content in server.files.items()]
    (folder / "sources.json").write_text(json.dumps({"format": 1, "files": rows}))
    return folder


def run(data: Path, *args: object) -> Result:
    return CliRunner().invoke(fetch_command, ["--data", str(data), *map(str, args)])


@pytest.fixture
def model(data: Path, server: Server, tiny_folder: Path, tmp_path: Path) -> Path:
    """A model that says it learned from just this corpus."""
    run(data, "--output", tmp_path / "first", "--from", server.address)
    record = json.loads((tiny_folder / "manifest.json").read_text("utf-8"))
    record["corpus"] = {"digest": corpus_of(data, tmp_path / "first")}
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "manifest.json").write_text(json.dumps(record))
    return tmp_path / "model"


def test_the_corpus_is_brought_annotated_and_proved(data: Path, server: Server, model: Path, tmp_path: Path) -> None:
    ran = run(data, "--output", tmp_path / "corpus", "--from", server.address, "--verify", model)
    assert ran.exit_code == 0 and "the corpus that" in ran.stderr and "winnow train" in ran.stderr and ran.stdout == ""
    names = sorted(path.name for path in (tmp_path / "corpus").iterdir())
    assert names == sorted([*server.files, "annotated.jsonl.gz"])
    asked = len(server.ranges)
    again = run(data, "--output", tmp_path / "corpus", "--from", server.address, "--verify", model)
    assert again.exit_code == 0 and "there already" in again.stderr and len(server.ranges) == asked
    local = run(data, "--output", tmp_path / "third", "--from", tmp_path / "corpus", "--verify", model)
    assert local.exit_code == 0 and len(server.ranges) == asked


def test_another_corpus_is_called_so(data: Path, server: Server, model: Path, tmp_path: Path) -> None:
    written = (data / "written.jsonl").read_text("utf-8")
    (data / "written.jsonl").write_text(written.replace("shame", "storm"))
    ran = run(data, "--output", tmp_path / "corpus", "--from", server.address, "--verify", model)
    assert isinstance(ran.exception, ClassifierError) and "is not the corpus that" in str(ran.exception)


def test_one_file_that_fails_does_not_keep_the_others_away(data: Path, server: Server, tmp_path: Path) -> None:
    del server.files["comments.jsonl"]
    ran = run(data, "--output", tmp_path / "corpus", "--from", server.address)
    assert ran.exit_code == 1 and "comments.jsonl: cannot be fetched (HTTP Error 404" in ran.stderr
    assert (tmp_path / "corpus" / "sentences.jsonl").exists()


def test_nothing_is_fetched_unasked(data: Path, server: Server, tmp_path: Path) -> None:
    listed = run(data, "--list")
    assert listed.exit_code == 0 and listed.stdout.count("\n") == 5 and "no stable public address" in listed.stdout
    assert run(data, "--from", server.address).exit_code == 2 and server.ranges == []
    ran = run(data, "--output", tmp_path / "corpus")
    assert ran.exit_code == 1 and "say with --from who serves it" in ran.stderr and server.ranges == []
