"""A JSON line -> a document; a JSON line with some fields changed and every other byte of it as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from ..errors import InputError
from ..text import Document

_BLANKS = " \t\r\n"
_COLON = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
_COMMA = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")
# Numbers are passed over, not read: their digits are not ours to change, and there may be a million of them.
_KINDS = ((bool, "true or false"), ((int, float), "a number"), (list, "a list"), (dict, "an object"))
_SCAN = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # json.loads, without looking for blanks
_SKIPPER = json.JSONDecoder(parse_int=str, parse_float=str)


def parse(line: str, where: str, text_field: str, id_field: str) -> Document:
    """Read one record; its id is ``where`` if it names none. Raises InputError saying what is wrong with the line."""
    record = _load(line, where)
    if not isinstance(record, dict):
        raise InputError(where, "not a JSON object")
    if text_field not in record:
        raise InputError(where, f"no field {json.dumps(text_field)}")
    text = record[text_field]
    if not isinstance(text, str):
        raise InputError(where, f"field {json.dumps(text_field)} is not a string but {_kind(text)}")
    return Document(identity_of(record.get(id_field), where), text, record)


def _kind(value: Any) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "null")


def _load(line: str, where: str) -> Any:
    try:
        value, end = _SCAN(line, 0)
        if not line[end:].strip(_BLANKS):
            return value
    except (ValueError, StopIteration, RecursionError):
        pass  # what is wrong is found below
    try:
        try:
            return json.loads(line)
        except json.JSONDecodeError:
            raise
        except ValueError:  # an integer with more digits than Python reads
            return json.loads(line, parse_int=float)
    except json.JSONDecodeError as error:
        raise InputError(where, f"broken JSON ({error.msg}, column {error.colno})") from None
    except RecursionError:
        raise InputError(where, "broken JSON (nested too deeply)") from None


def identity_of(value: Any, where: str) -> Any:
    """Return ``value`` as an id, ``where`` in place of what is none: nothing, or what JSON cannot hold."""
    if isinstance(value, str):
        return value
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return where
    return where if value is None else value


def rewrite(line: str, changes: Mapping[str, str]) -> str:
    """Return ``line`` with some top-level fields set to new values, in their old places; new fields come last.

    Args:
        line: a valid JSON object on one line.
        changes: field to value, the value already JSON. Everything else keeps its spelling to the letter.
    """
    pieces, last, missing = [], 0, dict(changes)
    end = line.index("{") + 1
    empty = line[end:].strip(_BLANKS) == "}"
    for key, start, end in _members(line):
        if key in changes:
            pieces += [line[last:start], changes[key]]
            last = end
            missing.pop(key, None)
    pieces.append(line[last:end])
    added = ", ".join(f"{json.dumps(key)}: {value}" for key, value in missing.items())
    if added and not empty:
        pieces.append(", ")
    return "".join([*pieces, added, line[end:]]).strip(_BLANKS)


def _members(line: str) -> Iterator[tuple[str, int, int]]:
    """Yield each top-level key with where its value starts and ends."""
    at = _COMMA.match(line, line.index("{") + 1).end()  # type: ignore[union-attr]
    while line[at] != "}":
        key, at = scanstring(line, at + 1)
        start = _COLON.match(line, at).end()  # type: ignore[union-attr]
        _, end = _SKIPPER.raw_decode(line, start)
        yield key, start, end
        at = _COMMA.match(line, end).end()  # type: ignore[union-attr]
