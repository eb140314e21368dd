"""Corpus records as they are read and written: a text, perhaps with spans, and every other field untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import classifier.io
from classifier.errors import InputError
from classifier.io import Caution, Fields, Record, Source, dump, read, walk

from ..corpus import Span, span_of

Tell = Callable[[InputError | Caution], None]
TEXT, SPANS = "text", "spans"


@dataclass(frozen=True)
class Item:
    """One document on its way from one format to another.

    Attributes:
        where: what it is called when something is wrong with it.
        text: the text.
        spans: in order, not empty, inside the text, perhaps overlapping; None where nobody has labelled the text.
        fields: everything else that the record holds.
    """

    where: str
    text: str
    spans: tuple[Span, ...] | None
    fields: Mapping[str, Any]

    def to_line(self) -> str:
        """Return the record as one JSON line: ``id`` first, text and spans last."""
        first = {"id": self.fields["id"]} if "id" in self.fields else {}
        last = {} if self.spans is None else {SPANS: self.spans}
        return dump({**first, **self.fields, TEXT: self.text, **last}) + "\n"


def read_all(
    paths: Iterable[str], tell: Tell, text_field: str = TEXT, input_format: str | None = None
) -> Iterator[Record]:
    """Yield the records of files, folders and ``-`` (JSON lines); what is wrong is told, and on it goes.

    ``input_format`` (``text`` or ``jsonl``) is what files are, whatever they are called.
    """
    fields = Fields(text_field)
    for path in paths:
        for source in walk([path], "jsonl" if path == "-" else input_format):
            if isinstance(source, InputError):
                tell(source)
                continue
            for found in read(source, fields):
                for item in _apart(found, fields):
                    if isinstance(item, Record):
                        yield item
                    elif isinstance(item, InputError | Caution):
                        tell(item)


def _apart(found: Any, fields: Fields) -> Iterable[Any]:
    # A reader that hands out stretches of several records also has `records`, which takes them apart.
    split: Any = getattr(classifier.io, "records", None)
    if split is None or isinstance(found, Source | Record | InputError | Caution):
        return [found]
    return list(split(found, fields))


def raw_records(
    paths: Iterable[str], tell: Tell, input_format: str | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each record with its ``path:line``; ``text`` is a string. A text file is one with its path as ``id``."""
    for item in read_all(paths, tell, input_format=input_format):
        document = item.document
        yield item.where, dict(document.meta) or {"id": document.id, TEXT: document.text}


def read_items(paths: Iterable[str], tell: Tell, input_format: str | None = None) -> list[Item]:
    """Return every usable record; of the others it is told what is wrong with them."""
    found = []
    for where, record in raw_records(paths, tell, input_format):
        try:
            found.append(item_of(where, record))
        except InputError as error:
            tell(error)
    return found


def item_of(where: str, record: Mapping[str, Any]) -> Item:
    """Return a record as an item; raises InputError where a span is malformed, empty or outside the text."""
    text = record.get(TEXT)
    if not isinstance(text, str):
        raise InputError(where, '"text" must be a string')
    value = record.get(SPANS)
    if value is not None and not isinstance(value, list):
        raise InputError(where, '"spans" must be a list of [start, end, label]')
    spans = None if value is None else in_order(span_of(where, span, len(text)) for span in value)
    return Item(where, text, spans, {key: field for key, field in record.items() if key not in (TEXT, SPANS)})


def in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return ``spans`` sorted."""
    return tuple(sorted(spans))


def overlaps(spans: Sequence[Span]) -> list[tuple[Span, Span]]:
    """Return each span that begins inside an earlier one, behind that one; ``spans`` in order."""
    found: list[tuple[Span, Span]] = []
    widest: Span | None = None
    for span in spans:
        if widest is not None and span[0] < widest[1]:
            found.append((widest, span))
        if widest is None or span[1] > widest[1]:
            widest = span
    return found


def trimmed(text: str, span: Span) -> Span:
    """Return ``span`` without the blanks at its edges; empty where it holds nothing else."""
    start, end, label = span
    inside = text[start:end]
    if not inside.strip():
        return start, start, label
    return start + len(inside) - len(inside.lstrip()), start + len(inside.rstrip()), label


def loose(item: Item) -> list[Span]:
    """Return the spans whose edges are blanks, which formats of tokens or lines cannot hold."""
    return [span for span in item.spans or () if trimmed(item.text, span) != span]


def fasten(where: str, text: str, spans: Iterable[Span], exact: Any) -> tuple[Span, ...]:
    """Return ``spans`` with those that are still what ``loose`` saw widened again to their blanks.

    Raises InputError where ``exact`` is not a list of spans of ``text``, as ``loose`` returned it.
    """
    found = set(spans)
    for span in exact if isinstance(exact, list) else []:
        wide = span_of(where, span, len(text))
        narrow = trimmed(text, wide)
        if narrow in found or narrow[0] == narrow[1]:
            found.discard(narrow)
            found.add(wide)
    return in_order(found)
