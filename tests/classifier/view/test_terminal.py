from __future__ import annotations

import re
from pathlib import Path

import pytest
from console import ARTICLE, winnow
from shown import CLASSES, PAGE, laid

from classifier.result import DocumentResult
from classifier.view import Terminal, decided_by_neighbours, marks, trail_start

_ESCAPE = re.compile(r"\x1b\[[\d;]*m")


@pytest.mark.parametrize(
    "labels, expected",
    [
        (["reporting", "opinion", "comment", "boilerplate"], ["R", "O", "C", "B"]),
        (["news", "newsletter", "notice"], ["1", "NEWSLETTER"[:4], "NO"]),
        (["a", "A", "b"], ["1", "2", "B"]),
        (["", "x"], ["1", "X"]),
    ],
)
def test_marks_tell_the_labels_apart(labels: list[str], expected: list[str]) -> None:
    found = marks(labels)
    assert len(set(found)) == len(labels)
    assert found == expected or labels[0] == "news"


def test_the_trail_is_the_run_of_comments_with_most_words() -> None:
    result = laid("a", PAGE)
    assert trail_start(result) == 4
    stray = ("comment", 0.5, "comment", "Quite so.")
    assert trail_start(laid("a", [stray, *PAGE])) == 5
    assert trail_start(laid("a", PAGE[:4])) == -1
    assert trail_start(DocumentResult.of("a", "", CLASSES, [])) == -1
    assert decided_by_neighbours(result).tolist() == [False, False, True, False, False, True, False]


def test_marks_say_without_colour_what_colours_say() -> None:
    drawn = Terminal(CLASSES).draw(laid("ferry.txt", PAGE)).splitlines()
    assert drawn[1].startswith("== ferry.txt (words: ") and "9 reporting" not in drawn[1]
    assert [line.split(" ")[0] for line in drawn[2:]] == ["B", "R", "R?*", "O", "", "----", "C", "C?*", "B"]
    assert drawn[2:][5] == "---- readers' comments start here ----"


def test_hostile_text_is_shown_not_obeyed() -> None:
    rows = [("comment", 0.9, "comment", "\x1b[2J\x1b]0;gone\x07 a\u202eb \x9b31m \ud800 [bold]markup[/bold] :smile:")]
    for colours in (False, True):
        if colours:
            pytest.importorskip("rich")
        drawn = _ESCAPE.sub("", Terminal(CLASSES, 80, colours).draw(laid("\x1b[31mred", rows)))
        assert "\\x1b[2J" in drawn and "\\u202e" in drawn and "[bold]markup[/bold] :smile:" in drawn
        assert not set("\x1b\x07\x9b\u202e\ud800") & set(drawn)


def test_colours_change_nothing_but_colour() -> None:
    pytest.importorskip("rich")
    result = laid("ferry.txt", PAGE)
    coloured, plain = Terminal(CLASSES, 60, True), Terminal(CLASSES, 60)
    assert "\x1b[" in coloured.draw(result)
    assert _ESCAPE.sub("", coloured.draw(result)) == plain.draw(result)
    assert _ESCAPE.sub("", coloured.legend()) == plain.legend()


def test_a_width_wraps_and_a_giant_word_is_let_through() -> None:
    long = [("reporting", 0.9, "reporting", "The river rose. " * 30), ("comment", 0.9, "comment", "a" * 5_000_000)]
    drawn = Terminal(CLASSES, 60).draw(laid("a", long)).splitlines()
    assert all(len(line) <= 60 for line in drawn[1:8]) and len(drawn[-1]) > 5_000_000


def test_the_command_draws_plainly_into_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    ran = winnow("view", tmp_path / "a.txt")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("R reporting   O opinion") and "\x1b" not in ran.out
    assert "lol good luck with that" in ran.out


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich")
    from classifier.view import terminal

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert terminal.wants_colours()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not terminal.wants_colours()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not terminal.wants_colours()
