"""Tasks -> answers, in a worker process: read, judge together, write. Nothing but bytes comes in and goes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..classify import Classifier
from ..filter import filter_result
from ..io import dump, rewrite
from ..result import DocumentResult
from ..view import embedded
from .bodies import Item, read_json, read_lines, read_text
from .limits import Limits, Refused
from .orders import Order

JSON, LINES, TEXT = "application/json", "application/x-ndjson", "text/plain"


class Task(NamedTuple):
    """A body, or some whole lines of a stream of which ``first`` is the number of the first."""

    order: Order
    media: str
    data: bytes
    first: int = 1


class Answer(NamedTuple):
    """What is sent back; ``documents`` is how many were judged."""

    status: int
    media: str
    body: bytes
    documents: int = 0


class _Reading(NamedTuple):
    """What was read of a task: its documents, and in their places what was refused."""

    task: Task
    items: Sequence[Item | Refused]
    single: bool = False


def refusal(refused: Refused) -> Answer:
    """Return the answer to a request that is refused."""
    return Answer(refused.status, JSON, _error(refused).encode())


def _error(refused: Refused) -> str:
    return json.dumps({"error": refused.reason})


def answer(classifier: Classifier, tasks: Sequence[Task], limits: Limits) -> list[Answer]:
    """Judge the documents of all tasks in one go and answer each task."""
    readings = [_read(task, limits) for task in tasks]
    documents = [
        item.document for r in readings if isinstance(r, _Reading) for item in r.items if isinstance(item, Item)
    ]
    results = iter(classifier.classify_many(documents))
    answers = []
    for reading in readings:
        if isinstance(reading, Refused):
            answers.append(refusal(reading))
        else:
            drawn = [_drawn(reading.task, item, results) for item in reading.items]
            answers.append(_whole(reading, drawn))
    return answers


def _read(task: Task, limits: Limits) -> _Reading | Refused:
    try:
        if task.media == LINES:
            return _Reading(task, read_lines(task.data, task.first, limits))
        if task.media == TEXT:
            return _Reading(task, [read_text(task.data, limits)], single=True)
        found = read_json(task.data, limits)
        return _Reading(task, found) if isinstance(found, list) else _Reading(task, [found], single=True)
    except Refused as refused:
        return refused


def _drawn(task: Task, item: Item | Refused, results: Iterator[DocumentResult]) -> str | Refused:
    if isinstance(item, Refused):
        return item
    result = next(results)
    try:
        return ACTIONS[task.order.action](task, item, result)
    except RecursionError:  # a record nested almost as deeply as Python reads
        return Refused(400, f"{result.id}: nested too deeply to be rewritten")


def _classified(task: Task, item: Item, result: DocumentResult) -> str:
    return result.to_json(task.order.probabilities)


def _filtered(task: Task, item: Item, result: DocumentResult) -> str:
    assert task.order.rule is not None
    kept = filter_result(result, task.order.rule)
    if task.media == TEXT:
        return kept.text
    return rewrite(item.line, {"text": dump(kept.text), "winnow": dump(kept.to_record())})


def _shown(task: Task, item: Item, result: DocumentResult) -> str:
    return embedded(result)


ACTIONS: dict[str, Callable[[Task, Item, DocumentResult], str]] = {
    "classify": _classified,
    "filter": _filtered,
    "view": _shown,
}


def _whole(reading: _Reading, drawn: Sequence[str | Refused]) -> Answer:
    """Put the parts of an answer together; in a stream what was refused has a line of its own."""
    task, judged = reading.task, sum(isinstance(part, str) for part in drawn)
    if task.media == LINES:
        lines = [part if isinstance(part, str) else _error(part) for part in drawn]
        return Answer(200, LINES, "".join(line + "\n" for line in lines).encode(), judged)
    for part in drawn:
        if isinstance(part, Refused):
            return refusal(part)
    parts = [part for part in drawn if isinstance(part, str)]
    if task.media == TEXT and task.order.action == "filter":
        return Answer(200, TEXT, parts[0].encode(), judged)
    listed = reading.single and task.order.action != "view"
    return Answer(200, JSON, (parts[0] if listed else f"[{', '.join(parts)}]").encode(), judged)
