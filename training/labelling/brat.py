"""brat stand-off: a folder of ``NAME.txt`` and ``NAME.ann``, with ``annotation.conf`` and, beside them, our fields.

brat never edits the text, so that one stays as it is to the letter. A span over several lines is written in fragments,
one a line, since brat reads its annotations line by line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from classifier.errors import InputError
from classifier.io import Caution

from ..corpus import Span
from .records import Item, fasten, in_order, loose, trimmed

FIELDS = "winnow-fields.json"
CONFIG = "annotation.conf"
_BREAK = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
_LABEL = re.compile(r"[\w-]+")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_ENTITY = re.compile(r"T\S*\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t|$)")


def names(items: Sequence[Item]) -> list[str]:
    """Return the name of each document's files: its number and what can be kept of its id."""
    width = len(str(len(items)))
    ids = (_UNSAFE.sub("-", str(item.fields.get("id", "")))[-60:].strip("-") for item in items)
    return [f"{i:0{width}}" + f"-{name}" * bool(name) for i, name in enumerate(ids, 1)]


def stand_off(item: Item) -> str:
    """Return the lines of the ``.ann`` file; raises InputError where brat cannot hold the text or a label."""
    try:
        item.text.encode()
    except UnicodeEncodeError:
        raise InputError(item.where, "has a lone surrogate, which a text file cannot hold") from None
    if bad := [label for *_, label in item.spans or () if not _LABEL.fullmatch(label)]:
        raise InputError(item.where, f"label {bad[0]!r} has characters that brat does not allow")
    spans = (trimmed(item.text, span) for span in item.spans or ())
    lines = (_line(item.text, *span) for span in spans if span[0] < span[1])
    return "".join(f"T{number}\t{line}\n" for number, line in enumerate(lines, 1))


def _line(text: str, start: int, end: int, label: str) -> str:
    edges = [start, *(e for match in _BREAK.finditer(text, start, end) for e in match.span()), end]
    fragments = list(zip(edges[::2], edges[1::2], strict=True))
    places = ";".join(f"{a} {b}" for a, b in fragments)
    return f"{label} {places}\t{' '.join(text[a:b] for a, b in fragments)}"


def config(labels: Sequence[str]) -> str:
    """Return ``annotation.conf``."""
    entities = "".join(f"{label}\n" for label in labels)
    return f"[entities]\n{entities}\n[relations]\n\n[events]\n\n[attributes]\n"


def write(folder: Path, items: Sequence[Item], labels: Sequence[str]) -> None:
    """Write documents that ``stand_off`` can write into an empty folder."""
    fields: dict[str, Any] = {}
    for name, item in zip(names(items), items, strict=True):
        (folder / f"{name}.txt").write_bytes(item.text.encode())
        (folder / f"{name}.ann").write_bytes(stand_off(item).encode())
        fields[name] = {"fields": item.fields, "labelled": item.spans is not None, "loose": loose(item)}
    (folder / CONFIG).write_text(config(labels), "utf-8")
    (folder / FIELDS).write_text(json.dumps(fields, indent=1) + "\n", "utf-8")


def read(root: str) -> Iterator[Item | InputError | Caution]:
    """Yield the documents of a folder and those below it, in order of path, at the path of the ``.ann`` file."""
    known: dict[Path, dict[str, Any]] = {}
    files = sorted(Path(root).rglob("*.ann"))
    if not files:
        raise InputError(root, "holds no .ann file")
    for file in files:
        try:
            fields = known.setdefault(file.parent, _fields(file.parent))
            yield from _read(file, str(file.relative_to(root).with_suffix("")), fields)
        except InputError as error:
            yield error
        except UnicodeError:
            yield InputError(str(file), "is not in UTF-8, or its text is not")
        except OSError as error:
            yield InputError(str(file), f"cannot be read ({error.strerror}: {error.filename})")


def _fields(folder: Path) -> dict[str, Any]:
    path = folder / FIELDS
    try:
        found = json.loads(path.read_bytes()) if path.exists() else {}
    except (ValueError, RecursionError) as error:
        raise InputError(str(path), f"broken JSON ({error})") from None
    if not isinstance(found, dict):
        raise InputError(str(path), "not a JSON object")
    return found


def _read(file: Path, name: str, known: dict[str, Any]) -> Iterator[Item | Caution]:
    text = file.with_suffix(".txt").read_bytes().decode()
    ours = known.get(file.stem, {"fields": {"id": name}})
    if not isinstance(ours, dict) or not isinstance(ours.get("fields"), dict):
        raise InputError(str(file.parent / FIELDS), f"holds no fields for {file.stem!r}")
    spans: list[Span] = []
    others = 0
    for number, line in enumerate(file.read_bytes().decode().split("\n"), 1):
        if line.startswith("T"):
            spans += _entity(f"{file}:{number}", line.rstrip("\r"), text)
        else:
            others += bool(line.strip())
    found = fasten(str(file), text, spans, ours.get("loose"))
    labelled = bool(found) or ours.get("labelled", False)
    yield Item(str(file), text, found if labelled else None, ours["fields"])
    if others:
        yield Caution(str(file), f"{others} lines that are not spans of text were left out")


def _entity(where: str, line: str, text: str) -> tuple[Span, ...]:
    match = _ENTITY.match(line)
    if not match:
        raise InputError(where, f"not a text-bound annotation: {line[:80]!r}")
    label, places = match.groups()
    joined: list[Span] = []
    for place in places.split(";"):
        start, end = map(int, place.split())
        if not 0 <= start < end <= len(text):
            raise InputError(where, f"[{start}, {end}] is empty or outside the text of {len(text)} characters")
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end, label)
        else:
            joined.append((start, end, label))
    return in_order(joined)
