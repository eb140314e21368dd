"""The page of changes, as it is written and in a real browser."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shown import CLASSES, PAGE, Watched, laid

from classifier.diff import compare, write_page
from classifier.result import DocumentResult

AXE = os.environ.get("WINNOW_AXE", "")
AFTER = [("comment", 0.9, "comment", text) if i in (2, 5) else (label, score, first, text)
         for i, (label, score, first, text) in enumerate(PAGE)]  # fmt: skip
HOSTILE = [("comment", 0.9, "comment", "</script><img src=x onerror=alert(1)>")]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("diff") / "a.html"
    untold = [laid("<b>x", PAGE), laid("y", [("opinion", 0.8, "opinion", HOSTILE[0][3])])]
    pairs = zip(untold, [laid("<b>x", AFTER), laid("y", HOSTILE)], strict=True)
    write_page(str(path), [compare(a, b) for a, b in pairs], ("one <i>", "two"))
    return path


@pytest.fixture(scope="module")
def seen(page: Path, browser: Any) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    yield Watched(context.new_page(), page)
    context.close()


def test_a_probability_that_a_file_does_not_tell_is_not_invented(tmp_path: Path) -> None:
    text = "Rain fell."
    a = DocumentResult.of("a", text, CLASSES, [(0, 10, "opinion", (0, 0, 0.6, 0))])
    b = DocumentResult.of("a", text, CLASSES, [(0, 10, "reporting", (0, 0, 0.25, 0.75))])
    write_page(str(tmp_path / "a.html"), [compare(a, b)], ("a", "b"))
    (line,) = re.findall(r'class="documents"[^>]*>(.*?)</script>', (tmp_path / "a.html").read_text("utf-8"), re.S)
    read = json.loads(line)
    assert read["alone"] == [-1, 6000, -1, -1] and read["shares"] == [7500, 2500, 0, 0] and read["label"] == [0]


def test_both_labels_are_seen_and_said(seen: Watched) -> None:
    assert seen.page.locator(".changed .mark").all_inner_texts() == ["R→C"]
    assert "[reporting, now comment]" in seen.page.locator(".changed .sr").first.text_content()
    assert seen.page.inner_text("#about").startswith(
        "7 segments, labels of “two”; 1 are others than those of “one <i>”."
    )
    seen.press("d")
    assert "been away" in seen.page.inner_text(".at")
    details: Any = seen.page.inner_text("#details")
    assert "“one <i>” said reporting (0.70)" in details or "“one <i>” said reporting (0.55)" in details
    assert seen.page.locator(".row").count() == 2 and "(1)" in seen.page.inner_text("#row-0")


def test_hostile_text_is_text_in_the_page_of_changes(seen: Watched) -> None:
    seen.press("]")
    assert HOSTILE[0][3] in seen.segments()[0]
    assert seen.page.locator("main img, h1 b").count() == 0 and seen.wrong == []


@pytest.mark.skipif(not AXE, reason="WINNOW_AXE names no axe.min.js (npm pack axe-core, unpack)")
def test_axe_finds_nothing_in_changes(seen: Watched) -> None:
    seen.page.evaluate(Path(AXE).read_text("utf-8"))
    for _ in range(2):
        assert seen.page.evaluate("axe.run()")["violations"] == []
        seen.page.click("#theme")
