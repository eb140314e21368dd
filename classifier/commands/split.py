"""``winnow split``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import click

from ..io import Folder, Record, Source, dump, format_of, rewrite
from ..labels import display_order
from ..result import DocumentResult
from .options import Inputs, Job, examples, input_options, job_options
from .report import Report
from .run import destination, draw, ending, load

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
    if suffix_format not in (None, "jsonl"):
        raise click.UsageError("split writes JSONL, or a folder.")
    inputs.refuse_outputs(job.output)
    inputs.refuse_text_field("parts")
    classifier, report = load(job), Report()
    if job.output is None or suffix_format:
        place = destination(job, inputs, report, lambda source: ending(source, "jsonl"))
        draw(inputs, classifier, job, [place], _in_one, report)
    else:
        labels = display_order(classifier.classes_.tolist())
        places = [Folder(job.output, _label_ending(label), report) for label in labels]
        draw(inputs, classifier, job, places, _ByLabel(labels, inputs.text_field), report)


def _label_ending(label: str) -> Callable[[Source], str]:
    return lambda source: f".{quote(label, safe=' ')}{ending(source, source.format)}"


def _in_one(record: Record, result: DocumentResult) -> tuple[str]:
    parts = dump({label: result.text_of(label) for label in display_order(result.classes)})
    whole = f'{{"id": {dump(record.document.id)}, "parts": {parts}}}'
    return ((rewrite(record.line, {"parts": parts}) if record.line else whole) + "\n",)


@dataclass(frozen=True)
class _ByLabel:
    """Draws the part of each label."""

    labels: list[str]
    text_field: str

    def __call__(self, record: Record, result: DocumentResult) -> list[str]:
        parts = map(result.text_of, self.labels)
        if record.line:
            return [rewrite(record.line, {self.text_field: dump(part)}) + "\n" for part in parts]
        return [part + "\n" * bool(part) for part in parts]
