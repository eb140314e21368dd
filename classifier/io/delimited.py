"""CSV and TSV -> rows -> records, and back.

The first line names the columns. A quoted cell may hold line breaks, so files are read in order, by one process.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import InputError
from ..text import Document
from .changes import Change, as_cell
from .crossing import cells_of
from .decoding import CHUNK, MAX_DOCUMENT, decode_utf8, lines
from .reading import Fields, Record, Stretch, counted, opened
from .sources import Source

DELIMITERS = {"csv": ",", "tsv": "\t"}
_MANY = 1 << 10  # rows in one stretch at most


@dataclass(frozen=True)
class Lines:
    """Rows of a file: the names of its columns, and of each row its line and its cells or what is wrong with it."""

    head: tuple[str, ...]
    rows: list[tuple[int, list[str] | str]]
    size: int

    def __len__(self) -> int:
        return self.size


class LineOf(NamedTuple):
    """Where a record stands: the columns' names, and its cells."""

    head: tuple[str, ...]
    cells: list[str]

    def fields(self) -> Iterable[tuple[str, str]]:
        """Return names and cells."""
        return zip(self.head, self.cells, strict=True)


class Sheet(NamedTuple):
    """Lines of a table, and the names that belong above them."""

    head: tuple[str, ...]
    delimiter: str
    text: str


class Cells(NamedTuple):
    """A record that becomes a line of a table."""

    head: tuple[str, ...]
    cells: list[str]
    delimiter: str

    @classmethod
    def of(cls, record: Record, changes: Mapping[str, Change], delimiter: str) -> Cells:
        """Return the line of a record: its cells, some of them changed, and new ones at the end."""
        head, cells = record.origin if isinstance(record.origin, LineOf) else cells_of(record)
        written = dict(zip(head, cells, strict=True)) | {name: as_cell(value) for name, value in changes.items()}
        if len(head) == len(set(head)):
            return cls(tuple(written), list(written.values()), delimiter)
        return cls(*_beside(head, cells, changes), delimiter)

    @staticmethod
    def stack(rows: Sequence[Cells]) -> Sheet:
        """Return rows with the same columns as lines."""
        return Sheet(rows[0].head, rows[0].delimiter, written_lines([row.cells for row in rows], rows[0].delimiter))


def _beside(
    head: Sequence[str], cells: Sequence[str], changes: Mapping[str, Change]
) -> tuple[tuple[str, ...], list[str]]:
    """As ``dict`` would do it, but that names may stand there twice: the first is the one that changes."""
    names, values = list(head), list(cells)
    for name, value in changes.items():
        if name not in names:
            names.append(name)
            values.append("")
        values[names.index(name)] = as_cell(value)
    return tuple(names), values


def written_lines(rows: Iterable[Sequence[str]], delimiter: str) -> str:
    """Return rows as lines that end in a line feed; cells are quoted where they must be."""
    pieces, listed = _Pieces(), list(rows)
    try:
        csv.writer(pieces, delimiter=delimiter, lineterminator="\r\n").writerows(listed)  # so that it quotes both
    except csv.Error:  # Python 3.10 writes no NUL
        quoted = (['"' + cell.replace('"', '""') + '"' for cell in row] for row in listed)
        return "".join(delimiter.join(row) + "\n" for row in quoted)
    return "".join([piece[:-2] + "\n" for piece in pieces])


class _Pieces(list[str]):
    write = list.append


def stretches(
    source: Source, fields: Fields, advance: Callable[[int], None], warn: Callable[[str], None]
) -> Iterator[Source | Stretch | InputError]:
    """Yield ``source``, then its rows, some at a time."""
    csv.field_size_limit(MAX_DOCUMENT)
    with opened(source) as file:
        yield source
        numbered = _Numbered(lines(counted(file, source, advance), fields.encoding, warn), warn)
        rows = _rows(csv.reader(numbered, delimiter=DELIMITERS[source.format]))
        _, head = next(rows, (1, []))
        if isinstance(head, str):
            raise InputError("", head)
        _column(head, fields)
        for part in _together(rows, tuple(head)):
            yield Stretch(source, part, part.rows[0][0])


class _Numbered:
    """Gives a reader of CSV its lines, with their line ends."""

    def __init__(self, blocks: Iterable[bytes | str], warn: Callable[[str], None]) -> None:
        self._blocks, self._warn, self._block = iter(blocks), warn, io.StringIO()

    def __iter__(self) -> _Numbered:
        return self

    def __next__(self) -> str:
        while not (line := self._block.readline()):
            block = next(self._blocks)
            text = decode_utf8(block, self._warn) if isinstance(block, bytes) else block
            self._block = io.StringIO(text, newline="\n")
        return line


def _rows(reader: csv.Reader) -> Iterator[tuple[int, list[str] | str]]:  # type: ignore[name-defined]
    """Yield rows, each with its first line, and in place of one that is broken what is wrong with it."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"broken row ({error})"
            continue
        if cells:
            yield line, cells


def _together(rows: Iterable[tuple[int, list[str] | str]], head: tuple[str, ...]) -> Iterator[Lines]:
    taken: list[tuple[int, list[str] | str]] = []
    size = 0
    for line, cells in rows:
        weight = sum(map(len, cells))
        if taken and (size + weight > CHUNK or len(taken) == _MANY):
            yield Lines(head, taken, size)
            taken, size = [], 0
        taken.append((line, cells))
        size += weight
    if taken:
        yield Lines(head, taken, size)


def _column(head: Sequence[str], fields: Fields) -> int:
    found = head.count(fields.text)
    if found != 1:
        many = f"{found} columns" if found else "no column"
        raise InputError("", f'{many} "{fields.text}" in its first line (--text-field)')
    return head.index(fields.text)


def records(stretch: Stretch, fields: Fields, warn: Callable[[str], None]) -> Iterator[Record | InputError]:
    """Yield rows as records, and those that have not as many cells as the head as InputError at ``path:line``."""
    given: Lines = stretch.data
    head = given.head
    at = _column(head, fields)
    id_at = head.index(fields.id) if fields.id in head else -1
    for line, cells in given.rows:
        where = f"{stretch.source.path}:{line}"
        if isinstance(cells, str):
            yield InputError(where, cells)
        elif len(cells) != len(head):
            yield InputError(where, f"{len(cells)} cells, where the first line has {len(head)}")
        else:
            identity = cells[id_at] if id_at >= 0 and cells[id_at] else where
            yield Record(stretch.source, Document(identity, cells[at]), where, origin=LineOf(head, cells))
