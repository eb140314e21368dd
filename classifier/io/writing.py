"""Segments -> lines of JSON, of a table, or for a person to read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from ..result import Segment

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_SPECIAL = re.compile("[\\\\\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# What could move the cursor, ring the bell or turn the line around on somebody's terminal.
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
TSV_HEADER = "id\tstart\tend\tlabel\tscore\ttext\n"


def dump(value: Any) -> str:
    """Return ``value`` as JSON on one line, non-ASCII as itself; lone surrogates are escaped."""
    written = json.dumps(value, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return written


def escape(text: str) -> str:
    """Return ``text`` on one line of a table: backslash, tab and line breaks as a backslash and a letter or code."""
    return _SPECIAL.sub(lambda m: _ESCAPES.get(m[0]) or _code(m[0]), text)


def visible(text: str) -> str:
    """Return ``text`` on one line that a terminal can be shown: control characters become codes, surrogates U+FFFD."""
    return _CONTROL.sub(lambda m: _ESCAPES.get(m[0]) or _code(m[0]), text)


def _code(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    return f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"


def segment_rows(identity: Any, text: str, segments: Iterable[Segment], output_format: str) -> str:
    """Return one line a segment.

    ``tsv``: id, start, end, label, score, text, escaped; ``text``: label, score and text, below the id; ``jsonl``: the
    same six as an object.
    """
    rows = [(s, text[s.start : s.end]) for s in segments]
    if output_format == "tsv":
        name = escape(identity if isinstance(identity, str) else dump(identity))
        return "".join([f"{name}\t{s}\t{e}\t{escape(c)}\t{p:.4f}\t{escape(t)}\n" for (s, e, c, p), t in rows])
    if output_format == "text":
        head = f"# {visible(identity if isinstance(identity, str) else dump(identity))}\n"
        return head + "".join([f"{visible(s.label):<12}{s.score:.4f}  {visible(t)}\n" for s, t in rows])
    return "".join([dump({"id": identity, **s._asdict(), "text": t}) + "\n" for s, t in rows])
