"""``winnow evaluate``: say how good a model is on labelled documents."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence

import click

from classifier.classify import Classifier
from classifier.errors import InputError
from classifier.result import DocumentResult

from .compose import whole_composites
from .corpus import LabelledDocument, read_comments, read_corpus, read_trails
from .evaluate import report
from .metrics import RESAMPLES
from .mistakes import worst
from .tables import as_text, mistakes_as_text
from .verdicts import Verdicts, judge

_EXAMPLES = """\b
Examples:
  winnow evaluate data/written.jsonl
  winnow evaluate pages.jsonl --split dev --by source --worst 20
  winnow evaluate pages.jsonl --split dev --trails trails.jsonl --json
"""


@click.command(epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("corpus", nargs=-1, required=True, type=click.Path())
@click.option("--model", metavar="NAME_OR_PATH", help="Model to judge; the default model unless given.")
@click.option("--split", metavar="NAME", help="Only documents of this split.")
@click.option("--by", metavar="FIELD", help="Also by the documents' source, site or any other field.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option("--worst", "mistakes", type=click.IntRange(1), metavar="N", help="Show the N worst mistakes per label.")
@click.option("--trails", type=click.Path(), help="Judge comment-free documents with these trails pasted below.")
@click.option("--comments", type=click.Path(), help="As --trails, with comments from this pool near the topic.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Worker processes.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the resampling for intervals.")
@click.option("--resamples", type=click.IntRange(1), default=RESAMPLES, show_default=True, help="For intervals.")
def evaluate(
    corpus: Sequence[str],
    model: str | None,
    split: str | None,
    by: str | None,
    as_json: bool,
    mistakes: int | None,
    trails: str | None,
    comments: str | None,
    jobs: int,
    seed: int,
    resamples: int,
) -> None:
    """Compare a model's labels with those of a CORPUS: JSONL files, or folders of them, with "text" and "spans".

    Prints precision, recall and F1 per label by words, macro-F1, the confusion of labels, how many comment trails are
    cut at exactly the right places, how many comment-free documents are left clean, how far the scores can be trusted,
    and 95 % bounds by resampling documents.
    """
    classifier = Classifier.load(model)
    documents = _composed(_chosen(read_corpus(corpus), split), trails, comments)
    verdicts = judge(classifier, documents, jobs, _watched(len(documents)))
    click.echo(_written(verdicts, by, as_json, mistakes, seed, resamples))


def _written(verdicts: Verdicts, by: str | None, as_json: bool, mistakes: int | None, seed: int, resamples: int) -> str:
    found = report(verdicts, by, seed, resamples)
    passages = worst(verdicts, mistakes) if mistakes else {}
    if not as_json:
        return "\n\n".join([as_text(found), *([mistakes_as_text(passages)] if passages else [])])
    shown = {label: [mistake.to_record() for mistake in some] for label, some in passages.items()}
    return json.dumps(found.to_record() | ({"worst": shown} if shown else {}), allow_nan=False)


def _chosen(documents: list[LabelledDocument], split: str | None) -> list[LabelledDocument]:
    chosen = [document for document in documents if split in (None, document.split)]
    if not chosen:
        known = ", ".join(sorted({document.split or "none" for document in documents}))
        raise InputError("corpus", f"has no documents of split {split!r}; its splits: {known}")
    return chosen


def _composed(documents: list[LabelledDocument], trails: str | None, comments: str | None) -> list[LabelledDocument]:
    if trails is None and comments is None:
        return documents
    written = read_trails(trails) if trails else []
    made = whole_composites(documents, written, read_comments(comments) if comments else [])
    if not made:
        raise InputError("corpus", "has no comment-free document with a trail or comments of its split")
    return made


def _watched(length: int) -> Callable[[Iterator[DocumentResult]], Iterator[DocumentResult]]:
    """Return a wrapper that counts results on a terminal."""

    def watch(results: Iterator[DocumentResult]) -> Iterator[DocumentResult]:
        with click.progressbar(results, length=length, label="classifying", file=sys.stderr) as bar:
            yield from bar

    return watch if sys.stderr.isatty() else iter
