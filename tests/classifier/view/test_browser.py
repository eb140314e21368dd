"""The page in a real browser."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shown import CLASSES, PAGE, Watched, laid, write_page

from classifier.filter import Rule, filter_result
from classifier.result import DocumentResult
from training.corpus import read_corpus

Look = Callable[..., Watched]
AXE = os.environ.get("WINNOW_AXE", "")


def exported(seen: Watched, button: str, tmp_path: Path) -> Path:
    with seen.page.expect_download() as waiting:
        seen.page.click(button)
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_a_page_shows_its_document_and_asks_nobody_for_anything(look: Look, ferry: Path) -> None:
    seen = look(ferry)
    assert seen.segments()[1].endswith("The ferry 🚢 returned on Monday, the harbour office said.")
    assert seen.page.locator("h2.trail").inner_text() == "Readers’ comments start here"
    assert seen.page.locator("h2.trail + p").inner_text().endswith("about time!!")
    assert not seen.page.locator("#documents").is_visible()
    assert seen.asked == [ferry.as_uri()] and seen.wrong == []


def test_the_legend_hides_shows_and_isolates(look: Look, ferry: Path) -> None:
    seen = look(ferry)
    seen.page.click("#legend .switch.l2")
    assert len(seen.segments()) == 5
    assert seen.page.get_attribute("#legend .switch.l2", "aria-pressed") == "false"
    only = seen.page.get_by_role("button", name="only opinion")
    only.click()
    assert len(seen.segments()) == 1 and "sorry tale" in seen.segments()[0]
    only.click()
    assert len(seen.segments()) == 7


def test_the_filtered_text_is_what_the_tool_would_write(look: Look, tmp_path: Path) -> None:
    awkward = [("reporting", 0.9, "reporting", "One."), ("comment", 0.8, "comment", " Two.\x85Three"),
               ("reporting", 0.5, "reporting", "\r\n\n  Four 🚢."), ("opinion", 0.9, "opinion", "\x0b Five."),
               ("reporting", 0.7, "reporting", "\u2028Six")]  # fmt: skip
    results = [laid("ferry", PAGE), laid("awkward", awkward)]
    seen = look(write_page(tmp_path / "a.html", results))
    seen.press("f")
    for document, result in enumerate(results):
        seen.press(*"]" * document)
        for keep in (["reporting"], ["opinion", "comment"], list(CLASSES), ["reporting", "boilerplate"]):
            for minimum in (0, 0.62, 0.9):
                set_filter(seen, keep, minimum)
                kept = seen.page.evaluate("document.querySelector('pre.kept')?.textContent ?? ''")
                text = filter_result(result, Rule(keep=keep, min_score=minimum)).text
                for hidden in "\x0b\x85\u2028":
                    text = text.replace(hidden, f"U+{ord(hidden):04X}")
                assert kept == (text if text.strip() else "")
    command = seen.page.inner_text("#command")
    assert command == "winnow filter --keep reporting,boilerplate --min-score 0.90"


def set_filter(seen: Watched, keep: list[str], minimum: float) -> None:
    for button in seen.page.locator("#legend .switch").all():
        on = button.get_attribute("aria-pressed") == "true"
        if on != (button.locator(".name").inner_text() in keep):
            button.click()
    seen.page.locator("#min-score").fill(str(minimum))


def test_the_slider_counts_the_words_that_are_left(look: Look, ferry: Path) -> None:
    seen = look(ferry)
    result = laid("ferry.txt", PAGE)
    for minimum in (0, 0.6, 0.95, 1):
        seen.page.locator("#min-score").fill(str(minimum))
        kept = int(result.words[result.scores >= minimum].sum())
        assert seen.page.inner_text("#kept") == f"{kept} of {int(result.words.sum())} words kept"


def test_probabilities_and_who_decided_are_said_on_pointing_and_on_keys(look: Look, ferry: Path) -> None:
    seen = look(ferry)
    box = seen.page.locator(".segment").nth(5).bounding_box()
    seen.page.mouse.move(box["x"] + 20, box["y"] + 9)
    assert "Alone it would be reporting (0.70): the neighbours decided this." in seen.page.inner_text("#details")
    assert seen.page.locator("#details tbody tr").count() == 4 and "0.62" in seen.page.inner_text("#details tbody")
    seen.press("n")
    assert "been away" in seen.page.inner_text(".at") and "0.5500" in seen.page.inner_text("#details")
    seen.press("b")
    assert "sorry tale" in seen.page.inner_text(".at")
    seen.press("N", "k", "c")
    assert "about time" in seen.page.inner_text(".at")
    assert seen.page.inner_text("#said").startswith("comment, 0.9700.")


def test_corrections_survive_a_reload_and_are_fit_for_training(look: Look, ferry: Path, tmp_path: Path) -> None:
    seen = look(ferry)
    seen.press("j", "j", "j", "2", "j", "1", "4", "z")
    seen.page.reload()
    assert "2 labels set by you" in seen.page.inner_text("#stored")
    (document,) = read_corpus([exported(seen, "#export-jsonl", tmp_path)])
    result = laid("ferry.txt", PAGE)
    labels = ["boilerplate", "reporting", "opinion", "reporting", "comment", "comment", "boilerplate"]
    assert document.text == result.text and document.id == "ferry.txt"
    assert list(document.spans) == list(zip(result.starts, result.ends, labels, strict=True))
    tasks = json.loads(exported(seen, "#export-studio", tmp_path).read_text("utf-8"))
    values = [region["value"] for region in tasks[0]["annotations"][0]["result"]]
    assert [value["labels"] for value in values] == [[label] for label in labels]
    assert all(result.text[value["start"] : value["end"]] == value["text"] for value in values)


def test_where_the_browser_keeps_nothing_the_page_says_so(look: Look, ferry: Path) -> None:
    seen = look(ferry)
    seen.page.evaluate("void (Storage.prototype.setItem = () => { throw new Error('full') })")
    seen.press("j", "2")
    assert "not stored by this browser: export" in seen.page.inner_text("#stored")
    assert seen.page.locator(".given").count() == 1


def test_what_stands_under_our_name_in_the_browser_is_not_trusted(look: Look, ferry: Path) -> None:
    seen = look(ferry)
    key = seen.page.evaluate("JSON.parse(document.querySelector('script.index').textContent).documents[0][1]")
    for written in ("null", "[1]", "{broken", '{"0-18": "<b>none of ours</b>", "0": 5}'):
        seen.page.evaluate("([key, written]) => localStorage.setItem('winnow:' + key, written)", [key, written])
        seen.page.reload()
        assert len(seen.segments()) == 7 and seen.page.locator(".given, #text b").count() == 0
    assert seen.wrong == []


def test_a_document_without_segments_is_an_empty_page(look: Look, tmp_path: Path) -> None:
    empty = DocumentResult.of("empty", " \n", CLASSES, [])
    seen = look(write_page(tmp_path / "a.html", [empty, laid("full", PAGE)]))
    seen.press("j", "n", "c", "1", "f", "f", "z")
    assert seen.page.inner_text("#kept") == "0 of 0 words kept" and seen.wrong == []
    seen.press("]")
    assert len(seen.segments()) == 7


def test_undo_takes_back_to_the_beginning(look: Look, ferry: Path) -> None:
    seen = look(ferry)
    seen.press("j", "2", "3", "j", "4", "z", "z", "z", "z")
    assert seen.page.evaluate("localStorage.length") == 0
    assert seen.page.inner_text("#said") == "Nothing to undo." and seen.page.locator(".given").count() == 0


def test_hostile_text_is_text(look: Look, tmp_path: Path) -> None:
    bait = [
        "</script><script>alert(1)</script>", "</style><img src=x onerror=alert(2)>",
        "<a href=javascript:alert(3)>x</a>",
        "{{policy}} ]]> --> <!-- <script>", "a\u202eb\u2066c \x1b[31m \0", "\ud800 alone", "<b>&lt;&amp;",
    ]  # fmt: skip
    rows = [("comment", 0.9, "comment", text) for text in bait]
    labels = ("<i>a", "comment")
    seen = look(write_page(tmp_path / "a.html", [laid("<img src=x onerror=alert(4)>", rows, labels)], labels))
    seen.press("j", "1", "f", "f")
    assert seen.page.locator("#text img, #text a, #text b, #text script, h1 img, #legend i").count() == 0
    assert seen.wrong == [] and len(seen.asked) == 1
    shown = seen.segments()
    assert bait[0] in shown[0] and bait[6] in shown[6]
    assert "aU+202EbU+2066c" in shown[4] and "U+001B[31m U+0000" in shown[4]


def test_a_word_of_five_megabytes_is_shown_in_part(look: Look, tmp_path: Path) -> None:
    rows = [("comment", 0.9, "comment", "a" * 5_000_000), ("reporting", 0.9, "reporting", "Rain fell.")]
    path = write_page(tmp_path / "a.html", [laid("long", rows)])
    seen = look(path)
    assert len(seen.segments()[0]) < 21_000
    assert seen.page.inner_text(".rest") == "… 4,980,000 more characters"


def test_ten_thousand_documents_are_leafed_through_and_searched(look: Look, tmp_path: Path) -> None:
    rows = [*PAGE, ("reporting", 0.9, "reporting", "\nThe tide turned at noon. " * 20)]
    results = (laid(f"crawl/{i:05d}.txt", rows) for i in range(10_000))
    path = write_page(tmp_path / "a.html", results)
    seen = look(path)
    seen.page.wait_for_selector("#row-3")
    assert seen.page.locator(".row").count() < 60 and seen.page.inner_text("#found") == "10,000 documents"
    seen.page.fill("#search", "07777")
    assert seen.page.inner_text("#found") == "1 of 10,000"
    seen.page.click(".row")
    assert seen.page.inner_text("h1") == "crawl/07777.txt"
    seen.page.fill("#search", "")
    seen.page.focus("#rows")
    seen.press("End", "ArrowUp")
    assert seen.page.inner_text("h1") == "crawl/09998.txt" and seen.page.is_visible("#row-9998")
    assert seen.page.get_attribute("#rows", "aria-activedescendant") == "row-9998"
    assert seen.wrong == []


@pytest.mark.skipif(not AXE, reason="WINNOW_AXE names no axe.min.js (npm pack axe-core, unpack)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(look: Look, tmp_path: Path, scheme: str, width: int) -> None:
    path = write_page(tmp_path / "a.html", [laid(f"{i}.txt", PAGE) for i in range(200)])
    seen = look(path, color_scheme=scheme)
    seen.page.set_viewport_size({"width": width, "height": 800})
    states: list[tuple[str, ...]] = [(), ("n", "2"), ("f",), ("f", "?")]
    for keys in states:
        seen.press(*keys)
        seen.page.evaluate(Path(AXE).read_text("utf-8"))
        found: dict[str, Any] = seen.page.evaluate("axe.run()")
        assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found["violations"]] == []
    assert found["passes"]


def test_a_narrow_screen_needs_no_scrolling_sideways(look: Look, tmp_path: Path) -> None:
    seen = look(write_page(tmp_path / "a.html", [laid("a" * 300, PAGE), laid("b", PAGE)]))
    for width in (360, 768, 1280):
        seen.page.set_viewport_size({"width": width, "height": 800})
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    seen.page.set_viewport_size({"width": 360, "height": 800})
    seen.page.click("#list-toggle")
    seen.page.click("#row-1")
    assert seen.page.inner_text("h1") == "b" and not seen.page.is_visible("#row-1")


def test_paper_shows_the_text_and_the_legend_alone(look: Look, ferry: Path) -> None:
    seen = look(ferry)
    seen.press("j")
    seen.page.emulate_media(media="print")
    assert seen.page.is_visible("#legend") and len(seen.segments()) == 7
    assert not seen.page.is_visible("#panel") and not seen.page.is_visible("#min-score")
