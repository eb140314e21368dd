"""A source -> the parts it is cut into, each a run of stretches that one worker reads by itself.

A large JSONL file is cut every PART bytes, a line belonging to the part in which it begins. So nobody has to read the
file to cut it, and the parts do not depend on who does them: the same file always gives the same parts.
"""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ..io import Fields, Source, Stretch
from ..io.decoding import cut as lines_of
from ..io.sources import STDIN, is_remote
from .rows import first_rows, row_border

PART = 32 << 20  # bytes
_BLOCK = 15 << 15  # bytes read at a time
Feed = Callable[[bytes], object]


class Range(NamedTuple):
    """A part of a source: lines that begin from ``start`` up to ``end``; all of it where ``end`` is below zero."""

    start: int = 0
    end: int = -1


WHOLE = Range()
CUT = ("jsonl", "parquet")  # formats of which a part can be read alone


def cut(source: Source, fields: Fields, size: int = PART) -> list[Range]:
    """Return the parts of ``source`` in order; raises OSError."""
    large = source.size > size and not source.codec and lasts(source)
    if not large or source.format not in CUT or (source.format == "jsonl" and not _utf8(source.path, fields.encoding)):
        return [WHOLE]
    return [Range(start, min(start + size, source.size)) for start in range(0, source.size, size)]


def lasts(source: Source) -> bool:
    """Tell whether ``source`` is a file here that can be looked at again later."""
    if source.path == STDIN or is_remote(source.path) or os.path.abspath(source.path).startswith(("/dev/", "/proc/")):
        return False
    try:
        return stat.S_ISREG(os.stat(source.path).st_mode)
    except (OSError, ValueError):
        return False


def travels(source: Source) -> bool:
    """Tell whether any process can read ``source`` by its path."""
    return is_remote(source.path) or lasts(source)


def _utf8(path: str, encoding: str | None) -> bool:
    if codecs.lookup(encoding or "utf-8").name != "utf-8":
        return False
    with open(path, "rb") as file:
        return not file.read(2).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


class Lines:
    """The lines of a part.

    Attributes:
        start, end: where in the file they are, known when all have been read.
        feeds: line feeds among them.
    """

    def __init__(self, source: Source, part: Range, line: int, feed: Feed, tell: Callable[[int], None]) -> None:
        """``line`` is the number of the first one; ``feed`` is given every byte, ``tell`` how many have been read."""
        self.start, self.end, self.feeds = part.start, part.end, 0
        self._source, self._line, self._feed, self._tell = source, line, feed, tell

    def __iter__(self) -> Iterator[Stretch]:
        """Yield them, as many at a time as come together; raises OSError."""
        with open(self._source.path, "rb", buffering=0) as file:
            self.start, self.end = border(file, self.start), border(file, self.end)
            file.seek(self.start)
            for data in lines_of(self._blocks(file), b"\n"):
                mark = codecs.BOM_UTF8 if self._line == 1 and self.feeds == 0 else b""
                yield Stretch(self._source, data.removeprefix(mark), self._line + self.feeds)
                self.feeds += data.count(b"\n")

    def _blocks(self, file: Any) -> Iterator[bytes]:
        left = self.end - self.start
        while left > 0:
            block = file.read(min(_BLOCK, left))
            if not block:
                raise OSError("it became shorter while it was read")
            left -= len(block)
            self._feed(block)
            self._tell(len(block))
            yield block


def border(file: Any, at: int) -> int:
    """Return where the first line begins that does not begin before ``at``: the file's end where there is none."""
    if at == 0:
        return 0
    file.seek(at - 1)
    at -= 1
    while block := file.read(_BLOCK >> 3):
        if (found := block.find(b"\n")) >= 0:
            return int(at + found + 1)
        at += len(block)
    return at


def border_of(source: Source, file: Any, at: int) -> int:
    """Return where the first line, or row group, begins that does not begin before ``at``; raises OSError."""
    return row_border(file, at) if source.format == "parquet" else border(file, at)


def numbers(source: Source, parts: list[Range]) -> list[int]:
    """Return the number of the first line of each part; raises OSError."""
    path = source.path
    if source.format == "parquet":
        return first_rows(path, [part.start for part in parts])
    found, line, at = [], 1, 0
    with open(path, "rb", buffering=0) as file:
        for part in parts:
            begins = border(file, part.start)
            file.seek(at)
            while at < begins and (block := file.read(min(_BLOCK, begins - at))):
                line += block.count(b"\n")
                at += len(block)
            found.append(line)
    return found
