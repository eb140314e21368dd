"""Parquet and Arrow files -> stretches of rows -> records. Needs the extra ``arrow``.

A file is read a few rows at a time, so that neither it nor one of its row groups is ever whole in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from ..errors import InputError
from ..text import Document
from .decoding import CHUNK, refuse_giant
from .reading import Fields, Record, Stretch, opened
from .records import identity_of
from .sources import STDIN, Source

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:
    raise InputError("arrow", "needs the package pyarrow: pip install newswinnow[arrow]") from None

_BUFFER = 1 << 20  # bytes that are read of a column at a time
_MOST_ROWS = 1 << 13
_FILE_MARK = b"ARROW1"  # a stream, which is what some libraries call .arrow, begins otherwise


class RowOf(NamedTuple):
    """Where a record stands: a batch of rows, and which of them."""

    batch: Any
    place: int

    def fields(self) -> Iterable[tuple[str, Any]]:
        """Return names and values, as Python has them."""
        row = self.batch.slice(self.place, 1)
        return [(name, _value(column)) for name, column in zip(row.schema.names, row.columns, strict=True)]


def _value(column: Any) -> Any:
    try:
        return column[0].as_py()
    except UnicodeDecodeError:
        return _decoded(column)[0] if any(check(column.type) for check in _TEXTS) else None


def stretches(
    source: Source, fields: Fields, advance: Callable[[int], None], warn: Callable[[str], None]
) -> Iterator[Source | Stretch | InputError]:
    """Yield ``source``, then its rows, some at a time."""
    row, told = 1, 0
    try:
        with _file(source) as file:
            _columns(_schema(file, source), fields)
            yield source
            for batch, done in _READ[source.format](file, None):
                yield Stretch(source, batch, row, heft=batch.nbytes)
                row += batch.num_rows
                passed = int(source.size * min(done, 1))
                advance(passed - told)
                told = passed
    except _WRONG as error:
        raise _damaged(error) from None


def groups(source: Source) -> list[Stretch]:
    """Return a stretch for each row group or record batch of a file, in order, none of which is read.

    Empty where there is no way to read one without the others: an Arrow stream, or a pipe. Raises InputError.
    """
    try:
        with _file(source) as file:
            return list(_places(file, source))
    except _WRONG as error:
        raise _damaged(error) from None


def starts(file: Any) -> list[tuple[int, int]]:
    """Return where each row group of a Parquet file begins, and the number of its first row; raises InputError."""
    try:
        told, found, at, row = pq.ParquetFile(file).metadata, [], 0, 1
        for i in range(told.num_row_groups):
            group = told.row_group(i)
            column = group.column(0)
            first = column.dictionary_page_offset if column.has_dictionary_page else column.data_page_offset
            at = max(at, first)
            found.append((at, row))
            row += group.num_rows
    except (*_WRONG, IndexError) as error:
        raise _damaged(error) from None
    return found


def within(stretch: Stretch, fields: Fields) -> Iterator[Stretch]:
    """Yield the rows of a stretch that names row groups, some at a time; raises InputError, OSError."""
    source, row = stretch.source, stretch.line
    try:
        with _file(source) as file:
            _columns(_schema(file, source), fields)
            for batch, _ in _READ[source.format](file, range(stretch.start, stretch.start + stretch.size)):
                yield Stretch(source, batch, row, heft=batch.nbytes)
                row += batch.num_rows
    except _WRONG as error:
        raise _damaged(error) from None


def records(stretch: Stretch, fields: Fields, warn: Callable[[str], None]) -> Iterator[Record | InputError]:
    """Yield the rows whose text is a string as records, and the others as InputError at ``path:row``."""
    if stretch.data is None:
        for part in within(stretch, fields):
            yield from records(part, fields, warn)
        return
    batch, source = stretch.data, stretch.source
    text_at, id_at = _columns(batch.schema, fields)
    texts = _strings(batch.column(text_at), warn)
    identities = batch.column(id_at).to_pylist() if id_at is not None else [None] * len(texts)
    for place, (text, identity) in enumerate(zip(texts, identities, strict=True)):
        where = f"{source.path}:{stretch.line + place}"
        if text is None:
            yield InputError(where, f'field "{fields.text}" is not a string but null')
        else:
            yield Record(source, Document(identity_of(identity, where), text), where, origin=RowOf(batch, place))


def schema_of(source: Source) -> Any:
    """Return the schema of a file; raises InputError, OSError."""
    try:
        with _file(source) as file:
            return _schema(file, source)
    except _WRONG as error:
        raise _damaged(error) from None


# A stream that lies about its length asks for more memory than there is.
_WRONG = (pa.ArrowException, ValueError, KeyError, OverflowError, MemoryError)


def _damaged(error: BaseException) -> InputError:
    return error if isinstance(error, InputError) else InputError("", f"cannot be read ({_first_line(error)})")


def _first_line(error: BaseException) -> str:
    reason = (str(error).splitlines() or [type(error).__name__])[0].strip(". ")
    return reason[:1].lower() + reason[1:]


def _file(source: Source) -> Any:
    if source.path == STDIN and source.format == "parquet":
        raise InputError(STDIN, "Parquet is read from its end, so it must be a file")
    return opened(source)


def _is_stream(file: Any, source: Source) -> bool:
    if source.path == STDIN:
        return True
    mark = file.read(len(_FILE_MARK))
    file.seek(0)
    return bool(mark != _FILE_MARK)


def _schema(file: Any, source: Source) -> Any:
    if source.format == "parquet":
        return pq.read_schema(file)
    if source.path == STDIN:
        return None
    found = (pa.ipc.open_stream if _is_stream(file, source) else pa.ipc.open_file)(file).schema
    file.seek(0)
    return found


def _columns(schema: Any, fields: Fields) -> tuple[int, int | None]:
    """Return which columns hold text and id; None for no id."""
    if schema is None:
        return 0, None
    found = schema.get_all_field_indices(fields.text)
    if len(found) != 1:
        many = f"{len(found)} columns" if found else "no column"
        raise InputError("", f'{many} "{fields.text}" (--text-field)')
    kind = schema.field(found[0]).type
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not any(check(plain) for check in _TEXTS):
        raise InputError("", f'column "{fields.text}" is not of strings but of {plain}')
    identities = schema.get_all_field_indices(fields.id)
    return found[0], identities[0] if len(identities) == 1 else None


_TEXTS = [pa.types.is_string, pa.types.is_large_string, pa.types.is_null]
_TEXTS += [pa.types.is_string_view] if hasattr(pa.types, "is_string_view") else []


def _strings(column: Any, warn: Callable[[str], None]) -> list[str | None]:
    plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    try:
        return list(plain.to_pylist())
    except UnicodeDecodeError:
        warn("invalid UTF-8, decoded with replacement")
    return _decoded(plain)


def _decoded(column: Any) -> list[str | None]:
    raw = column.view(pa.large_binary() if pa.types.is_large_string(column.type) else pa.binary()).to_pylist()
    return [None if data is None else data.decode("utf-8", "replace") for data in raw]


def _of_parquet(file: Any, chosen: range | None) -> Iterator[tuple[Any, float]]:
    """Yield batches of rows, each with the share of the file that is read after it."""
    parquet = pq.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False)
    told = parquet.metadata
    taken = list(chosen if chosen is not None else range(told.num_row_groups))
    size = sum(told.row_group(i).total_byte_size for i in taken)
    rows = max(1, min(_MOST_ROWS, told.num_rows, CHUNK * max(told.num_rows, 1) // max(size, 1)))
    done = 0
    for batch in parquet.iter_batches(rows, row_groups=taken, use_threads=False):
        for part in _sliced(batch):
            done += part.num_rows
            yield part, done / max(told.num_rows, 1)


def _of_arrow(file: Any, chosen: range | None) -> Iterator[tuple[Any, float]]:
    if chosen is None and not (file.seekable() and file.read(len(_FILE_MARK)) == _FILE_MARK):
        if file.seekable():
            file.seek(0)
        for batch in pa.ipc.open_stream(file):
            yield from ((_checked(part), 0.0) for part in _sliced(batch))
        return
    reader = pa.ipc.open_file(file)
    for i in chosen if chosen is not None else range(reader.num_record_batches):
        for part in _sliced(_checked(reader.get_batch(i))):
            yield part, (i + 1) / reader.num_record_batches


_READ = {"parquet": _of_parquet, "arrow": _of_arrow}


def _checked(batch: Any) -> Any:
    """Return ``batch`` once it is sure that nothing in it points outside; raises ArrowInvalid."""
    columns = [
        column.view(pa.binary()) if pa.types.is_string(column.type) else column  # bad UTF-8 can be replaced
        for column in batch.columns
    ]
    pa.RecordBatch.from_arrays(columns, names=[str(i) for i in range(len(columns))]).validate(full=True)
    return batch


def _sliced(batch: Any) -> Iterator[Any]:
    """Yield ``batch`` in parts of about CHUNK bytes."""
    rows = max(1, batch.num_rows * CHUNK // max(batch.nbytes, CHUNK))
    for start in range(0, batch.num_rows, rows):
        part = batch.slice(start, rows)
        if part.num_rows == 1:
            refuse_giant(part.nbytes)
        yield part


def _places(file: Any, source: Source) -> Iterator[Stretch]:
    if source.format == "parquet":
        told, row = pq.ParquetFile(file).metadata, 1
        for i in range(told.num_row_groups):
            group = told.row_group(i)
            yield Stretch(source, None, row, i, 1, heft=max(group.total_byte_size, 0))
            row += group.num_rows
    elif source.path != STDIN and not _is_stream(file, source):
        reader, row = pa.ipc.open_file(file), 1
        for i in range(reader.num_record_batches):
            batch = reader.get_batch(i)
            yield Stretch(source, None, row, i, 1, heft=batch.nbytes)
            row += batch.num_rows
