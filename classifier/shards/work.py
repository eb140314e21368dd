"""What a worker does with parts: read, judge, draw, write each part's outputs under names of their own, and account."""

from __future__ import annotations

import errno
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..errors import InputError
from ..io import Caution, Source, Stretch, read, sink_for
from ..io.joining import join
from ..io.sink import Sink
from ..io.sources import why
from ..workers import Tell
from .cutting import Lines, Range, numbers
from .desk import Desk, Drawn, Unnumbered, batches
from .rows import Rows
from .seal import Look, Seal, digest_of, fresh, look, written

_LARGE = 1 << 20  # bytes; a smaller file is not worth waiting for the disk, as its size tells whether it got there
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Column(NamedTuple):
    """One output of a part: where it is written, the name it will have in the end, and what it begins with."""

    path: str
    name: str
    header: str = ""


class Part(NamedTuple):
    """A part of a source with its outputs. ``line``: the number of its first line, or UNKNOWN."""

    source: Source
    number: int
    range: Range
    line: int
    columns: tuple[Column, ...]

    @property
    def weight(self) -> int:
        """Bytes to read."""
        return self.source.size if self.range.end < 0 else self.range.end - self.range.start


class Problem(NamedTuple):
    """Something to tell of a part. ``line`` counts from its first one, which is 0; below zero: the source itself."""

    error: bool
    where: str
    reason: str
    line: int = -1


@dataclass
class Made:
    """What was made of a part.

    Attributes:
        seal: what was read; None where the source cannot be read twice.
        lines: line feeds that were passed.
        files: for each column its bytes, its digest and whether it ends with a line; None where there is no file.
        failed: its source could not be read to the end; what stands before that is there.
        unwritten: an output could not be written, and none is there; ``full``: because there was no room left.
        numberless: nothing was made, because the lines before this part have to be counted first.
    """

    seal: Seal | None = None
    lines: int = 0
    documents: int = 0
    foreign: int = 0
    left_out: int = 0
    files: list[tuple[int, str, bool] | None] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    failed: bool = False
    unwritten: bool = False
    full: bool = False
    numberless: bool = False

    @property
    def good(self) -> bool:
        """Tell whether it may be written down as made."""
        return self.seal is not None and not self.unwritten and not self.failed


@dataclass(frozen=True)
class Bench:
    """Makes parts at a desk."""

    desk: Desk

    def __call__(self, parts: Sequence[Part], tell: Tell) -> list[Made]:
        """Return what was made of each part; small ones are judged together. Nothing is left of an exception."""
        hands = [_Hand(part) for part in parts]
        if len(parts) == 1 and parts[0].line < 0:
            return [self._unnumbered(hands[0], tell)]
        self._make(hands, tell)
        return [hand.made for hand in hands]

    def _unnumbered(self, hand: _Hand, tell: Tell) -> Made:
        try:
            self._make([hand], tell)
        except Unnumbered:
            return Made(numberless=True)
        return hand.made

    def _make(self, hands: list[_Hand], tell: Tell) -> None:
        current = hands[0]
        try:
            for batch in batches(self._items(hands, tell)):
                for item in self.desk(batch):
                    if isinstance(item, _Hand):
                        current = item
                    elif isinstance(item, Source):
                        current.begin()
                    elif item is None:
                        current.finish()
                    elif isinstance(item, Drawn):
                        current.take(item)
                    else:
                        current.problem(item)
        except BaseException:
            current.abandon()
            raise

    def _items(self, hands: list[_Hand], tell: Tell) -> Iterator[Any]:
        for hand in hands:
            yield hand
            yield from hand.items(self.desk, tell)
            yield None


class _Hand:
    """One part while it is being made."""

    def __init__(self, part: Part) -> None:
        self.part, self.made = part, Made()
        self._sinks: list[Sink | None] = [None] * len(part.columns)
        self._before: Look | None = None
        self._read: Lines | Rows

    def items(self, desk: Desk, tell: Tell) -> Iterator[Source | Stretch | InputError | Caution]:
        """Yield what there is to read, and take its seal."""
        source, ranged = self.part.source, self.part.range.end >= 0
        self._see()
        try:
            yield from self._lines(desk, tell) if ranged else read(source, desk.fields, tell)
            self._sealed(ranged)
        except InputError as error:
            yield InputError(source.path, error.reason)
        except (OSError, EOFError, zlib.error) as error:
            yield InputError(source.path, f"cannot be read ({why(error)})")

    def _see(self) -> None:
        with suppress(OSError, ValueError):
            self._before = look(self.part.source.path)

    def _lines(self, desk: Desk, tell: Tell) -> Iterator[Source | Stretch]:
        self._digest = fresh()
        source, part, line = self.part.source, self.part.range, self.part.line
        yield source
        if source.format == "parquet":
            self._read = rows = Rows(source, part, line, self._digest.update, desk.fields)
            yield from rows.read(tell)
        else:
            self._read = lines = Lines(source, part, line, self._digest.update, tell)
            yield from lines
        self.made.lines = self._read.feeds

    def _sealed(self, ranged: bool) -> None:
        """Seal what was read; raises OSError where it changed meanwhile."""
        before, path = self._before, self.part.source.path
        if before is None or not os.path.isfile(path):
            return
        if ranged:
            start = self._read.start
            pieces = ((start, self._read.end - start, written(self._digest)),)
        else:
            pieces = ((0, before.size, digest_of(path)),)
        if look(path)[:4] != before[:4]:
            raise OSError("it changed while it was read")
        self.made.seal = Seal(before, pieces)

    def begin(self) -> None:
        """Open the outputs of records, which are there though nothing is written to them."""
        if self.part.source.format != "text":
            self.take(Drawn([""] * len(self.part.columns), documents=0))

    def take(self, drawn: Drawn) -> None:
        """Write what was drawn."""
        self.made.documents += drawn.documents
        self.made.foreign += drawn.foreign
        self.made.left_out += drawn.left_out
        for column, text in enumerate(drawn.value):
            if text is not None and not self.made.unwritten:
                self._try(column, self._write, text)

    def problem(self, item: InputError | Caution) -> None:
        """Take note of what was wrong."""
        path, error = self.part.source.path, isinstance(item, InputError)
        line = item.where.removeprefix(f"{path}:")
        if self.part.range.end >= 0 and line != item.where:
            self.made.problems.append(Problem(error, path, item.reason, int(line) - self.part.line))
        else:
            self.made.problems.append(Problem(error, item.where, item.reason))
            self.made.failed |= error and item.where == path

    def finish(self) -> None:
        """Give every output its name; where one cannot be written, none is left."""
        for column, sink in enumerate(self._sinks):
            if sink and not self.made.unwritten:
                self._try(column, self._commit, "")
        if self.made.unwritten:
            self.abandon()
        else:
            self.made.files = [self._file(column) for column in range(len(self._sinks))]

    def abandon(self) -> None:
        """Leave nothing behind."""
        for column, sink in zip(self.part.columns, self._sinks, strict=True):
            if sink:
                sink.abort()
            with suppress(OSError):
                os.unlink(column.path)
        self.made.files = [None] * len(self._sinks)
        self._sinks = [None] * len(self._sinks)

    def _try(self, column: int, act: Any, text: Any) -> None:
        try:
            act(column, text)
        except InputError as error:
            cause = error.__context__
            self.made.full |= isinstance(cause, OSError) and cause.errno in FULL
            self.made.problems.append(Problem(True, self.part.columns[column].name, error.reason))
            self.made.unwritten = True
            self._sinks[column] = None

    def _write(self, column: int, text: Any) -> None:
        sink = self._sinks[column]
        if sink is None:
            path, name, header = self.part.columns[column]
            sink = self._sinks[column] = sink_for(path, like=name, begins=self.part.number == 0)
            sink.write(header)
        sink.write_line(text)

    def _commit(self, column: int, _: str) -> None:
        sink = self._sinks[column]
        if sink:
            sink.commit()

    def _file(self, column: int) -> tuple[int, str, bool] | None:
        sink, path = self._sinks[column], self.part.columns[column].path
        if not sink:
            return None
        size = os.path.getsize(path)
        if size >= _LARGE:
            _settle(path)
        return size, digest_of(path), sink.fresh


def _settle(path: str) -> None:
    """See that a file is on the disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def count_lines(source: Source, parts: list[Range], tell: Tell) -> list[int]:
    """Return the number of the first line of each part."""
    return numbers(source, parts)


def put_together(pieces: list[list[tuple[str, bool]]], targets: list[tuple[str, str]], tell: Tell) -> Any:
    """Join the parts of each output; return where each part lies, or the OSError that stopped it."""
    try:
        return [join(given, target, like) for given, (target, like) in zip(pieces, targets, strict=True)]
    except OSError as error:
        for target, _ in targets:
            with suppress(OSError):
                os.unlink(target)
        return error
