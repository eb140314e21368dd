"""CoNLL: a token and its tag a line (``token -X- _ B-label``), as Label Studio and CoNLL-2003 have it.

A comment above each document holds its text and fields as JSON, so that what comes back is what went out. A file of
another program has no such comment: its tokens are joined with blanks, its sentences with line breaks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from classifier.errors import InputError
from classifier.text import encode

from ..corpus import Span
from .records import Item, fasten, in_order, loose, overlaps, trimmed

START = "-DOCSTART-"
_HEAD = "# winnow = "
_OURS = "-X- _"
_TOKEN = re.compile(r"\S+")
_TAG = re.compile(r"O$|[BIESLU]-\S")

Row = tuple[str, str]  # token, tag; an empty token is the end of a sentence


def write(item: Item) -> str:
    """Return one document's lines; raises InputError where spans overlap or a label has a blank in it."""
    spans = [span for span in (trimmed(item.text, span) for span in item.spans or ()) if span[0] < span[1]]
    if overlaps(in_order(spans)):
        raise InputError(item.where, "spans overlap, and CoNLL has one tag a token")
    if bad := [label for *_, label in spans if not label or label.split() != [label]]:
        raise InputError(item.where, f"label {bad[0]!r} has a blank in it, which CoNLL cannot hold")
    known = {"text": item.text, "fields": item.fields, "labelled": item.spans is not None, "loose": loose(item)}
    return f"{START} {_OURS[:3]} O\n{_HEAD}{json.dumps(known)}\n\n" + "".join(_lines(item.text, spans)) + "\n"


def _lines(text: str, spans: list[Span]) -> Iterator[str]:
    tokens = _tokens(text, {edge for start, end, _ in spans for edge in (start, end)})
    last, ahead = 0, iter([*spans, (len(text) + 1, len(text) + 1, "")])
    start, stop, label = next(ahead)
    for first, end in tokens:
        while first >= stop:
            start, stop, label = next(ahead)
        inside = first > start
        if "\n" in text[last:first] and not inside:
            yield "\n"
        tag = "O" if first < start else f"{'I' if inside else 'B'}-{label}"
        yield f"{text[first:end]} {_OURS} {tag}\n"
        last = end


def _tokens(text: str, edges: set[int]) -> Iterator[tuple[int, int]]:
    """Yield what stands between blanks, cut where a span begins or ends inside it."""
    for match in _TOKEN.finditer(text):
        cuts = [match.start(), *sorted(e for e in edges if match.start() < e < match.end()), match.end()]
        yield from pairwise(cuts)


def read(path: str, content: str) -> Iterator[Item | InputError]:
    """Yield the documents of a file, each at ``path:line`` of its beginning."""
    for number, head, rows in _documents(path, content):
        where = f"{path}:{number}"
        try:
            yield _known(where, head, rows) if head else _foreign(where, rows)
        except InputError as error:
            yield error


def _documents(path: str, content: str) -> Iterator[tuple[int, dict[str, Any], list[Row]]]:
    number = 1
    head: dict[str, Any] = {}
    rows: list[Row] = []
    for at, line in enumerate(content.split("\n"), 1):
        parts = line.split()
        if parts[:1] == [START] and parts[2:3] != ["_"]:
            if head or any(token for token, _ in rows):
                yield number, head, rows
            number, head, rows = at, {}, []
        elif line.startswith(_HEAD):
            head = _head(f"{path}:{at}", line[len(_HEAD) :])
        elif not parts or not (parts[0] == "#" and not _TAG.match(parts[-1])):
            rows.append((parts[0], parts[-1]) if parts else ("", ""))
    if head or any(token for token, _ in rows):
        yield number, head, rows


def _head(where: str, written: str) -> dict[str, Any]:
    try:
        head = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise InputError(where, f"broken JSON ({error})") from None
    if not isinstance(head, dict) or not isinstance(head.get("text"), str) or not isinstance(head.get("fields"), dict):
        raise InputError(where, "this comment does not hold a text and its fields")
    return head


def _known(where: str, head: dict[str, Any], rows: list[Row]) -> Item:
    text, at, placed = head["text"], 0, []
    for token, tag in rows:
        if token:
            found = _TOKEN.search(text, at)
            at = found.start() if found else len(text)
            if encode(text[at : at + len(token)]) != encode(token):
                raise InputError(where, f"token {token!r} does not stand in the text at {at}")
            placed.append((at, at + len(token), tag))
            at += len(token)
    spans = fasten(where, text, _spans(where, placed), head.get("loose"))
    return Item(where, text, spans if spans or head.get("labelled", True) else None, head["fields"])


def _foreign(where: str, rows: list[Row]) -> Item:
    pieces: list[str] = []
    placed, at, between = [], 0, " "
    for token, tag in rows:
        if not token:
            placed.append((at, at, ""))
            between = "\n"
            continue
        if pieces:
            pieces.append(between)
            at += 1
        pieces.append(token)
        placed.append((at, at + len(token), tag))
        at, between = at + len(token), " "
    return Item(where, "".join(pieces), in_order(_spans(where, placed)), {})


def _spans(where: str, placed: Iterable[tuple[int, int, str]]) -> list[Span]:
    """Join tags to spans; BIO, IOB, BIOES and BILOU are read alike, and an empty tag ends what is open."""
    spans: list[Span] = []
    open_label = ""
    for start, end, tag in placed:
        if tag and not _TAG.match(tag):
            raise InputError(where, f"{tag!r} is not a tag such as B-label, I-label or O")
        kind, label = tag[:1], tag[2:]
        if kind in ("I", "E", "L") and label == open_label:
            spans[-1] = (spans[-1][0], end, label)
        elif label:
            spans.append((start, end, label))
        open_label = label if kind in ("B", "I") else ""
    return spans
