"""``winnow evaluate``: say how good a model is on labelled documents, and whether another is better."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from classifier.artifact import Manifest
from classifier.classify import Classifier
from classifier.errors import InputError
from classifier.result import DocumentResult

from .compose import whole_composites
from .corpus import LabelledDocument, read_comments, read_corpus, read_trails
from .evaluate import report
from .metrics import RESAMPLES
from .mistakes import Mistake, worst
from .report import GIVEN, evidence, write_page
from .report.comparison import BETTER, UNDECIDED, comparison, comparison_as_text, only_wrong
from .report.evidence import MISTAKES
from .tables import as_text, mistakes_as_text
from .verdicts import Verdicts, judge

NOT_MET = 3
_ENOUGH = {"better": (BETTER,), "not-worse": (BETTER, UNDECIDED)}
_EXAMPLES = """\b
Examples:
  winnow evaluate data/written.jsonl
  winnow evaluate pages.jsonl --split dev --by source --worst 20
  winnow evaluate pages.jsonl --split dev --trails trails.jsonl --json
  winnow evaluate pages.jsonl --split dev --model ./mine --report mine.html
  winnow evaluate pages.jsonl --split dev --compare default ./mine --worst 5

Exit status: 0 judged, whatever the figures; 1 a corpus or a file was unusable; 2 wrong options or model; 3 B is not
what --require asks.
"""


@click.command(epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("corpus", nargs=-1, required=True, type=click.Path())
@click.option("--model", metavar="NAME_OR_PATH", help="Model to judge; the default model unless given.")
@click.option("--compare", nargs=2, metavar="A B", help="Say whether model B is better than model A.")
@click.option("--require", type=click.Choice(list(_ENOUGH)), help="With --compare: exit 3 unless B is shown to be so.")
@click.option("--split", metavar="NAME", help="Only documents of this split.")
@click.option("--by", metavar="FIELD", help="Also by the documents' source, site or any other field.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option(
    "--report", "page", type=click.Path(path_type=Path), metavar="PATH", help="Write a page, and JSON beside it."
)
@click.option("--worst", "mistakes", type=click.IntRange(1), metavar="N", help="Show the N worst mistakes per label.")
@click.option("--trails", type=click.Path(), help="Judge comment-free documents with these trails pasted below.")
@click.option("--comments", type=click.Path(), help="As --trails, with comments from this pool near the topic.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Worker processes.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the resampling for intervals.")
@click.option("--resamples", type=click.IntRange(1), default=RESAMPLES, show_default=True, help="For intervals.")
def evaluate(
    corpus: Sequence[str],
    model: str | None,
    compare: tuple[str, str] | None,
    require: str | None,
    split: str | None,
    by: str | None,
    as_json: bool,
    page: Path | None,
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
    and 95 % bounds by resampling documents. --report PATH writes all that as a page with pictures, with a table of what
    --min-score to use, and the worst mistakes.

    With --compare A B both models judge the same documents, which are resampled for both alike: B is better where the
    95 % interval of the difference in macro-F1 lies above 0. --worst N then shows what only one of them gets wrong.
    """
    _refuse(compare, require, {"--model": model, "--by": by, "--report": page})
    if compare:
        models = [Classifier.load(name) for name in compare]
        documents = _composed(_chosen(read_corpus(corpus), split), trails, comments)
        _contest(documents, compare, models, as_json, mistakes, jobs, seed, resamples, require)
        return
    classifier = Classifier.load(model)
    documents = _composed(_chosen(read_corpus(corpus), split), trails, comments)
    verdicts = judge(classifier, documents, jobs, _watched(len(documents)))
    if page:
        _show(verdicts, classifier.manifest, page, mistakes, seed, resamples)
    click.echo(_written(verdicts, by, as_json, mistakes, seed, resamples))


def _refuse(compare: tuple[str, str] | None, require: str | None, others: Mapping[str, Any]) -> None:
    if require and not compare:
        raise click.UsageError("--require goes with --compare.")
    for name, value in others.items():
        if compare and value:
            raise click.UsageError(f"{name} and --compare exclude each other.")


def _show(verdicts: Verdicts, manifest: Manifest, page: Path, mistakes: int | None, seed: int, resamples: int) -> None:
    record = evidence(verdicts, GIVEN, manifest, seed=seed, resamples=resamples, mistakes=mistakes or MISTAKES)
    click.echo("report: " + ", ".join(map(str, write_page(record, page))), err=True)


def _contest(
    documents: list[LabelledDocument],
    names: tuple[str, str],
    models: Sequence[Classifier],
    as_json: bool,
    mistakes: int | None,
    jobs: int,
    seed: int,
    resamples: int,
    require: str | None,
) -> None:
    known = {label for classifier in models for label in classifier.classes_.tolist()}
    a, b = (judge(classifier, documents, jobs, _watched(len(documents)), known) for classifier in models)
    found = comparison(a, b, names, seed, resamples)
    passages = only_wrong(a, b, mistakes) if mistakes else ()
    if as_json:
        shown = {f"only_{side}_wrong": _records(some) for side, some in zip("ab", passages, strict=False)}
        click.echo(json.dumps(found | shown, allow_nan=False))
    else:
        parts = [
            f"What only {name} gets wrong\n\n{_passages(some)}" for name, some in zip(names, passages, strict=False)
        ]
        click.echo("\n\n".join([comparison_as_text(found), *parts]))
    if require and found["verdict"] not in _ENOUGH[require]:
        raise click.exceptions.Exit(NOT_MET)


def _passages(found: Mapping[str, Sequence[Mistake]]) -> str:
    return mistakes_as_text({label: some for label, some in found.items() if some}) or "nothing"


def _written(verdicts: Verdicts, by: str | None, as_json: bool, mistakes: int | None, seed: int, resamples: int) -> str:
    found = report(verdicts, by, seed, resamples)
    passages = worst(verdicts, mistakes) if mistakes else {}
    if not as_json:
        return "\n\n".join([as_text(found), *([mistakes_as_text(passages)] if passages else [])])
    return json.dumps(found.to_record() | ({"worst": _records(passages)} if passages else {}), allow_nan=False)


def _records(found: Mapping[str, Sequence[Mistake]]) -> dict[str, list[dict[str, Any]]]:
    return {label: [mistake.to_record() for mistake in some] for label, some in found.items()}


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
