from __future__ import annotations

import json
from pathlib import Path

import pytest
from carried import write
from console import winnow

from classifier.result import DocumentResult
from training.labelling.suggest import Doubt, choose, doubt

CLASSES = ("comment", "opinion", "reporting")
FERRY = [
    "The ferry to Orrin was late again on Monday, the harbour board said.",
    "The harbour board of Orrin said the ferry would be late on Tuesday too.",
    "A second ferry for Orrin was approved by the harbour board on Friday.",
]
SCHOOL = [
    "The school in Belmar needs a new roof before winter, teachers said.",
    "Teachers in Belmar said the roof of the school leaks in winter.",
    "The roof of the Belmar school was mended by the teachers themselves.",
]
ODD = "Zyx qwv jklm pqrs tuvw abcd efgh ijkl mnop qrst uvwx yzab."


def judged(text: str, *segments: tuple[int, int, tuple[float, float, float]]) -> DocumentResult:
    rows = [(start, end, CLASSES[proba.index(max(proba))], proba) for start, end, proba in segments]
    return DocumentResult.of("a", text, CLASSES, rows)


def test_doubt_is_the_entropy_of_words_not_of_segments() -> None:
    text = "One two three four five six. Seven!"
    sure, even = (0.0, 0.0, 1.0), (0.0, 0.5, 0.5)
    found = doubt(judged(text, (0, 28, sure), (29, 35, even)))
    assert found is not None and found.uncertainty == pytest.approx(
        0.6309 / 7, abs=1e-4
    )  # log 2 / log 3, of 1 word in 7
    assert found.between == ("opinion", "reporting") and found.share == pytest.approx(1 / 7)
    thirds = doubt(judged(text, (0, 35, (1 / 3, 1 / 3, 1 / 3))))
    assert thirds is not None and thirds.uncertainty == pytest.approx(1)
    assert doubt(judged("-- --", (0, 5, even))) is None


def chosen(texts: list[str], uncertain: list[float], n: int, labelled: list[str] | None = None) -> list[int]:
    doubts = [Doubt(value, ("opinion", "reporting"), 0.5) for value in uncertain]
    return [suggestion.index for suggestion in choose(doubts, texts, labelled or [], n)]


def test_the_second_is_of_another_topic_though_less_uncertain() -> None:
    texts = FERRY + SCHOOL
    assert chosen(texts, [0.9, 0.89, 0.88, 0.8, 0.5, 0.5], 2) == [0, 3]
    assert chosen(texts, [0.9, 0.89, 0.88, 0.8, 0.5, 0.5], 6)[:2] == [0, 3]


def test_the_oddest_is_not_the_first() -> None:
    assert chosen([ODD, *FERRY, *SCHOOL], [1.0, 0.6, 0.5, 0.5, 0.5, 0.5, 0.5], 1) == [1]


def test_what_is_like_the_labelled_comes_later() -> None:
    texts, uncertain = FERRY[1:] + SCHOOL[1:], [0.9, 0.8, 0.7, 0.6]
    assert chosen(texts, uncertain, 1) == [0]
    assert chosen(texts, uncertain, 1, labelled=[FERRY[1]]) != [0]


def test_the_same_text_is_not_chosen_twice_and_small_pools_are_used_up() -> None:
    assert chosen([FERRY[0]] * 3 + [SCHOOL[0]], [0.9, 0.9, 0.9, 0.1], 9) == [0, 3]
    assert chosen([FERRY[0]], [0.9], 9) == [0]
    assert chosen(FERRY, [0.0, 0.0, 0.0], 2) == []


def test_suggestions_go_straight_to_the_labelling_tool(tmp_path: Path, tiny_folder: Path) -> None:
    rows = [{"id": i, "body": text * 3, "url": f"u{i}"} for i, text in enumerate([*FERRY, *SCHOOL, "Short."])]
    labelled = {"id": "l", "text": FERRY[0], "spans": [[0, 68, "reporting"]]}
    pool, mine = (
        write(tmp_path / "pool.jsonl", *rows, {"body": FERRY[0], "spans": labelled["spans"]}),
        write(tmp_path / "mine.jsonl", labelled),
    )
    options = ["--unlabelled", pool, "--labelled", mine, "-n", 4, "--text-field", "body", "--model", tiny_folder]
    ran = winnow("corpus", "suggest", *options)
    found = ran.records()
    assert (
        ran.status == 0 and "4 of 6 documents suggested" in ran.err and "1 document with spans passed over" in ran.err
    )
    assert [r["suggested"]["rank"] for r in found] == [1, 2, 3, 4] and len({r["id"] for r in found}) == 4
    for record in found:
        figures = record["suggested"]
        assert record["text"] == record["body"] == rows[record["id"]]["body"] and record["url"] == f"u{record['id']}"
        product = figures["uncertainty"] * figures["typical"] * figures["new"]
        assert figures["worth"] == pytest.approx(product, abs=1e-3) and figures["reason"].startswith("unsure of ")
    tasks = winnow("corpus", "export", "-", "--format", "label-studio", "--model", tiny_folder, stdin=ran.out.encode())
    assert tasks.status == 0 and all(task["predictions"] for task in json.loads(tasks.out))
    assert winnow("corpus", "suggest", *options, "--jobs", 2).out == ran.out


def test_text_files_and_problems(tmp_path: Path, tiny_folder: Path) -> None:
    (tmp_path / "pages").mkdir()
    for i, text in enumerate([*FERRY, *SCHOOL]):
        (tmp_path / "pages" / f"{i}.txt").write_text(text * 2)
    (tmp_path / "pages" / "z.jsonl").write_text("{\n")
    command = ["corpus", "suggest", "--unlabelled", tmp_path / "pages", "--model", tiny_folder, "-n", 2]
    ran = winnow(*command)
    assert ran.status == 1 and f"{tmp_path / 'pages' / 'z.jsonl'}:1: broken JSON" in ran.err
    assert [Path(record["id"]).read_text() for record in ran.records()] == [record["text"] for record in ran.records()]
    nothing = winnow(*command, "--min-words", 500, "--output", tmp_path / "out.jsonl")
    assert nothing.status == 1 and "no unlabelled documents of 500 words" in nothing.err
    assert not (tmp_path / "out.jsonl").exists()
    assert winnow(*command[:4], "--model", tmp_path / "none").status == 2
