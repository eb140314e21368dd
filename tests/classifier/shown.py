"""Results to look at, made by hand from text that we wrote, and a browser to look with."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier.result import DocumentResult
from classifier.view import Page

CLASSES = ("boilerplate", "comment", "opinion", "reporting")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
PAGE = [  # label, score, the label it would have alone, text
    ("boilerplate", 0.95, "boilerplate", "Home | News | Sport"),
    ("reporting", 0.92, "reporting", "The ferry 🚢 returned on Monday, the harbour office said."),
    ("reporting", 0.55, "opinion", " It had been away for repairs since May."),
    ("opinion", 0.81, "opinion", " A sorry tale, and not the last."),
    ("comment", 0.97, "comment", "\n\nabout time!!"),
    ("comment", 0.62, "reporting", "\nMy cousin works on it."),
    ("boilerplate", 0.99, "boilerplate", "\nTerms of use"),
]


def laid(
    identity: Any, rows: Iterable[tuple[str, float, str, str]], classes: tuple[str, ...] = CLASSES
) -> DocumentResult:
    """A result whose segments are the rows' texts; blanks at a text's beginning stand before the segment."""
    text, segments, alone = "", [], []
    for label, score, first, piece in rows:
        body = piece.lstrip()
        text += piece[: len(piece) - len(body)] or "\n" * bool(segments)
        segments.append((len(text), len(text) + len(body), label, shares(classes, label, score)))
        text += body
        alone.append(shares(classes, first, 0.7))
    result = DocumentResult.of(identity, text, classes, segments, "hand")
    return replace(result, drawn=replace(result.drawn, alone=np.array(alone).reshape(-1, len(classes))))


def shares(classes: tuple[str, ...], label: str, score: float) -> list[float]:
    return [score if name == label else (1 - score) / (len(classes) - 1) for name in classes]


def write_page(path: Path, results: Iterable[DocumentResult], labels: Iterable[str] = CLASSES) -> Path:
    with Page(str(path), "hand", list(labels)) as page:
        for result in results:
            page.add(result)
    return path


class Watched:
    """A page open in Chromium, with whatever went wrong in it, and every address it asked for."""

    def __init__(self, page: Any, place: Path | str) -> None:
        self.page, self.wrong, self.asked = page, [], []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda m: self.wrong.append(m.text) if m.type in ("error", "warning") else None)
        page.on("dialog", lambda dialog: (self.wrong.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(place if isinstance(place, str) else place.as_uri())

    def segments(self) -> list[str]:
        shown: list[str] = self.page.locator(".segment:visible").all_inner_texts()
        return shown

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser without a window; skips the test where Playwright or Chromium is missing."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("chromium is not installed")
    yield _browser(api, path)


@lru_cache(maxsize=1)
def _browser(api: Any, path: str) -> Any:
    """One for all tests: a second Playwright cannot be started while the first one runs."""
    playwright = api.sync_playwright().start()
    atexit.register(playwright.stop)
    return playwright.chromium.launch(executable_path=path, args=FLAGS)
