from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from invented import page

from classifier.errors import InputError
from training.cli_evaluate import evaluate
from training.corpus import LabelledDocument

NEWS = page(
    "news",
    ("The harbour board of Orrin approved a second ferry on Tuesday, its chairman said.", "reporting"),
    ("It is a foolish decision, and it will cost the town dearly.", "opinion"),
    ("Copyright 2019 Orrin Post. All rights reserved.", "boilerplate"),
    split="dev",
)
TALK = page(
    "talk",
    ("The library in Orrin reopened on Monday after repairs to its roof.", "reporting"),
    ("Great news, my kids loved it there lol", "comment"),
    ("@sunny_otter agreed!!! about time tbh", "comment"),
    split="train",
    source="forum",
)
TRAIL = {"article": "news", "split": "dev", "comments": ["lol who pays for it??", "I totally agree with you Dave."]}


def write(path: Path, *documents: LabelledDocument) -> str:
    rows = [{"id": d.id, "text": d.text, "spans": d.spans, "split": d.split, "source": d.source} for d in documents]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.fixture
def corpus(tmp_path: Path) -> str:
    return write(tmp_path / "pages.jsonl", NEWS, TALK)


def run(*args: str) -> Result:
    return CliRunner().invoke(evaluate, args, catch_exceptions=False)


def test_json_is_one_object_with_the_promised_keys(corpus: str) -> None:
    found = json.loads(run(corpus, "--json", "--by", "source").stdout)
    keys = {"macro_f1", "labels", "confusion", "trails_cut_exactly", "clean", "intervals", "by"}
    assert keys <= set(found) and found["documents"]["all"] == 2
    assert set(found["labels"]["comment"]) == {"precision", "recall", "f1", "words"}
    assert set(found["by"]) == {"own", "forum"} and "worst" not in found
    assert found["by"]["forum"]["documents"]["all"] == 1


def test_text_is_a_table_and_worst_adds_passages(corpus: str) -> None:
    plain, wordy = run(corpus).stdout, run(corpus, "--worst", "3").stdout
    assert "macro-F1" in plain and "gold \\ called" in plain
    assert wordy.startswith(plain.rstrip("\n")) and "== opinion" in wordy
    assert set(json.loads(run(corpus, "--worst", "3", "--json").stdout)["worst"]) >= {"reporting", "comment"}


def test_a_split_is_judged_alone_and_must_exist(corpus: str) -> None:
    assert json.loads(run(corpus, "--json", "--split", "dev").stdout)["documents"]["all"] == 1
    with pytest.raises(InputError, match="no documents of split 'test'; its splits: dev, train"):
        run(corpus, "--split", "test")


def test_trails_and_comments_are_pasted_below(corpus: str, tmp_path: Path) -> None:
    (tmp_path / "trails.jsonl").write_text(json.dumps(TRAIL) + "\n")
    found = json.loads(run(corpus, "--json", "--trails", str(tmp_path / "trails.jsonl")).stdout)
    assert found["documents"] == {**found["documents"], "all": 1, "with_comments": 1}
    assert found["labels"]["comment"]["words"] == 11
    (tmp_path / "none.jsonl").write_text("")
    with pytest.raises(InputError, match="no comment-free document"):
        run(corpus, "--trails", str(tmp_path / "none.jsonl"))


def test_bad_corpora_are_named(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"text": "Hello", "spans": [[0, 9, "opinion"]]}\n')
    with pytest.raises(InputError, match=r"bad\.jsonl:1: span \[0, 9\]"):
        run(str(tmp_path / "bad.jsonl"))
    assert run().exit_code == 2


def test_help_shows_examples() -> None:
    assert "winnow evaluate pages.jsonl --split dev" in run("-h").stdout
