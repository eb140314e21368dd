"""How the server lives: what it says of itself, what it bears, how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from asked import LINES, TEXT, Server
from console import ARTICLE, winnow
from serving import children, start

from classifier.classify import Classifier


def test_it_says_that_it_lives_and_with_which_model(server: Server, tiny: Classifier) -> None:
    answer = server.ask("GET", "/health")
    assert answer.json["status"] == "ok" and answer.json["labels"] == tiny.classes_.tolist()
    assert server.ask("HEAD", "/health").body == b""


def test_every_answer_forbids_what_it_can(server: Server) -> None:
    for answer in (
        server.ask("GET", "/"),
        server.ask("GET", "/health"),
        server.ask("GET", "/x"),
        server.post("/view", 1),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_the_page_runs_nothing_but_its_own_script(server: Server) -> None:
    answer = server.ask("GET", "/")
    policy = answer.headers["content-security-policy"]
    assert answer.headers["content-type"].startswith("text/html") and "unsafe" not in policy
    assert "connect-src 'self'" in policy and policy.startswith(
        re.findall(rb'Policy" content="([^"]*)"', answer.body)[0].decode()
    )


def test_it_counts(server: Server) -> None:
    def counted(name: str) -> float:
        found = re.search(rf"^{re.escape(name)} (\S+)$", server.ask("GET", "/metrics").body.decode(), re.M)
        return float(found[1]) if found else 0.0

    names = ['winnow_requests_total{path="/classify",status="200"}', 'winnow_documents_total{action="classify"}']
    before = [counted(name) for name in names]
    server.post("/classify", [{"text": "a"}] * 3)
    server.post("/classify", b'{"text": "a"}\n' * 4, LINES)
    assert [counted(name) for name in names] == [before[0] + 2, before[1] + 7]
    assert counted("winnow_waiting") == 0


def test_the_description_names_every_address_and_holds_no_reference_to_nothing(server: Server) -> None:
    described = server.ask("GET", "/openapi.json").json
    assert set(described["paths"]) == {"/", "/classify", "/filter", "/view", "/health", "/metrics", "/openapi.json"}
    names = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(described)))
    assert names == set(described["components"]["schemas"])
    document = described["paths"]["/classify"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert document["oneOf"][1]["maxItems"] == 20


def test_many_clients_at_once_are_each_given_their_own_answer(server: Server) -> None:
    texts = [f"{ARTICLE}Number {i}." * (1 + i % 3) for i in range(80)]
    alone = [server.post("/classify", text.encode(), TEXT).body for text in texts[:8]]
    with ThreadPoolExecutor(32) as pool:
        together = list(pool.map(lambda text: server.post("/classify", text.encode(), TEXT), texts))
    assert [answer.status for answer in together] == [200] * len(texts)
    assert [answer.body for answer in together[:8]] == alone
    assert [answer.json["segments"][-1]["end"] for answer in together] == [len(text) for text in texts]


def test_a_stream_is_answered_while_it_comes_in(server: Server) -> None:
    with socket.create_connection(server, timeout=60) as line, line.makefile("rb") as answer:
        line.sendall(b"POST /classify HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n")
        line.sendall(b"Content-Type: application/x-ndjson\r\n\r\n")
        for number in (1, 2, 3):
            record = b'{"text": "Rain fell."}\n'
            line.sendall(b"%x\r\n%s\r\n" % (len(record), record))
            while not (said := answer.readline()).startswith(b"{"):
                assert said
            assert json.loads(said)["id"] == f"-:{number}"
        line.sendall(b"0\r\n\r\n")


def test_a_stream_may_be_written_to_its_end_before_it_is_read(server: Server) -> None:
    body = b"".join(b'{"id": %d, "text": "Rain fell. Snow fell."}\n' % i for i in range(30_000))
    answers = server.post("/classify", body, LINES).lines
    assert [answer["id"] for answer in answers] == list(range(30_000))


def test_it_answers_while_a_long_document_is_judged(server: Server) -> None:
    done = threading.Event()
    long = (ARTICLE * (900_000 // len(ARTICLE))).encode()
    thread = threading.Thread(target=lambda: (server.post("/classify", long, TEXT), done.set()))
    thread.start()
    answered = 0
    while not done.is_set():
        assert server.ask("GET", "/health").status == 200
        answered += not done.is_set()
    thread.join()
    assert answered > 0


def test_a_worker_that_dies_is_replaced_and_nothing_is_left_behind(tiny_folder: Path) -> None:
    process, server = start(tiny_folder)
    (worker,) = children(process.pid)
    os.kill(worker, signal.SIGKILL)
    assert server.post("/classify", {"text": "Rain fell."}).status == 200
    assert b"winnow_worker_restarts 1.0" in server.ask("GET", "/metrics").body
    (worker,) = children(process.pid)
    process.kill()
    process.wait(30)
    for _ in range(500):
        if not Path(f"/proc/{worker}").exists() or "Z" in Path(f"/proc/{worker}/stat").read_text().split()[2]:
            break
        threading.Event().wait(0.02)
    else:
        raise AssertionError("the worker outlived its server")


def test_told_to_end_it_lets_the_request_in_progress_end(tiny_folder: Path) -> None:
    process, server = start(tiny_folder)
    long = (ARTICLE * (3_000_000 // len(ARTICLE))).encode()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(server.post, "/filter?keep=reporting", long, TEXT)
        while b"winnow_body_bytes_total 0.0" in server.ask("GET", "/metrics").body:
            pass
        process.send_signal(signal.SIGTERM)
        assert answer.result().status == 200 and process.wait(30) == 0


def test_an_address_that_is_taken_and_one_that_others_reach_are_told(tiny_folder: Path, server: Server) -> None:
    taken = winnow("serve", "--port", server.port, "--model", tiny_folder)
    assert taken.status == 1 and f"127.0.0.1:{server.port}: cannot listen there" in taken.err
    process, other = start(tiny_folder, "--host", "0.0.0.0", "--allow-host", "Reading.Example")
    assert process.warned
    there = Server("127.0.0.1", other.port)
    assert there.ask("GET", "/health", Host="reading.example:80").status == 200
    assert there.ask("GET", "/health", Host="other.example").status == 403
    process.send_signal(signal.SIGINT)
    assert process.wait(30) in (0, 130)


def test_without_the_extra_it_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in list(sys.modules):
        if name.startswith("classifier.serve.") or name == "classifier.serve":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    ran = winnow("serve")
    assert ran.status == 1 and "pip install newswinnow[serve]" in ran.err
