"""How good are the labels, beside what others would do: ``python benchmarks/quality.py [--corpus DIR] [--json]``.

Judged on the dev pages, on the dev composites (an article, and a comment trail pasted below without a marker) and on
CheckThat!'s English ``dev_test`` sentences; 95 % intervals by resampling documents. The baselines learn from the same
training documents, composites and sentences as the default model, cut into segments by it. trafilatura and resiliparse
read HTML; the corpus holds plain text only, so they have nothing to work on here.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from baselines import (
    Example,
    Missing,
    fasttext_supervised,
    first_four,
    textblob_subjectivity,
    tfidf_regression,
)

from classifier import Classifier, ModelNotFound
from training.compose import Composer, dev_composites
from training.corpus import LabelledDocument, LabelledSentence, read_comments, read_corpus, read_sentences, read_trails
from training.evaluate import Report, report, sentence_report
from training.gate import CORPUS
from training.split import fitted, held_out
from training.trimmings import COMMENT
from training.verdicts import Judge, judge, judge_sentences

LABELS = ("reporting", "opinion", "comment", "boilerplate")
_JUDGE = "dev_test"
# Under every so many training articles comments are pasted. More of them help the baselines on composites and hurt them
# on pages, fewer the other way round.
_COMPOSED = 3
_NO_HTML = "trafilatura, resiliparse: read HTML; the corpus holds plain text only, so they cannot be run on it."


@dataclass(frozen=True)
class Suites:
    """What is learned from and what is judged on."""

    training: Sequence[LabelledDocument]
    training_composites: Sequence[LabelledDocument]
    training_sentences: Sequence[LabelledSentence]
    pages: Sequence[LabelledDocument]
    composites: Sequence[LabelledDocument]
    sentences: Sequence[LabelledSentence]


def read_suites(corpus: Path, seed: int = 0) -> Suites:
    """Read the corpus; dev pages are those of ``pages.jsonl``, training takes our own pages as well."""
    pages = read_corpus([corpus / "pages.jsonl"])
    written = read_corpus([corpus / "written.jsonl"])
    trails, comments = read_trails(corpus / "trails.jsonl"), read_comments(corpus / "comments.jsonl")
    sentences = read_sentences(corpus / "sentences.jsonl")
    training = fitted([*pages, *written])
    return Suites(
        training,
        Composer(trails, comments).compose(training[::_COMPOSED], seed),
        [s for s in sentences if s.split != _JUDGE],
        held_out(pages),
        dev_composites(pages, trails, comments),
        [s for s in sentences if s.split == _JUDGE],
    )


def examples(model: Judge, suites: Suites) -> list[Example]:
    """Return the segments that ``model`` cuts the training texts into, with the label of most of their words.

    Of composites only the comments are taken: the rest stands in the articles already. Shuffled, since fastText learns
    in the order of its examples.
    """
    found = [(sentence.text, sentence.label) for sentence in suites.training_sentences]
    for documents, only in ((suites.training, None), (suites.training_composites, COMMENT)):
        verdicts = judge(model, documents)
        calls = verdicts.calls
        for place, start, end, gold in zip(calls.document, calls.start, calls.end, calls.gold, strict=True):
            label = verdicts.labels[gold] if gold >= 0 else None
            if label is not None and only in (None, label):
                found.append((verdicts.documents[place].text[start:end], label))
    random.Random(0).shuffle(found)
    return found


def measured(model: Judge, suites: Suites, resamples: int) -> dict[str, Any]:
    """Return a model's row: its reports on pages and composites, its figures on sentences where it can have them."""
    row: dict[str, Any] = {"model": model.name, "labels": [str(label) for label in model.classes_]}
    row["pages"] = report(judge(model, suites.pages), resamples=resamples)
    row["composites"] = report(judge(model, suites.composites), resamples=resamples)
    if {"opinion", "reporting"} <= set(row["labels"]):
        row["sentences"] = sentence_report(*judge_sentences(model, suites.sentences))
    return row


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the rows as a table in Markdown; a dash where a model does not give that label."""
    head = ["", "pages macro-F1", *LABELS, "trails cut exactly", "clean", "composites: comment", "cut exactly"]
    head.append("CheckThat! macro-F1")
    lines = [head, ["---"] * len(head), *map(_cells, rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(row: dict[str, Any]) -> list[str]:
    pages, composites, known = row["pages"], row["composites"], row["labels"]
    whole, comments = set(LABELS) <= set(known), COMMENT in known
    return [
        row["model"],
        _cell(pages, "macro_f1") if whole else "-",
        *(_cell(pages, "labels", label, "f1") if _fair(label, known) else "-" for label in LABELS),
        _cell(pages, "trails_cut_exactly") if comments else "-",
        _cell(pages, "clean") if comments else "-",
        _cell(composites, "labels", COMMENT, "f1") if comments else "-",
        _cell(composites, "trails_cut_exactly") if comments else "-",
        _interval(row["sentences"]["macro_f1"], row["sentences"]["interval"]) if "sentences" in row else "-",
    ]


def _fair(label: str, known: Sequence[str]) -> bool:
    """Tell whether to ask for a label: a rule that only says "this is news" has none for furniture."""
    return label in known and (label != "boilerplate" or COMMENT in known)


def _cell(found: Report, *path: str) -> str:
    value: Any = found.to_record()
    interval: Any = found.intervals
    for name in path:
        value, interval = value[name], interval[name]
    return _interval(value, interval)


def _interval(value: float | None, bounds: Sequence[float] | None) -> str:
    return "-" if value is None or bounds is None else f"{value:.3f} ({bounds[0]:.3f}-{bounds[1]:.3f})"


def models(suites: Suites, model: str | None, learn: bool) -> list[Callable[[], Judge]]:
    """Return what makes each model of the table, the default first; each may raise Missing or ModelNotFound."""
    default = Classifier.load(model)
    makers: list[Callable[[], Judge]] = [lambda: default, lambda: Classifier.load("accurate")]
    if learn:
        learned = examples(default, suites)
        makers += [lambda: tfidf_regression(learned, default), lambda: fasttext_supervised(learned, default)]
    return [*makers, lambda: textblob_subjectivity(default), lambda: first_four(default)]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--corpus", type=click.Path(path_type=Path), default=CORPUS, show_default=True)
@click.option("--model", help="Instead of the default model.")
@click.option("--json", "as_json", is_flag=True, help="Whole reports instead of the table.")
@click.option("--learn/--no-learn", default=True, help="Train the baselines that learn (minutes).")
@click.option("--resamples", default=1000, show_default=True)
def main(corpus: Path, model: str | None, as_json: bool, learn: bool, resamples: int) -> None:
    """Print the table of models and baselines."""
    suites, rows = read_suites(corpus), []
    for make in models(suites, model, learn):
        try:
            rows.append(measured(make(), suites, resamples))
        except (Missing, ModelNotFound) as absent:
            click.echo(f"left out: {absent}", err=True)
    records = [{k: v.to_record() if isinstance(v, Report) else v for k, v in row.items()} for row in rows]
    click.echo(json.dumps(records) if as_json else f"{table(rows)}\n\n{_NO_HTML}")


if __name__ == "__main__":
    sys.exit(main())
