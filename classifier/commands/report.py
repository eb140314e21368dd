"""What a run tells: problems as they come, how far it is, counts at the end. All of it on stderr."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import InputError
from .progress import DISPLAYS, Display, on_terminal


class Report:
    """Collects and tells.

    Attributes:
        problems: inputs, records and outputs that were named as unusable; more than none makes exit status 1.
        documents: documents read, those of earlier runs included; ``before``: those of earlier runs.
        foreign: documents marked ``"warning": "language"``.
        left_out: documents that were not written because nothing of them was kept.
        done, total: bytes; ``skipped``: those of them that were done before. ``parts``: of inputs, done.
    """

    def __init__(self, progress: str | None = None) -> None:
        """``progress`` names one of DISPLAYS; None is a bar on a terminal."""
        self.problems = self.documents = self.foreign = self.left_out = self.before = 0
        self.done = self.total = self.skipped = self.parts = 0
        self._cautions: set[Any] = set()
        self._progress = progress
        self._display: Display = DISPLAYS["none"]()
        self._begun = time.monotonic()

    def __call__(self, item: Any) -> None:
        """Tell of one InputError, or of one Caution (anything else with ``where`` and ``reason``), a Caution once."""
        failed = isinstance(item, InputError)
        self.problems += failed
        if not failed and item in self._cautions:
            return
        if not failed:
            self._cautions.add(item)
        self._display.problem("error" if failed else "warning", item.where, item.reason)

    def passed(self, amount: int, parts: int = 0, before: bool = False) -> None:
        """Hear that so many bytes, or parts, more have been done."""
        self.done += amount
        self.parts += parts
        self.skipped += amount * before

    def advance(self, amount: int) -> None:
        """Hear that so many bytes more have been read, and show it."""
        self.passed(amount)
        self.tick()

    def count(self, documents: int, foreign: int, left_out: int, before: bool = False) -> None:
        """Hear of so many documents more."""
        self.documents += documents
        self.foreign += foreign
        self.left_out += left_out
        self.before += documents * before

    def tick(self) -> None:
        """Show how far the run is, if it is time."""
        self._display.show(self)

    @property
    def seconds(self) -> float:
        """Time since the beginning."""
        return time.monotonic() - self._begun

    @property
    def rate(self) -> float:
        """Bytes a second."""
        return (self.done - self.skipped) / max(self.seconds, 1e-9)

    def conclude(self) -> None:
        """Tell the counts that a person should know."""
        if self.foreign:
            self._display.say(
                f"warning: {self.foreign} of {_documents(self.documents)} in a language the model does not know"
            )
        if self.left_out:
            self._display.say(f"{_documents(self.left_out)} left out, nothing kept")
        self._display.summary(self)

    @contextmanager
    def progress(self, total: Callable[[], int]) -> Iterator[None]:
        """Show how far the run is of ``total()`` bytes, which is asked only where it is shown."""
        how = self._progress or ("bar" if on_terminal() else "none")
        self.total = total() if how != "none" else 0
        self._display = DISPLAYS[how]()
        self._begun = time.monotonic()
        self._display.show(self)
        try:
            yield
        finally:
            self._display.close(self)


def say(message: str) -> None:
    """Write one line to stderr; what could upset a terminal is written as codes."""
    DISPLAYS["none"]().say(message)


def _documents(n: int) -> str:
    return f"{n} document" + "s" * (n != 1)
