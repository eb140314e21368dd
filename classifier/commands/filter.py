"""``winnow filter``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from ..errors import InputError
from ..filter import Kept, Rule, filter_result
from ..io import TSV_HEADER, OneFile, Record, format_of, segment_rows, written
from ..result import DocumentResult
from .options import Inputs, Job, examples, input_options, job_options
from .report import Report
from .run import destination, draw, load, shapes_for

EXAMPLES = examples(
    "winnow filter page.txt --keep reporting",
    "winnow filter pages/ --drop comment,boilerplate --output clean/",
    "winnow filter crawl.jsonl --keep reporting --min-score 0.9 --output facts.jsonl --dropped rest.jsonl",
)
_DOCUMENTS = ("text", "html")  # files that are one document, and have no fields
_FORMATS = ["text", "jsonl", "csv", "tsv", "parquet", "arrow"]


@click.command(name="filter", epilog=EXAMPLES)
@input_options
@click.option("--keep", metavar="LABELS", multiple=True, help="Labels to keep, with commas or repeated.")
@click.option("--drop", metavar="LABELS", multiple=True, help="Labels to drop; everything else is kept.")
@click.option(
    "--min-score",
    metavar="P",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="A score below this is unsure. [default: 0]",
)
@click.option(
    "--when-unsure", type=click.Choice(["keep", "drop"]), help="[default: drop under --keep, keep under --drop]"
)
@click.option(
    "--min-words", metavar="N", type=click.IntRange(min=0), default=0, help="With fewer words left, keep nothing."
)
@click.option("--skip-empty", is_flag=True, help="Leave out documents of which nothing is kept, and count them.")
@click.option("--dropped", metavar="FILE", help="Write what is dropped, a segment a line (.jsonl, .tsv or .txt).")
@click.option("--format", "output_format", type=click.Choice(_FORMATS), help="[default: that of the input]")
@job_options
def filter_command(
    inputs: Inputs, job: Job, skip_empty: bool, dropped: str | None, output_format: str | None, **rule_options: Any
) -> None:
    """Keep only some labels of each document.

    Text in, text out. JSONL or a table in, the same records out, with their text replaced and a field "winnow" that
    lists the ranges kept and the segments dropped; every other field stays as it was.
    """
    chosen = output_format or format_of(job.output or "")
    if chosen not in (None, *_FORMATS):
        raise click.UsageError("filter writes text or records: " + ", ".join(_FORMATS))
    if dropped == "-":
        raise click.UsageError("--dropped needs a file; standard output holds what is kept.")
    inputs.refuse_outputs(job.output, dropped)
    inputs.refuse_text_field("winnow")
    rule = _rule(**rule_options)
    classifier, report = load(job), Report(job.progress)
    _usage(rule.check, classifier.classes_.tolist())
    shapes = shapes_for(job, inputs, chosen, "text")
    place = destination(job, inputs, shapes)
    rest = _dropped_format(dropped)
    file = OneFile(dropped, TSV_HEADER if rest == "tsv" else "", "text") if dropped else None
    filtering = _Filtering(rule, shapes, inputs.text_field, rest, skip_empty)
    draw(inputs, classifier, job, [place, file] if file else [place], filtering, report, [dropped or ""])


def _dropped_format(dropped: str | None) -> str:
    found = format_of(dropped or "") or "jsonl"
    if found not in ("jsonl", "tsv", "text"):
        raise click.UsageError("--dropped writes .jsonl, .tsv or .txt.")
    return found if dropped else ""


def _rule(keep: tuple[str, ...], drop: tuple[str, ...], **others: Any) -> Rule:
    for option, labels in (("--keep", keep), ("--drop", drop)):
        if labels and not "".join(labels).strip(", "):
            raise click.UsageError(f"{option} names no label.")
    if bool(keep) == bool(drop):
        raise click.UsageError("give --keep LABELS or --drop LABELS, one of the two.")
    rule: Rule = _usage(Rule, ",".join(keep) if keep else None, ",".join(drop) if drop else None, **others)
    return rule


def _usage(call: Any, *args: Any, **options: Any) -> Any:
    try:
        return call(*args, **options)
    except InputError as error:
        raise click.UsageError(error.reason) from None


@dataclass(frozen=True)
class _Filtering:
    """Draws what is kept of a document (None: leave it out), and what is dropped."""

    rule: Rule
    shapes: Mapping[str, str]
    text_field: str
    rest: str
    skip_empty: bool

    def __call__(self, record: Record, result: DocumentResult) -> list[Any]:
        kept = filter_result(result, self.rule)
        line = None if self.skip_empty and not kept.text.strip() else self._line(record, kept)
        if not self.rest:
            return [line]
        return [line, segment_rows(result.id, result.text, kept.dropped, self.rest) if kept.dropped else ""]

    def _line(self, record: Record, kept: Kept) -> Any:
        shape = self.shapes[record.source.format]
        if shape == "text":
            return kept.text
        field = self.text_field if record.source.format not in _DOCUMENTS else "text"
        return written(record, {field: kept.text, "winnow": kept}, shape)
