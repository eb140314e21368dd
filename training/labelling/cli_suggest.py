"""``winnow corpus suggest``."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import click

from classifier.classify import Classifier
from classifier.errors import InputError
from classifier.io import OneFile, Record, dump, rewrite
from classifier.result import DocumentResult
from classifier.text import Document

from ..corpus import read_corpus
from .records import read_all
from .suggest import choose, most_uncertain
from .telling import Told, documents, examples, say

Judged = tuple[Record, DocumentResult]


@click.command(
    name="suggest",
    **examples(
        "winnow corpus suggest --unlabelled pool.jsonl -n 50 --output next.jsonl",
        "winnow corpus suggest --unlabelled pages/ --labelled mine.jsonl -n 20",
    ),
)
@click.option("--unlabelled", "pool", multiple=True, required=True, metavar="POOL", help="Text or JSONL; repeatable.")
@click.option("--labelled", multiple=True, type=click.Path(), metavar="CORPUS", help="What you have; repeatable.")
@click.option("-n", "wanted", type=click.IntRange(1), default=50, show_default=True, help="How many documents.")
@click.option("--min-words", type=click.IntRange(1), default=20, show_default=True, help="Pass over shorter ones.")
@click.option("--text-field", metavar="NAME", default="text", show_default=True, help="Field with a record's text.")
@click.option("--model", metavar="NAME_OR_PATH", help="The model that judges.  [default: default]")
@click.option("--output", "-o", metavar="PATH", default="-", help="JSON lines.  [default: standard output]")
@click.option("--jobs", metavar="N", type=click.IntRange(1), default=1, show_default=True, help="Workers.")
def suggest_command(
    pool: tuple[str, ...],
    labelled: tuple[str, ...],
    wanted: int,
    min_words: int,
    text_field: str,
    model: str | None,
    output: str,
    jobs: int,
) -> None:
    """Choose the documents of POOL from which the model would learn most, and say why each.

    Those it is unsure of, that are like many others, and unlike each other and what you have; as JSON lines for
    `winnow corpus export`, the best first, each with its reason in the field "suggested".
    """
    told = Told()
    known = [document.text for document in read_corpus(labelled)] if labelled else []
    classifier = Classifier.load(model)
    records = _pool(pool, text_field, told)
    found = most_uncertain(_in_english(_with_results(records, classifier, jobs)), min_words)
    if not found:
        told(InputError(", ".join(pool), f"no unlabelled documents of {min_words} words or more found"))
        told.end()
    chosen = choose([doubt for doubt, _ in found], [r.document.text for _, r in found], known, wanted)
    with OneFile(output) as file:
        for rank, suggestion in enumerate(chosen, 1):
            file.write(_suggested(found[suggestion.index][1], suggestion.to_record(rank)))
    say(f"{len(chosen)} of {documents(len(found))} suggested")
    told.end()


def _pool(paths: Iterable[str], text_field: str, told: Told) -> Iterator[Record]:
    labelled = 0
    for record in read_all(paths, told, text_field):
        if record.document.meta.get("spans"):
            labelled += 1
        else:
            yield record
    if labelled:
        say(f"{documents(labelled)} with spans passed over")


def _with_results(records: Iterable[Record], classifier: Classifier, jobs: int) -> Iterator[Judged]:
    waiting: deque[Record] = deque()

    def feed() -> Iterator[Document]:
        for record in records:
            waiting.append(record)
            yield record.document

    for result in classifier.classify_many(feed(), n_jobs=jobs):
        yield waiting.popleft(), result


def _in_english(judged: Iterable[Judged]) -> Iterator[Judged]:
    foreign = 0
    for record, result in judged:
        foreign += result.warning == "language"
        if result.warning != "language":
            yield record, result
    if foreign:
        say(f"{documents(foreign)} in a language the model does not know passed over")


def _suggested(record: Record, why: dict[str, Any]) -> str:
    made = {"id": dump(record.document.id), "text": dump(record.document.text), "suggested": dump(why)}
    if not record.line:
        return "{" + ", ".join(f'"{name}": {value}' for name, value in made.items()) + "}\n"
    return rewrite(record.line, made) + "\n"
