from __future__ import annotations

import json
from pathlib import Path

import pytest
from console import winnow
from shown import CLASSES, PAGE, laid

from classifier.diff import compare
from classifier.result import DocumentResult

AFTER = [(label, score, first, text) for label, score, first, text in PAGE]
AFTER[2] = ("comment", 0.90, "comment", PAGE[2][3])
AFTER[5] = ("opinion", 0.50, "comment", PAGE[5][3])


def test_a_document_that_nothing_happened_to_has_no_changes() -> None:
    same = compare(laid("a", PAGE), laid("a", PAGE))
    assert same.changes == [] and same.weight == 0 and len(same.starts) == len(PAGE)


def test_changes_are_the_stretches_with_two_labels_most_telling_first() -> None:
    before, after = laid("a", PAGE), laid("a", AFTER)
    found = compare(before, after).changes
    assert [after.text[c.start : c.end] for c in found] == [
        "It had been away for repairs since May.",
        "My cousin works on it.",
    ]
    assert found[0][2:] == (8, "reporting", 0.55, "comment", 0.9)
    assert found[0].weight == pytest.approx(8 * 0.55 * 0.9) and found[1].weight == pytest.approx(5 * 0.62 * 0.5)


def test_sentences_that_are_cut_otherwise_are_compared_where_both_have_them() -> None:
    text = "One two. Three four."
    whole = DocumentResult.of("a", text, CLASSES, [(0, 20, "reporting", (0, 0, 0, 1))])
    halves = [(0, 8, "reporting", (0, 0, 0, 1)), (9, 20, "comment", (0, 1, 0, 0))]
    parted = DocumentResult.of("a", text, CLASSES, halves)
    for a, b in ((whole, parted), (parted, whole)):
        difference = compare(a, b)
        assert [(c.start, c.end, c.words) for c in difference.changes] == [(9, 20, 2)]
        assert difference.words.tolist() == [2, 2]
    assert compare(whole, DocumentResult.of("a", text, CLASSES, [])).changes == []


def results(path: Path, rows: list[DocumentResult], probabilities: bool = False) -> Path:
    path.write_text("".join(row.to_json(probabilities) + "\n" for row in rows))
    return path


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Results of A, results of B, and the documents: three, of which the second is as it was."""
    a = [laid("x", PAGE[:4]), laid(2, PAGE), laid("<i>y\x1b[1m", PAGE)]
    b = [laid("x", AFTER[:4]), laid(2, PAGE), laid("<i>y\x1b[1m", AFTER)]
    documents = tmp_path / "documents.jsonl"
    documents.write_text("".join(json.dumps({"id": r.id, "text": r.text}) + "\n" for r in a))
    return results(tmp_path / "a.jsonl", a), results(tmp_path / "b.jsonl", b, probabilities=True), documents


def test_two_files_of_results_are_compared(sides: tuple[Path, Path, Path]) -> None:
    ran = winnow("diff", *sides)
    assert (ran.status, ran.err) == (0, "")
    head = ran.out.split("\n\n")[0].splitlines()
    assert head[:2] == ["A a.jsonl", "B b.jsonl"] and head[2].endswith("in 2 of 3 documents changed")
    assert [line.split() for line in head[3:]] == [
        ["16", "reporting", "->", "comment"],
        ["5", "comment", "->", "opinion"],
    ]
    assert ran.out.count("reporting 0.55 -> comment 0.90") == 2 and "\x1b" not in ran.out and "\\x1b[1m" in ran.out
    assert winnow("diff", *sides, "--top", "1").out.endswith(
        "... and 2 more (--top, --format jsonl, --output PAGE.html)\n"
    )


def test_programs_are_given_a_line_for_each_document_that_changed(sides: tuple[Path, Path, Path]) -> None:
    rows = winnow("diff", *sides, "--format", "jsonl").records()
    assert [row["id"] for row in rows] == ["<i>y\x1b[1m", "x"]
    assert rows[0]["words_changed"] == 13 and rows[0]["weight"] >= rows[1]["weight"]
    change = rows[1]["changes"][0]
    assert change["text"] == "It had been away for repairs since May." and (change["was"], change["label"]) == (
        "reporting",
        "comment",
    )


def test_models_and_results_may_be_mixed_and_a_model_agrees_with_itself(tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain fell on Monday. It was awful!\n@you lol\n")
    classified = tmp_path / "r.jsonl"
    assert winnow("classify", tmp_path / "a.txt", "--model", tiny_folder, "--output", classified).status == 0
    ran = winnow("diff", tiny_folder, classified, tmp_path / "a.txt")
    assert ran.status == 0 and "0 of 9 words (0.0 %) in 0 of 1 documents changed" in ran.out
    assert winnow("diff", tiny_folder, tiny_folder, tmp_path / "a.txt", "--format", "jsonl").out == ""


@pytest.mark.parametrize(
    "line, reason",
    [
        (
            '{"id": "x", "model": "m", "segments": [{"start": 0, "end": 9000, "label": "a", "score": 1}]}',
            "of another text",
        ),
        ('{"id": "x", "model": "m"}', "of another text"),
        ('{"id": "other", "model": "m", "segments": []}', 'has no result for the document "x"'),
        ('{"id": "x"', "broken JSON"),
    ],
)
def test_results_that_do_not_fit_are_named(
    line: str, reason: str, sides: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    bad, documents = tmp_path / "bad.jsonl", tmp_path / "one.jsonl"
    bad.write_text(line + "\n")
    documents.write_text(sides[2].read_text().splitlines()[0] + "\n")
    ran = winnow("diff", bad, sides[1], documents)
    assert ran.status == 1 and reason in ran.err and "bad.jsonl" in ran.err


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain.")
    assert winnow("diff", "default", "no-such-model", tmp_path / "a.txt").status == 2
    assert "missing.jsonl" in winnow("diff", "default", "missing.jsonl", tmp_path / "a.txt").err
    assert winnow("diff", "default", "default", tmp_path / "a.txt", "--output", "a.txt").status == 2
