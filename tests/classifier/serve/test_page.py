"""The served page in a real browser."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asked import Server
from console import ARTICLE
from shown import Watched

AXE = os.environ.get("WINNOW_AXE", "")


@pytest.fixture
def seen(browser: Any, server: Server) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    yield Watched(context.new_page(), f"{server.address}/")
    context.close()


def test_pasted_text_is_shown_with_its_labels_and_asks_this_server_alone(seen: Watched, server: Server) -> None:
    seen.page.fill("#paste", ARTICLE)
    seen.page.click(".go")
    seen.page.wait_for_selector(".segment")
    assert seen.page.inner_text("h1") == ARTICLE.split("\n")[0] and not seen.page.is_visible("#paste")
    assert "".join(seen.page.locator(".segment").all_inner_texts()).endswith("newsletter")
    assert {address.removeprefix(server.address) for address in seen.asked} <= {"/", "/view", "/favicon.ico"}
    assert [wrong for wrong in seen.wrong if "favicon" not in wrong] == []


def test_files_join_the_list_and_a_reload_loses_neither_them_nor_corrections(seen: Watched, tmp_path: Path) -> None:
    (tmp_path / "tram.txt").write_bytes("Tram \ud83d\ude8b resumes".encode("utf-16", "surrogatepass"))
    records = [{"id": "one", "text": ARTICLE}, {"text": "Rain fell."}, {"no": "text"}]
    (tmp_path / "more.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    seen.page.set_input_files("#files", [tmp_path / "tram.txt", tmp_path / "more.jsonl"])
    seen.page.wait_for_selector("#row-2")
    assert [row.split("\n")[0] for row in seen.page.locator(".row").all_inner_texts()] == [
        "tram.txt",
        "one",
        "more.jsonl:2",
    ]
    assert seen.page.inner_text("h1") == "tram.txt" and "Tram 🚋 resumes" in seen.segments()[0]
    seen.press("j", "3")
    seen.page.reload()
    seen.page.wait_for_selector("#row-2")
    assert seen.page.locator(".given").count() == 1 and "1 label set by you" in seen.page.inner_text("#stored")


def test_a_dropped_file_is_taken_in(seen: Watched) -> None:
    seen.page.evaluate(
        """() => {
        const data = new DataTransfer();
        data.items.add(new File(["Rain fell on the quay."], "dropped.txt", { type: "text/plain" }));
        document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    )
    seen.page.wait_for_selector(".segment")
    assert seen.page.inner_text("h1") == "dropped.txt"


def test_hostile_text_is_text_here_too(seen: Watched) -> None:
    bait = "</textarea><script>alert(1)</script> <img src=x onerror=alert(2)> a\u202eb"
    seen.page.fill("#paste", bait)
    seen.page.click(".go")
    seen.page.wait_for_selector(".segment")
    assert bait[:40] in "".join(seen.segments()) and "U+202E" in "".join(seen.segments())
    assert seen.page.locator("main img, main script").count() == 0
    assert not [wrong for wrong in seen.wrong if "favicon" not in wrong]


def test_what_the_server_refuses_is_told(seen: Watched) -> None:
    seen.page.click(".go")
    assert seen.page.inner_text("#told") == "There is no text yet."
    seen.page.fill("#paste", "a" * 1_000_001)
    seen.page.click(".go")
    seen.page.wait_for_selector(".wrong")
    assert "one document may have 1000000" in seen.page.inner_text("#told") and seen.page.is_visible("#paste")


@pytest.mark.skipif(not AXE, reason="WINNOW_AXE names no axe.min.js (npm pack axe-core, unpack)")
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_here_either(seen: Watched, width: int) -> None:
    seen.page.set_viewport_size({"width": width, "height": 800})
    for step in ("", "fill", "dark"):
        if step == "fill":
            seen.page.get_by_role("button", name="Try an example").click()
            seen.page.wait_for_selector(".segment")
        if step == "dark":
            seen.page.click("#theme")
            seen.page.click("#add")
        seen.page.evaluate(Path(AXE).read_text("utf-8"))
        found = seen.page.evaluate("axe.run()")
        assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found["violations"]] == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
