"""``winnow classify``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from ..io import TSV_HEADER, Record, Verdicts, attributes, format_of, labelled, marked, nothing, segment_rows, written
from ..result import DocumentResult
from .options import Inputs, Job, examples, input_options, job_options
from .report import Report
from .run import destination, draw, load, shapes_for

EXAMPLES = examples(
    "winnow classify page.txt",
    "winnow classify pages/ --output labels/                       # again: only what is missing or changed",
    "winnow classify crawl/ --output labels/ --engine ray --ray-address auto",
    "winnow classify crawl.jsonl.gz --text-field body --output labels.jsonl.gz --jobs 2",
    "winnow classify crawl.parquet --output labelled.parquet      # all columns, and one more: winnow",
    "curl -s https://example.org/page.txt | winnow classify --format text",
)


@click.command(epilog=EXAMPLES)
@input_options
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["jsonl", "tsv", "text", "csv", "parquet", "arrow", "html", "dolma"]),
    help="[default: by --output, else that of the input; jsonl for pages, and for all that goes to standard output but "
    "csv]",
)
@click.option("--probabilities", is_flag=True, help="Add to each segment the probability of every label.")
@job_options
def classify(inputs: Inputs, job: Job, output_format: str | None, probabilities: bool) -> None:
    """Label every sentence of text files, records (JSONL, CSV, Parquet, Arrow), folders of them, or standard input.

    Writes one JSON line a document, in order: its segments as offsets in characters, each with its label and score.
    A table keeps its columns and gets one more, "winnow"; tsv and text write a line for each segment, html the page
    with its labels as attributes of its elements, dolma what Dolma's mixer reads.
    """
    chosen = output_format or format_of(job.output or "")
    chosen = {"tsv": "segments"}.get(chosen or "", chosen)
    if probabilities and chosen in (*_OF_SEGMENTS, "html", "dolma"):
        raise click.UsageError("--probabilities needs a format of documents, such as --format jsonl.")
    inputs.refuse_outputs(job.output)
    inputs.refuse_text_field("winnow")
    classifier, report = load(job), Report(job.progress)
    shapes = shapes_for(job, inputs, chosen, "jsonl")
    place = destination(job, inputs, shapes, TSV_HEADER if chosen == "segments" else "")
    draw(inputs, classifier, job, [place], _Rows(shapes, probabilities), report)


_OF_SEGMENTS = {"segments": "tsv", "text": "text"}


@dataclass(frozen=True)
class _Rows:
    """Draws the segments of a document."""

    shapes: Mapping[str, str]
    probabilities: bool

    def __call__(self, record: Record, result: DocumentResult) -> tuple[Any]:
        shape = self.shapes[record.source.format]
        if shape == "jsonl":
            return (labelled(record, result, self.probabilities),)
        if shape == "dolma":
            return (attributes(result),)
        if shape == "html":
            return (marked(record, result),)
        if shape in _OF_SEGMENTS:
            return (segment_rows(result.id, result.text, result.segments, _OF_SEGMENTS[shape]),)
        return (written(record, {"winnow": Verdicts(result, self.probabilities)}, shape),)

    def instead(self, where: str) -> tuple[Any] | None:
        """Return what is written for a document that could not be read; None for nothing."""
        return (nothing(where),) if "dolma" in self.shapes.values() else None
