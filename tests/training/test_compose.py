from __future__ import annotations

import dataclasses
import random

import pytest
from invented import page

from training.compose import Composer, compose, dev_composites
from training.corpus import LabelledDocument, ReaderComment, Trail
from training.trimmings import BOILERPLATE, COMMENT, dress


def lines_of(document: LabelledDocument) -> list[tuple[str, str]]:
    return [(document.text[start:end], label) for start, end, label in document.spans]


TITLE = ("Glassworks at Orrin to close", "reporting")
BODY = ("The glassworks will shut its furnace in May, the owners said. It is a sorry end.", "reporting")
FOOT = ("Read more: ferry fares", "boilerplate")
LEGAL = ("Copyright Orrin Post", "boilerplate")
ARTICLE = page("glass", TITLE, BODY, FOOT, LEGAL, license="ours")
THREAD = page("thread", TITLE, ("Same here.", "comment"))
MENU = page("menu", FOOT, LEGAL)
TRAIL = Trail("glass", ("My father worked that furnace.", "It was never profitable after 1998.", "Shame."), "train")
COMMENTS = [
    ReaderComment("c1", "The glassworks furnace could be seen from my window.\n\nMiss it already!", split="train"),
    ReaderComment("c2", "Ferry fares again? Nobody asked.", split="train"),
    ReaderComment("c3", "Orrin glassworks owners never listened.", split="train"),
    ReaderComment("c4", "glassworks furnace dev opinion", split="dev"),
    ReaderComment("c5", "  ", split="train"),
]


def test_an_article_keeps_its_text_and_gains_its_whole_trail() -> None:
    for seed in range(30):
        (made,) = compose([ARTICLE], [TRAIL], [], seed, whole=True)
        labelled = lines_of(made)
        assert labelled[:2] == [TITLE, BODY]
        comments = [line for line, label in labelled if label == COMMENT]
        assert comments == list(TRAIL.comments)
        assert made.text == "\n".join(line for line, _ in labelled)
        assert (made.id, made.split, made.license, made.source) == ("glass+trail", "train", "ours", "own")
        assert made.meta["composite"] == "trail" and made.meta["marked"] is False


def test_furniture_stands_after_the_trail_before_it_or_is_gone() -> None:
    seen = set()
    for seed in range(60):
        (made,) = compose([ARTICLE], [TRAIL], [], seed, whole=True)
        seen.add("".join(label[0] for _, label in lines_of(made)))
    assert seen == {"rrcccbb", "rrccc", "rrbbccc"}


def test_blank_lines_between_paragraphs_are_kept_up() -> None:
    spaced = page("glass", TITLE, BODY, FOOT, between="\n\n")
    (made,) = compose([spaced], [TRAIL], [], 1)
    assert made.text.count("\n\n") == made.text.count("\n") / 2 == len(made.spans) - 1


def test_a_partial_trail_keeps_its_order_and_sometimes_holds_one_comment() -> None:
    sizes = set()
    for seed in range(60):
        (made,) = compose([ARTICLE], [TRAIL], [], seed)
        comments = [line for line, label in lines_of(made) if label == COMMENT]
        assert comments == sorted(comments, key=TRAIL.comments.index)
        sizes.add(len(comments))
    assert sizes == {1, 2, 3}


def test_comments_share_the_articles_rare_words_and_its_split() -> None:
    composer = Composer([], COMMENTS)
    first_lines = {c.text.split("\n")[0] for c in COMMENTS if c.split == "train" and c.text.strip()}
    for seed in range(20):
        (made,) = composer.compose([ARTICLE], seed)
        assert made.id == "glass+pool"
        assert {line for line, label in lines_of(made) if label == COMMENT} <= first_lines | {"Miss it already!"}
    many = [ReaderComment(i, f"Remark {i} on the glassworks and its furnace.", split="train") for i in range(60)]
    many += [ReaderComment(100 + i, f"Remark {i} about some lighthouse.", split="train") for i in range(60)]
    (made,) = compose([ARTICLE], [], many, 3)
    assert all("glassworks" in line for line, label in lines_of(made) if label == COMMENT)


def test_one_thread_can_be_taken_in_its_order() -> None:
    thread = [ReaderComment(i, f"Reply {i:03d} on the glassworks furnace.", thread="t") for i in range(200)]
    runs = 0
    for seed in range(40):
        (made,) = compose([ARTICLE], [], thread, seed)
        numbers = [int(line[6:9]) for line, label in lines_of(made) if label == COMMENT]
        runs += len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert 3 <= runs <= 20


def test_pages_that_cannot_carry_a_trail_give_none() -> None:
    assert compose([THREAD, MENU, page("other", TITLE)], [TRAIL], [], 1) == []
    assert compose([dataclasses.replace(ARTICLE, split="dev")], [TRAIL], COMMENTS[:3], 1) == []
    assert compose([ARTICLE], [TRAIL], COMMENTS, 1, kinds=()) == []
    assert compose([ARTICLE], [Trail("glass", (" ",), "train")], [], 1) == []


def test_a_composite_depends_on_its_seed_and_article_only() -> None:
    others = [page(f"p{i}", TITLE, BODY, FOOT) for i in range(20)]
    together = {d.id: d for d in compose([*others, ARTICLE], [TRAIL], COMMENTS, 5, marked=0.5)}
    backwards = {d.id: d for d in compose([ARTICLE, *others[::-1]], [TRAIL], COMMENTS, 5, marked=0.5)}
    assert together == backwards
    other_seed = compose([*others, ARTICLE], [TRAIL], COMMENTS, 6, marked=0.5)
    assert [d.text for d in other_seed] != [d.text for d in together.values()]


def test_the_draw_is_pinned() -> None:
    """The same on every Python and in every process: another draw would silently change what models are judged on."""
    (written,) = compose([ARTICLE], [TRAIL], [], 1)
    assert lines_of(written)[2:] == [FOOT, LEGAL, *((comment, COMMENT) for comment in TRAIL.comments)]
    (chosen,) = compose([ARTICLE], [], COMMENTS, 1)
    assert lines_of(chosen)[2:] == [
        ("Ferry fares again? Nobody asked.", COMMENT),
        ("Orrin glassworks owners never listened.", COMMENT),
    ]


def test_dev_composites_take_each_dev_article_once() -> None:
    glass = dataclasses.replace(ARTICLE, split="dev")
    bare = page("bare", TITLE, BODY, split="dev")
    thread = dataclasses.replace(THREAD, split="dev")
    trail = dataclasses.replace(TRAIL, split="dev")
    made = dev_composites([glass, bare, thread, page("train", TITLE, BODY)], [trail, TRAIL], COMMENTS)
    assert [d.id for d in made] == ["glass+trail", "bare+pool"]
    assert [line for line, label in lines_of(made[0]) if label == COMMENT] == list(TRAIL.comments)
    assert ("glassworks furnace dev opinion", "comment") in lines_of(made[1])


@pytest.mark.parametrize("seed", range(200))
def test_a_dressed_trail_says_every_word_of_its_comments(seed: int) -> None:
    comments = ["First remark.\n\nWith {braces} and more.", "Second one / with a slash."]
    lines = dress(comments, "A {title} of braces", random.Random(seed))
    assert {label for _, label in lines} <= {COMMENT, BOILERPLATE}
    assert all(line == line.strip() and line for line, _ in lines)
    said = [line for line, label in lines if label == COMMENT]
    bodies = ["First remark.", "With {braces} and more.", "Second one / with a slash."]
    places = [next(i for i, line in enumerate(said) if line.endswith(body)) for body in bodies]
    assert places == sorted(set(places))
    labels = "".join(label[0] for _, label in lines)
    assert labels.strip("b") == "c" * len(said), "furniture stands before and after the comments only"
    assert len(lines) > 3 or any(line not in bodies for line, _ in lines), "a marked trail wears something"


def test_trimmings_come_in_many_formats() -> None:
    trails = [dress(["Yes.", "No."], "Title", random.Random(seed)) for seed in range(300)]
    shapes = {tuple((len(line.split()), label) for line, label in trail) for trail in trails}
    assert len(shapes) > 120
    text = "\n".join(line for trail in trails for line, _ in trail)
    for wanted in ("Reply", "Comments", "Posts: ", "Join Date: ", "days ago", "Leave a Reply", "says", " likes"):
        assert wanted in text
