"""``winnow view``."""

from __future__ import annotations

import click

from ..io import Destination, OneFile, format_of
from ..view import Page, Terminal
from .options import Inputs, Job, examples, input_options, jobs_option, model_option
from .report import Report
from .run import Handler, load, run

EXAMPLES = examples(
    "winnow view page.txt                         # in the terminal",
    "winnow view pages/ --output page.html        # open page.html in a browser",
    "winnow view crawl.jsonl.gz --text-field body --output page.html --jobs 2",
    "winnow train corrections.jsonl --output model/   # what was exported from the page",
)


@click.command(epilog=EXAMPLES)
@input_options
@click.option("--output", "-o", metavar="PAGE.html", help="Write a page for the browser. [default: draw here]")
@model_option
@jobs_option
def view(inputs: Inputs, output: str | None, model: str | None, jobs: int) -> None:
    """Show documents with the label of every sentence.

    With --output one self-contained HTML page, which asks no network: documents to leaf through, labels to switch on
    and off, a slider for --min-score, the probabilities of each sentence, and labels to correct (keys 1 to 9, z takes
    back). The browser keeps corrections; the page exports them as JSONL for winnow train, or for Label Studio.

    Without --output the terminal: a mark before each segment, and colours where Rich is installed
    (pip install newswinnow[view]), standard output is a terminal and NO_COLOR is not set.
    """
    if output == "" or format_of(output or "") not in (None, "html"):
        raise click.UsageError("--output names a page: NAME.html.")
    inputs.refuse_outputs(output)
    job, report = Job(model, jobs, output), Report()
    classifier = load(job)
    labels = classifier.classes_.tolist()
    place, handle = _drawing(labels) if output is None else _paging(output, classifier.name, labels)
    run(inputs, classifier, job, [place], handle, report)


def _paging(output: str, model: str, labels: list[str]) -> tuple[Destination, Handler]:
    page = Page(output, model, labels)
    return page, lambda record, result: page.add(result)


def _drawing(labels: list[str]) -> tuple[Destination, Handler]:
    terminal = Terminal.here(labels)
    place = OneFile("-", terminal.legend())
    return place, lambda record, result: place.write(terminal.draw(result))
