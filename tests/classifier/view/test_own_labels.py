"""Label sets of one's own, from two to twenty, in a real browser, and what becomes of their corrections."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from console import winnow
from shown import Watched, laid, write_page

from training.corpus import read_corpus

Look = Callable[..., Watched]
AXE = os.environ.get("WINNOW_AXE", "")
TWO = ("advert", "text")
TWENTY = (*(f"kind {chr(97 + i)}" for i in range(18)), "<i>Ünlike", "other, odd")


def shown(look: Look, path: Path, labels: tuple[str, ...]) -> Watched:
    rows = [(label, 0.9, label, f"{chr(10) * (i % 3)}Sentence number {i}.") for i, label in enumerate(labels)]
    return look(write_page(path, [laid("own", rows, labels)], labels))


@pytest.mark.parametrize("labels", [TWO, TWENTY])
def test_every_label_has_a_switch_a_mark_and_a_button(look: Look, tmp_path: Path, labels: tuple[str, ...]) -> None:
    seen = shown(look, tmp_path / "a.html", labels)
    names = seen.page.locator("#legend .name").all_inner_texts()
    assert sorted(names) == sorted(labels) and seen.page.locator("#set .set").count() == len(labels)
    marks = seen.page.locator("#legend .swatch").all_inner_texts()
    assert len(set(marks)) == len(labels)
    looks = seen.page.locator(".segment").evaluate_all(
        "all => all.map(one => { const s = getComputedStyle(one); return s.backgroundColor + s.borderBottomStyle })"
    )
    assert len(set(looks)) == len(labels)
    for width in (390, 1280):
        seen.page.set_viewport_size({"width": width, "height": 800})
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.wrong == []


@pytest.mark.parametrize("labels", [TWO, TWENTY])
def test_corrections_to_own_labels_come_back_from_the_browser_and_from_label_studio(
    look: Look, tmp_path: Path, labels: tuple[str, ...]
) -> None:
    seen = shown(look, tmp_path / "a.html", labels)
    wanted = labels[-1]
    seen.press("j")
    seen.page.locator("#set .set").nth(len(labels) - 1).click()
    seen.page.reload()
    paths = []
    for button in ("#export-jsonl", "#export-studio"):
        with seen.page.expect_download() as waiting:
            seen.page.click(button)
        paths.append(tmp_path / waiting.value.suggested_filename)
        waiting.value.save_as(paths[-1])
    ran = winnow("corpus", "import", "--format", "label-studio", paths[1], "--output", tmp_path / "back.jsonl")
    assert ran.status == 0, ran.err
    for path in (paths[0], tmp_path / "back.jsonl"):
        (document,) = read_corpus([path])
        assert [span[2] for span in document.spans] == [wanted, *labels[1:]] and document.id == "own"


def test_tab_reaches_a_segment_and_says_what_it_is(look: Look, ferry: Path) -> None:
    seen = look(ferry)
    seen.page.focus("#min-score")
    seen.press("Tab")
    assert seen.page.evaluate("document.activeElement.dataset.j") == "0"
    assert seen.page.inner_text("#said").startswith("boilerplate, 0.9500.")
    seen.press("j", "j", "Tab", "Shift+Tab")
    assert seen.page.evaluate("document.activeElement.dataset.j") == "2"
    assert seen.page.locator("#text [tabindex='0']").count() == 1


@pytest.mark.skipif(not AXE, reason="WINNOW_AXE names no axe.min.js (npm pack axe-core, unpack)")
def test_axe_finds_nothing_in_twenty_labels(look: Look, tmp_path: Path) -> None:
    seen = shown(look, tmp_path / "a.html", TWENTY)
    seen.press("j", "5")
    seen.page.evaluate(Path(AXE).read_text("utf-8"))
    for _ in range(2):
        found = seen.page.evaluate("axe.run()")["violations"]
        assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found] == []
        seen.page.click("#theme")
