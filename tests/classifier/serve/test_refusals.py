"""What is not answered, and what is said instead."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from asked import JSON, LINES, TEXT, Server

TEXT_OF_TWO = {"text": "Rain fell."}


@pytest.mark.parametrize(
    "body, reason",
    [
        (b"", "broken JSON (Expecting value, line 1, column 1)"),
        (b"{", "broken JSON"),
        (b'{"text": "a"} x', "broken JSON (Extra data"),
        (b'[{"text": "a"} {"text": "b"}]', "broken JSON (Expecting ',' delimiter"),
        (b'[{"text": "a"},]', "broken JSON"),
        (b'[{"text": "a"}', "broken JSON"),
        (b'{"text": "a", "n": Infinity}', "Infinity is not JSON"),
        (b'{"text": "\xc3\x28"}', "not UTF-8 (byte 0xc3 at offset 10)"),
        (b'{"text": "a\nb"}', "broken JSON (Invalid control character"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"text": "a", "deep": ' + b'{"a":' * 100_000, "nested too deeply"),
        (b'"text"', "not a JSON object"),
        (b"[3]", "-:1: not a JSON object"),
        (b'[{"text": "a"}, {"id": 3}]', '-:2: no field "text"'),
        (b'{"text": null}', 'field "text" is not a string but null'),
    ],
)
@pytest.mark.parametrize("path", ["/classify", "/filter?keep=reporting", "/view"])
def test_a_broken_body_is_refused_and_told_what_is_wrong(server: Server, path: str, body: bytes, reason: str) -> None:
    answer = server.post(path, body)
    assert answer.status == 400 and reason in answer.error


def test_text_that_is_not_utf8_is_refused(server: Server) -> None:
    answer = server.post("/classify", b"caf\xe9", TEXT)
    assert (answer.status, answer.error) == (400, "not UTF-8 (byte 0xe9 at offset 3)")


@pytest.mark.parametrize(
    "query, reason",
    [
        ("", "give labels to keep or labels to drop"),
        ("?keep=reporting&drop=comment", "one of the two"),
        ("?keep=", "keep names no label"),
        ("?keep=reportage", "no label 'reportage'"),
        ("?keep=reporting&min_score=2", "between 0 and 1"),
        ("?keep=reporting&min_score=nan", "min_score must be a number"),
        ("?keep=reporting&min_score=0.1&min_score=0.2", "given twice"),
        ("?keep=reporting&when_unsure=maybe", "keep or drop"),
        ("?keep=reporting&min_words=-1", "whole number"),
        ("?keep=reporting&model=/etc/passwd", "no parameter 'model'"),
    ],
)
@pytest.mark.parametrize("media", [JSON, LINES])
def test_a_wrong_query_is_refused(server: Server, query: str, reason: str, media: str) -> None:
    answer = server.post(f"/filter{query}", TEXT_OF_TWO, media)
    assert answer.status == 400 and reason in answer.error


def test_a_wrong_flag_is_refused(server: Server) -> None:
    assert "true or false" in server.post("/classify?probabilities=perhaps", TEXT_OF_TWO).error


@pytest.mark.parametrize(
    "media, headers, reason",
    [
        ("", {}, "not missing"),
        ("text/html", {}, "not text/html"),
        ("text/plain; charset=latin-1", {}, "charset latin-1"),
        (JSON, {"Content_Encoding": "gzip"}, "compressed"),
    ],
)
def test_what_is_not_read_is_named(server: Server, media: str, headers: dict[str, str], reason: str) -> None:
    answer = server.post("/classify", b"x", media, **headers)
    assert answer.status == 415 and reason in answer.error


def test_what_is_too_much_is_refused_and_told_the_limit(server: Server) -> None:
    assert "20 documents" in refused(server, [TEXT_OF_TWO] * 21, 413)
    assert server.post("/classify", [TEXT_OF_TWO] * 20).status == 200
    assert "1000000" in refused(server, b'{"text": "' + "é".encode() * 500_001 + b'"}', 413)
    assert "-:2: " in refused(server, [TEXT_OF_TWO, {"text": "a" * 1_000_001}], 413)
    assert "2000000 bytes" in refused(server, b" " * 2_000_001, 413)
    assert server.post("/classify", b" " * 1_999_900 + b'{"text": ""}').status == 200


def refused(server: Server, body: Any, status: int) -> str:
    answer = server.post("/classify", body)
    assert answer.status == status
    return answer.error


def test_a_body_of_unknown_length_is_refused_when_it_has_become_too_long(server: Server) -> None:
    with socket.create_connection(server) as line:
        line.sendall(b"POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n")
        line.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(3):
            line.sendall(b"f4240\r\n" + b"a" * 1_000_000 + b"\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_line_of_a_stream_that_is_too_long_is_passed_over(server: Server) -> None:
    body = b'{"text": "a"}\n' + b"x" * 2_500_000 + b'\n{"text": "b"}\n'
    first, second, third = server.post("/classify", body, LINES).lines
    assert (first["id"], third["id"]) == ("-:1", "-:3")
    assert second == {"error": "-:2: the line has more than 2000000 bytes"}


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "", "a b", "["]
)
def test_a_host_that_is_somebody_else_is_not_answered(server: Server, host: str) -> None:
    answer = server.ask("GET", "/health", Host=host)
    assert answer.status == 403 and "Host" in answer.error


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1", "[::1]:8475", "192.168.1.5:8475"])
def test_localhost_and_addresses_are_answered(server: Server, host: str) -> None:
    assert server.ask("GET", "/health", Host=host).status == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}]
)
def test_pages_of_others_are_not_answered(server: Server, headers: dict[str, str]) -> None:
    assert server.post("/classify", TEXT_OF_TWO, **headers).status == 403
    mine = {"Origin": server.address, "Sec_Fetch_Site": "same-origin"}
    assert server.post("/classify", TEXT_OF_TWO, **mine).status == 200


@pytest.mark.parametrize("path", ["/nothing", "/../etc/passwd", "/assets/page.css", "//classify", "/%2e%2e/README.md"])
def test_there_is_nothing_else(server: Server, path: str) -> None:
    answer = server.ask("GET", path)
    assert answer.status == 404 and answer.error


def test_another_method_is_told_which(server: Server) -> None:
    answer = server.ask("GET", "/classify")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def test_a_client_that_hangs_up_leaves_the_server_as_it_was(server: Server) -> None:
    for media in (b"application/json", b"application/x-ndjson"):
        with socket.create_connection(server) as line:
            head = b"POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nContent-Type: " + media
            line.sendall(head + b'\r\n\r\n{"text": "a"}\n')
    assert server.post("/classify", TEXT_OF_TWO).status == 200
