"""What a run tells a person: problems as they come, counts at the end, a bar while it lasts. All of it on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from ..errors import InputError


class Report:
    """Collects and tells.

    Attributes:
        problems: inputs, records and outputs that were named as unusable; more than none makes exit status 1.
        documents: documents read.
        foreign: documents marked ``"warning": "language"``.
        left_out: documents that were not written because nothing of them was kept.
    """

    def __init__(self) -> None:
        self.problems = self.documents = self.foreign = self.left_out = 0
        self.advance: Callable[[int], None] | None = None
        self._cautions: set[Any] = set()

    def __call__(self, item: Any) -> None:
        """Tell of one InputError, or of one Caution (anything else with ``where`` and ``reason``), a Caution once."""
        failed = isinstance(item, InputError)
        self.problems += failed
        if not failed and item in self._cautions:
            return
        if not failed:
            self._cautions.add(item)
        self._say(f"{'error' if failed else 'warning'}: {item.where}: {item.reason}")

    def conclude(self) -> None:
        """Tell the counts that a person should know."""
        if self.foreign:
            self._say(f"warning: {self.foreign} of {_documents(self.documents)} in a language the model does not know")
        if self.left_out:
            self._say(f"{_documents(self.left_out)} left out, nothing kept")

    @contextmanager
    def progress(self, total: Callable[[], int]) -> Iterator[None]:
        """Show a bar over ``total()`` bytes, if stderr is a terminal and stdout is not the same one."""
        size = total() if _on_terminal() else 0
        if not size:
            yield
            return
        with click.progressbar(length=size, file=sys.stderr, label="winnow", show_pos=False) as bar:
            self.advance = bar.update
            yield

    def _say(self, message: str) -> None:
        say(message, clear=self.advance is not None)


def say(message: str, clear: bool = False) -> None:
    """Write one line to stderr; what could upset a terminal is written as codes."""
    from ..io import visible

    click.echo(("\r\x1b[K" if clear else "") + "winnow: " + visible(message), err=True)


def _documents(n: int) -> str:
    return f"{n} document" + "s" * (n != 1)


def _on_terminal() -> bool:
    return bool(sys.stderr and sys.stderr.isatty() and not (sys.stdout and sys.stdout.isatty()))
