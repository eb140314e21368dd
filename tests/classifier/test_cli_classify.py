from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from console import ARTICLE, outputs, winnow
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.labels import LABELS

PER_EXAMPLE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)


def pages(root: Path) -> Path:
    """A folder with one article as text, nested, and two records."""
    (root / "pages/deep").mkdir(parents=True)
    (root / "pages/b.txt").write_text(ARTICLE)
    (root / "pages/deep/a.txt").write_text("Rain fell on Monday.\n")
    lines = [{"id": 7, "text": "Snow fell on Sunday."}, {"text": ""}]
    (root / "pages/c.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return root / "pages"


def test_a_document_is_one_line_of_the_shape_that_was_promised(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    ran = winnow("classify", tmp_path / "a.txt")
    assert (ran.status, ran.err) == (0, "")
    (record,) = ran.records()
    assert list(record) == ["id", "model", "segments", "segments_by_label", "words_by_label"]
    assert record["id"] == str(tmp_path / "a.txt") and record["model"] == "default"
    assert all(list(segment) == ["start", "end", "label", "score"] for segment in record["segments"])
    assert list(record["segments_by_label"]) == list(record["words_by_label"]) == list(LABELS)
    assert sum(record["segments_by_label"].values()) == len(record["segments"]) >= 7
    assert sum(record["words_by_label"].values()) == sum(any(c.isalnum() for c in w) for w in ARTICLE.split())


@given(st.text(st.sampled_from("Aaé1 .!?\n\r\t\0\u200b\ufeff\u2028\x85\xa0😀\x1b\"'"), max_size=60))
@PER_EXAMPLE
def test_segments_are_ordered_disjoint_and_leave_only_blanks(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())
    (record,) = winnow("classify", tmp_path / "a.txt").records()
    last = 0
    for segment in [*record["segments"], {"start": len(text), "end": len(text)}]:
        assert last <= segment["start"] and not text[last : segment["start"]].strip()
        assert segment["start"] < segment["end"] or segment["start"] == len(text)
        last = segment["end"]


def test_probabilities_sum_to_one_and_the_score_is_that_of_the_label(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    ran = winnow("classify", "--probabilities", tmp_path / "a.txt")
    for segment in ran.records()[0]["segments"]:
        assert list(segment["probabilities"]) == list(segment["alone"]) == list(LABELS)
        assert segment["probabilities"][segment["label"]] == segment["score"]
        for verdict in ("probabilities", "alone"):
            assert sum(segment[verdict].values()) == pytest.approx(1, abs=0.0003)
    assert all(len(str(s["score"]).partition(".")[2]) <= 4 for s in ran.records()[0]["segments"])
    assert winnow("classify", "--probabilities", "--format", "tsv", tmp_path / "a.txt").status == 2


def test_folders_files_and_standard_input_give_the_same_answers_in_input_order(tmp_path: Path) -> None:
    folder = pages(tmp_path)
    ran = winnow("classify", folder, "-", folder / "b.txt", stdin=ARTICLE.encode())
    ids = [f"{folder}/b.txt", 7, f"{folder}/c.jsonl:2", f"{folder}/deep/a.txt", "-", f"{folder}/b.txt"]
    assert (ran.status, [r["id"] for r in ran.records()]) == (0, ids)
    one, *_, other, last = ({**r, "id": 0} for r in ran.records())
    assert one == other == last
    assert ran.records()[2]["segments"] == []
    assert winnow("classify", stdin=ARTICLE.encode()).records()[0]["id"] == "-"


def test_records_can_be_read_from_standard_input_and_other_fields(tmp_path: Path) -> None:
    line = json.dumps({"url": ["u", 1], "body": "Rain fell."}).encode()
    ran = winnow("classify", "--input-format", "jsonl", "--text-field", "body", "--id-field", "url", stdin=line)
    assert ran.records()[0]["id"] == ["u", 1] and len(ran.records()[0]["segments"]) == 1


def long_folder(root: Path) -> Path:
    """A folder whose records do not fit one task, with mistakes far down, between files that do."""
    line = json.dumps({"text": ARTICLE * 4, "url": "u"}).encode() + b"\n"
    (root / "pages").mkdir()
    (root / "pages/a.txt").write_text(ARTICLE)
    far = b"caf\xe9 broken\n" + line * 900 + b"[]\n" + b'{"text": "caf\xe9"}\n' + line
    (root / "pages/b.jsonl").write_bytes(line * 900 + far)
    (root / "pages/c.txt").write_bytes(b"na\xefve")
    return root / "pages"


@pytest.mark.parametrize(
    "command",
    [
        ["classify"],
        ["classify", "--format", "tsv"],
        ["filter", "--drop", "comment", "--skip-empty"],
        ["filter", "--keep", "reporting", "--format", "text"],
        ["split"],
    ],
)
def test_jobs_change_nothing(command: list[str], tmp_path: Path) -> None:
    folder = long_folder(tmp_path)
    one, two = winnow(*command, folder), winnow(*command, folder, "--jobs", "2")
    assert one == two and one.status == 1
    assert one.err.splitlines() == [
        f"winnow: error: {folder}/b.jsonl:901: broken JSON (Expecting value, column 1)",
        f"winnow: warning: {folder}/b.jsonl: invalid UTF-8, decoded with replacement (--encoding names another)",
        f"winnow: error: {folder}/b.jsonl:1802: not a JSON object",
        f"winnow: warning: {folder}/c.txt: invalid UTF-8, decoded with replacement (--encoding names another)",
    ]


@pytest.mark.parametrize("command", [["classify"], ["filter", "--keep", "reporting"], ["split"]])
def test_jobs_change_no_file_of_a_folder(command: list[str], tmp_path: Path) -> None:
    folder = long_folder(tmp_path)
    written = []
    for jobs in ("1", "2"):
        assert winnow(*command, folder, "--output", tmp_path / jobs, "--jobs", jobs).status == 1
        written.append(outputs(tmp_path / jobs))
    assert written[0] == written[1] and len(written[0]) >= 3


def test_the_table_has_one_row_a_segment_and_escapes_tabs(tmp_path: Path) -> None:
    name = tmp_path / "a\tb.txt"
    name.write_text("Rain\tfell on Monday.\n\\o/")
    ran = winnow("classify", "--format", "tsv", name)
    header, first, second = (line.split("\t") for line in ran.out.splitlines())
    assert header == ["id", "start", "end", "label", "score", "text"]
    assert first[:3] == [str(name).replace("\t", "\\t"), "0", "20"] and first[5] == "Rain\\tfell on Monday."
    assert first[3] in LABELS and 0 < float(first[4]) <= 1 and second[5] == "\\\\o/"


def test_text_is_for_reading(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain fell on\x1b[31m Monday.")
    head, row = winnow("classify", "--format", "text", tmp_path / "a.txt").out.splitlines()
    assert head == f"# {tmp_path}/a.txt" and row.endswith("Rain fell on\\x1b[31m Monday.")


def test_a_lone_surrogate_is_one_character_and_loses_no_document() -> None:
    line = b'{"id": "\\udc00", "text": "Rain \\ud800 fell.\\u0000 It stopped."}'
    ran = winnow("classify", "--input-format", "jsonl", stdin=line)
    assert '"id": "\\udc00"' in ran.out and ran.records()[0]["segments"][-1]["end"] == 25
    tsv = winnow("classify", "--input-format", "jsonl", "--format", "tsv", stdin=line)
    assert "Rain \ufffd fell." in tsv.out and tsv.status == 0


@pytest.mark.parametrize(
    ("suffix", "first"), [(".jsonl", b'{"id"'), (".jsonl.gz", b"\x1f\x8b"), (".tsv", b"id\tst"), (".txt", b"# ")]
)
def test_an_output_with_a_known_suffix_is_one_file_of_that_format(suffix: str, first: bytes, tmp_path: Path) -> None:
    output = tmp_path / f"out{suffix}"
    assert winnow("classify", pages(tmp_path), "--output", output) == (0, "", "")
    assert output.read_bytes().startswith(first)
    if suffix == ".jsonl.gz":
        assert len(gzip.decompress(output.read_bytes()).splitlines()) == 4


def test_an_output_without_one_is_a_folder_laid_out_like_the_input(tmp_path: Path) -> None:
    folder, out = pages(tmp_path), tmp_path / "labels"
    (folder / "d.jsonl.gz").write_bytes(gzip.compress(b'{"text": "Rain."}\n'))
    (folder / "none.jsonl").touch()
    assert winnow("classify", folder, "--output", out) == (0, "", "")
    assert list(outputs(out)) == ["b.jsonl", "c.jsonl", "d.jsonl.gz", "deep/a.jsonl", "none.jsonl"]
    assert (out / "none.jsonl").read_bytes() == b""
    whole = winnow("classify", folder).out
    assert whole.startswith((out / "b.jsonl").read_text() + (out / "c.jsonl").read_text())
    assert winnow("classify", folder, "--format", "tsv", "--output", tmp_path / "tables").status == 0
    assert (tmp_path / "tables/deep/a.tsv").read_text().startswith("id\tstart")


def test_an_output_of_no_known_suffix_is_a_file_where_no_input_is_a_folder(tmp_path: Path) -> None:
    folder = pages(tmp_path)
    assert winnow("classify", folder / "b.txt", "--output", tmp_path / "labels").status == 0
    assert len((tmp_path / "labels").read_text().splitlines()) == 1
    (tmp_path / "there").mkdir()
    assert winnow("classify", folder / "b.txt", folder / "c.jsonl", "--output", tmp_path / "there").status == 0
    assert list(outputs(tmp_path / "there")) == ["b.jsonl", "c.jsonl"]


def test_a_run_into_its_own_input_folder_does_not_read_itself_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pages(tmp_path))
    assert winnow("classify", ".", "--output", "labels").status == 0
    once = sorted(Path("labels").rglob("*"))
    assert winnow("classify", ".", "--output", "labels") == (0, "", "")
    assert sorted(Path("labels").rglob("*")) == once


def test_an_output_beside_its_inputs_is_not_read_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pages(tmp_path))
    assert winnow("classify", ".", "--output", "all.jsonl").status == 0
    lines = len(Path("all.jsonl").read_text().splitlines())
    assert winnow("classify", ".", "--output", "all.jsonl").status == 0
    assert len(Path("all.jsonl").read_text().splitlines()) == lines


def test_a_document_that_does_not_look_english_is_marked_and_counted() -> None:
    german = "Der Stadtrat hat am Dienstag beschlossen, eine neue Straßenbahn zum Hafen zu bauen. " * 6
    ran = winnow("classify", stdin=german.encode())
    assert ran.status == 0 and ran.records()[0]["warning"] == "language"
    assert "1 of 1 document in a language" in ran.err
    assert "warning" not in winnow("classify", stdin=ARTICLE.encode()).records()[0]
