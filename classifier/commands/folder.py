"""A folder as ``--output``: what the options say -> a run over parts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

import click

from .. import __version__
from ..errors import InputError
from ..io import Destination, OneFile, Source, visible, walk
from ..shards import Desk, Orders, Run, Shape, Where, start
from .conclusion import conclude, give_up, total
from .options import Inputs, Job
from .report import Report

_AT_ONCE = 1 << 20  # characters


def fill(
    inputs: Inputs,
    job: Job,
    desk: Desk,
    destinations: Sequence[Destination | Shape],
    report: Report,
    avoid: Collection[str],
) -> None:
    """Write an output for each input; end the command with status 1 where anything was wrong."""
    shapes = [place if isinstance(place, Shape) else Shape(None) for place in destinations]
    orders = Orders(job.output or "", shapes, _signature(desk, shapes), job.overwrite, job.retry_failed, job.part)
    run, sources = Run(orders, desk, report), walk(inputs.paths, inputs.input_format, avoid)
    if job.dry_run:
        _forecast(run.forecast(sources), report)
        return
    with report.progress(partial(total, inputs, avoid)):
        kept = run.run(sources, partial(start, Where(job.engine, job.jobs, job.ray_address)))
        rest = destinations[-1]
        if isinstance(rest, OneFile):
            _collect(kept, rest)
        if not report.documents:
            give_up(inputs, report)
    conclude(report)


def _signature(desk: Desk, shapes: Sequence[Shape]) -> str:
    """Return a digest of whatever the outputs depend on beside their inputs."""
    manifest = desk.classifier.manifest.to_dict()
    headers = [shape.header for shape in shapes]
    whole = json.dumps([__version__, manifest, repr(desk.fields), repr(desk.drawing), headers], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _forecast(found: Any, report: Report) -> None:
    """Say what would be done, a line for each input."""
    counts: dict[str, int] = {}
    for what, source, parts in found:
        counts[what] = counts.get(what, 0) + 1
        click.echo(f"{what}\t{_parts(what, source, parts)}\t{visible(source.path)}")
    told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    click.echo(f"winnow: {told or 'nothing'}; nothing was written", err=True)
    if report.problems:
        raise click.exceptions.Exit(1)


def _parts(what: str, source: Source, parts: int) -> str:
    return f"{parts} part{'s' * (parts != 1)}, {source.size} bytes" if parts else f"{source.size} bytes"


def _collect(paths: Sequence[str], place: OneFile) -> None:
    """Put together what every input gave to one output."""
    with place:
        for path in paths:
            try:
                with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123
                    begins = True
                    while text := file.read(_AT_ONCE):
                        place.write(text, fresh_line=begins)
                        begins = False
            except FileNotFoundError:
                continue
            except OSError as error:
                raise InputError(path, f"cannot be read ({error.strerror})") from None
