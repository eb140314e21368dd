"""Records with changes -> a table: their rows as they were, and typed columns for what is new. Needs ``arrow``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from ..errors import InputError
from ..filter import Kept
from .changes import Change, Verdicts
from .crossing import ID, META, rest_of, text_field_of
from .reading import Record
from .tables import RowOf
from .writing import dump

try:
    import pyarrow as pa
except ImportError:
    raise InputError("arrow", "needs the package pyarrow: pip install newswinnow[arrow]") from None

RANGE = pa.struct([("start", pa.int64()), ("end", pa.int64())])
SEGMENT = [("start", pa.int64()), ("end", pa.int64()), ("label", pa.string()), ("score", pa.float64())]


class Row(NamedTuple):
    """A record that becomes a row of a table."""

    record: Record
    changes: Mapping[str, Change]

    @staticmethod
    def stack(rows: Sequence[Row]) -> Any:
        """Return a table with a row for each of ``rows``, which have the same columns and the same changes."""
        parts = [_changed(list(of_one)) for _, of_one in groupby(rows, _batch_of)]
        return pa.Table.from_batches(parts)


def _batch_of(row: Row) -> int:
    return id(row.record.origin.batch) if isinstance(row.record.origin, RowOf) else 0


def _changed(rows: Sequence[Row]) -> Any:
    origin = rows[0].record.origin
    if isinstance(origin, RowOf):
        places = [row.record.origin.place for row in rows]
        whole = places == list(range(origin.batch.num_rows))
        batch = origin.batch if whole else origin.batch.take(pa.array(places, pa.int64()))
    else:
        batch = _plain([row.record for row in rows])
    for name in rows[0].changes:
        batch = _with_column(batch, name, [row.changes[name] for row in rows])
    return batch


def _with_column(batch: Any, name: str, values: Sequence[Any]) -> Any:
    """Return ``batch`` with a column set, in its old place or as the last; the schema's metadata stay."""
    at = batch.schema.get_field_index(name)
    build = _BUILDERS[type(values[0])]
    if build is None:
        kind = batch.schema.field(at).type if at >= 0 else pa.string()
        column = pa.array(list(map(_sound, values)), _text_type(kind))
    else:
        column = build(values)
    columns, schema = batch.columns, batch.schema
    if at < 0:
        field = pa.field(name, column.type)
        return pa.RecordBatch.from_arrays([*columns, column], schema=schema.append(field))
    columns[at] = column
    field = schema.field(at).with_type(column.type)
    return pa.RecordBatch.from_arrays(columns, schema=schema.set(at, field))


def _text_type(kind: Any) -> Any:
    """Return the type of a column whose texts are changed; a dictionary of them would be another for each batch."""
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.string() if pa.types.is_null(plain) else plain


def _sound(text: str) -> str:
    """Return ``text`` as UTF-8 can hold it: a lone surrogate becomes U+FFFD."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() and _surrogate(text) else text


def _surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _plain(records: Sequence[Record]) -> Any:
    """Return records of another format as columns of strings: id, text, and as JSON what else there is."""
    names = [r.document.id if isinstance(r.document.id, str) else dump(r.document.id) for r in records]
    texts = [_sound(r.document.text) for r in records]
    schema = pa.schema([(name, pa.string()) for name in (ID, text_field_of(records[0]), META)])
    return pa.record_batch([list(map(_sound, names)), texts, list(map(rest_of, records))], schema=schema)


def _segments(values: Sequence[Verdicts]) -> Any:
    """Struct of model, warning and segments, these straight from the arrays of the results."""
    results = [value.result for value in values]
    offsets = np.cumsum([0, *map(len, results)])
    joined = {name: np.concatenate([getattr(r, name) for r in results]) for name in ("starts", "ends", "scores")}
    labels = pa.array(results[0].classes, pa.string()).take(pa.array(np.concatenate([r.columns for r in results])))
    parts = [pa.array(joined["starts"]), pa.array(joined["ends"]), labels, pa.array(joined["scores"])]
    fields = [pa.field(name, kind) for name, kind in SEGMENT]
    if values[0].probabilities:
        for name in ("proba", "alone"):
            parts.append(_shares(results[0].classes, np.concatenate([getattr(r, name) for r in results])))
            fields.append(pa.field({"proba": "probabilities"}.get(name, name), parts[-1].type))
    segments = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.StructArray.from_arrays(parts, fields=fields))
    model = pa.array([r.model for r in results], pa.string())
    warning = pa.array([r.warning for r in results], pa.string())
    return pa.StructArray.from_arrays([model, warning, segments], ["model", "warning", "segments"])


def _shares(classes: Sequence[str], proba: Any) -> Any:
    rounded = np.round(proba, 4)
    return pa.StructArray.from_arrays([pa.array(np.ascontiguousarray(column)) for column in rounded.T], list(classes))


def _kept(values: Sequence[Kept]) -> Any:
    kind = pa.struct([("kept", pa.list_(RANGE)), ("dropped", pa.list_(pa.struct(SEGMENT)))])
    rows = [
        {
            "kept": [{"start": start, "end": end} for start, end in value.ranges],
            "dropped": [segment._asdict() for segment in value.dropped],
        }
        for value in values
    ]
    return pa.array(rows, kind)


def _parts(values: Sequence[Mapping[str, str]]) -> Any:
    return pa.array(list(values), pa.struct([(label, pa.string()) for label in values[0]]))


_BUILDERS: dict[type, Callable[[Sequence[Any]], Any] | None] = {
    str: None,
    Verdicts: _segments,
    Kept: _kept,
    dict: _parts,
}
