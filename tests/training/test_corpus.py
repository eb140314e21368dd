from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier.errors import InputError
from training.corpus import (
    LabelledDocument,
    corpus_digest,
    labels_of,
    project,
    read_comments,
    read_corpus,
    read_sentences,
    read_trails,
    word_starts,
)

TEXT = "The bridge opened. It looks awful.\nNice one, Bob!"
SPANS = [[0, 18, "reporting"], [19, 34, "opinion"], [35, 49, "comment"]]


def write(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def test_a_document_keeps_everything_its_record_says(tmp_path: Path) -> None:
    row = {"id": 7, "text": TEXT, "spans": SPANS, "source": "own", "site": None, "split": "dev", "kind": "news"}
    (document,) = read_corpus([write(tmp_path / "a.jsonl", row)])
    assert (document.id, document.source, document.site, document.split) == (7, "own", None, "dev")
    assert document.spans == ((0, 18, "reporting"), (19, 34, "opinion"), (35, 49, "comment"))
    assert document.meta == {"kind": "news"}
    assert document.has("comment") and not document.has("boilerplate")


def test_a_folder_is_its_jsonl_files_sorted_and_gzip_reads_alike(tmp_path: Path) -> None:
    write(tmp_path / "b.jsonl", {"id": "b", "text": "Rain.", "spans": [[0, 5, "reporting"]]})
    packed = json.dumps({"text": "Snow.", "spans": [[0, 5, "reporting"]]}).encode() + b"\n"
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(packed))
    (tmp_path / "notes.txt").write_text("not a corpus")
    assert [d.id for d in read_corpus([tmp_path])] == [f"{tmp_path / 'a.jsonl.gz'}:1", "b"]


def test_spans_out_of_order_are_sorted(tmp_path: Path) -> None:
    (document,) = read_corpus([write(tmp_path / "a.jsonl", {"text": TEXT, "spans": SPANS[::-1]})])
    assert [span[0] for span in document.spans] == [0, 19, 35]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"text": TEXT}, "spans"),
        ({"text": 5, "spans": []}, '"text" must be a string'),
        ({"spans": []}, '"text" is missing'),
        ([1], "not a JSON object"),
        ({"text": TEXT, "spans": [[0, 50, "opinion"]]}, "outside the text of 49 characters"),
        ({"text": TEXT, "spans": [[-1, 3, "opinion"]]}, "outside"),
        ({"text": TEXT, "spans": [[3, 3, "opinion"]]}, "empty"),
        ({"text": TEXT, "spans": [[0, 5, "opinion"], [4, 9, "opinion"]]}, "overlap at 4"),
        ({"text": TEXT, "spans": [[0, 5, ""]]}, "a span must be"),
        ({"text": TEXT, "spans": [[True, 5, "opinion"]]}, "a span must be"),
        ({"text": TEXT, "spans": [[0.0, 5, "opinion"]]}, "a span must be"),
        ({"text": TEXT, "spans": [[0, 5]]}, "a span must be"),
        ({"text": TEXT, "spans": [], "split": 1}, '"split" must be a string'),
    ],
)
def test_a_bad_record_is_named_by_its_line(tmp_path: Path, row: Any, reason: str) -> None:
    path = write(tmp_path / "a.jsonl", {"text": TEXT, "spans": SPANS}, row)
    with pytest.raises(InputError) as error:
        read_corpus([path])
    assert error.value.where == f"{path}:2" and reason in error.value.reason


@pytest.mark.parametrize("line", [b"{broken", b'{"text": "\xff", "spans": []}', b"[" * 100_000])
def test_a_broken_line_is_named(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text": "Rain.", "spans": []}\n\n' + line)
    with pytest.raises(InputError) as error:
        read_corpus([path])
    assert error.value.where == f"{path}:3" and "JSON" in error.value.reason


def test_what_cannot_be_read_or_holds_nothing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"text": "Rain.", "spans": []}\n')[:-9])
    (tmp_path / "empty.jsonl").write_bytes(b"\n")
    (tmp_path / "folder").mkdir()
    for name, reason in [
        ("cut.jsonl.gz", "cannot be read"),
        ("none.jsonl", "No such file"),
        ("empty.jsonl", "no labelled documents"),
        ("folder", "no .jsonl"),
    ]:
        with pytest.raises(InputError, match=reason):
            read_corpus([tmp_path / name])


def test_sentences_comments_and_trails(tmp_path: Path) -> None:
    sentence = {"id": 1, "text": "A sad day.", "label": "opinion", "split": "dev", "source": "own"}
    (read,) = read_sentences(write(tmp_path / "s.jsonl", sentence))
    assert (read.id, read.text, read.label, read.split) == (1, "A sad day.", "opinion", "dev")
    (said,) = read_comments(write(tmp_path / "c.jsonl", {"text": "Me too.", "thread": "t", "source": "own"}))
    assert (said.id, said.thread, said.split) == (f"{tmp_path / 'c.jsonl'}:1", "t", None)
    (trail,) = read_trails(write(tmp_path / "t.jsonl", {"article": "x", "comments": ["One.", "Two."], "split": "dev"}))
    assert (trail.article, trail.comments, trail.split) == ("x", ("One.", "Two."), "dev")
    for row in ({"article": "x", "comments": "One."}, {"comments": []}, {"article": "x", "comments": [1]}):
        with pytest.raises(InputError, match=":1: "):
            read_trails(write(tmp_path / "bad.jsonl", row))


def test_words_are_tokens_with_a_letter_or_digit() -> None:
    assert word_starts("  — Well, «été» __ 3% _a_ \u00a0ok ...").tolist() == [4, 10, 19, 22, 27]
    assert word_starts("-" * 50_000).tolist() == []


def test_a_segment_takes_the_label_of_most_of_its_words() -> None:
    text = "one two three four. five six — seven eight"
    document = LabelledDocument("d", text, ((0, 13, "reporting"), (14, 28, "opinion"), (36, 42, "comment")))
    labels = labels_of([document])
    assert labels == ("comment", "opinion", "reporting")
    starts, ends = np.array([0, 8, 20, 29, 31, 36]), np.array([7, 19, 28, 30, 36, 42])
    # "three four." is a draw and goes to the first; the dash lies in no span, nor does "seven".
    assert project(document, starts, ends, labels).tolist() == [2, 2, 1, -1, -1, 0]
    assert project(document, np.array([0]), np.array([len(text)]), labels).tolist() == [2]
    assert project(document, np.array([], int), np.array([], int), labels).tolist() == []


def test_a_wordless_segment_takes_the_label_at_its_start() -> None:
    document = LabelledDocument("d", "*** yes", ((0, 3, "boilerplate"), (4, 7, "comment")))
    assert project(document, np.array([0, 4]), np.array([3, 7]), labels_of([document])).tolist() == [0, 1]


def test_the_digest_sees_content_and_not_order() -> None:
    one = LabelledDocument("1", "Rain.", ((0, 5, "reporting"),), meta={"note": "x"})
    two = LabelledDocument("2", "Rain.", ((0, 5, "opinion"),))
    same = LabelledDocument("1", "Rain.", ((0, 5, "reporting"),))
    assert corpus_digest([one, two]) == corpus_digest([two], [same])
    assert len({corpus_digest([one]), corpus_digest([two]), corpus_digest([one, two]), corpus_digest([one, one])}) == 4
