"""A result for the eye: one page for the browser, lines for the terminal."""

from __future__ import annotations

from .page import Page
from .reading import UNSURE, decided_by_neighbours, marks, trail_start
from .terminal import Terminal

__all__ = ["UNSURE", "Page", "Terminal", "decided_by_neighbours", "marks", "trail_start"]
