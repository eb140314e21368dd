from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from carried import RECORD, TEXT, write
from console import winnow

ROOT = Path(__file__).parents[3]
STORY = (
    "The harbour board of Orrin approved a second ferry on Tuesday after a debate that lasted well into the night. "
    "Work on the new pier begins in May and should end before the winter storms reach the islands, engineers said."
)


def row(name: Any, text: str, split: str | None = None, label: str = "reporting") -> dict[str, Any]:
    return {"id": name, "split": split, "text": text, "spans": [[0, len(text), label]]}


def found(tmp_path: Path, *records: Any, options: tuple[str, ...] = ()) -> list[tuple[int, str, str]]:
    """Findings as (line, kind, message)."""
    path = write(tmp_path / "pages.jsonl", *records)
    ran = winnow("corpus", "check", path, "--json", *options)
    assert ran.status == bool(ran.out) and ran.err.startswith(f"winnow: {len(records)} document")
    plain = winnow("corpus", "check", path, *options)
    rows = ran.records()
    assert plain.out.splitlines() == [f"{r['where']}: {r['kind']}: {r['message']}" for r in rows]
    return [(int(r["where"].removeprefix(f"{path}:")), r["kind"], r["message"]) for r in rows]


def test_what_is_right_has_no_findings(tmp_path: Path) -> None:
    assert found(tmp_path, RECORD) == []
    assert winnow("corpus", "check", ROOT / "data" / "written.jsonl").status == 0


def test_gaps_are_runs_of_words_that_no_span_covers(tmp_path: Path) -> None:
    spans = [[0, 12, "reporting"], [36, 49, "opinion"]]
    assert found(tmp_path, {"text": TEXT, "spans": spans}, {"text": "Hail! - ", "spans": []}) == [
        (1, "gap", "no span covers 4 words from 13: Orrin, the mayor said."),
        (1, "gap", "no span covers 3 words from 50: Lol same here"),
        (2, "gap", "no span covers 1 word from 0: Hail! -"),
    ]


def test_overlaps_are_named_once_and_their_words_are_no_gaps(tmp_path: Path) -> None:
    spans = [[0, 64, "reporting"], [5, 9, "opinion"], [36, 49, "opinion"]]
    assert found(tmp_path, {"text": TEXT, "spans": spans}) == [
        (1, "overlap", "[0, 64, reporting] and [5, 9, opinion]"),
        (1, "overlap", "[0, 64, reporting] and [36, 49, opinion]"),
    ]


def test_offsets_inside_a_word(tmp_path: Path) -> None:
    spans = [[0, 37, "reporting"], [37, 63, "opinion"]]
    assert found(tmp_path, {"text": TEXT, "spans": spans}) == [
        (1, "cut", "the offset 37 cuts a word: mayor said. I|t was awful!\\n")
    ]
    assert found(tmp_path, {"text": "Rain.Hail", "spans": [[0, 5, "reporting"], [5, 9, "opinion"]]}) == []


def test_labels_nobody_knows(tmp_path: Path) -> None:
    typo, own = row(1, "It rained.", label="repoting"), row(2, "It hailed.", label="quote")
    unknown = "is not one of reporting, opinion, comment, boilerplate"
    assert found(tmp_path, typo, row(3, "It snowed.")) == [(1, "label", f"'repoting' {unknown}")]
    assert found(tmp_path, typo, own) == []  # a label set of somebody's own
    assert found(tmp_path, typo, own, options=("--labels", "quote, advert")) == [
        (1, "label", "'repoting' is not one of quote, advert")
    ]
    assert winnow("corpus", "check", "x", "--labels", " ,").status == 2


def test_a_label_that_train_lacks(tmp_path: Path) -> None:
    records = [row(1, "It rained."), row(2, "Awful.", "dev", "opinion"), row(3, "Lovely.", "dev", "opinion")]
    assert found(tmp_path, *records) == [(2, "label", "'opinion' stands in dev, and nowhere in train")]
    assert found(tmp_path, *records[1:]) == []


def test_duplicates_ids_and_near_duplicates(tmp_path: Path) -> None:
    near, far = STORY[STORY.index("approved") :], STORY[:60]
    records = [row(1, STORY), row(2, STORY.upper() + "!"), row(1, "Hail."), row(4, near, "dev"), row(5, far, "dev")]
    path = tmp_path / "pages.jsonl"
    assert found(tmp_path, *records) == [
        (3, "id", f"1 is also the id of {path}:1"),
        (2, "duplicate", f"the words of {path}:1"),
        (4, "near-duplicate", f"100% of its runs of eight words stand in {path}:1 (train), it is dev"),
        (4, "near-duplicate", f"100% of its runs of eight words stand in {path}:2 (train), it is dev"),
    ]
    assert found(tmp_path, row(1, STORY), row(2, near)) == []  # of one split
    assert found(tmp_path, row(1, STORY), row(2, STORY, "dev")) == [
        (2, "duplicate", f"the words of {path}:1 (train and dev)")
    ]


def test_a_share_decides_what_is_near(tmp_path: Path) -> None:
    half = STORY[: STORY.index("Work")] + "Nobody on the quay that evening could say who would pay for it all, or when."
    assert found(tmp_path, row(1, STORY), row(2, half, "dev"), options=("--near", "0.3"))[0][1] == "near-duplicate"
    assert found(tmp_path, row(1, STORY), row(2, half, "dev"), options=("--near", "0.6")) == []


def test_broken_records_are_findings_and_the_rest_is_checked(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl", {"text": 1}, {"text": "Hi"}, {"text": "Hi you", "spans": [[0, 9, "x"], [3, 6, "x"]]}
    )
    path.write_text(path.read_text() + "{\n")
    ran = winnow("corpus", "check", path, tmp_path / "none.jsonl")
    starts = [line.split(": ")[0].removeprefix(str(tmp_path)) for line in ran.out.splitlines() if ": broken: " in line]
    assert ran.status == 1 and sorted(starts) == ["/a.jsonl:1", "/a.jsonl:2", "/a.jsonl:3", "/a.jsonl:4", "/none.jsonl"]
    assert f"{path}:3: gap: no span covers 1 word from 0: Hi\n" in ran.out


@pytest.mark.parametrize("options", [("--near", "0"), ()])
def test_nothing_to_check(options: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("")
    assert winnow("corpus", "check", tmp_path / "a.jsonl", *options).status == (2 if options else 1)


def test_stdin_is_checked_too() -> None:
    ran = winnow("corpus", "check", "-", stdin=json.dumps({"text": "Hi", "spans": []}).encode())
    assert ran == (1, "-:1: gap: no span covers 1 word from 0: Hi\n", "winnow: 1 document, 1 finding\n")
