"""``winnow split``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import click

from ..io import FORMATS, RECORDS, Record, Source, dump, ending, format_of, written
from ..labels import display_order
from ..result import DocumentResult
from ..shards import Shape
from .options import Inputs, Job, examples, input_options, job_options
from .report import Report
from .run import destination, draw, load, shapes_for

EXAMPLES = examples(
    "winnow split page.txt",
    "winnow split pages/ --output parts/        # parts/NAME.reporting.txt, parts/NAME.comment.txt ...",
    "winnow split crawl.jsonl --output parts.jsonl.gz",
)


@click.command(epilog=EXAMPLES)
@input_options
@job_options
def split(inputs: Inputs, job: Job) -> None:
    """Take each document apart, by label.

    Writes each record with a field "parts" of label to text (of a text file: its id and parts). With a folder as
    --output, each input becomes one file a label: text, or records whose text is that part.
    """
    suffix_format = format_of(job.output or "")
    if suffix_format not in (None, *RECORDS):
        raise click.UsageError("split writes records (JSONL, CSV, Parquet, Arrow), or a folder.")
    inputs.refuse_outputs(job.output)
    inputs.refuse_text_field("parts")
    classifier, report = load(job), Report(job.progress)
    if job.output is None or suffix_format:
        shapes = shapes_for(job, inputs, suffix_format, "jsonl")
        draw(inputs, classifier, job, [destination(job, inputs, shapes)], _InOne(shapes), report)
    else:
        shapes = {name: name if name in RECORDS else "text" for name in FORMATS} | {"warc": "jsonl"}
        labels = display_order(classifier.classes_.tolist())
        places = [Shape(_label_ending(label, shapes)) for label in labels]
        draw(inputs, classifier, job, places, _ByLabel(labels, inputs.text_field, shapes), report)


def _label_ending(label: str, shapes: Mapping[str, str]) -> Callable[[Source], str]:
    return lambda source: f".{quote(label, safe=' ')}{ending(source, shapes[source.format])}"


@dataclass(frozen=True)
class _InOne:
    """Draws a record with a text for each label."""

    shapes: Mapping[str, str]

    def __call__(self, record: Record, result: DocumentResult) -> tuple[Any]:
        parts = {label: result.text_of(label) for label in display_order(result.classes)}
        if record.source.format == "text":
            record = record._replace(line=f'{{"id": {dump(record.document.id)}}}')
        return (written(record, {"parts": parts}, self.shapes[record.source.format]),)


@dataclass(frozen=True)
class _ByLabel:
    """Draws the part of each label."""

    labels: list[str]
    text_field: str
    shapes: Mapping[str, str]

    def __call__(self, record: Record, result: DocumentResult) -> list[Any]:
        parts = map(result.text_of, self.labels)
        shape = self.shapes[record.source.format]
        if shape == "text":
            return [part + "\n" * bool(part) for part in parts]
        return [written(record, {self.text_field: part}, shape) for part in parts]
