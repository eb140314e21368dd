"""What stands on each side of a comparison: a model, or results that ``winnow classify`` wrote."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ..classify import Classifier
from ..errors import InputError
from ..io import Fields, Record, Stretch, format_of, read, records, walk
from ..result import DocumentResult
from ..text import Document

_RESULTS = Fields(text="model")  # a result has no text; the one string that every result has stands in for it


class Side(Protocol):
    """Something that has a result for each document."""

    @property
    def name(self) -> str:
        """What it is called."""

    def results(self, documents: Sequence[Document]) -> Iterator[DocumentResult | InputError]:
        """Yield a result for each of ``documents``, or why there is none."""


class Both(NamedTuple):
    """What both sides made of a document, or why one could not."""

    a: DocumentResult | InputError
    b: DocumentResult | InputError

    @property
    def warning(self) -> str | None:
        """The warning of the document."""
        return next((side.warning for side in self if isinstance(side, DocumentResult)), None)


@dataclass(frozen=True)
class Pair:
    """Both sides; judges as a classifier does."""

    a: Side
    b: Side

    def classify_many(self, documents: Iterable[Document]) -> Iterator[Both]:
        """Yield what both make of each document, in order."""
        listed = list(documents)
        yield from map(Both, self.a.results(listed), self.b.results(listed))


@dataclass(frozen=True)
class Model:
    """A model on one side."""

    classifier: Classifier

    @property
    def name(self) -> str:
        """The model's name."""
        return self.classifier.name

    def results(self, documents: Sequence[Document]) -> Iterator[DocumentResult | InputError]:
        """Judge."""
        return self.classifier.classify_many(documents)


@dataclass(frozen=True)
class Results:
    """A file of results on one side, found by the documents' ids."""

    path: str

    @property
    def name(self) -> str:
        """The file's name."""
        return Path(self.path).name

    def results(self, documents: Sequence[Document]) -> Iterator[DocumentResult | InputError]:
        """Look up."""
        for document in documents:
            line = self._lines.get(json.dumps(document.id))
            if line is None:
                yield InputError(self.path, f"has no result for the document {json.dumps(document.id)[:100]}")
            else:
                yield self._result(line, document)

    @cached_property
    def _lines(self) -> dict[str, str]:
        """Each record as it stands in the file, by its id; raises InputError."""
        lines: dict[str, str] = {}
        for source in walk([self.path]):
            for part in [source] if isinstance(source, InputError) else read(source, _RESULTS):
                for record in records(part, _RESULTS) if isinstance(part, Stretch) else [part]:
                    if isinstance(record, InputError):
                        raise record
                    if isinstance(record, Record):
                        lines.setdefault(json.dumps(record.document.id), record.line)
        return lines

    def _result(self, line: str, document: Document) -> DocumentResult | InputError:
        try:
            return _laid(json.loads(line), document)
        except (KeyError, TypeError, ValueError):
            name = json.dumps(document.id)[:100]
            return InputError(self.path, f"the result for {name} is none, or of another text")


def _laid(record: dict[str, Any], document: Document) -> DocumentResult:
    """Return the result that a record holds; raises KeyError, TypeError or ValueError where it is of another text."""
    rows = record["segments"]
    classes = sorted({*record.get("segments_by_label", ()), *(row["label"] for row in rows)})
    if len(classes) < 2:
        classes = sorted({*classes, "other"})
    last = 0
    for row in rows:
        if not (last <= row["start"] < row["end"] <= len(document.text) and 0 <= row["score"] <= 1):
            raise ValueError("not of this text")
        last = row["end"]
    segments = [(row["start"], row["end"], row["label"], _shares(row, classes)) for row in rows]
    return DocumentResult.of(document.id, document.text, classes, segments, str(record.get("model", "")))


def _shares(row: dict[str, Any], classes: Sequence[str]) -> list[float]:
    """The probabilities of a segment; of the other labels 0 where the record does not tell them."""
    told = row.get("probabilities") or {row["label"]: row["score"]}
    return [float(told.get(label, 0)) for label in classes]


def side(name: str) -> Side:
    """Return the file of results, or the model, called ``name``; raises ModelError, InputError."""
    if format_of(name) == "jsonl":
        return Results(name)
    return Model(Classifier.load(name))
