from __future__ import annotations

from typing import Any

from invented import page

from training.closings import closings
from training.corpus import LabelledDocument

PLACES = ("harbour", "council", "library", "railway", "theatre", "orchard", "lighthouse", "brewery", "quarry", "market")


def news(i: int, **more: Any) -> LabelledDocument:
    place = PLACES[i % len(PLACES)]
    lines = [(f"The {place} of Orrin opened again on Monday, its keeper number {i} said.", "reporting")] * 6
    return page(f"news{i}", *lines, ("Share this page", "boilerplate"), **more)


def column(i: int) -> LabelledDocument:
    lines = [(f"It is a shame what they did to the {PLACES[i]}, and nobody will answer for it.", "opinion")] * 4
    return page(f"column{i}", *lines)


ARTICLES = [*map(news, range(40)), *map(column, range(len(PLACES)))]


def test_a_closing_is_opinion_of_another_page_below_the_news() -> None:
    made = closings(ARTICLES, 1.0, seed=0)
    assert made
    for document in made:
        assert document.meta["article"] == document.id and document.id.startswith("news")
        article = next(a for a in ARTICLES if a.id == document.id)
        added = [(document.text[s:e], label) for s, e, label in document.spans]
        own = {article.text[s:e] for s, e, _ in article.spans}
        foreign = [(text, label) for text, label in added if text not in own]
        assert foreign and all(label == "opinion" and "shame" in text for text, label in foreign)
        assert [text for text, _ in added if text in own] and document.has("reporting")


def test_the_share_decides_and_everything_follows_from_the_seed() -> None:
    assert closings(ARTICLES, 0.0, seed=0) == []
    some = closings(ARTICLES, 0.4, seed=1)
    assert 5 <= len(some) <= 28 and some == closings(ARTICLES, 0.4, seed=1) != closings(ARTICLES, 0.4, seed=2)


def test_pages_with_comments_and_columns_are_left_alone() -> None:
    talk = page("talk", *[("The quarry closed on Monday.", "reporting")] * 6, ("lol", "comment"))
    assert {d.id for d in closings([talk, *ARTICLES], 1.0, seed=0)} <= {a.id for a in ARTICLES if a.has("reporting")}


def test_without_opinions_there_is_nothing_to_close_with() -> None:
    assert closings([news(i) for i in range(5)], 1.0, seed=0) == []
