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
from .decoding import chunks, decode, decode_utf8, lines
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

    ``data`` are bytes as they stand in a text file, bytes of UTF-8, or text; ``line`` is the number of its first line.
    """

    source: Source
    data: bytes | str
    line: int = 1


def read(
    source: Source, fields: Fields, advance: Callable[[int], None] | None = None
) -> Iterator[Source | Stretch | InputError | Caution]:
    """Yield ``source`` itself once it is open, then its stretches in order, and problems as values.

    A file that cannot be opened or read on is an InputError at its path. ``advance`` is told how many bytes of the file
    were read since it was last told.
    """
    warnings: list[str] = []
    try:
        with _open(source) as file:
            yield source
            parts = _counted(file, source, advance)
            if source.format == "jsonl":
                yield from _stretches(source, lines(parts, fields.encoding, warnings.append))
            else:
                yield Stretch(source, b"".join(parts))
    except InputError as error:
        yield InputError(source.path, error.reason)
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        yield InputError(source.path, f"cannot be read ({why(error)})")
    for warning in warnings:
        yield Caution(source.path, warning)


def _stretches(source: Source, pieces: Iterable[bytes] | Iterable[str]) -> Iterator[Stretch]:
    line = 1
    for piece in pieces:
        yield Stretch(source, piece, line)
        line += piece.count(b"\n") if isinstance(piece, bytes) else piece.count("\n")


def records(stretch: Stretch, fields: Fields) -> Iterator[Record | InputError | Caution]:
    """Yield the records of ``stretch`` in order; a broken line is an InputError at ``path:line``, and on it goes."""
    source = stretch.source
    warnings: list[str] = []
    try:
        text = _text(stretch, fields.encoding, warnings.append)
    except UnicodeError as error:
        yield InputError(source.path, f"cannot be read ({why(error)})")
    else:
        one = source.format == "text"
        yield from [Record(source, Document(source.path, text), source.path)] if one else _lines(stretch, text, fields)
    for warning in warnings:
        yield Caution(source.path, warning)


def _text(stretch: Stretch, encoding: str | None, warn: Callable[[str], None]) -> str:
    if isinstance(stretch.data, str):
        return stretch.data
    if stretch.source.format == "text":
        return decode(stretch.data, encoding, warn)
    return decode_utf8(stretch.data, warn)


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


def _counted(file: BufferedIOBase, source: Source, advance: Callable[[int], None] | None) -> Iterator[bytes]:
    before = 0
    for chunk in chunks(file, source.codec):
        if advance and source.size:
            advance(file.tell() - before)
            before = file.tell()
        yield chunk
