"""One pass over the inputs: read, judge, hand on, in order, with a bounded number of documents in flight.

Reading is cut into tasks. A task is decoded, parsed, judged and drawn in one go, here or in a worker, so that between
processes nothing travels but bytes to read and text to write.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ..errors import InputError
from ..io import (
    FORMATS,
    RECORDS,
    SUFFIXES,
    Caution,
    Destination,
    Fields,
    Folder,
    OneFile,
    Record,
    Source,
    Stretch,
    ending,
    format_of,
    joined,
    known_suffix,
    read,
    records,
    walk,
)
from ..text import Document
from ..workers import in_order
from .options import Inputs, Job
from .report import Report

if TYPE_CHECKING:
    from ..classify import Classifier
    from ..result import DocumentResult

Handler = Callable[[Record, "DocumentResult"], None]
Drawing = Callable[[Record, "DocumentResult"], Sequence[Any]]
Problem = InputError | Caution
_TASK = 1 << 19  # bytes to read in one go, about the text of one batch
_ITEM = 1 << 8  # what the smallest file counts for


def load(job: Job) -> Classifier:
    """Return the model; raises ModelError."""
    from ..classify import Classifier

    return Classifier.load(job.model)


def destination(job: Job, inputs: Inputs, report: Report, shapes: Mapping[str, str], header: str = "") -> Destination:
    """Return where ``--output`` points, to be written in ``shapes``; raises InputError where it cannot be written."""
    output = job.output or "-"
    if is_folder(job, inputs):
        return Folder(output, lambda source: ending(source, shapes[source.format]), report, header)
    tables = {shape for shape in shapes.values() if shape != "text"}
    return OneFile(output, header, tables.pop() if len(tables) == 1 else None)


def shapes_for(job: Job, inputs: Inputs, chosen: str | None, alone: str) -> dict[str, str]:
    """Return for each format of inputs that of its outputs.

    It is ``chosen`` or, by default, the input's own; ``alone`` for a file that is one document. Where many inputs share
    an output, tables are written as JSONL, unless all are CSV or all are TSV.
    """
    if chosen:
        return dict.fromkeys(FORMATS, chosen)
    own = {name: name if name in RECORDS else alone for name in FORMATS} | {"warc": "jsonl"}
    if is_folder(job, inputs):
        return own
    given = {inputs.input_format or SUFFIXES.get(known_suffix(path), ("text",))[0] for path in inputs.paths}
    if given == {"csv"} or given == {"tsv"}:
        return dict.fromkeys(FORMATS, given.pop())
    return {name: shape if shape in (alone, "jsonl") else "jsonl" for name, shape in own.items()}


def is_folder(job: Job, inputs: Inputs) -> bool:
    """Tell whether ``--output`` is to be a folder."""
    if job.output is None or format_of(job.output):
        return False
    return job.output.endswith(os.sep) or Path(job.output).is_dir() or inputs.has_folder()


def run(
    inputs: Inputs,
    classifier: Classifier,
    job: Job,
    destinations: Sequence[Destination],
    handle: Handler,
    report: Report,
    also_written: Collection[str] = (),
) -> None:
    """Give every document and its result to ``handle``, in this process; else as ``draw``."""
    _run(inputs, classifier, job, destinations, None, lambda pair: handle(*pair), report, also_written)


def draw(
    inputs: Inputs,
    classifier: Classifier,
    job: Job,
    destinations: Sequence[Destination],
    drawing: Drawing,
    report: Report,
    also_written: Collection[str] = (),
) -> None:
    """Write what ``drawing`` makes of each document; end the command with status 1 where anything was wrong.

    ``drawing`` may run in a worker, so it must pickle. It returns a text for each of ``destinations``, which will begin
    on a line of its own; None instead of the first leaves the document out, and that is counted. Where not one document
    could be read, nothing is written.
    """

    def put(texts: Sequence[Any]) -> None:
        for place, text in zip(destinations, texts, strict=False):
            if text is not None:
                place.write(text, fresh_line=True)

    _run(inputs, classifier, job, destinations, drawing, put, report, also_written)


def _run(
    inputs: Inputs,
    classifier: Classifier,
    job: Job,
    destinations: Sequence[Destination],
    drawing: Drawing | None,
    put: Callable[[Any], None],
    report: Report,
    also_written: Collection[str],
) -> None:
    avoid = {os.path.realpath(path) for path in (job.output, *also_written) if path}
    desk = _Desk(classifier, Fields(inputs.text_field, inputs.id_field, inputs.encoding), drawing)
    with ExitStack() as stack:
        for place in destinations:
            stack.enter_context(place)
        stack.enter_context(report.progress(lambda: _total(inputs, avoid)))
        for done in in_order(desk, _tasks(inputs, desk.fields, report, avoid), job.jobs):
            for item in done:
                _hand_on(item, destinations, put, report)
        if not report.documents:
            _give_up(inputs, report)
    report.conclude()
    if report.problems:
        raise click.exceptions.Exit(1)


class _Drawn(NamedTuple):
    """What was made of one document, or of several of one source: for ``draw`` texts, for ``run`` record and result."""

    value: Any
    documents: int = 1
    foreign: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class _Desk:
    """Where a task is done: stretches are read, judged and drawn, everything else is passed on in its place."""

    classifier: Classifier
    fields: Fields
    drawing: Drawing | None

    def __call__(self, task: Sequence[Source | Stretch | Problem]) -> list[Source | Problem | _Drawn]:
        found: list[Source | Problem | Record] = []
        for given in task:
            found += records(given, self.fields) if isinstance(given, Stretch) else [given]
        documents = [item.document for item in found if isinstance(item, Record)]
        results = iter(self.classifier.classify_many(documents))
        done: list[Source | Problem | _Drawn] = []
        for item in found:
            done += self._draw(item, next(results)) if isinstance(item, Record) else [item]
        return _on_sheets(done) if self.drawing else done

    def _draw(self, record: Record, result: DocumentResult) -> list[_Drawn | Problem]:
        foreign = result.warning == "language"
        if self.drawing is None:  # the rest of the record stays where it is
            bare = record._replace(document=Document(record.document.id, record.document.text), origin=None)
            return [_Drawn((bare, result), foreign=foreign)]
        try:
            texts = self.drawing(record, result)
        except RecursionError:  # a record nested almost as deeply as Python reads
            return [_Drawn((), foreign=foreign), InputError(record.where, "nested too deeply to be rewritten")]
        return [_Drawn(texts, foreign=foreign, left_out=texts[0] is None)]


def _on_sheets(done: Iterable[Source | Problem | _Drawn]) -> list[Source | Problem | _Drawn]:
    """Put together what was drawn between one source and the next."""
    sheets: list[Source | Problem | _Drawn] = []
    for _, between in groupby(done, lambda item: isinstance(item, Source)):
        drawn = []
        for item in between:
            drawn.append(item) if isinstance(item, _Drawn) else sheets.append(item)
        if drawn:
            texts = [joined(column) for column in zip(*(d.value for d in drawn if d.value), strict=True)]
            sheets.append(_Drawn(texts, *(sum(counts) for counts in zip(*(d[1:] for d in drawn), strict=True))))
    return sheets


def _hand_on(
    item: Source | Problem | _Drawn, destinations: Sequence[Destination], put: Callable[[Any], None], report: Report
) -> None:
    if isinstance(item, Source):
        for place in destinations:
            place.begin(item)
    elif isinstance(item, _Drawn):
        report.documents += item.documents
        report.foreign += item.foreign
        report.left_out += item.left_out
        put(item.value)
    else:
        report(item)


def _tasks(
    inputs: Inputs, fields: Fields, report: Report, avoid: Collection[str]
) -> Iterator[list[Source | Stretch | Problem]]:
    task: list[Source | Stretch | Problem] = []
    size = 0
    for item in _read_all(inputs, fields, report, avoid):
        weight = _ITEM + (item.weight if isinstance(item, Stretch) else 0)
        if task and size + weight > _TASK:
            yield task
            task, size = [], 0
        task.append(item)
        size += weight
    if task:
        yield task


def _read_all(
    inputs: Inputs, fields: Fields, report: Report, avoid: Collection[str]
) -> Iterator[Source | Stretch | Problem]:
    for source in walk(inputs.paths, inputs.input_format, avoid):
        if isinstance(source, Source):
            yield from read(source, fields, report.advance)
        else:
            yield source


def _give_up(inputs: Inputs, report: Report) -> None:
    if not report.problems:
        report(InputError(", ".join(inputs.paths), "no documents found"))
    raise click.exceptions.Exit(1)


def _total(inputs: Inputs, avoid: Collection[str]) -> int:
    if "-" in inputs.paths:
        return 0
    sources = walk(inputs.paths, inputs.input_format, avoid)
    return sum(source.size for source in sources if isinstance(source, Source))
