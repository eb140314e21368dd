"""HTML in: nothing lost, labels back on elements, nothing crashes."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from console import ROOT, winnow

pytest.importorskip("resiliparse", reason="the extra html is not installed")
sys.path.insert(0, str(ROOT / "benchmarks"))
from comment_markup import ARTICLE, COMMENTS, MENU, PAGES
from resiliparse.parse.html import HTMLTree

from classifier.io.pages import Page, decoded


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("kind", PAGES)
def test_whatever_the_markup_the_comments_the_article_and_the_menu_are_in_the_text(kind: str, tmp_path: Path) -> None:
    (tmp_path / "p.html").write_text(PAGES[kind])
    (row,) = winnow("classify", tmp_path / "p.html").records()
    for piece in [*ARTICLE, *(text for _, text in COMMENTS), *MENU]:
        assert squeezed(piece) in squeezed(row["text"])
    assert "var a" not in row["text"] and "margin" not in row["text"]
    tree = HTMLTree.parse(PAGES[kind])
    for segment in row["segments"]:
        element = tree.document.query_selector(segment["element"])
        assert squeezed(row["text"][segment["start"] : segment["end"]]) in squeezed(element.text)


def test_a_comment_is_found_by_the_path_of_its_own_element() -> None:
    page = Page(PAGES["wordpress"])
    at = page.text.index(COMMENTS[2][1])
    (path,) = page.paths([(at, at + 20)])
    element = HTMLTree.parse(PAGES["wordpress"]).document.query_selector(path)
    assert element.tag == "p" and element.text == COMMENTS[2][1]


def test_neighbouring_elements_of_the_page_s_own_are_lines() -> None:
    assert f"{COMMENTS[0][0]}\n{COMMENTS[0][1]}" in Page(PAGES["custom elements"]).text
    assert Page("<p>Work <x-b>begins</x-b> on <x-date>3 May</x-date>.</p>").text == "Work begins on 3 May."


def test_the_page_comes_back_with_its_labels_as_attributes(tmp_path: Path) -> None:
    (tmp_path / "p.html").write_text(PAGES["nested replies"])
    ran = winnow("classify", tmp_path / "p.html", "--output", tmp_path / "o.html")
    assert ran.status == 0
    marked = (tmp_path / "o.html").read_text()
    plain = re.sub(r' data-winnow(-score)?="[^"]*"', "", marked)
    assert plain == str(HTMLTree.parse(PAGES["nested replies"])) + "\n"
    assert marked.count('data-winnow="comment"') >= 3 and 'data-winnow="reporting"' in marked


def test_filtering_a_page_gives_text(tmp_path: Path) -> None:
    (tmp_path / "p.htm").write_text(PAGES["plain divs"])
    assert ARTICLE[0] in winnow("filter", "--keep", "reporting", tmp_path / "p.htm").out
    assert winnow("filter", "--keep", "reporting", tmp_path / "p.htm", "--output", f"{tmp_path}/o/").status == 0
    assert ARTICLE[0] in (tmp_path / "o" / "p.txt").read_text()


HOSTILE = {
    "nested": "<div>" * 100_000 + "deep",
    "nested with text": "<div>x " * 20_000,
    "unclosed": "<b>" * 3000 + "<p>x" * 3000,
    "entities": "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><p>&b;&b;" + "&amp;&lt;" * 100_000,
    "attributes": "<p " + "a=1 " * 100_000 + ">x",
    "nothing": "",
    "nul and noise": "\0<p>a\0b</p>\ufeff<\x80>&#0;&#xD800;&#x110000;",
    "no end": "<p>Rain fell.<!-- <script>",
    "table soup": "<table><p>Rain<td>fell<tr><table><select><p>x</table>",
    "hidden twin": "<div hidden>Share</div><template><p>Share</p></template><p>Share</p><svg><text>Share</text></svg>",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_pages_are_read(kind: str, tmp_path: Path) -> None:
    (tmp_path / "p.html").write_text(HOSTILE[kind], "utf-8", newline="")
    for options in ([], ["--format", "html"])[: 1 + (kind != "nested")]:
        ran = winnow("classify", tmp_path / "p.html", *options)
        assert ran.status == 0 and ran.out


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<meta charset=windows-1252><p>caf\xe9".encode("cp1252"), "caf\xe9"),
        ('<meta http-equiv=x content="text/html; charset=koi8-r"><p>мир'.encode("koi8-r"), "мир"),
        ("<p>caf\xe9".encode(), "caf\xe9"),
        ("<p>caf\xe9".encode("utf-16"), "caf\xe9"),
        ("<meta charset=no-such><p>caf\xe9".encode(), "caf\xe9"),
        ("<p>caf\xe9 and more".encode("latin-1"), "caf\xe9 and more"),
    ],
)
def test_the_encoding_is_what_the_page_says(data: bytes, text: str) -> None:
    assert Page(decoded(data, None, lambda _: None)).text == text


def test_a_page_too_large_to_take_apart_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "p.html").open("wb") as file:
        file.truncate(40 << 20)
    assert winnow("classify", tmp_path / "p.html").err.endswith("is a page of more than 32 MiB\n")
