"""A request's body -> its documents. What cannot be read is refused, and the reason says where and what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from ..errors import InputError
from ..io.records import parse
from ..text import Document, encode
from .limits import Limits, Refused

NAME = "-"  # what a document is called that has no id, as on the command line's standard input
_BLANKS = re.compile(r"[ \t\r\n]*")


class Item(NamedTuple):
    """A document, and the JSON object it came from as it was spelled (empty for plain text)."""

    document: Document
    line: str = ""


def read_text(data: bytes, limits: Limits) -> Item:
    """Read a body that is one text; raises Refused."""
    return _fit(Item(Document(NAME, _decode(data))), limits)


def read_json(data: bytes, limits: Limits) -> Item | list[Item]:
    """Read a body that is one record, or a list of them; raises Refused."""
    text = _decode(data)
    start = _skip(text, 0)
    try:
        if text[start : start + 1] == "[":
            return [_record(line, f"{NAME}:{n}", limits) for n, line in enumerate(_elements(text, start, limits), 1)]
        _, end = _DECODER.raw_decode(text, start)
        _finish(text, end)
    except json.JSONDecodeError as error:
        raise Refused(400, f"broken JSON ({error.msg}, line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise Refused(400, "broken JSON (nested too deeply)") from None
    return _record(text[start:end], NAME, limits)


def read_lines(data: bytes, first: int, limits: Limits) -> list[Item | Refused]:
    """Read some whole lines, one record a line, blank ones passed over; ``first`` is the number of the first."""
    items: list[Item | Refused] = []
    for number, line in enumerate(data.split(b"\n"), first):
        if not line.strip(b" \t\r"):
            continue
        where = f"{NAME}:{number}"
        try:
            text = _decode(line).strip(" \t\r")
            _DECODER.decode(text)
            items.append(_record(text, where, limits))
        except json.JSONDecodeError as error:
            items.append(Refused(400, f"{where}: broken JSON ({error.msg}, column {error.colno})"))
        except RecursionError:
            items.append(Refused(400, f"{where}: broken JSON (nested too deeply)"))
        except Refused as refused:
            reason = refused.reason if refused.reason.startswith(where) else f"{where}: {refused.reason}"
            items.append(Refused(refused.status, reason))
    return items


def _record(line: str, where: str, limits: Limits) -> Item:
    try:
        item = Item(parse(line, where, "text", "id"), line)
    except InputError as error:
        raise Refused(400, str(error)) from None
    return _fit(item, limits, f"{where}: ")


def _fit(item: Item, limits: Limits, where: str = "") -> Item:
    if (size := len(encode(item.document.text))) > limits.document:
        raise Refused(413, f"{where}the text has {size} bytes; one document may have {limits.document}")
    return item


def _elements(text: str, start: int, limits: Limits) -> Iterator[str]:
    """Yield each element of a list as it is spelled."""
    at, count = _skip(text, start + 1), 0
    while text[at : at + 1] != "]" or count:
        _, end = _DECODER.raw_decode(text, at)
        count += 1
        if count > limits.documents:
            raise Refused(413, f"more than {limits.documents} documents; send fewer, or a stream, a record a line")
        yield text[at:end]
        at = _skip(text, end)
        if text[at : at + 1] == "]":
            break
        if text[at : at + 1] != ",":
            raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
        at = _skip(text, at + 1)
    _finish(text, at + 1)


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _finish(text: str, end: int) -> None:
    if _skip(text, end) < len(text):
        raise json.JSONDecodeError("Extra data", text, end)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = f"byte 0x{data[error.start]:02x} at offset {error.start}" if error.start < len(data) else error.reason
        raise Refused(400, f"not UTF-8 ({wrong})") from None


def _constant(name: str) -> NoReturn:
    raise Refused(400, f"broken JSON ({name} is not JSON)")


# Numbers are passed over, not read: there may be a million digits.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_constant)
