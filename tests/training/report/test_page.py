from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from invented import LineJudge, page
from shown import Watched, chromium

from training.report import HELD_OUT, evidence, write_page
from training.report import page as drawn
from training.report.page import stylesheet
from training.verdicts import judge

BAIT = [
    "</style><script>alert(1)</script>", "<img src=x onerror=alert(2)>", "{{policy}} {{style}} -->",
    "a\u202eb\u2066c \x1b[31m \0", "\ud800 alone", '<b>" onload="x &lt;', "' onfocus='alert(3)",
]  # fmt: skip


class Elements(HTMLParser):
    """Every element and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def hostile() -> dict[str, Any]:
    """A report on documents, labels, sites and a model that wish its reader ill."""
    labels = ["opinion", "<i>comment", "reporting"]
    pages = [
        page(f"{bait}{i}", *((f"{bait} {i} {n}", label) for n, label in enumerate(labels)), site=bait, source=bait)
        for i, bait in enumerate(BAIT)
    ]
    record = evidence(judge(LineJudge({}), pages), HELD_OUT, resamples=5)
    record["model"]["name"] = BAIT[0]
    record["settings"] = {BAIT[1]: BAIT[5]}
    record["corpus"] = {"documents": 7, "digest": BAIT[0], "sources": {BAIT[1]: {"documents": 7}}}
    return record


def test_the_page_runs_nothing_loads_nothing_and_styles_by_one_sheet() -> None:
    found = Elements()
    found.feed(drawn(hostile()))
    assert not found.tags & {"script", "img", "link", "iframe", "i", "b-", "object", "a", "base", "form"}
    assert not [name for name in found.attributes if name.startswith("on") or name in ("style", "src", "href")]
    assert {"svg", "table", "details"} <= found.tags


def test_every_picture_and_section_is_there() -> None:
    shown = drawn(hostile())
    headings = re.findall("<h2>(.*?)</h2>", shown)
    for wanted in ("How good it is, by label", "What to use", "Can the scores be trusted", "Precision and recall"):
        assert wanted in headings
    assert {"What is taken for what", "By source", "By site", "Worst mistakes", "Settings and digests"} <= set(headings)
    assert shown.count('class="square"') == 8 and shown.count('class="bar"') == 4
    assert "Also judged" not in headings
    assert "U+202E" in shown and "\u202e" not in shown and "\0" not in shown and "U+D800" in shown


def test_the_colours_are_those_of_the_view() -> None:
    assert re.findall(r"\.l\d+\b", stylesheet().split(":root")[0]) >= [f".l{i}" for i in range(3)]
    assert len(set(re.findall(r"\.(l\d+)\b", stylesheet()))) == 20


def test_a_browser_finds_nothing_wrong(tmp_path: Path) -> None:
    path, _ = write_page(hostile(), tmp_path / "report.html")
    with chromium() as browser:
        for scheme, width in (("light", 1280), ("dark", 390)):
            context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
            seen = Watched(context.new_page(), path)
            assert seen.wrong == [] and seen.asked == [path.as_uri()]
            assert seen.page.evaluate("document.documentElement.scrollWidth") == width  # nothing but a table scrolls
            paper = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert paper == ("rgb(253, 252, 249)" if scheme == "light" else "rgb(22, 24, 27)")
            context.close()
