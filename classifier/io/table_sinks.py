"""Tables -> one file of Parquet, Arrow, CSV or TSV, with the ways of ``Sink``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import InputError
from .delimited import Sheet, written_lines
from .sink import Sink

_ROW_GROUP = 1 << 25  # bytes in memory of what becomes one row group


class SheetSink(Sink):
    """Lines of CSV or TSV under the names of their columns, which are those of the first sheet."""

    _head: tuple[str, ...] | None = None

    def write(self, text: str | bytes | Sheet) -> None:
        """Append a sheet; raises InputError where its columns are others than those before."""
        if isinstance(text, str | bytes):
            return super().write(text)
        if self._head is None:
            self._head = text.head
            if self.begins:
                super().write(written_lines([text.head], text.delimiter))
        if self._head != text.head:
            raise _others(self)
        super().write(text.text)


class TableSink(Sink):
    """Tables of pyarrow, the columns of the first of which are those of the file."""

    create: Callable[[Any, Any], Any]

    def __init__(self, path: str, like: str | None = None) -> None:
        import pyarrow

        self._pa = pyarrow
        self._writer: Any = None
        self._waiting: list[Any] = []
        super().__init__(path, like)

    def write(self, text: Any) -> None:
        """Append a table; text is none. Raises InputError where its columns are others than those before."""
        if isinstance(text, str | bytes):
            return
        if self._writer is None:
            self._schema = text.schema
            self._writer = self._attempt(self.create, self._packed, text.schema)
        self._waiting.append(self._fitting(text))
        self._size += text.nbytes
        if self._size > _ROW_GROUP:
            self._put()

    def _fitting(self, table: Any) -> Any:
        if table.schema.equals(self._schema):
            return table
        if table.schema.names != self._schema.names:
            raise _others(self)
        return self._attempt(table.cast, self._schema)

    def _put(self) -> None:
        waiting, self._waiting, self._size = self._waiting, [], 0
        if waiting:
            table = self._pa.concat_tables(waiting)
            self._attempt(self._writer.write_table, table, max(1, table.num_rows))

    def commit(self) -> None:
        """Write what is left and the end, and give the file its name."""
        if self._writer is None:  # nothing to write, but the file must be one that can be read
            self._writer = self._attempt(self.create, self._packed, self._pa.schema([]))
        self._put()
        self._attempt(self._writer.close)
        super().commit()

    def abort(self) -> None:
        """Leave nothing behind."""
        self._waiting, writer, self._writer = [], self._writer, None
        if writer is not None:
            try:  # else it closes itself later, when there is nothing left to write to
                writer.close()
            except Exception as error:
                del error
        super().abort()

    def _attempt(self, call: Callable[..., Any], *args: Any) -> Any:
        try:
            return self._guard(call, *args)
        except (self._pa.ArrowException, TypeError) as error:
            self.abort()
            raise InputError(self.path, f"cannot be written ({str(error).splitlines()[0]})") from None


class ParquetSink(TableSink):
    """A Parquet file."""

    @staticmethod
    def create(file: Any, schema: Any) -> Any:
        """Return a writer into an open file."""
        import pyarrow.parquet

        return pyarrow.parquet.ParquetWriter(file, schema, compression="zstd")


class ArrowSink(TableSink):
    """An Arrow IPC file, which is Feather's version 2, too."""

    @staticmethod
    def create(file: Any, schema: Any) -> Any:
        """Return a writer into an open file."""
        import pyarrow.ipc

        options = pyarrow.ipc.IpcWriteOptions(emit_dictionary_deltas=True, unify_dictionaries=False)
        return pyarrow.ipc.new_file(file, schema, options=options)


def _others(sink: Sink) -> InputError:
    sink.abort()
    return InputError(sink.path, "cannot hold another input with other columns; give a folder as --output")
