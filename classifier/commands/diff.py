"""``winnow diff``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, cast

import click

from ..diff import Both, Difference, Pair, compare, side, told, told_as_record, write_page
from ..errors import InputError
from ..io import OneFile, Record, Source
from ..result import DocumentResult
from ..view import wants_colours
from .options import Inputs, Job, examples, input_options, jobs_option
from .report import Report
from .run import run

EXAMPLES = examples(
    "winnow diff default ./my-model pages/",
    "winnow diff default ./my-model pages/ --output changes.html",
    "winnow diff old.jsonl new.jsonl pages/            # two outputs of winnow classify",
    "winnow diff old.jsonl default crawl.jsonl --format jsonl > changes.jsonl",
)


@click.command(epilog=EXAMPLES)
@click.argument("a")
@click.argument("b")
@input_options
@click.option("--output", "-o", metavar="PAGE.html", help="Write a page for the browser. [default: tell here]")
@click.option("--format", "output_format", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
@click.option(
    "--top", metavar="N", type=click.IntRange(min=0), default=20, show_default=True, help="Changes that text tells."
)
@jobs_option
def diff(inputs: Inputs, a: str, b: str, output: str | None, output_format: str, top: int, jobs: int) -> None:
    """Show what changes under another model, document by document.

    A and B are models, or files (.jsonl, .jsonl.gz, .jsonl.zst) that winnow classify wrote of the same documents. Told
    are the stretches with two labels, most telling first: words, by the score of A's label, by that of B's. A document
    that the two cut differently is compared where both have labelled it.

    As JSONL, a line for each document that changed; with --output one HTML page of them, which asks no network.
    """
    if output is not None and not output.lower().endswith((".html", ".htm")):
        raise click.UsageError("--output names a page: NAME.html.")
    inputs.refuse_outputs(output)
    sides, report = (side(a), side(b)), Report()
    names = (sides[0].name, sides[1].name) if sides[0].name != sides[1].name else (a, b)
    found: list[Difference] = []

    def handle(record: Record, both: Any) -> None:
        a, b = cast(Both, both)
        for one in (a, b):
            if isinstance(one, InputError):
                return report(one)
        found.append(compare(cast(DocumentResult, a), cast(DocumentResult, b)))

    def tell() -> None:
        found.sort(key=lambda difference: -difference.weight)
        if output is not None:
            return write_page(output, [one for one in found if one.changes], names)
        with OneFile("-") as file:
            if output_format == "jsonl":
                for one in found:
                    file.write(told_as_record(one, names) if one.changes else "")
            else:
                file.write(told(found, names, top, bool(sys.stdout and sys.stdout.isatty()) and wants_colours()))

    run(inputs, cast(Any, Pair(*sides)), Job(None, jobs, output), [_AtTheEnd(tell)], handle, report)


class _AtTheEnd:
    """A destination that is written to when all documents have come."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell

    def __enter__(self) -> _AtTheEnd:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is None:
            self._tell()

    def begin(self, source: Source) -> None:
        """Do nothing."""

    def write(self, text: str, fresh_line: bool = False) -> None:
        """Do nothing."""
