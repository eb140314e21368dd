"""``winnow classify``."""

from __future__ import annotations

from dataclasses import dataclass

import click

from ..io import TSV_HEADER, Record, format_of, segment_rows
from ..result import DocumentResult
from .options import Inputs, Job, examples, input_options, job_options
from .report import Report
from .run import destination, draw, ending, load

EXAMPLES = examples(
    "winnow classify page.txt",
    "winnow classify pages/ --output labels/",
    "winnow classify crawl.jsonl.gz --text-field body --output labels.jsonl.gz --jobs 2",
    "curl -s https://example.org/page.txt | winnow classify --format text",
)


@click.command(epilog=EXAMPLES)
@input_options
@click.option(
    "--format", "output_format", type=click.Choice(["jsonl", "tsv", "text"]), help="[default: by --output, else jsonl]"
)
@click.option("--probabilities", is_flag=True, help="Add to each segment the probability of every label (jsonl only).")
@job_options
def classify(inputs: Inputs, job: Job, output_format: str | None, probabilities: bool) -> None:
    """Label every sentence of text files, JSONL records, folders of them, or standard input.

    Writes one JSON line a document, in order: its segments as offsets in characters, each with its label and score.
    """
    chosen = output_format or format_of(job.output or "") or "jsonl"
    if probabilities and chosen != "jsonl":
        raise click.UsageError("--probabilities needs --format jsonl.")
    inputs.refuse_outputs(job.output)
    classifier, report = load(job), Report()
    header = TSV_HEADER if chosen == "tsv" else ""
    place = destination(job, inputs, report, lambda source: ending(source, chosen), header)

    draw(inputs, classifier, job, [place], _Rows(chosen, probabilities), report)


@dataclass(frozen=True)
class _Rows:
    """Draws the segments of a document."""

    format: str
    probabilities: bool

    def __call__(self, record: Record, result: DocumentResult) -> tuple[str]:
        if self.format == "jsonl":
            return (result.to_json(self.probabilities) + "\n",)
        return (segment_rows(result.id, result.text, result.segments, self.format),)
