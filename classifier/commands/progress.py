"""How a run is shown while it lasts: not at all, as a bar for a person, as lines of JSON for a program."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol

import click

_MB = 1e6
_EVERY = 1.0  # seconds between two lines of JSON


class State(Protocol):
    """How far a run is: bytes, documents, parts, problems, as ``Report`` counts them."""

    problems: int
    documents: int
    before: int
    foreign: int
    left_out: int
    done: int
    total: int
    skipped: int
    parts: int

    @property
    def seconds(self) -> float:
        """Time since the beginning."""

    @property
    def rate(self) -> float:
        """Bytes a second."""


class Display(Protocol):
    """Writes to stderr."""

    def say(self, message: str) -> None:
        """Write one line."""

    def problem(self, kind: str, where: str, reason: str) -> None:
        """Tell of an ``error`` or a ``warning``."""

    def show(self, report: State) -> None:
        """Show how far the run is."""

    def close(self, report: State) -> None:
        """Show it for the last time."""

    def summary(self, report: State) -> None:
        """Tell what there was."""


class Silent:
    """Only problems."""

    def say(self, message: str) -> None:
        """Write one line; what could upset a terminal is written as codes."""
        from ..io import visible

        click.echo(f"winnow: {visible(message)}", err=True)

    def problem(self, kind: str, where: str, reason: str) -> None:
        """Write one line."""
        self.say(f"{kind}: {where}: {reason}")

    def show(self, report: State) -> None:
        """Do nothing."""

    def close(self, report: State) -> None:
        """Do nothing."""

    def summary(self, report: State) -> None:
        """Do nothing."""


class Bar(Silent):
    """A bar over bytes with the rate and the time left, and a line at the end."""

    def __init__(self) -> None:
        self._bar: Any = None

    def say(self, message: str) -> None:
        """Write one line, the bar below it."""
        if self._bar is not None:
            click.echo("\r\x1b[K", err=True, nl=False)
        super().say(message)

    def show(self, report: State) -> None:
        """Draw the bar, if there is something to measure against."""
        if self._bar is None and report.total:
            self._bar = click.progressbar(
                length=report.total, file=sys.stderr, label="winnow", item_show_func=lambda item: item
            )
            self._bar.__enter__()
        if self._bar is not None:
            self._bar.update(max(0, report.done - self._bar.pos), f"{report.rate / _MB:.1f} MB/s")

    def close(self, report: State) -> None:
        """Draw the bar for the last time."""
        if self._bar is not None:
            self.show(report)
            self._bar.__exit__(None, None, None)
            self._bar = None

    def summary(self, report: State) -> None:
        """Write a line of counts."""
        before = f", {report.before} of them before" if report.before else ""
        failed = f", {report.problems} problems" if report.problems else ""
        speed = f"{(report.done - report.skipped) / _MB:.1f} MB in {report.seconds:.1f} s, {report.rate / _MB:.1f} MB/s"
        self.say(f"{report.documents} documents{before}{failed} ({speed})")


class Lines:
    """One JSON object a line: ``progress`` once a second, ``error`` and ``warning`` as they come, ``summary``."""

    def __init__(self) -> None:
        self._next = 0.0

    def say(self, message: str) -> None:
        """Write a ``message``."""
        _write("message", text=message)

    def problem(self, kind: str, where: str, reason: str) -> None:
        """Write an ``error`` or a ``warning``."""
        _write(kind, where=where, reason=reason)

    def show(self, report: State) -> None:
        """Write a ``progress``, if it is time."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            self.close(report)

    def close(self, report: State) -> None:
        """Write a ``progress``."""
        left = max(0, report.total - report.done)
        eta = round(left / report.rate, 1) if report.rate > 0 else None
        _write("progress", **_figures(report), eta=eta)

    def summary(self, report: State) -> None:
        """Write a ``summary``."""
        _write("summary", **_figures(report), before=report.before, foreign=report.foreign, left_out=report.left_out)


def _figures(report: State) -> dict[str, Any]:
    return {
        "done": report.done,
        "total": report.total,
        "documents": report.documents,
        "parts": report.parts,
        "failed": report.problems,
        "seconds": round(report.seconds, 2),
        "rate": round(report.rate),
    }


def _write(event: str, **values: Any) -> None:
    click.echo(json.dumps({"event": event, **values}), err=True)


def on_terminal() -> bool:
    """Tell whether stderr is a terminal and stdout is not the same one."""
    return bool(sys.stderr and sys.stderr.isatty() and not (sys.stdout and sys.stdout.isatty()))


DISPLAYS: dict[str, Callable[[], Display]] = {"bar": Bar, "json": Lines, "none": Silent}
