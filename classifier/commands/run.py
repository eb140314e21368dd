"""One pass over the inputs: read, judge, hand on. Into a folder part by part, else in order, with a few under way."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, cast

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
    is_remote,
    known_suffix,
    read,
    walk,
)
from ..io import is_folder as a_folder
from ..shards import Desk, Drawing, Drawn, Shape, batches
from ..workers import in_order
from .conclusion import conclude, give_up, total
from .options import Inputs, Job
from .report import Report

if TYPE_CHECKING:
    from ..classify import Classifier
    from ..result import DocumentResult

Handler = Callable[[Record, "DocumentResult"], None]
Problem = InputError | Caution


def load(job: Job) -> Classifier:
    """Return the model; raises ModelError."""
    from ..classify import Classifier

    return Classifier.load(job.model)


def destination(job: Job, inputs: Inputs, shapes: Mapping[str, str], header: str = "") -> Destination | Shape:
    """Return where ``--output`` points, to be written in ``shapes``; raises InputError where it cannot be written."""
    output = job.output or "-"
    if is_folder(job, inputs):
        return Shape(lambda source: ending(source, shapes[source.format]), header)
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
    return job.output.endswith(("/", os.sep)) or a_folder(job.output) or inputs.has_folder()


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
    destinations: Sequence[Destination | Shape],
    drawing: Drawing,
    report: Report,
    also_written: Collection[str] = (),
) -> None:
    """Write what ``drawing`` makes of each document; end the command with status 1 where anything was wrong.

    Where the first of ``destinations`` is the shape of outputs in a folder, so are all, but that the last may be one
    file for what is dropped. Where not one document could be read, nothing is written.
    """
    if isinstance(destinations[0], Shape) and is_remote(job.output or ""):
        destinations = [_elsewhere(job, place, report) for place in destinations]
    elif isinstance(destinations[0], Shape):
        from .folder import fill

        desk = Desk(classifier, _fields(inputs), drawing)
        fill(inputs, job, desk, destinations, report, _avoided(job, also_written))
        return
    job.refuse_folder_options()
    places = [place for place in destinations if not isinstance(place, Shape)]

    def put(texts: Sequence[Any]) -> None:
        for place, text in zip(places, texts, strict=False):
            if text is not None:
                place.write(text, fresh_line=True)

    _run(inputs, classifier, job, places, drawing, put, report, also_written)


def _elsewhere(job: Job, place: Destination | Shape, report: Report) -> Destination:
    """Return a folder that is no folder of this machine, where no parts can be kept."""
    if isinstance(place, Shape) and place.ending:
        return Folder(job.output or "", place.ending, report, place.header)
    return cast(Destination, place)


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
    avoid = _avoided(job, also_written)
    desk = Desk(classifier, _fields(inputs), drawing)
    with ExitStack() as stack:
        for place in destinations:
            stack.enter_context(place)
        stack.enter_context(report.progress(partial(total, inputs, avoid)))
        for done in in_order(desk, batches(_read_all(inputs, desk.fields, report, avoid)), job.jobs):
            for item in done:
                _hand_on(item, destinations, put, report)
        if not report.documents:
            give_up(inputs, report)
    conclude(report)


def _fields(inputs: Inputs) -> Fields:
    return Fields(inputs.text_field, inputs.id_field, inputs.encoding)


def _avoided(job: Job, also_written: Collection[str]) -> set[str]:
    return {path if is_remote(path) else os.path.realpath(path) for path in (job.output, *also_written) if path}


def _hand_on(
    item: Source | Problem | Drawn, destinations: Sequence[Destination], put: Callable[[Any], None], report: Report
) -> None:
    if isinstance(item, Source):
        for place in destinations:
            place.begin(item)
    elif isinstance(item, Drawn):
        report.count(*item[1:])
        put(item.value)
    else:
        report(item)


def _read_all(
    inputs: Inputs, fields: Fields, report: Report, avoid: Collection[str]
) -> Iterator[Source | Stretch | Problem]:
    for source in walk(inputs.paths, inputs.input_format, avoid):
        if isinstance(source, Source):
            yield from read(source, fields, report.advance)
        else:
            yield source
