"""Results -> lines for a terminal: marks that need no colour, and colours where Rich and the terminal have them.

Nothing of a document reaches the terminal but through ``visible``: escapes and controls are shown as codes.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..io import dump, visible
from ..labels import display_order
from ..result import DocumentResult
from .reading import UNSURE, decided_by_neighbours, marks, trail_start

_WIDEST, _WRAPPED = 100, 20_000  # columns; characters beyond which a segment is left to the terminal to wrap
_COLOURS = ("blue", "yellow", "magenta", "bright_black", "green", "red", "cyan", "bright_blue", "bright_yellow")
_PLAIN = -1


class Line(NamedTuple):
    """A line to print: which label's colour it has (-1: none), how sure that is, and its text."""

    label: int
    score: float
    text: str


class Terminal:
    """Draws one document after the other; ``colours`` are used where they are given and Rich is installed."""

    def __init__(self, labels: Iterable[str], width: int | None = None, colours: bool = False) -> None:
        """``width`` None leaves every segment on one line."""
        self._labels = display_order(labels)
        self._marks = marks(self._labels)
        self._indent = max(map(len, self._marks)) + 4
        self._width, self._colours = width, colours

    @classmethod
    def here(cls, labels: Iterable[str]) -> Terminal:
        """Return the drawing that suits this process's standard output."""
        if not (sys.stdout and sys.stdout.isatty()):
            return cls(labels)
        return cls(labels, min(shutil.get_terminal_size().columns, _WIDEST), wants_colours())

    def legend(self) -> str:
        """Return the line that says what the marks mean."""
        labels = [
            Line(i, 1.0, f"{mark} {visible(label)}")
            for i, (mark, label) in enumerate(zip(self._marks, self._labels, strict=True))
        ]
        rest = Line(_PLAIN, 1.0, f"? score below {UNSURE:.2f}   * the neighbours decided this")
        return self._print([*labels, rest], "   ") + "\n"

    def draw(self, result: DocumentResult) -> str:
        """Return a document: a head, then a line for each segment, and a line where the trail starts."""
        return self._print(self._lines(result), "\n") + "\n"

    def _lines(self, result: DocumentResult) -> Iterator[Line]:
        name = result.id if isinstance(result.id, str) else dump(result.id)
        words = ", ".join(f"{n} {visible(label)}" for label, n in result.counts()[1].items() if n)
        foreign = "; does not look English" if result.warning else ""
        yield Line(_PLAIN, 1.0, f"\n== {visible(name)} (words: {words or 'none'}{foreign})")
        trail, moved, last = trail_start(result), decided_by_neighbours(result).tolist(), 0
        for i, segment in enumerate(result.segments):
            if i and result.text[last : segment.start].count("\n") > 1:
                yield Line(_PLAIN, 1.0, "")
            if i == trail:
                yield Line(_PLAIN, 1.0, "---- readers' comments start here ----")
            label = self._labels.index(segment.label)
            sign = f"{self._marks[label]}{'?' * (segment.score < UNSURE)}{'*' * moved[i]}"
            shown = visible(result.text[segment.start : segment.end])
            yield Line(label, segment.score, self._wrap(f"{sign:<{self._indent - 1}} ", shown))
            last = segment.end

    def _wrap(self, head: str, shown: str) -> str:
        if self._width is None or len(shown) > _WRAPPED:
            return head + shown
        width = max(self._width, self._indent + 20)
        return textwrap.fill(shown, width, initial_indent=head, subsequent_indent=" " * self._indent)

    def _print(self, lines: Iterable[Line], joint: str) -> str:
        return drawn_lines(lines, joint, self._colours)


def drawn_lines(lines: Iterable[Line], joint: str, colours: bool) -> str:
    """Return lines joined, each in its colour where ``colours`` says so (Rich must be there)."""
    return joint.join(map(_coloured if colours else _text, lines))


def _text(line: Line) -> str:
    return line.text


def _coloured(line: Line) -> str:
    """Return a line with its colour; bold where the model is sure, dim where it is not."""
    from rich.console import Console
    from rich.text import Text

    weight = "" if line.label == _PLAIN else "dim " if line.score < UNSURE else "bold " if line.score > 0.9 else ""
    colour = "bold" if line.label == _PLAIN else weight + _COLOURS[line.label % len(_COLOURS)]
    written = io.StringIO()
    Console(file=written, force_terminal=True).print(Text(line.text, style=colour), end="", soft_wrap=True)
    return written.getvalue()


def wants_colours() -> bool:
    """Tell whether a terminal may be shown colours: Rich is there and nobody asked for none."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    from importlib.util import find_spec

    return find_spec("rich") is not None
