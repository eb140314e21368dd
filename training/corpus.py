"""Labelled text from JSONL files: documents with spans, single sentences, reader comments and comment trails."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from os import PathLike, fspath
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InputError

from .tables_in import TABLE_SUFFIXES, is_table, table_records

Span = tuple[int, int, str]
Ints = NDArray[np.int64]
_SUFFIXES = (".jsonl", ".jsonl.gz", *TABLE_SUFFIXES)
_TOKEN = re.compile(r"\S+")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_KNOWN = frozenset({"id", "text", "spans", "source", "site", "split", "license"})


@dataclass(frozen=True)
class LabelledDocument:
    """A text and its labelled spans.

    ``spans`` are ``(start, end, label)`` in code points, end exclusive, in order, disjoint, never empty. ``id`` keeps
    its JSON type; a record without one is called ``path:line``. ``meta`` holds the record's other fields.
    """

    id: Any
    text: str
    spans: tuple[Span, ...]
    source: str | None = None
    site: str | None = None
    split: str | None = None
    license: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def has(self, label: str) -> bool:
        """Tell whether any span carries ``label``."""
        return any(name == label for *_, name in self.spans)


@dataclass(frozen=True)
class LabelledSentence:
    """A sentence on its own."""

    id: Any
    text: str
    label: str
    source: str | None = None
    split: str | None = None


@dataclass(frozen=True)
class ReaderComment:
    """What one reader wrote; comments of one discussion share their ``thread``."""

    id: Any
    text: str
    source: str | None = None
    thread: str | None = None
    split: str | None = None


@dataclass(frozen=True)
class Trail:
    """The comments, in order, of the document whose id is ``article``."""

    article: Any
    comments: tuple[str, ...]
    split: str | None = None


Record = LabelledDocument | LabelledSentence | ReaderComment | Trail
R = TypeVar("R")
AnyPath = str | PathLike[str]


def read_corpus(paths: Iterable[AnyPath]) -> list[LabelledDocument]:
    """Read labelled documents from JSONL files (``.gz`` too) and folders of them, in order of path within a folder.

    Raises InputError with ``path:line`` for a broken line, a wrong type, and spans that are empty, overlap or lie
    outside their text; with the path for an unreadable file, a folder without JSONL, and a corpus without documents.
    """
    files = [file for path in paths for file in _files(Path(fspath(path)))]
    documents = [document for file in files for document in _read(file, _document)]
    if not documents:
        raise InputError(", ".join(map(str, files)) or "corpus", "holds no labelled documents")
    return documents


def read_sentences(path: AnyPath) -> list[LabelledSentence]:
    """Read single labelled sentences; raises InputError as ``read_corpus`` does."""
    return list(_read(Path(fspath(path)), _sentence))


def read_comments(path: AnyPath) -> list[ReaderComment]:
    """Read reader comments; raises InputError as ``read_corpus`` does."""
    return list(_read(Path(fspath(path)), _comment))


def read_trails(path: AnyPath) -> list[Trail]:
    """Read comment trails; raises InputError as ``read_corpus`` does."""
    return list(_read(Path(fspath(path)), _trail))


def labels_of(documents: Iterable[LabelledDocument]) -> tuple[str, ...]:
    """Return the labels the documents use, sorted."""
    return tuple(sorted({label for document in documents for *_, label in document.spans}))


def corpus_digest(*groups: Iterable[Record]) -> str:
    """Return a SHA-256 in hex over every record read.

    It depends on neither the files' names nor the order of records, and not on fields that training ignores.
    """
    lines = sorted(_canonical(record) for group in groups for record in group)
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line + b"\n")
    return digest.hexdigest()


def word_starts(text: str) -> Ints:
    """Return where each word begins, (n,) in code points: a word is a token with a letter or digit in it."""
    found = [m.start() for m in _TOKEN.finditer(text) if _LETTER_OR_DIGIT.search(text, m.start(), m.end())]
    return np.array(found, np.int64)


def labels_at(spans: Sequence[Span], positions: Ints, labels: Sequence[str]) -> Ints:
    """Return for each position the index in ``labels`` of the span that holds it, -1 where none does."""
    starts = np.array([span[0] for span in spans] or [0], np.int64)
    ends = np.array([span[1] for span in spans] or [0], np.int64)
    column = {label: i for i, label in enumerate(labels)}
    columns = np.array([column[span[2]] for span in spans] or [-1], np.int64)
    holder = np.searchsorted(starts, positions, side="right") - 1
    inside = (holder >= 0) & (positions < ends[holder])
    return np.where(inside, columns[holder], -1)


def project(document: LabelledDocument, starts: Ints, ends: Ints, labels: Sequence[str]) -> Ints:
    """Return for each segment (ordered, disjoint, code points) the label that holds most of its words.

    int64 (n,), indices into ``labels`` (see ``labels_of``). Of equals the first to speak wins. A segment without words
    takes the label at its first character; -1 where no span covers.
    """
    words = word_starts(document.text)
    gold = labels_at(document.spans, words, labels)
    owner = np.searchsorted(starts, words, side="right") - 1
    inside = (owner >= 0) & (words < ends[owner]) & (gold >= 0) if len(starts) else np.zeros(len(words), bool)
    n, k = len(starts), max(len(labels), 1)
    cells = owner[inside] * k + gold[inside]
    counts = np.bincount(cells, minlength=n * k).reshape(n, k).astype(np.float64)
    cell, where = np.unique(cells, return_index=True)
    counts.ravel()[cell] -= where / (len(cells) + 1.0)
    return np.where(counts.max(1, initial=0.0) > 0, counts.argmax(1), labels_at(document.spans, starts, labels))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.iterdir() if file.name.endswith(_SUFFIXES))
    if not found:
        raise InputError(str(path), "this folder holds no .jsonl or .jsonl.gz file, and no table")
    return found


def _read(path: Path, build: Callable[[str, dict[str, Any]], R]) -> Iterator[R]:
    for where, record in json_objects(path):
        yield build(where, record)


def json_objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Read the objects of a JSONL file (``.gz`` too) or the rows of a table, each with its ``path:line``.

    Raises InputError.
    """
    if is_table(path):
        yield from table_records(path)
        return
    for where, line in _lines(path):
        try:
            record = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise InputError(where, f"not a JSON line in UTF-8 ({error})") from None
        if not isinstance(record, dict):
            raise InputError(where, "not a JSON object")
        yield where, record


def _lines(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with _open(path) as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield f"{path}:{number}", line
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(str(path), f"cannot be read ({reason})") from None


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _text(where: str, record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise InputError(where, f'"{name}" must be a string' if name in record else f'"{name}" is missing')
    return value


def _optional(where: str, record: Mapping[str, Any], name: str) -> str | None:
    return None if record.get(name) is None else _text(where, record, name)


def _document(where: str, record: dict[str, Any]) -> LabelledDocument:
    text = _text(where, record, "text")
    spans = spans_of(where, record.get("spans"), len(text))
    extra = {key: value for key, value in record.items() if key not in _KNOWN}
    source, site, split, terms = (_optional(where, record, name) for name in ("source", "site", "split", "license"))
    return LabelledDocument(record.get("id", where), text, spans, source, site, split, terms, extra)


def spans_of(where: str, value: Any, length: int) -> tuple[Span, ...]:
    """Return a list of ``[start, end, label]`` as the spans of a text of ``length``, in order; raises InputError."""
    if not isinstance(value, list):
        raise InputError(where, '"spans" must be a list of [start, end, label]')
    spans = sorted(span_of(where, item, length) for item in value)
    for (_, end, _), (start, *_) in itertools.pairwise(spans):
        if start < end:
            raise InputError(where, f"spans overlap at {start}")
    return tuple(spans)


def span_of(where: str, item: Any, length: int) -> Span:
    """Return ``[start, end, label]`` as a span of a text of ``length``; raises InputError where it is none."""
    if not (isinstance(item, list) and [type(part) for part in item] == [int, int, str] and item[2]):
        raise InputError(where, f"a span must be [start, end, label], not {json.dumps(item)[:80]}")
    start, end, label = item
    if not 0 <= start < end <= length:
        raise InputError(where, f"span [{start}, {end}] is empty or outside the text of {length} characters")
    return start, end, label


def _sentence(where: str, record: dict[str, Any]) -> LabelledSentence:
    source, split = _optional(where, record, "source"), _optional(where, record, "split")
    text, label = _text(where, record, "text"), _text(where, record, "label")
    return LabelledSentence(record.get("id", where), text, label, source, split)


def _comment(where: str, record: dict[str, Any]) -> ReaderComment:
    source, thread, split = (_optional(where, record, name) for name in ("source", "thread", "split"))
    return ReaderComment(record.get("id", where), _text(where, record, "text"), source, thread, split)


def _trail(where: str, record: dict[str, Any]) -> Trail:
    comments = record.get("comments")
    if not (isinstance(comments, list) and all(isinstance(comment, str) for comment in comments)):
        raise InputError(where, '"comments" must be a list of strings')
    if record.get("article") is None:
        raise InputError(where, '"article" is missing')
    return Trail(record["article"], tuple(comments), _optional(where, record, "split"))


def _canonical(record: Record) -> bytes:
    content = {part.name: getattr(record, part.name) for part in fields(record) if part.name != "meta"}
    named = {"kind": type(record).__name__, **content}
    return json.dumps(named, sort_keys=True, separators=(",", ":")).encode()
