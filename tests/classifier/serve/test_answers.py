"""What the server answers is what the command line writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from asked import LINES, TEXT, Server
from console import ARTICLE, winnow

RECORDS = [
    {"id": 7, "text": ARTICLE, "more": [1.10, None]},
    {"text": ""},
    {"id": {"a": "é"}, "text": "Rain 🚢 fell.\nShare"},
]


def written(tmp_path: Path, model: Path, *command: str, records: object = RECORDS) -> list[object]:
    """What the command line says to the records on its standard input."""
    stdin = "".join(json.dumps(record) + "\n" for record in RECORDS).encode()
    ran = winnow(*command, "--input-format", "jsonl", "--model", model, stdin=stdin)
    assert (ran.status, ran.err) == (0, "") or "language" in ran.err
    return list(ran.records())


@pytest.mark.parametrize(
    "path, command",
    [
        ("/classify", ["classify"]),
        ("/classify?probabilities=true", ["classify", "--probabilities"]),
        ("/filter?keep=reporting,opinion", ["filter", "--keep", "reporting,opinion"]),
        ("/filter?keep=reporting&keep=opinion", ["filter", "--keep", "reporting,opinion"]),
        (
            "/filter?drop=comment&min_score=0.6&when_unsure=drop&min_words=3",
            ["filter", "--drop", "comment", "--min-score", "0.6", "--when-unsure", "drop", "--min-words", "3"],
        ),
    ],
)
def test_a_list_a_stream_and_single_records_are_answered_as_on_the_command_line(
    server: Server, tiny_folder: Path, tmp_path: Path, path: str, command: list[str]
) -> None:
    expected = written(tmp_path, tiny_folder, *command)
    listed = server.post(path, RECORDS)
    assert (listed.status, listed.headers["content-type"]) == (200, "application/json")
    assert listed.json == expected
    lines = "".join(json.dumps(record) + "\n" for record in RECORDS).encode()
    assert server.post(path, lines, LINES).lines == expected
    assert server.post(path, lines[:-1], "application/jsonl; charset=utf-8").lines == expected
    assert server.post(path, RECORDS[0]).json == expected[0]


def test_plain_text_is_one_document(server: Server, tiny_folder: Path) -> None:
    asked = ("--model", tiny_folder, "-")
    body = ARTICLE.encode()
    (record,) = winnow("classify", *asked, stdin=body).records()
    assert server.post("/classify", body, TEXT).json == record
    kept = server.post("/filter?keep=comment", b"\xef\xbb\xbf" + body, "text/plain;charset=UTF-8")
    assert kept.body.decode() == winnow("filter", *asked, "--keep", "comment", stdin=body).out
    assert kept.headers["content-type"].startswith("text/plain")


def test_a_record_keeps_its_other_fields_to_the_letter(server: Server) -> None:
    line = '{"n": 1.10, "text":"Rain \\ud800 fell.",\n "big": 1' + "0" * 5000 + ', "s": "\\u00e9", "n": 2}'
    answer = server.post("/filter?drop=comment", f" [{line} ,{line}]".encode())
    one = line[:-1] + ', "winnow": {"kept": [[0, 12]], "dropped": []}}'
    one = one.replace('"text":"Rain', '"text":"Rain')
    assert answer.body.decode() == f"[{one}, {one}]"


def test_an_empty_list_and_an_empty_stream_have_empty_answers(server: Server) -> None:
    assert server.post("/classify", []).body == b"[]"
    assert server.post("/classify", b"", LINES).body == b"" == server.post("/classify", b"\n \r\n\n", LINES).body


def test_a_line_that_cannot_be_used_is_answered_in_its_place(server: Server) -> None:
    lines = [b'{"text": "Rain fell."}', b"{broken", b"", b'{"text": 3}', b'{"text": "\xff"}', b'{"text": NaN}', b"[1]",
             b"[" * 200_000, b'{"id": 7, "text": "Snow fell."}', b'{"text": "' + b"a" * 1_000_001 + b'"}']  # fmt: skip
    answers = server.post("/classify", b"\n".join(lines), LINES).lines
    assert [answer.get("id") for answer in answers] == ["-:1", None, None, None, None, None, None, 7, None]
    errors = [answer["error"] for answer in answers if "error" in answer]
    assert [error.split(" ")[0] for error in errors] == ["-:2:", "-:4:", "-:5:", "-:6:", "-:7:", "-:8:", "-:10:"]
    reasons = ["broken JSON", "not a string", "not UTF-8 (byte 0xff", "NaN is not JSON", "not a JSON object"]
    for error, reason in zip(errors, [*reasons, "nested too deeply", "1000001 bytes"], strict=True):
        assert reason in error


def test_what_the_page_is_given_is_the_document_and_nothing_of_it_is_markup(server: Server) -> None:
    hostile = "</script><script>alert(1)</script> & \u202e said."
    (one,) = server.post("/view", {"id": "<b>", "text": hostile}).json
    assert one["document"]["text"] == hostile and one["row"][0] == "<b>"
    assert not set("<>&\u202e") & set(server.post("/view", [{"text": hostile}]).body.decode())
