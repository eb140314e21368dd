"""docs/tutorial.md, from its first command to its last, on a quarter of the pages it speaks of."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
_ADVICE = re.compile("- .*reporting.* precise|- For .* precise reporting")
_FIGURE = re.compile(r"[+-]?\d[\d.,]*")


def shape(text: str) -> str:
    """What does not depend on how many pages there are: figures as ``0``, blanks as one, and no advice."""
    lines = (line for line in text.splitlines() if not _ADVICE.match(line))
    return re.sub(r"[ -]+", " ", _FIGURE.sub("0", "\n".join(lines)))


def thin(path: Path) -> None:
    """Keep a quarter of the pages of split dev, and nothing else: the tutorial uses no others."""
    dev = [line for line in path.read_text("utf-8").splitlines() if json.loads(line)["split"] == "dev"]
    path.write_text("".join(line + "\n" for line in dev[::4]), "utf-8")


def test_the_tutorial_can_be_followed_to_its_end(tmp_path: Path) -> None:
    refresh: dict[str, Any] = runpy.run_path(str(ROOT / "docs" / "refresh.py"))
    run = refresh["console"](tmp_path)
    for name in ("written.jsonl", "pages.jsonl"):
        thin(tmp_path / "data" / name)
    found = refresh["transcribed"](TUTORIAL, run)
    assert (tmp_path / "my-model" / "report.html").stat().st_size > 20_000
    report = json.loads((tmp_path / "my-model" / "report.json").read_text("utf-8"))
    assert report["basis"]["kind"] == "held-out" and report["corpus"]["base"]["name"] == "default"
    assert shape(found) == shape(TUTORIAL), "run `python docs/refresh.py`"


def test_it_names_every_command_that_it_needs() -> None:
    for command in ("suggest", "export", "import", "check", "stats"):
        assert f"$ winnow corpus {command} " in TUTORIAL
    for command in ("train", "evaluate", "filter"):
        assert f"$ winnow {command} " in TUTORIAL


@pytest.mark.parametrize(("one", "other"), [("+0.01 to +0.02", "-1.5  to  3"), ("   98 documents", "4 documents")])
def test_only_figures_and_blanks_may_differ(one: str, other: str) -> None:
    assert shape(one).strip() == shape(other).strip() and shape(one) != shape(one + " more")
