"""A source -> stretches of it -> its documents, and what was wrong with the rest."""

from __future__ import annotations

import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from io import BufferedIOBase
from typing import NamedTuple, cast

from ..errors import InputError
from ..text import Document
from .decoding import bounded, chunks, decode, decode_utf8, lines, places_of_lines, refuse_giant
from .records import parse
from .sources import STDIN, Source, why


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
    """A document with where it came from: ``path``, or ``path:line`` and that JSON line."""

    source: Source
    document: Document
    where: str
    line: str = ""


class Stretch(NamedTuple):
    """A part of a source that can be read by itself: a text file, or some lines; cheap to make, cheap to send.

    Attributes:
        data: bytes as they stand in a text file, lines in UTF-8, or text; None: to be read in the file.
        line: number of the first line.
        start, size: where in the file the bytes are, ``size`` below zero for all.
        file: device and inode, so that they are looked for in no other file.
    """

    source: Source
    data: bytes | str | None
    line: int = 1
    start: int = 0
    size: int = -1
    file: tuple[int, int] | None = None

    @property
    def weight(self) -> int:
        """About how many bytes there are to read."""
        return len(self.data) if self.data is not None else self.source.size if self.size < 0 else self.size


def read(
    source: Source, fields: Fields, advance: Callable[[int], None] | None = None
) -> Iterator[Source | Stretch | InputError | Caution]:
    """Yield ``source`` itself, then its stretches in order, and problems as values.

    A file that cannot be opened or read on is an InputError at its path. ``advance`` is told how many bytes of the file
    were passed since it was last told.
    """
    warnings: list[str] = []
    try:
        yield from _stretches(source, fields.encoding, advance or (lambda _: None), warnings.append)
    except InputError as error:
        yield InputError(source.path, error.reason)
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        yield InputError(source.path, f"cannot be read ({why(error)})")
    for warning in warnings:
        yield Caution(source.path, warning)


def _stretches(
    source: Source, encoding: str | None, advance: Callable[[int], None], warn: Callable[[str], None]
) -> Iterator[Source | Stretch]:
    identity = _in_place(source)
    if identity and source.format == "text":
        refuse_giant(source.size)
        yield source
        yield Stretch(source, None, file=identity)
        advance(source.size)
        return
    with _open(source) as file:
        yield source
        places = places_of_lines(file, encoding) if identity else None
        if places is not None:
            yield from _placed(source, places, identity, advance)
        elif source.format == "jsonl":
            yield from _numbered(source, lines(_counted(file, source, advance), encoding, warn))
        else:
            yield Stretch(source, b"".join(bounded(_counted(file, source, advance))))


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


def _in_place(source: Source) -> tuple[int, int] | None:
    """Return device and inode of a plain file that any process can read by its name; None for all else."""
    if source.codec or source.path == STDIN or os.path.abspath(source.path).startswith(("/dev/", "/proc/")):
        return None
    status = os.stat(source.path)
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def records(stretch: Stretch, fields: Fields) -> Iterator[Record | InputError | Caution]:
    """Yield the records of ``stretch`` in order; a broken line is an InputError at ``path:line``, and on it goes."""
    source = stretch.source
    warnings: list[str] = []
    try:
        text = _text(source, _data(stretch), fields.encoding, warnings.append)
    except (OSError, UnicodeError) as error:
        yield InputError(source.path, f"cannot be read ({why(error)})")
    else:
        one = source.format == "text"
        yield from [Record(source, Document(source.path, text), source.path)] if one else _lines(stretch, text, fields)
    for warning in warnings:
        yield Caution(source.path, warning)


def _data(stretch: Stretch) -> bytes | str:
    if stretch.data is not None:
        return stretch.data
    with open(stretch.source.path, "rb") as file:
        status = os.fstat(file.fileno())
        if stretch.file != (status.st_dev, status.st_ino):
            raise OSError("it is not the file that it was")
        file.seek(stretch.start)
        return file.read(stretch.size)


def _text(source: Source, data: bytes | str, encoding: str | None, warn: Callable[[str], None]) -> str:
    if isinstance(data, str):
        return data
    return decode(data, encoding, warn) if source.format == "text" else decode_utf8(data, warn)


def _lines(stretch: Stretch, text: str, fields: Fields) -> Iterator[Record | InputError]:
    for number, line in enumerate(text.split("\n"), stretch.line):
        if not line.strip(" \t\r"):
            continue
        where = f"{stretch.source.path}:{number}"
        try:
            document = parse(line, where, fields.text, fields.id)
        except InputError as error:
            yield error
        else:
            yield Record(stretch.source, document, where, line)


def _open(source: Source) -> AbstractContextManager[BufferedIOBase]:
    if source.path == STDIN:
        if sys.stdin is None:
            raise InputError(STDIN, "standard input is closed")
        return nullcontext(cast(BufferedIOBase, sys.stdin.buffer))
    status = os.stat(source.path)
    endless = stat.S_ISCHR(status.st_mode) and status.st_rdev != os.stat(os.devnull).st_rdev
    if endless or stat.S_ISBLK(status.st_mode) or stat.S_ISSOCK(status.st_mode):
        raise InputError(source.path, "is a device, not a file")
    return open(source.path, "rb")


def _counted(file: BufferedIOBase, source: Source, advance: Callable[[int], None]) -> Iterator[bytes]:
    before = 0
    for chunk in chunks(file, source.codec):
        if source.size:
            advance(file.tell() - before)
            before = file.tell()
        yield chunk
