"""A record of one format in the terms of another."""

from __future__ import annotations

import base64
import datetime
import math
from collections.abc import Mapping
from typing import Any

from .reading import Record
from .writing import dump

ID, TEXT, META = "id", "text", "meta"  # the columns of a record that was no row


def line_of(record: Record) -> str:
    """Return a record as the JSON line that it was or might have been."""
    return record.line or dump(_sound(fields_of(record)))


def fields_of(record: Record) -> dict[str, Any]:
    """Return the fields of a record, as Python values; of a plain text its id and the text."""
    if isinstance(record.origin, tuple):  # a row
        return dict(record.origin.fields())  # type: ignore[attr-defined]
    return dict(record.document.meta) or {ID: record.document.id, TEXT: record.document.text}


def text_field_of(record: Record) -> str:
    """Return the name of the field that held the text, ``text`` where it had none."""
    text = record.document.text
    return next((name for name, value in fields_of(record).items() if value is text), TEXT)


def rest_of(record: Record) -> str | None:
    """Return the fields beside id and text as a JSON object, None where there are none."""
    known = (record.document.id, record.document.text)
    rest = {k: v for k, v in fields_of(record).items() if v != known[1] and (k != ID or v != known[0])}
    return dump(_sound(rest)) if rest else None


def cells_of(record: Record) -> tuple[tuple[str, ...], list[str]]:
    """Return the names and cells of a record that was no line of CSV."""
    if isinstance(record.origin, tuple):
        fields = fields_of(record)
    else:
        rest = rest_of(record)
        fields = {ID: record.document.id, text_field_of(record): record.document.text, META: rest}
    return tuple(fields), [_cell(value) for value in fields.values()]


def _cell(value: Any) -> str:
    plain = _sound(value)
    return "" if plain is None else plain if isinstance(plain, str) else dump(plain)


def _sound(value: Any) -> Any:
    """Return ``value`` as JSON has it: bytes in base64, dates as ISO 8601, what is no number as null."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {str(key): _sound(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_sound(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)
