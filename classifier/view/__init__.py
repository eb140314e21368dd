"""A result for the eye: one page for the browser, lines for the terminal."""

from __future__ import annotations

from .page import SCRIPTS, Page, about, embedded, head, policy, tail
from .reading import UNSURE, decided_by_neighbours, marks, trail_start
from .terminal import Terminal

__all__ = [
    "SCRIPTS",
    "UNSURE",
    "Page",
    "Terminal",
    "about",
    "decided_by_neighbours",
    "embedded",
    "head",
    "marks",
    "policy",
    "tail",
    "trail_start",
]
