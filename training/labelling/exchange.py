"""The formats by name: a corpus -> what a labelling tool reads, and back."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from classifier.errors import InputError
from classifier.io import Caution, OneFile, dump
from classifier.labels import LABELS, display_order
from classifier.result import DocumentResult

from . import brat, conll, docbin, label_studio
from .records import Item, Tell, read_items

FORMATS = ("label-studio", "brat", "conll", "spacy", "jsonl")
NAMED = ("brat", "spacy")  # whose output must have a name

Found = Item | InputError | Caution


def labels_in(items: Iterable[Item]) -> list[str]:
    """Return the labels used, or else the default ones, in display order."""
    return display_order({label for item in items for *_, label in item.spans or ()} or LABELS)


def export(
    items: Sequence[Item], name: str, output: str, tell: Tell, judged: Sequence[DocumentResult | None] = ()
) -> int:
    """Write documents in the format ``name`` and return how many; those it cannot hold are told and left out.

    ``judged`` are a model's results for Label Studio, one for each document or none at all. Raises InputError where
    the output cannot be written, and writes nothing where no document can be.
    """
    if name == "label-studio":
        results = judged or [None] * len(items)
        pairs = enumerate(zip(items, results, strict=True), 1)
        return _lines(
            (dump(label_studio.task(item, i, result)) for i, (item, result) in pairs), output, "[\n", ",\n", "\n]\n"
        )
    if name == "brat":
        return _brat(_fitting(items, brat.stand_off, tell), output)
    if name == "spacy":
        fitting = _fitting(items, docbin.check, tell)
        if fitting:
            _place(output, lambda path: path.write_bytes(docbin.pack(fitting)))
        return len(fitting)
    convert = conll.write if name == "conll" else Item.to_line
    return _lines((convert(item) for item in _fitting(items, convert, tell)), output)


def _fitting(items: Sequence[Item], convert: Callable[[Item], Any], tell: Tell) -> list[Item]:
    fitting = []
    for item in items:
        try:
            convert(item)
            fitting.append(item)
        except InputError as error:
            tell(error)
    return fitting


def _lines(pieces: Iterable[str], output: str, head: str = "", between: str = "", tail: str = "") -> int:
    ahead = iter(pieces)
    first = next(ahead, None)
    if first is None:
        return 0
    count = 1
    with OneFile(output) as file:
        file.write(head + first)
        for piece in ahead:
            file.write(between + piece)
            count += 1
        file.write(tail)
    return count


def _brat(items: Sequence[Item], output: str) -> int:
    place = Path(output)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise InputError(output, "cannot be written (it is there already, and somebody's work may be in it)")

    def fill(path: Path) -> None:
        path.mkdir()
        brat.write(path, items, labels_in(items))

    if items:
        _place(output, fill)
    return len(items)


def _place(output: str, make: Callable[[Path], object]) -> None:
    """Make a file or folder beside ``output`` and give it that name when it is whole."""
    place = Path(output)
    beside = place.parent / f".winnow-{secrets.token_hex(8)}.tmp"
    try:
        make(beside)
        beside.replace(place)
    except OSError as error:
        raise InputError(output, f"cannot be written ({(error.strerror or str(error)).lower()})") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True) if beside.is_dir() else beside.unlink(missing_ok=True)


def read(path: str, name: str, tell: Tell, text_field: str = "text", spans_key: str = docbin.KEY) -> list[Item]:
    """Return the documents of a file or folder in the format ``name``; what cannot be used is told."""
    if name == "jsonl":
        return read_items([path], tell, "jsonl")
    found: list[Item] = []
    try:
        for item in _read(path, name, text_field, spans_key):
            if isinstance(item, Item):
                found.append(item)
            else:
                tell(item)
    except InputError as error:
        tell(error)
    return found


def _read(path: str, name: str, text_field: str, spans_key: str) -> Iterator[Found]:
    if name == "brat":
        return brat.read(path)
    content = _content(path)
    if name == "spacy":
        return docbin.read(path, content, spans_key)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(path, f"not in UTF-8 ({error.reason} at byte {error.start})") from None
    return conll.read(path, text) if name == "conll" else label_studio.read(path, text, text_field)


def _content(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise InputError(path, f"cannot be read ({os.strerror(error.errno or 0).lower()})") from None
