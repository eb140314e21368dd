"""What the documents show really runs, and shows what it shows."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from classifier.cli import COMMANDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
REFRESH: dict[str, Any] = runpy.run_path(str(ROOT / "docs" / "refresh.py"))
DOCUMENTS = ["README.md", "CHANGELOG.md", "SECURITY.md", "data/README.md"]
DOCUMENTS += [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))]
_SCORE = re.compile(r"\b[01]\.\d{4}\b")


def test_commands_print_what_the_readme_shows(tmp_path: Path) -> None:
    found = REFRESH["transcribed"](README, REFRESH["console"](tmp_path))
    assert found.count("\n$ winnow ") >= 4
    assert _SCORE.split(found) == _SCORE.split(README), "run `make readme`"
    scores = zip(map(float, _SCORE.findall(found)), map(float, _SCORE.findall(README)), strict=True)
    assert all(now == pytest.approx(shown, abs=0.001) for now, shown in scores), "run `make readme`"


def test_a_transcript_that_is_not_true_is_noticed() -> None:
    def run(command: str) -> str:
        return f"output of {command}\n"

    block = "text\n```console\n$ one\n{}$ two\noutput of two\n```\n```sh\n$ three\n```\n"
    right = block.format("output of one\n")
    assert REFRESH["transcribed"](right, run) == right
    assert REFRESH["transcribed"](block.format("something\nelse\n"), run) == right


def test_python_examples_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    examples = re.findall(r"(?<=^```python\n).*?(?=^```$)", README, re.M | re.S)
    assert examples
    for example in examples:
        exec(compile(example, "README.md", "exec"), {})
    assert "Government troops enter Belesh" in capsys.readouterr().out


def test_every_command_is_named() -> None:
    for command in COMMANDS:
        assert f"`winnow {command} " in README or f"`winnow {command}`" in README, command


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    document = ROOT / name
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8")):
        assert (document.parent / target).exists(), target


def test_the_datasheet_counts_what_is_there() -> None:
    assert REFRESH["counted"](ROOT / "data") in (ROOT / "data" / "README.md").read_text("utf-8"), "run `make readme`"
