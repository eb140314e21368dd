"""Tables of one make, one after the other -> the whole, a row group at a time. Needs the extra ``arrow``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .table_sinks import ArrowSink, ParquetSink


def join(paths: Sequence[str], target: str, output_format: str) -> None:
    """Write the rows of ``paths``, in order, into a new file; those without columns are passed over. Raises OSError."""
    create, pieces = _WAYS[output_format]
    writer: Any = None
    with open(target, "wb") as whole:
        try:
            for table in (table for path in paths if os.path.getsize(path) for table in pieces(path)):
                if writer is None:
                    writer = create(whole, table.schema)
                    schema = table.schema
                if table.num_rows:
                    writer.write_table(table if table.schema.equals(schema) else table.cast(schema))
            if writer is None:
                writer = create(whole, pa.schema([]))
            writer.close()
        except (pa.ArrowException, ValueError) as error:
            raise OSError(f"the parts do not fit together ({str(error).splitlines()[0]})") from None
        whole.flush()
        os.fsync(whole.fileno())


def _of_parquet(path: str) -> Iterator[Any]:
    with pq.ParquetFile(path) as piece:
        if piece.metadata.num_columns:
            yield piece.schema_arrow.empty_table()
            for group in range(piece.num_row_groups):
                yield piece.read_row_group(group, use_threads=False)


def _of_arrow(path: str) -> Iterator[Any]:
    with pa.OSFile(path) as file:
        piece = pa.ipc.open_file(file)
        if len(piece.schema):
            yield piece.schema.empty_table()
            for batch in range(piece.num_record_batches):
                yield pa.Table.from_batches([piece.get_batch(batch)])


_WAYS: dict[str, tuple[Callable[[Any, Any], Any], Callable[[str], Iterator[Any]]]] = {
    "parquet": (ParquetSink.create, _of_parquet),
    "arrow": (ArrowSink.create, _of_arrow),
}
