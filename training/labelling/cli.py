"""``winnow corpus``: what one does with labelled documents besides training."""

from __future__ import annotations

import json
from collections.abc import Iterable

import click

from classifier.classify import Classifier
from classifier.errors import InputError
from classifier.io import Caution, OneFile, dump, visible
from classifier.labels import display_order
from classifier.result import DocumentResult

from ..cli_fetch import fetch_command
from ..corpus import read_corpus
from ..standoff import join_command
from . import exchange, label_studio
from .check import check as checked
from .cli_suggest import suggest_command
from .records import Item, overlaps, read_items
from .stats import as_text, count
from .telling import HELP, Told, documents, examples, say
from .twins import SHARE

_output = click.option("--output", "-o", metavar="PATH", default="-", help="[default: standard output]")
_jobs = click.option("--jobs", metavar="N", type=click.IntRange(1), default=1, show_default=True, help="Workers.")
_format = click.option("--format", "name", type=click.Choice(exchange.FORMATS), required=True)


@click.group(context_settings=HELP)
def corpus() -> None:
    """Look after labelled documents: take them to a labelling tool and back, check and count them."""


corpus.add_command(join_command)
corpus.add_command(fetch_command)
corpus.add_command(suggest_command)


@corpus.command(
    **examples(
        "winnow corpus export pool.jsonl --format label-studio --labelling-config labels.xml --output tasks.json",
        "winnow corpus export data/written.jsonl --format brat --output brat/",
        "winnow corpus export data/written.jsonl --format conll --output written.conll",
    )
)
@click.argument("paths", nargs=-1, required=True, metavar="CORPUS...|-")
@_format
@_output
@click.option("--model", metavar="NAME_OR_PATH", help="Predict with this model, for labelled documents too.")
@click.option("--no-predictions", is_flag=True, help="Label Studio tasks without a model's predictions.")
@click.option("--labelling-config", metavar="FILE", help="Also write the labelling interface for Label Studio.")
@_jobs
def export(
    paths: tuple[str, ...],
    name: str,
    output: str,
    model: str | None,
    no_predictions: bool,
    labelling_config: str | None,
    jobs: int,
) -> None:
    """Write a CORPUS (JSON lines, or text files without labels) as a labelling tool reads it.

    Tasks for Label Studio hold labels as annotations, and the model's answer as a prediction for every document that
    has no labels yet. `brat` makes a folder, `spacy` a .spacy file (needs the extra), the others a file or a stream.
    """
    _refuse(name, output, model, no_predictions, labelling_config)
    told = Told()
    items = _some(read_items(paths, told), paths, told)
    judged: list[DocumentResult | None] = []
    labels = exchange.labels_in(items)
    if name == "label-studio" and not no_predictions and any(model or item.spans is None for item in items):
        classifier = Classifier.load(model)
        labels = display_order({*classifier.classes_.tolist(), *(x[2] for item in items for x in item.spans or ())})
        judged = _judged(items, classifier, model is not None, jobs)
    written = exchange.export(items, name, output, told, judged)
    if labelling_config:
        with OneFile(labelling_config) as file:
            file.write(label_studio.config(labels))
    say(f"{documents(written)} written")
    told.end()


def _refuse(name: str, output: str, model: str | None, no_predictions: bool, labelling_config: str | None) -> None:
    if name in exchange.NAMED and output == "-":
        raise click.UsageError(f"--format {name} needs --output PATH.")
    for option, value in (
        ("--model", model),
        ("--no-predictions", no_predictions),
        ("--labelling-config", labelling_config),
    ):
        if value and name != "label-studio":
            raise click.UsageError(f"{option} goes with --format label-studio.")
    if model and no_predictions:
        raise click.UsageError("--model and --no-predictions exclude each other.")


def _judged(items: list[Item], classifier: Classifier, all_of_them: bool, jobs: int) -> list[DocumentResult | None]:
    wanted = [all_of_them or item.spans is None for item in items]
    texts = (item.text for item, want in zip(items, wanted, strict=True) if want)
    results = classifier.classify_many(texts, n_jobs=jobs)
    return [next(results) if want else None for want in wanted]


@corpus.command(
    name="import",
    **examples(
        "winnow corpus import project-1-export.json --format label-studio --output mine.jsonl",
        "winnow corpus import brat/ --format brat --output mine.jsonl",
        "winnow corpus import train.spacy --format spacy --output mine.jsonl",
    ),
)
@click.argument("path", metavar="PATH|-")
@_format
@_output
@click.option(
    "--text-field", metavar="NAME", default="text", show_default=True, help="Label Studio: field of the text."
)
@click.option("--spans-key", metavar="NAME", default="sc", show_default=True, help="spaCy: key of the spans.")
@click.option("--keep-unlabelled", is_flag=True, help="Write documents that nobody labelled, too, without spans.")
def import_command(path: str, name: str, output: str, text_field: str, spans_key: str, keep_unlabelled: bool) -> None:
    """Write what a labelling tool exported as a corpus: JSON lines with "text" and "spans".

    Documents that nobody labelled are left out and counted. Spans may overlap; `winnow corpus check` says where.
    """
    if path == "-" and name in exchange.NAMED:
        raise click.UsageError(f"--format {name} does not read standard input.")
    told = Told()
    items = _some(exchange.read(path, name, told, text_field, spans_key), [path], told)
    labelled = [item for item in items if keep_unlabelled or item.spans is not None]
    if left_out := len(items) - len(labelled):
        say(f"{documents(left_out)} without labels left out")
    for item in labelled:
        for first, second in overlaps(item.spans or ()):
            told(Caution(item.where, f"spans {list(first)} and {list(second)} overlap; training will not take them"))
    say(f"{documents(exchange.export(labelled, 'jsonl', output, told))} written")
    told.end()


@corpus.command(
    **examples(
        "winnow corpus check mine.jsonl", "winnow corpus check train.jsonl dev.jsonl --labels quote,opinion,advert"
    )
)
@click.argument("paths", nargs=-1, required=True, metavar="CORPUS...|-")
@click.option(
    "--labels", metavar="LABELS", help="Those that may be used.  [default: our own, where any of them is used]"
)
@click.option("--near", metavar="SHARE", type=click.FloatRange(0.05, 1), default=SHARE, show_default=True,
              help="Of the shorter document's runs of eight words, shared between two splits.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding.")
def check(paths: tuple[str, ...], labels: str | None, near: float, as_json: bool) -> None:
    """Say what is wrong with a CORPUS, a finding a line: where, what kind, what exactly.

    Broken records, overlaps, gaps (words that no span covers), offsets that cut a word, unknown labels, ids and texts
    that occur twice, and near-duplicates across splits. Exit status 0 without a finding, 1 with any.
    """
    named = [label.strip() for label in labels.split(",") if label.strip()] if labels is not None else None
    if named == []:
        raise click.UsageError("--labels names no label.")
    found, read_so_far = checked(paths, named, near)
    with OneFile("-") as out:
        for finding in found:
            shown = f"{finding.where}: {finding.kind}: {finding.message}"
            out.write((dump(finding._asdict()) if as_json else visible(shown)) + "\n")
    say(f"{documents(read_so_far)}, {len(found)} finding{'s' * (len(found) != 1)}")
    if found or not read_so_far:
        raise click.exceptions.Exit(1)


@corpus.command(**examples("winnow corpus stats data/written.jsonl", "winnow corpus stats corpus/ --json"))
@click.argument("paths", nargs=-1, required=True, metavar="CORPUS...|-")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def stats(paths: tuple[str, ...], as_json: bool) -> None:
    """Count a CORPUS by label, source, split and length."""
    found = count(read_corpus(paths))
    click.echo(json.dumps(found) if as_json else as_text(found))


def _some(items: list[Item], paths: Iterable[str], told: Told) -> list[Item]:
    """Return ``items``; where there are none, say so and leave."""
    if not items:
        if not told.problems:
            told(InputError(", ".join(map(str, paths)), "no documents found"))
        told.end()
    return items
