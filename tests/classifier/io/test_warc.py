"""WARC in."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest
from console import ROOT, winnow

pytest.importorskip("fastwarc", reason="the extra warc is not installed")
pytest.importorskip("resiliparse", reason="the extra warc is not installed")
sys.path.insert(0, str(ROOT / "benchmarks"))
from comment_markup import ARTICLE, COMMENTS, PAGES


def record(
    number: int, body: bytes, kind: str = "text/html; charset=utf-8", status: str = "200 OK", more: str = ""
) -> bytes:
    answer = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + body
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:08d}-0000-4000-8000-000000000000>\r\n"
        f"WARC-Target-URI: https://a.example/{number}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


RECORDS = [
    record(0, PAGES["wordpress"].encode()),
    record(1, b"\x89PNG", "image/png"),
    record(2, "Caf\xe9 owners met on Monday.".encode("latin-1"), "text/plain; charset=iso-8859-1"),
    record(3, b"<p>not here</p>", status="404 Not Found"),
    record(4, gzip.compress(PAGES["table"].encode()), more="Content-Encoding: gzip\r\n"),
    record(5, b"<p>Rain fell.</p>", "text/html; charset=nonsense"),
]
NAMES = [f"<urn:uuid:{i:08d}-0000-4000-8000-000000000000>" for i in (0, 2, 4, 5)]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_answers_of_html_and_text_are_documents_and_the_rest_is_counted(name: str, jobs: int, tmp_path: Path) -> None:
    packed = name.endswith("gz")
    (tmp_path / name).write_bytes(b"".join(gzip.compress(r) if packed else r for r in RECORDS))
    ran = winnow("classify", tmp_path / name, "--jobs", jobs)
    assert ran.status == 0 and "2 records passed over" in ran.err
    rows = ran.records()
    assert [row["id"] for row in rows] == NAMES and rows[1]["url"] == "https://a.example/2"
    assert rows[1]["text"] == "Caf\xe9 owners met on Monday." and "element" not in rows[1]["segments"][0]
    assert ARTICLE[0] in rows[2]["text"] and COMMENTS[0][1] in rows[2]["text"]
    assert rows[0]["segments"][-1]["element"].startswith("html > body")
    kept = winnow("filter", "--keep", "reporting", tmp_path / name).records()
    assert kept[2]["url"] == "https://a.example/4" and ARTICLE[0] in kept[2]["text"]
    assert COMMENTS[1][1] not in kept[2]["text"]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_what_stands_before_damage_is_read(name: str, tmp_path: Path) -> None:
    whole = b"".join(gzip.compress(r) if name.endswith("gz") else r for r in RECORDS[:1] * 3)
    (tmp_path / name).write_bytes(whole[: len(whole) * 5 // 6])
    ran = winnow("classify", tmp_path / name)
    assert ran.status == 1 and len(ran.out.splitlines()) == 2 and f"{tmp_path / name}: " in ran.err
    (tmp_path / name).write_bytes(whole[:40] + b"\xff" * 60 + whole[100:])
    assert winnow("classify", tmp_path / name).status in (0, 1)  # a header may be noise and its page be whole


def test_what_is_no_warc_is_named(tmp_path: Path) -> None:
    for data in (b"nonsense", b"{}\n" * 1000, b"WARC/1.1\r\nContent-Length: -5\r\n\r\n"):
        (tmp_path / "a.warc").write_bytes(data)
        ran = winnow("classify", tmp_path / "a.warc")
        assert ran.status == 1 and f"{tmp_path}/a.warc: " in ran.err and not ran.out


def test_an_answer_that_unfolds_without_end_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    bomb = record(0, gzip.compress(bytes(40 << 20)), more="Content-Encoding: gzip\r\n")
    (tmp_path / "a.warc").write_bytes(bomb + RECORDS[-1])
    ran = winnow("classify", tmp_path / "a.warc")
    assert ran.status == 1 and "more than 32 MiB" in ran.err and io.StringIO(ran.out).read().count("\n") == 1
