from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from invented import LineJudge, page

from training.cli_evaluate import evaluate
from training.report.comparison import comparison, comparison_as_text, only_wrong
from training.verdicts import Verdicts, judge

ROOT = Path(__file__).parents[3]
PAGES = [
    page(i, (f"Tram {i} left.", "reporting"), (f"A scandal {i}!", "opinion"), (f"So {i}", "opinion")) for i in range(30)
]


def judged(share: int) -> Verdicts:
    """A model that is right on the opinions of ``share`` of the documents."""
    calls = {line: ("opinion", 0.9) for i in range(share) for line in (f"A scandal {i}!", f"So {i}")}
    return judge(LineJudge(calls), PAGES)


def test_a_model_that_is_right_where_the_other_is_not_is_better() -> None:
    found = comparison(judged(10), judged(25), ("old", "new"))
    assert found["verdict"] == "better" and found["macro_f1"]["better"] == 1.0
    assert found["sentence"].startswith("new is better than old: macro-F1 0.8") and "100.0 %" in found["sentence"]
    assert found["macro_f1"]["difference"] == pytest.approx(found["macro_f1"]["b"] - found["macro_f1"]["a"], abs=2e-4)
    assert found["macro_f1"]["low"] < found["macro_f1"]["difference"] < found["macro_f1"]["high"]
    assert comparison(judged(25), judged(10), ("old", "new"))["verdict"] == "worse"


def test_a_difference_of_one_document_proves_nothing() -> None:
    found = comparison(judged(10), judged(11), ("old", "new"))
    assert found["verdict"] == "undecided" and "cannot be told" in found["sentence"]
    assert found["labels"]["comment"]["difference"] is None and found["clean"]["difference"] == 0
    same = comparison(judged(10), judged(10), ("old", "new"))
    assert same["verdict"] == "undecided" and same["sentence"].startswith("new does just what old does")


def test_models_with_other_labels_can_be_compared() -> None:
    a, b = judge(LineJudge({}), PAGES, also=["advert"]), judge(LineJudge({}), PAGES, also=["advert"])
    assert "advert" in a.labels and comparison(a, b, ("a", "b"))["labels"]["advert"]["a"] is None
    with pytest.raises(ValueError, match="labels"):
        comparison(a, judged(3), ("a", "b"))


def test_only_what_the_other_gets_right_is_shown() -> None:
    old, new = only_wrong(judged(10), judged(12), 50)
    assert [m.id for m in old["opinion"]] == [10, 11] and [m.words for m in old["opinion"]] == [5, 5]
    assert all(some == [] for some in new.values())


def test_the_table_lines_up_and_ends_in_the_sentence() -> None:
    found = comparison(judged(10), judged(25), ("old", "new"))
    shown = comparison_as_text(found)
    assert shown.endswith(found["sentence"]) and "A old, B new: 30 documents" in shown
    assert re.search(r"^macro-F1 +0\.\d{3} +0\.\d{3} +\+0\.\d{3} +\+0\.\d{3} to \+0\.\d{3} +100 %$", shown, re.M)


def run(*args: object) -> Result:
    return CliRunner().invoke(evaluate, [str(arg) for arg in args], catch_exceptions=False)


def test_the_command_says_it_in_text_in_json_and_by_its_status(tmp_path: Path) -> None:
    rows = (ROOT / "data" / "written.jsonl").read_text("utf-8").splitlines()[:8]
    (tmp_path / "some.jsonl").write_text("\n".join(rows))
    pair = ["--compare", "default", ROOT / "models" / "default", "--resamples", 20]
    ran = run(tmp_path / "some.jsonl", *pair, "--worst", 2)
    assert ran.exit_code == 0 and "does just what default does" in ran.stdout and "What only default gets" in ran.stdout
    found = json.loads(run(tmp_path / "some.jsonl", *pair, "--json", "--worst", 2).stdout)
    assert found["b"].endswith("models/default") and set(found["only_a_wrong"]) == set(found["labels"])
    assert run(tmp_path / "some.jsonl", *pair, "--require", "better").exit_code == 3
    assert run(tmp_path / "some.jsonl", *pair, "--require", "not-worse").exit_code == 0


def test_a_page_is_written_on_request(tmp_path: Path) -> None:
    rows = (ROOT / "data" / "written.jsonl").read_text("utf-8").splitlines()[:8]
    (tmp_path / "some.jsonl").write_text("\n".join(rows))
    ran = run(tmp_path / "some.jsonl", "--report", tmp_path / "page.html", "--resamples", 20, "--worst", 1)
    assert "macro-F1" in ran.stdout and "page.html" in ran.stderr
    record = json.loads((tmp_path / "page.json").read_text("utf-8"))
    assert record["basis"]["kind"] == "given" and all(len(some) <= 1 for some in record["mistakes"].values())
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    "options", [["--require", "better"], ["--compare", "a", "b", "--model", "c"], ["--compare", "a", "b", "--by", "x"]]
)
def test_options_that_do_not_go_together_are_refused(options: list[str]) -> None:
    assert run(ROOT / "data" / "written.jsonl", *options).exit_code == 2
