"""A large Parquet file -> parts, a row group belonging to the part in whose bytes it begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..errors import InputError
from ..io import Fields, Source, Stretch

_BLOCK = 1 << 20  # bytes read at a time


def row_border(file: Any, at: int) -> int:
    """Return where the first row group begins that does not begin before ``at``: the file's end where there is none."""
    return 0 if at == 0 else next((start for start, _ in _starts(file) if start >= at), file.seek(0, 2))


def first_rows(path: str, starts: list[int]) -> list[int]:
    """Return the number of the first row of each part, by where its bytes begin; raises OSError."""
    with open(path, "rb") as file:
        groups = _starts(file)
    return [next((row for begins, row in groups if begins >= start), 0) if start else 1 for start in starts]


def _starts(file: Any) -> list[tuple[int, int]]:
    from ..io import tables

    try:
        return tables.starts(file)
    except InputError as error:
        raise OSError(error.reason) from None


class Rows:
    """The rows of a part.

    Attributes:
        start, end: where in the file they are, the file's end behind the last ones.
        feeds: rows among them.
    """

    def __init__(
        self, source: Source, part: tuple[int, int], line: int, feed: Callable[[bytes], object], fields: Fields
    ) -> None:
        """``line`` is the number of the first row; ``feed`` is given every byte."""
        self.start, self.end, self.feeds = *part, 0
        self._source, self._line, self._feed, self._fields = source, line, feed, fields

    def read(self, tell: Callable[[int], None]) -> Iterator[Stretch]:
        """Yield them, some at a time; ``tell`` is told of bytes. Raises OSError, InputError."""
        from ..io import tables

        with open(self._source.path, "rb") as file:
            begins = [start for start, _ in _starts(file)]
            begins[:1] = [0] * bool(begins)  # the first ones are the first part's, wherever they stand
            chosen = [i for i, start in enumerate(begins) if self.start <= start < self.end]
            self.start, self.end = row_border(file, self.start), row_border(file, self.end)
            self._digest(file)
        if chosen:
            whole = Stretch(self._source, None, self._line, chosen[0], len(chosen))
            for stretch in tables.within(whole, self._fields):
                self.feeds += stretch.data.num_rows
                yield stretch
            tell(self.end - self.start)

    def _digest(self, file: Any) -> None:
        file.seek(self.start)
        left = self.end - self.start
        while left > 0:
            block = file.read(min(_BLOCK, left))
            if not block:
                raise OSError("it became shorter while it was read")
            left -= len(block)
            self._feed(block)
