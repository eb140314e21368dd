"""Tables with labelled texts -> the records that the same corpus would have as JSONL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from os import PathLike, fspath
from typing import Any

from classifier.errors import InputError
from classifier.io import SUFFIXES, Fields, Record, Source, Stretch, known_suffix, read, records, walk
from classifier.io.crossing import fields_of

_TABLES = ("parquet", "arrow", "csv", "tsv")
_NESTED = ("spans", "comments")
TABLE_SUFFIXES = tuple(suffix for suffix, (name, _) in SUFFIXES.items() if name in _TABLES)


def is_table(path: str | PathLike[str]) -> bool:
    """Tell whether a file's name says that it is a table."""
    return known_suffix(fspath(path)) in TABLE_SUFFIXES


def table_records(path: str | PathLike[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows of a table, each with its ``path:row`` (CSV: ``path:line``); raises InputError.

    Spans are a list of structs of start, end and label, or JSON; a cell without a value is a field that is not there.
    """
    for source in walk([fspath(path)]):
        for item in read(source, Fields()) if isinstance(source, Source) else [source]:
            for found in records(item, Fields()) if isinstance(item, Stretch) else [item]:
                if isinstance(found, InputError):
                    raise found
                if isinstance(found, Record):
                    yield found.where, dict(_fields(found))


def _fields(record: Record) -> Iterator[tuple[str, Any]]:
    for name, value in fields_of(record).items():
        if value is None or (value == "" and name != "text"):
            continue
        yield name, _nested(record.where, name, value) if name in _NESTED else value


def _nested(where: str, name: str, value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise InputError(where, f'"{name}" is not JSON') from None
    if isinstance(value, list):
        return [
            [item.get(key) for key in ("start", "end", "label")] if isinstance(item, dict) else item for item in value
        ]
    return value
