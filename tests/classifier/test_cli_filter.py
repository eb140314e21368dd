from __future__ import annotations

import json
from pathlib import Path

import pytest
from console import ARTICLE, outputs, winnow
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.labels import LABELS

ALL = ",".join(LABELS)
PER_EXAMPLE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)


def records(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@given(st.text(st.sampled_from("Aaé1 .!?\n\r\t\0\u200b\u2028\x85\xa0😀\x1b\"'"), max_size=60))
@PER_EXAMPLE
def test_keeping_every_label_gives_a_text_back_to_the_letter(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode())
    assert winnow("filter", tmp_path / "a.txt", "--keep", ALL).out == text


@pytest.mark.parametrize("labels", [["--keep", "reporting"], ["--drop", "comment,boilerplate"], ["--keep", "opinion"]])
def test_kept_text_is_the_ranges_joined_and_the_dropped_are_the_other_segments(
    labels: list[str], tmp_path: Path
) -> None:
    path = records(tmp_path / "a.jsonl", {"a": 1, "text": ARTICLE, "z": [None]})
    (record,) = winnow("filter", path, *labels).records()
    assert list(record) == ["a", "text", "z", "winnow"] and (record["a"], record["z"]) == (1, [None])
    winnowed = record["winnow"]
    assert list(winnowed) == ["kept", "dropped"]
    assert record["text"] == "".join(ARTICLE[s:e] for s, e in winnowed["kept"])
    segments = winnow("classify", path).records()[0]["segments"]
    inside = [s for s in segments if any(a <= s["start"] < b for a, b in winnowed["kept"])]
    assert [list(s.values()) for s in segments if s not in inside] == winnowed["dropped"]
    named = labels[1].split(",")
    assert all((s["label"] in named) == (labels[0] == "--keep") for s in inside)
    assert all((label in named) == (labels[0] == "--drop") for *_, label, _ in winnowed["dropped"])
    (tmp_path / "a.txt").write_text(ARTICLE)
    assert winnow("filter", tmp_path / "a.txt", *labels).out == record["text"]


def test_labels_may_be_repeated_or_stand_between_commas(tmp_path: Path) -> None:
    path = records(tmp_path / "a.jsonl", {"text": ARTICLE})
    assert winnow("filter", path, "--keep", "reporting, opinion") == winnow(
        "filter", path, "--keep", "reporting", "--keep", "opinion"
    )


def test_the_unsure_are_dropped_under_keep_and_kept_under_drop(tmp_path: Path) -> None:
    path = records(tmp_path / "a.jsonl", {"text": ARTICLE})

    def dropped(*options: str) -> list[list[object]]:
        (record,) = winnow("filter", path, "--min-score", "1", *options).records()
        return list(record["winnow"]["dropped"])

    segments = [list(s.values()) for s in winnow("classify", path).records()[0]["segments"]]
    sure = [s for s in segments if s[3] == 1]
    unsure = [s for s in segments if s[3] < 1]
    assert dropped("--keep", ALL) == unsure != []
    assert dropped("--keep", ALL, "--when-unsure", "keep") == []
    assert dropped("--drop", ALL) == sure
    assert dropped("--drop", ALL, "--when-unsure", "drop") == segments


def test_a_document_with_nothing_left_is_written_empty_and_left_out_only_if_asked(tmp_path: Path) -> None:
    path = records(tmp_path / "a.jsonl", {"id": 1, "text": "Rain fell on Monday."}, {"id": 2, "text": ""})
    rows = winnow("filter", path, "--drop", ALL).records()
    assert [(r["id"], r["text"], r["winnow"]["kept"]) for r in rows] == [(1, "", []), (2, "", [])]
    ran = winnow("filter", path, "--drop", ALL, "--skip-empty")
    assert (ran.status, ran.out, ran.err) == (0, "", "winnow: 2 documents left out, nothing kept\n")
    rows = winnow("filter", path, "--keep", ALL, "--min-words", "5").records()
    assert [(r["id"], r["text"]) for r in rows] == [(1, ""), (2, "")]
    assert winnow("filter", path, "--keep", ALL, "--min-words", "4").records()[0]["text"] == "Rain fell on Monday."


def test_every_other_field_is_untouched_to_the_letter(tmp_path: Path) -> None:
    line = '{"n": 1.10, "text": "Rain \\ud800 fell.", "big": 1' + "0" * 5000 + ', "s": "\\u00e9\\ud83d", "n": 2}'
    (tmp_path / "a.jsonl").write_text(line + "\n")
    out = winnow("filter", tmp_path / "a.jsonl", "--keep", ALL).out
    assert out.startswith(line[:-1] + ', "winnow": {"kept": [[0, 12]], "dropped": []}}')


def test_what_is_dropped_can_be_read_elsewhere(tmp_path: Path) -> None:
    path = records(tmp_path / "a.jsonl", {"id": 5, "text": ARTICLE})
    rest = tmp_path / "rest.jsonl"
    (record,) = winnow("filter", path, "--keep", "reporting", "--dropped", rest).records()
    rows = [json.loads(line) for line in rest.read_text().splitlines()]
    assert [[r["start"], r["end"], r["label"], r["score"]] for r in rows] == record["winnow"]["dropped"] != []
    assert all(r["id"] == 5 and r["text"] == ARTICLE[r["start"] : r["end"]] for r in rows)
    assert winnow("filter", path, "--keep", "reporting", "--dropped", tmp_path / "rest.tsv").status == 0
    assert len((tmp_path / "rest.tsv").read_text().splitlines()) == len(rows) + 1


def test_several_texts_on_one_stream_do_not_run_into_each_other(tmp_path: Path) -> None:
    for name, text in (("a", "Rain fell."), ("b", ""), ("c", "Snow fell.\n"), ("d", "Hail fell.")):
        (tmp_path / f"{name}.txt").write_text(text)
    assert winnow("filter", tmp_path, "--keep", ALL).out == "Rain fell.\nSnow fell.\nHail fell."


def test_outputs_have_the_form_of_their_inputs_unless_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text("Rain fell.")
    records(tmp_path / "in/b.jsonl", {"text": "Snow fell."})
    out = tmp_path / "out"
    assert winnow("filter", tmp_path / "in", "--keep", ALL, "--output", out) == (0, "", "")
    assert (out / "a.txt").read_text() == "Rain fell." and json.loads((out / "b.jsonl").read_text())[
        "text"
    ] == "Snow fell."
    rows = winnow("filter", tmp_path / "in", "--keep", ALL, "--format", "jsonl").records()
    assert list(rows[0]) == ["id", "text", "winnow"] and rows[0]["id"] == f"{tmp_path}/in/a.txt"
    assert winnow("filter", tmp_path / "in", "--keep", ALL, "--format", "text").out == "Rain fell.\nSnow fell."
    assert winnow("filter", tmp_path / "in", "--drop", ALL, "--skip-empty", "--output", tmp_path / "none").status == 0
    assert list(outputs(tmp_path / "none")) == ["b.jsonl"]


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--keep", "reporting", "--drop", "comment"],
        ["--keep", "reportage"],
        ["--keep", ","],
        ["--keep", "reporting", "--min-score", "1.1"],
        ["--keep", "reporting", "--min-score", "nan"],
        ["--keep", "reporting", "--when-unsure", "maybe"],
        ["--keep", "reporting", "--min-words", "-1"],
        ["--keep", "reporting", "--dropped", "-"],
        ["--keep", "reporting", "--format", "html"],
        ["--keep", "reporting", "--output", "x.html"],
        ["--keep", "reporting", "--output", ""],
        ["--keep", "reporting", "--text-field", "winnow"],
        ["--keep", "reporting", "--output", "x.jsonl", "--dropped", "./x.jsonl"],
    ],
)
def test_bad_options_are_refused_before_anything_is_read(
    options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = winnow("filter", "missing.txt", *options)
    assert (ran.status, ran.out) == (2, "") and "Error: " in ran.err and "missing.txt" not in ran.err
    assert list(tmp_path.iterdir()) == []
