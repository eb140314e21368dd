"""A source -> stretches of it -> its documents, and what was wrong with the rest."""

from __future__ import annotations

import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from io import BufferedIOBase
from typing import Any, NamedTuple, Protocol, cast

from ..errors import InputError
from ..text import Document
from .decoding import bounded, chunks, decode, decode_utf8, lines, places_of_lines, refuse_giant
from .records import parse
from .sources import STDIN, Source, is_remote, why


class Caution(NamedTuple):
    """Something a person should know about an input that was read all the same."""

    where: str
    reason: str


@dataclass(frozen=True)
class Fields:
    """How records are read: the fields that hold text and id, and an encoding other than UTF-8."""

    text: str = "text"
    id: str = "id"
    encoding: str | None = None


class Record(NamedTuple):
    """A document with where it came from.

    Attributes:
        where: ``path``, ``path:line`` or, in a table, ``path:row``.
        line: the JSON line it was.
        origin: what else is needed to write it anew: a row of a table, a page.
    """

    source: Source
    document: Document
    where: str
    line: str = ""
    origin: Any = None


class Stretch(NamedTuple):
    """A part of a source that can be read by itself: a text file, some lines, some rows; cheap to make, cheap to send.

    Attributes:
        data: bytes as they stand in a text file, lines in UTF-8, text, rows; None: to be read in the file.
        line: number of the first line or row.
        start, size: where in the file the bytes are, or the row groups of a table, ``size`` below zero for all.
        file: device and inode, so that they are looked for in no other file.
        heft: bytes to read, where neither ``data`` nor ``size`` says it.
    """

    source: Source
    data: Any
    line: int = 1
    start: int = 0
    size: int = -1
    file: tuple[int, int] | None = None
    heft: int = -1

    @property
    def weight(self) -> int:
        """About how many bytes there are to read."""
        if self.heft >= 0:
            return self.heft
        return len(self.data) if self.data is not None else self.source.size if self.size < 0 else self.size


class Reader(Protocol):
    """What a module that reads another format has; it is imported when there is something to read.

    What cannot be read at all it raises as InputError, OSError or EOFError; what is wrong with a record it yields.
    """

    def stretches(
        self, source: Source, fields: Fields, advance: Callable[[int], None], warn: Callable[[str], None]
    ) -> Iterator[Source | Stretch | InputError]:
        """Yield ``source`` once it is open, then its stretches."""

    def records(self, stretch: Stretch, fields: Fields, warn: Callable[[str], None]) -> Iterator[Record | InputError]:
        """Yield the records of ``stretch``."""


READERS = {
    "parquet": "tables",
    "arrow": "tables",
    "csv": "delimited",
    "tsv": "delimited",
    "html": "pages",
    "warc": "warc",
}


def reader(name: str) -> Reader | None:
    """Return who reads the format ``name``; None where that is this module itself."""
    module = READERS.get(name)
    return cast(Reader, import_module(f".{module}", __package__)) if module else None


def read(
    source: Source, fields: Fields, advance: Callable[[int], None] | None = None
) -> Iterator[Source | Stretch | InputError | Caution]:
    """Yield ``source`` itself, then its stretches in order, and problems as values.

    A file that cannot be opened or read on is an InputError at its path. ``advance`` is told how many bytes of the file
    were passed since it was last told.
    """
    warnings: list[str] = []
    told = advance or (lambda _: None)
    try:
        other = reader(source.format)
        yield from (
            other.stretches(source, fields, told, warnings.append)
            if other
            else _stretches(source, fields.encoding, told, warnings.append)
        )
    except InputError as error:
        yield InputError(source.path, error.reason)
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        yield InputError(source.path, f"cannot be read ({why(error)})")
    for warning in warnings:
        yield Caution(source.path, warning)


def _stretches(
    source: Source, encoding: str | None, advance: Callable[[int], None], warn: Callable[[str], None]
) -> Iterator[Source | Stretch]:
    if source.format == "text":
        yield from whole(source, advance)
        return
    identity = in_place(source)
    with opened(source) as file:
        yield source
        places = places_of_lines(file, encoding) if identity else None
        if places is not None:
            yield from _placed(source, places, identity, advance)
        else:
            yield from _numbered(source, lines(counted(file, source, advance), encoding, warn))


def whole(source: Source, advance: Callable[[int], None]) -> Iterator[Source | Stretch]:
    """Yield ``source`` and a stretch that is all of it; raises OSError, and InputError where that is too large."""
    identity = in_place(source)
    if identity:
        refuse_giant(source.size)
        yield source
        yield Stretch(source, None, file=identity)
        advance(source.size)
        return
    with opened(source) as file:
        yield source
        yield Stretch(source, b"".join(bounded(counted(file, source, advance))))


def _placed(
    source: Source,
    places: Iterator[tuple[int, int, int]],
    identity: tuple[int, int] | None,
    advance: Callable[[int], None],
) -> Iterator[Stretch]:
    line = 1
    for start, size, feeds in places:
        yield Stretch(source, None, line, start, size, identity)
        line += feeds
        advance(size)


def _numbered(source: Source, pieces: Iterable[bytes] | Iterable[str]) -> Iterator[Stretch]:
    line = 1
    for piece in pieces:
        yield Stretch(source, piece, line)
        line += piece.count(b"\n") if isinstance(piece, bytes) else piece.count("\n")


def in_place(source: Source) -> tuple[int, int] | None:
    """Return device and inode of a plain file that any process can read by its name; None for all else."""
    if (
        source.codec
        or source.path == STDIN
        or is_remote(source.path)
        or os.path.abspath(source.path).startswith(("/dev/", "/proc/"))
    ):
        return None
    status = os.stat(source.path)
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def records(stretch: Stretch, fields: Fields) -> Iterator[Record | InputError | Caution]:
    """Yield the records of ``stretch`` in order; a broken line is an InputError at ``path:line``, and on it goes."""
    source = stretch.source
    warnings: list[str] = []
    other = reader(source.format)
    try:
        if other:
            yield from other.records(stretch, fields, warnings.append)
        elif source.format == "text":
            text = _text(data_of(stretch), fields.encoding, warnings.append)
        else:
            rows = _rows(data_of(stretch), warnings.append)
    except InputError as error:
        yield InputError(source.path, error.reason)
    except (OSError, EOFError, UnicodeError) as error:
        yield InputError(source.path, f"cannot be read ({why(error)})")
    else:
        if source.format == "text":
            yield Record(source, Document(source.path, text), source.path)
        elif not other:
            yield from _lines(stretch, rows, fields)
    for warning in warnings:
        yield Caution(source.path, warning)


def data_of(stretch: Stretch) -> bytes | str:
    """Return the bytes of a stretch, from the file where it does not hold them; raises OSError."""
    if stretch.data is not None:
        return stretch.data
    with open(stretch.source.path, "rb") as file:
        status = os.fstat(file.fileno())
        if stretch.file != (status.st_dev, status.st_ino):
            raise OSError("it is not the file that it was")
        file.seek(stretch.start)
        return file.read(stretch.size)


def _text(data: bytes | str, encoding: str | None, warn: Callable[[str], None]) -> str:
    return data if isinstance(data, str) else decode(data, encoding, warn)


def _rows(data: bytes | str, warn: Callable[[str], None]) -> list[str]:
    if isinstance(data, str):
        return data.split("\n")
    try:  # line by line, because most are ASCII, and those take no time
        return [line.decode() for line in data.split(b"\n")]
    except UnicodeDecodeError:
        return decode_utf8(data, warn).split("\n")


def _lines(stretch: Stretch, rows: Iterable[str], fields: Fields) -> Iterator[Record | InputError]:
    source = stretch.source
    for number, line in enumerate(rows, stretch.line):
        if not line.strip(" \t\r"):
            continue
        where = f"{source.path}:{number}"
        try:
            document = parse(line, where, fields.text, fields.id)
        except InputError as error:
            yield error
        else:
            yield Record(source, document, where, line)


def opened(source: Source) -> AbstractContextManager[BufferedIOBase]:
    """Open a source to read its bytes; raises OSError, and InputError for what is no file."""
    if source.path == STDIN:
        if sys.stdin is None:
            raise InputError(STDIN, "standard input is closed")
        return nullcontext(cast(BufferedIOBase, sys.stdin.buffer))
    if is_remote(source.path):
        return import_module(".remote", __package__).opened(source.path)
    status = os.stat(source.path)
    endless = stat.S_ISCHR(status.st_mode) and status.st_rdev != os.stat(os.devnull).st_rdev
    if endless or stat.S_ISBLK(status.st_mode) or stat.S_ISSOCK(status.st_mode):
        raise InputError(source.path, "is a device, not a file")
    return open(source.path, "rb")


def counted(file: BufferedIOBase, source: Source, advance: Callable[[int], None]) -> Iterator[bytes]:
    """Yield the bytes of an open source, decompressed, and tell ``advance`` how far it has come."""
    before = 0
    for chunk in chunks(file, source.codec):
        if source.size:
            advance(file.tell() - before)
            before = file.tell()
        yield chunk
