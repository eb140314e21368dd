"""One pass over the inputs: read, judge, hand on, in order, with a bounded number of documents in flight."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import InputError
from ..io import Destination, Fields, Folder, OneFile, Record, Source, format_of, read, walk
from ..text import Document
from .options import Inputs, Job
from .report import Report

if TYPE_CHECKING:
    from ..classify import Classifier
    from ..result import DocumentResult

Handler = Callable[[Record, "DocumentResult"], None]


def load(job: Job) -> Classifier:
    """Return the model; raises ModelError."""
    from ..classify import Classifier

    return Classifier.load(job.model)


def destination(
    job: Job, inputs: Inputs, report: Report, ending: Callable[[Source], str], header: str = ""
) -> Destination:
    """Return where ``--output`` points; raises InputError where it cannot be written."""
    output = job.output or "-"
    return Folder(output, ending, report, header) if is_folder(job, inputs) else OneFile(output, header)


def is_folder(job: Job, inputs: Inputs) -> bool:
    """Tell whether ``--output`` is to be a folder."""
    if job.output is None or format_of(job.output):
        return False
    return job.output.endswith(os.sep) or Path(job.output).is_dir() or inputs.has_folder()


def ending(source: Source, output_format: str) -> str:
    """Return the suffix of an output for ``source``: that of records stays, with its compression."""
    if output_format != "jsonl":
        return {"tsv": ".tsv", "text": ".txt"}[output_format]
    return source.suffix if source.suffix.lower().startswith(".jsonl") else ".jsonl"


def run(
    inputs: Inputs,
    classifier: Classifier,
    job: Job,
    destinations: Sequence[Destination],
    handle: Handler,
    report: Report,
    also_written: Collection[str] = (),
) -> None:
    """Give every document and its result to ``handle``; ends the command with status 1 where anything was wrong.

    Where not one document could be read, nothing is written.
    """
    avoid = {os.path.realpath(path) for path in (job.output, *also_written) if path}
    with ExitStack() as stack:
        for place in destinations:
            stack.enter_context(place)
        stack.enter_context(report.progress(lambda: _total(inputs, avoid)))
        for item in _judge(inputs, classifier, job.jobs, report, avoid):
            if isinstance(item, Source):
                for place in destinations:
                    place.begin(item)
            else:
                _hand_on(handle, *item, report)
        if not report.documents:
            _give_up(inputs, report)
    report.conclude()
    if report.problems:
        raise click.exceptions.Exit(1)


def _judge(
    inputs: Inputs, classifier: Classifier, jobs: int, report: Report, avoid: Collection[str]
) -> Iterator[Source | tuple[Record, DocumentResult]]:
    """Yield each source before its documents, and each document with its result."""
    pending: deque[Source | Record] = deque()

    def feed() -> Iterator[Document]:
        for item in _read_all(inputs, report, avoid):
            pending.append(item)
            if isinstance(item, Record):
                report.documents += 1
                yield Document(item.document.id, item.document.text)

    for result in classifier.classify_many(feed(), n_jobs=jobs):
        while isinstance(item := pending.popleft(), Source):
            yield item
        yield item, result
    yield from (item for item in pending if isinstance(item, Source))


def _read_all(inputs: Inputs, report: Report, avoid: Collection[str]) -> Iterator[Source | Record]:
    fields = Fields(inputs.text_field, inputs.id_field, inputs.encoding)
    for source in walk(inputs.paths, inputs.input_format, avoid):
        items = read(source, fields, report.advance) if isinstance(source, Source) else [source]
        for item in items:
            if isinstance(item, Source | Record):
                yield item
            else:
                report(item)


def _hand_on(handle: Handler, record: Record, result: DocumentResult, report: Report) -> None:
    report.foreign += result.warning == "language"
    try:
        handle(record, result)
    except RecursionError:  # a record nested almost as deeply as Python reads
        report(InputError(record.where, "nested too deeply to be rewritten"))


def _give_up(inputs: Inputs, report: Report) -> None:
    if not report.problems:
        report(InputError(", ".join(inputs.paths), "no documents found"))
    raise click.exceptions.Exit(1)


def _total(inputs: Inputs, avoid: Collection[str]) -> int:
    if "-" in inputs.paths:
        return 0
    sources = walk(inputs.paths, inputs.input_format, avoid)
    return sum(source.size for source in sources if isinstance(source, Source))
