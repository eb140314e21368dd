"""How a command ends, and how much there was to do."""

from __future__ import annotations

from collections.abc import Collection

import click

from ..errors import InputError
from ..io import Source, walk
from .options import Inputs
from .report import Report


def give_up(inputs: Inputs, report: Report) -> None:
    """End the command where there was not one document."""
    if not report.problems:
        report(InputError(", ".join(inputs.paths), "no documents found"))
    raise click.exceptions.Exit(1)


def conclude(report: Report) -> None:
    """Tell the counts, and end the command with status 1 where anything was wrong."""
    report.conclude()
    if report.problems:
        raise click.exceptions.Exit(1)


def total(inputs: Inputs, avoid: Collection[str]) -> int:
    """Return how many bytes there are to read, 0 where that is not known."""
    if "-" in inputs.paths:
        return 0
    sources = walk(inputs.paths, inputs.input_format, avoid)
    return sum(source.size for source in sources if isinstance(source, Source))
