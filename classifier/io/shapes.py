"""A record and what is changed in it -> what is written, in the format that was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

from ..errors import InputError
from ..result import DocumentResult
from ..text import encode
from .changes import Change, as_json
from .crossing import line_of
from .reading import Record
from .records import rewrite
from .sources import FORMATS, Source
from .writing import dump

# What takes the place of a source's suffix; "segments" is the table of a row for each segment.
ENDINGS = {name: f".{name}" for name in FORMATS} | {"text": ".txt", "segments": ".tsv", "dolma": ".jsonl.gz"}
_PAGES = ("html", "warc")  # formats whose documents are not the text that was there
RECORDS = ("jsonl", "parquet", "arrow", "csv", "tsv")  # formats in which a record can be written anew


def ending(source: Source, output_format: str) -> str:
    """Return the suffix of an output for ``source``: where the format stays, it stays, with its compression."""
    stays = output_format == source.format or (output_format == "dolma" and source.format == "jsonl")
    return source.suffix if stays and source.suffix else ENDINGS[output_format]


def written(record: Record, changes: Mapping[str, Change], output_format: str) -> Any:
    """Return the record with some fields changed or added: text, or a row that goes with others of its kind."""
    return _SHAPES[output_format](record, changes)


def labelled(record: Record, result: DocumentResult, probabilities: bool) -> str:
    """Return the record of ``classify`` as a line of JSON; of a page with its text and where the segments stood."""
    line = result.to_json(probabilities)
    if record.source.format not in _PAGES:
        return line + "\n"
    given = json.loads(line)
    if record.origin is not None:
        paths = record.origin.paths([segment[:2] for segment in result.segments])
        for segment, path in zip(given["segments"], paths, strict=True):
            segment["element"] = path
    return dump({**given, **record.document.meta, "id": result.id, "text": result.text}) + "\n"


def marked(record: Record, result: DocumentResult) -> str:
    """Return a page with its labels as attributes of its elements; raises InputError where it was none."""
    if record.source.format != "html":
        raise InputError(record.where, "is no page of HTML whose elements could be marked")
    return str(record.origin.marked([tuple(segment) for segment in result.segments]))


def joined(values: Iterable[Any]) -> Any:
    """Put together what was written of some records: texts, each on a line of its own, or rows of one kind.

    Texts become the bytes of a file, so that only the worker that wrote them has the labour of encoding. None stands
    for what is left out; None is returned where there is nothing else.
    """
    given = [value for value in values if value is not None]
    if given and not isinstance(given[0], str):
        return type(given[0]).stack(given)
    pieces: list[str] = []
    for text in filter(None, given):
        if pieces and pieces[-1][-1] not in "\n\r":
            pieces.append("\n")
        pieces.append(text)
    return encode("".join(pieces)) if given else None


def _line(record: Record, changes: Mapping[str, Change]) -> str:
    return rewrite(line_of(record), {name: as_json(change) for name, change in changes.items()}) + "\n"


def _row(record: Record, changes: Mapping[str, Change]) -> Any:
    return import_module(".columns", __package__).Row(record, changes)


def _cells(record: Record, changes: Mapping[str, Change], delimiter: str) -> Any:
    return import_module(".delimited", __package__).Cells.of(record, changes, delimiter)


_SHAPES: dict[str, Callable[[Record, Mapping[str, Change]], Any]] = {
    "jsonl": _line,
    "parquet": _row,
    "arrow": _row,
    "csv": partial(_cells, delimiter=","),
    "tsv": partial(_cells, delimiter="\t"),
}
