"""A source -> its documents, and what was wrong with the rest."""

from __future__ import annotations

import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import NamedTuple, cast

from ..errors import InputError
from ..text import Document
from .decoding import chunks, decode, lines
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


Item = Source | Record | InputError | Caution


def read(source: Source, fields: Fields, advance: Callable[[int], None] | None = None) -> Iterator[Item]:
    """Yield ``source`` itself once it is open, then its records in order, and problems as values.

    A broken line is an InputError at ``path:line`` and reading goes on behind it; a file that cannot be opened or read
    on is one at its path. ``advance`` is told how many bytes of the file were read since it was last told.
    """
    warnings: list[str] = []
    try:
        with _open(source) as file:
            yield source
            texts = decode(_counted(file, source, advance), fields.encoding, warnings.append)
            if source.format == "jsonl":
                yield from _read_lines(source, texts, fields)
            else:
                yield Record(source, Document(source.path, "".join(texts)), source.path)
    except InputError as error:
        yield InputError(source.path, error.reason)
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        yield InputError(source.path, f"cannot be read ({why(error)})")
    for warning in warnings:
        yield Caution(source.path, warning)


def _read_lines(source: Source, texts: Iterator[str], fields: Fields) -> Iterator[Record | InputError]:
    for number, line in enumerate(lines(texts), 1):
        if not line.strip(" \t\r"):
            continue
        where = f"{source.path}:{number}"
        try:
            document = parse(line, where, fields.text, fields.id)
        except InputError as error:
            yield error
        else:
            yield Record(source, document, where, line)


def _open(source: Source) -> AbstractContextManager[BufferedIOBase]:
    if source.path == STDIN:
        if sys.stdin is None:
            raise InputError(STDIN, "standard input is closed")
        return nullcontext(cast(BufferedIOBase, sys.stdin.buffer))
    status = os.stat(source.path)
    endless = stat.S_ISCHR(status.st_mode) and status.st_rdev != os.stat(os.devnull).st_rdev
    if endless or stat.S_ISBLK(status.st_mode) or stat.S_ISSOCK(status.st_mode):
        raise InputError(source.path, "is a device, not a file")
    return Path(source.path).open("rb")


def _counted(file: BufferedIOBase, source: Source, advance: Callable[[int], None] | None) -> Iterator[bytes]:
    before = 0
    for chunk in chunks(file, source.codec):
        if advance and source.size:
            advance(file.tell() - before)
            before = file.tell()
        yield chunk
