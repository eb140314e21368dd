"""HTML -> its text, nothing left out, and labels back onto its elements. Needs the extra ``html``.

The text is everything that a reader of the page might see, in order: telling the article from comments and menus is the
model's work, and what an extractor takes away on the way there cannot be labelled (docs/experiments.md).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from functools import cached_property

from ..errors import InputError
from ..text import Document
from .decoding import decode
from .reading import Fields, Record, Stretch, data_of, whole
from .sources import Source

try:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5
    from resiliparse.parse.html import HTMLTree

    from .elements import Elements
except ImportError:
    raise InputError("html", "needs the package resiliparse: pip install newswinnow[html]") from None

MAX_PAGE = 32 << 20  # bytes; what is made of a page in memory takes many times as much
_HEAD = 1 << 10  # where a page names its encoding, as browsers have it
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
# Elements that a page defines for itself are taken for words of a line, so two in a row would be glued together.
_NEIGHBOURS = re.compile(r"(</[a-zA-Z][a-zA-Z0-9]*-[^<>]{0,80}>)(?=\s*<[a-zA-Z][a-zA-Z0-9]*-)")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Page:
    """A page of HTML: ``text`` is what can be read on it."""

    def __init__(self, html: str) -> None:
        """Raise InputError where the parser gives up."""
        try:
            self._tree = HTMLTree.parse(html)
            read = HTMLTree.parse(_NEIGHBOURS.sub(r"\1<br>", html)) if _NEIGHBOURS.search(html) else self._tree
            self.text = str(extract_plain_text(read, alt_texts=False, list_bullets=False)).strip("\n")
        except (ValueError, RuntimeError, MemoryError) as error:
            raise InputError("", f"broken HTML ({error})") from None

    @cached_property
    def _elements(self) -> Elements:
        return Elements(self._tree)

    def paths(self, segments: list[tuple[int, int]]) -> list[str | None]:
        """Return for each (start, end) of the text the CSS path of the smallest element around it; None: unknown."""
        holders = self._elements.holders(self.text, segments)
        return [None if holder is None else self._elements.path(holder) for holder in holders]

    def marked(self, segments: list[tuple[int, int, str, float]]) -> str:
        """Return the page with the labels in ``data-winnow``, and the lowest score in ``data-winnow-score``."""
        holders = self._elements.holders(self.text, [segment[:2] for segment in segments])
        found: dict[int, tuple[dict[str, None], float]] = {}
        for holder, (_, _, label, score) in zip(holders, segments, strict=True):
            if holder is not None:
                labels, lowest = found.get(holder, ({}, 1.0))
                found[holder] = (labels | {label.replace(" ", "_"): None}, min(lowest, score))
        for holder, (labels, lowest) in found.items():
            element = self._elements.node(holder)
            element.setattr("data-winnow", " ".join(labels))
            element.setattr("data-winnow-score", f"{lowest:.4f}")
        return str(self._tree) + "\n"


def text_of(html: str) -> str:
    """Return the text of a page; raises InputError."""
    return Page(html).text


def decoded(data: bytes, encoding: str | None, warn: Callable[[str], None]) -> str:
    """Return the HTML in ``data``: by ``encoding``, byte order mark, what the page says, or else what it looks like."""
    if encoding or data.startswith(_MARKS):
        return decode(data, encoding, warn)
    declared = _CHARSET.search(data, 0, _HEAD)
    name = map_encoding_to_html5(declared[1].decode("ascii"), False) if declared else None
    if name is None:
        try:
            return data.decode()
        except UnicodeDecodeError:
            name = detect_encoding(data, html5_compatible=True)
    return decode(data, _known(name), warn)


def _known(name: str | None) -> str:
    try:
        return codecs.lookup(name or "utf-8").name
    except LookupError:
        return "utf-8"


def stretches(
    source: Source, fields: Fields, advance: Callable[[int], None], warn: Callable[[str], None]
) -> Iterator[Source | Stretch]:
    """Yield ``source``, and the file as one stretch."""
    if source.size > MAX_PAGE:
        raise InputError("", f"is a page of more than {MAX_PAGE >> 20} MiB")
    yield from whole(source, advance)


def records(stretch: Stretch, fields: Fields, warn: Callable[[str], None]) -> Iterator[Record]:
    """Yield the page, called by its path."""
    data = data_of(stretch)
    if len(data) > MAX_PAGE:
        raise InputError("", f"is a page of more than {MAX_PAGE >> 20} MiB")
    page = Page(data if isinstance(data, str) else decoded(data, fields.encoding, warn))
    path = stretch.source.path
    yield Record(stretch.source, Document(path, page.text), path, origin=page)
