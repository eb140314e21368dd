"""``winnow filter``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from ..errors import InputError
from ..filter import Kept, Rule, filter_result
from ..io import TSV_HEADER, OneFile, Record, dump, format_of, rewrite, segment_rows
from ..result import DocumentResult
from .options import Inputs, Job, examples, input_options, job_options
from .report import Report
from .run import destination, draw, ending, load

EXAMPLES = examples(
    "winnow filter page.txt --keep reporting",
    "winnow filter pages/ --drop comment,boilerplate --output clean/",
    "winnow filter crawl.jsonl --keep reporting --min-score 0.9 --output facts.jsonl --dropped rest.jsonl",
)


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
@click.option("--format", "output_format", type=click.Choice(["text", "jsonl"]), help="[default: that of the input]")
@job_options
def filter_command(
    inputs: Inputs, job: Job, skip_empty: bool, dropped: str | None, output_format: str | None, **rule_options: Any
) -> None:
    """Keep only some labels of each document.

    Text in, text out. JSONL in, the same records out, with their text replaced and a field "winnow" that lists the
    ranges kept and the segments dropped; every other field stays as it was.
    """
    chosen = output_format or format_of(job.output or "")
    if chosen == "tsv":
        raise click.UsageError("filter writes text or JSONL.")
    if dropped == "-":
        raise click.UsageError("--dropped needs a file; standard output holds what is kept.")
    inputs.refuse_outputs(job.output, dropped)
    inputs.refuse_text_field("winnow")
    rule = _rule(**rule_options)
    classifier, report = load(job), Report()
    _usage(rule.check, classifier.classes_.tolist())
    place = destination(job, inputs, report, lambda source: ending(source, chosen or source.format))
    rest = _dropped_format(dropped)
    file = OneFile(dropped, TSV_HEADER if rest == "tsv" else "") if dropped else None
    filtering = _Filtering(rule, chosen, inputs.text_field, rest, skip_empty)
    draw(inputs, classifier, job, [place, file] if file else [place], filtering, report, [dropped or ""])


def _dropped_format(dropped: str | None) -> str:
    return (format_of(dropped) or "jsonl") if dropped else ""


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
    format: str | None
    text_field: str
    rest: str
    skip_empty: bool

    def __call__(self, record: Record, result: DocumentResult) -> list[str | None]:
        kept = filter_result(result, self.rule)
        line = None if self.skip_empty and not kept.text.strip() else self._line(record, kept)
        if not self.rest:
            return [line]
        return [line, segment_rows(result.id, result.text, kept.dropped, self.rest) if kept.dropped else ""]

    def _line(self, record: Record, kept: Kept) -> str:
        if (self.format or record.source.format) == "text":
            return kept.text
        winnow = dump(kept.to_record())
        if record.line:
            return rewrite(record.line, {self.text_field: dump(kept.text), "winnow": winnow}) + "\n"
        return f'{{"id": {dump(record.document.id)}, "text": {dump(kept.text)}, "winnow": {winnow}}}\n'
