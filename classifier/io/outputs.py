"""Where a run's documents go: one output for all, or a folder laid out like the input."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

from ..errors import InputError
from .sink import Sink
from .sources import SUFFIXES, Source, is_remote, known_suffix, why

_SINKS = {"parquet": "ParquetSink", "arrow": "ArrowSink", "csv": "SheetSink", "tsv": "SheetSink"}


def format_of(output: str) -> str | None:
    """Return the format that the suffix of ``output`` asks for; None where it does not say that this is one file."""
    name = SUFFIXES.get(known_suffix(output), (None,))[0]
    return None if name == "warc" else name


def sink_for(path: str, output_format: str | None = None, like: str | None = None, begins: bool = True) -> Sink:
    """Open an output of a format, by default that of its suffix; raises InputError where it cannot be written.

    ``like`` is a name whose suffix counts, where ``path`` is not the last name of the output. ``begins`` tells whether
    this is its beginning, where a table of text names its columns.
    """
    name = _SINKS.get(output_format or format_of(like or path) or "")
    if name is None:
        return Sink(path, like)
    made: Callable[[str, str | None], Sink] = getattr(import_module(".table_sinks", __package__), name)
    try:
        sink = made(path, like)
        sink.begins = begins
        return sink
    except ImportError:
        raise InputError(path, "needs the package pyarrow: pip install newswinnow[arrow]") from None


class Destination(Protocol):
    """Where a run's documents go. A context manager: leaving it in peace commits, leaving it by an exception aborts."""

    def __enter__(self) -> Destination: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None: ...

    def begin(self, source: Source) -> None:
        """Say that the documents of ``source`` come next."""

    def write(self, text: Any, fresh_line: bool = False) -> None:
        """Append text, or rows, to the output of the current source, text if asked on a line of its own."""


class OneFile:
    """One output for every source, opened on entering; raises InputError where it cannot be written."""

    def __init__(self, path: str, header: str = "", output_format: str | None = None) -> None:
        self._path, self._header, self._format = path, header, output_format

    def __enter__(self) -> OneFile:
        self._sink = sink_for(self._path, self._format)
        self._sink.write(self._header)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._sink.abort() if kind else self._sink.commit()

    def begin(self, source: Source) -> None:
        """Do nothing: every source goes to the same place."""

    def write(self, text: Any, fresh_line: bool = False) -> None:
        """Append ``text``."""
        _append(self._sink, text, fresh_line)


class Folder:
    """One output for each source, at the same relative path; one that cannot be written is reported, and on it goes."""

    def __init__(
        self, root: str, ending: Callable[[Source], str], report: Callable[[InputError], None], header: str = ""
    ) -> None:
        """``ending`` says what takes the place of a source's suffix."""
        self._root, self._ending, self._report, self._header = root, ending, report, header
        self._taken: set[str] = set()
        self._source: Source | None = None
        self._sink: Sink | None = None

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind and self._sink:
            self._sink.abort()
        elif not kind:
            self._end()

    def begin(self, source: Source) -> None:
        """Turn to the output of ``source``; that of a text file is not made before it is written to."""
        self._end()
        self._source = source
        if source.format != "text":
            self.write("")

    def write(self, text: Any, fresh_line: bool = False) -> None:
        """Append ``text``, creating the output where this is the first."""
        try:
            if self._sink is None and self._source is not None:
                self._sink = self._open(self._source)
            if self._sink is not None:
                _append(self._sink, text, fresh_line)
        except InputError as error:
            self._fail(error)

    def _open(self, source: Source) -> Sink:
        path = self._place(source)
        try:
            if not is_remote(path):
                os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        except OSError as error:
            raise InputError(path, f"cannot be written ({why(error)})") from None
        if _same_file(path, source.path):
            raise InputError(path, "cannot be written (it is the input)")
        sink = sink_for(path)
        sink.write(self._header)
        return sink

    def _place(self, source: Source) -> str:
        """Return the output's path: the source's with its suffix replaced, or, where that is taken, with one more."""
        ending = self._ending(source)
        stem = source.relative[: len(source.relative) - len(source.suffix)]
        for name in (stem + ending, source.relative + ending):
            path = os.path.join(self._root, name)
            if path not in self._taken:
                self._taken.add(path)
                return path
        raise InputError(source.path, f"has no output: {path} is taken by another input of the same name")

    def _end(self) -> None:
        sink, self._sink, self._source = self._sink, None, None
        if sink:
            try:
                sink.commit()
            except InputError as error:
                self._fail(error)

    def _fail(self, error: InputError) -> None:
        self._sink = self._source = None
        self._report(error)


def _append(sink: Sink, text: Any, fresh_line: bool) -> None:
    (sink.write_line if fresh_line else sink.write)(text)


def _same_file(path: str, other: str) -> bool:
    try:
        return os.path.samefile(path, other)
    except OSError:  # one of them is not there, which is as it should be
        return False
