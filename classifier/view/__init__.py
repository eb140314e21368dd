"""A result for the eye: one page for the browser, lines for the terminal."""

from __future__ import annotations

from .page import SCRIPTS, Page, about, embedded, head, policy, row, tail
from .reading import UNSURE, decided_by_neighbours, marks, trail_start
from .terminal import Line, Terminal, drawn_lines, wants_colours

__all__ = [
    "SCRIPTS",
    "UNSURE",
    "Line",
    "Page",
    "Terminal",
    "about",
    "decided_by_neighbours",
    "drawn_lines",
    "embedded",
    "head",
    "marks",
    "policy",
    "row",
    "tail",
    "trail_start",
    "wants_colours",
]
