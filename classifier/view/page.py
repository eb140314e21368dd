"""Results -> one HTML page that needs nothing else: style, script and documents are in it, and it asks no network.

A document stands in the page as JSON, in a block that no browser runs, with every ``<``, ``>`` and ``&`` escaped; the
script turns it into text when it is opened. What may run and what may style is named by hash in the page's own policy.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from ..io import OneFile, Source
from ..labels import LABELS, display_columns, display_order
from ..result import DocumentResult
from ..text import encode
from .reading import UNSURE, marks, trail_start

SCRIPTS = ("text", "state", "legend", "article", "panel", "documents", "export", "keys", "start")
_NETWORK = {False: "", True: "connect-src 'self'; "}
_BLOCK = 1 << 20  # characters of documents in one block of the page
_RISKY = re.compile("[<>&\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class Page:
    """One page on its way, a destination as ``classifier.io`` has them: leaving in peace writes the end and commits."""

    def __init__(self, path: str, model: str, labels: list[str], more: Mapping[str, Any] | None = None) -> None:
        """``labels`` are the model's, in any order; raises InputError on entering where ``path`` cannot be written.

        ``more`` is what the page is to know beside ``about``.
        """
        self._file = OneFile(path, head())
        self._about = about(model, display_order(labels)) | dict(more or {})
        self._index: list[str] = []
        self._block: list[str] = []
        self._size = 0

    def __enter__(self) -> Page:
        self._file.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is None:
            self._end_block()
            self._file.write(self._tail())
        self._file.__exit__(kind, error, trace)

    def begin(self, source: Source) -> None:
        """Do nothing: every source goes into the same page."""

    def write(self, text: str, fresh_line: bool = False) -> None:
        """Append markup."""
        self._file.write(text)

    def add(self, result: DocumentResult) -> None:
        """Append a document."""
        self.put(row(result), document(result))

    def put(self, entry: Sequence[Any], drawn: Mapping[str, Any]) -> None:
        """Append a document that is drawn already, as ``row`` and ``document`` do."""
        line = embed(drawn)
        self._index.append(embed(entry))
        self._block.append(line)
        self._size += len(line)
        if self._size > _BLOCK:
            self._end_block()

    def _end_block(self) -> None:
        if self._block:
            self._file.write(_block(f'documents" data-count="{len(self._block)}', "\n".join(self._block)))
        self._block, self._size = [], 0

    def _tail(self) -> str:
        return tail(self._about, self._index)


def about(model: str, labels: Sequence[str]) -> dict[str, Any]:
    """Return what the page knows beside its documents; ``labels`` in display order."""
    meaning = [LABELS.get(label, "") for label in labels]
    return {"model": model, "unsure": UNSURE, "labels": labels, "marks": marks(labels), "meaning": meaning}


def tail(known: dict[str, Any], rows: Sequence[str] = (), scripts: Sequence[str] = SCRIPTS) -> str:
    """Return the end of the page; ``rows`` is the list of its documents, each as ``embed(row(result))``."""
    index = f'{embed(known)[:-1]}, "documents": [{", ".join(rows)}]}}'
    return f"{_block('index', index)}<script>{script(tuple(scripts))}</script>\n</body>\n</html>\n"


def row(result: DocumentResult) -> list[Any]:
    """Return a document's entry in the list: id, the key of its corrections, warning, words by label."""
    return [result.id, _key(result.text), result.warning, *result.counts()[1].values()]


def embedded(result: DocumentResult) -> str:
    """Return a document with its entry as JSON, to be put into a page that is open."""
    return f'{{"row": {embed(row(result))}, "document": {embed(document(result))}}}'


def document(result: DocumentResult) -> dict[str, Any]:
    """Return what the page knows of a document: columns of numbers over its segments, labels in display order.

    ``shares`` and ``alone`` hold for each segment as many numbers as there are labels, in units of 1/10000.
    """
    order = display_columns(result.classes)
    place = np.argsort(order)
    columns: dict[str, Any] = {
        "start": result.starts,
        "end": result.ends,
        "label": place[result.columns],
        "words": result.words,
        "shares": np.rint(result.proba[:, order] * 10000).astype(np.int64).ravel(),
        "alone": np.rint(result.alone[:, order] * 10000).astype(np.int64).ravel(),
    }
    numbers = {name: column.tolist() for name, column in columns.items()}
    return {"text": result.text, "trail": trail_start(result), **numbers}


def embed(value: Any) -> str:
    """Return ``value`` as JSON that can stand inside a page's script block: nothing in it ends the block."""
    return _RISKY.sub(_escaped, json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _block(kind: str, content: str) -> str:
    return f'<script type="application/json" class="{kind}">{content}</script>\n'


def _key(text: str) -> str:
    """Return the name under which a browser keeps corrections of ``text``, whatever page it stands in."""
    return hashlib.sha256(encode(text)).hexdigest()[:20]


def _asset(name: str) -> str:
    return (files(__package__) / "assets" / name).read_text("utf-8")


@lru_cache(maxsize=4)
def script(scripts: tuple[str, ...] = SCRIPTS) -> str:
    """Return the page's one script."""
    parts = "\n".join(_asset(f"{name}.js") for name in scripts)
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


@lru_cache(maxsize=4)
def head(scripts: tuple[str, ...] = SCRIPTS, served: bool = False) -> str:
    """Return the page as far as its documents; nothing of a document is in it."""
    return _asset("page.html").replace("{{policy}}", policy(scripts, served)).replace("{{style}}", _asset("page.css"))


@lru_cache(maxsize=4)
def policy(scripts: tuple[str, ...] = SCRIPTS, served: bool = False) -> str:
    """Return the page's content policy; only one that is ``served`` may ask its own server."""
    return (
        f"default-src 'none'; script-src {_hash(script(scripts))}; style-src {_hash(_asset('page.css'))}; "
        f"{_NETWORK[served]}base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
