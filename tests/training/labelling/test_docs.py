"""docs/labelling.md shows what its commands really print."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_commands_print_what_the_page_shows(tmp_path: Path) -> None:
    refresh = runpy.run_path(str(ROOT / "docs" / "refresh.py"))
    page = (ROOT / "docs" / "labelling.md").read_text("utf-8")
    found = refresh["transcribed"](page, refresh["console"](tmp_path))
    assert found == page


def test_every_command_of_the_group_is_on_the_page() -> None:
    from training.labelling.cli import corpus

    page = (ROOT / "docs" / "labelling.md").read_text("utf-8") + (ROOT / "docs" / "formats.md").read_text("utf-8")
    assert [name for name in corpus.commands if f"winnow corpus {name}" not in page] == []
