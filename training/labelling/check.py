"""What is wrong, or looks wrong, with a corpus: one finding a line, at the file and line it is about."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from classifier.errors import InputError
from classifier.io import Caution
from classifier.labels import LABELS

from ..corpus import Span, labels_at, span_of, word_starts
from .records import SPANS, TEXT, overlaps, raw_records
from .twins import equal, near

_SHOWN = 40  # characters of a text in a finding


class Finding(NamedTuple):
    """``where`` is ``path:line``; ``kind`` one of broken, overlap, gap, cut, label, id, duplicate, near-duplicate."""

    where: str
    kind: str
    message: str


class _Page(NamedTuple):
    where: str
    id: Any
    text: str
    spans: list[Span]
    split: str


def check(paths: Iterable[str], labels: Collection[str] | None, share: float) -> tuple[list[Finding], int]:
    """Return every finding, in order of the records, and how many records were read.

    Args:
        paths: files and folders of JSON lines.
        labels: those that may be used. Without them, the default labels where the corpus uses any of them, else all.
        share: of the shorter of two documents' shingles, from which on they are near-duplicates.
    """
    found: list[Finding] = []
    pages: list[_Page] = []

    def tell(problem: InputError | Caution) -> None:
        found.append(Finding(problem.where, "broken", problem.reason))

    for where, record in raw_records(paths, tell):
        pages.append(_page(where, record, found))
    known = _known(labels, pages)
    for page in pages:
        found += [Finding(page.where, kind, message) for kind, message in _within(page, known)]
    return found + list(_between(pages, share)), len(pages)


def _page(where: str, record: dict[str, Any], found: list[Finding]) -> _Page:
    """Return a record with those of its spans that are whole; the others become findings."""
    text, spans, split = record[TEXT], [], record.get("split")
    value = record.get(SPANS)
    if not isinstance(value, list):
        found.append(Finding(where, "broken", '"spans" must be a list of [start, end, label]'))
    for span in value if isinstance(value, list) else ():
        try:
            spans.append(span_of(where, span, len(text)))
        except InputError as error:
            found.append(Finding(where, "broken", error.reason))
    return _Page(where, record.get("id"), text, sorted(spans), split if isinstance(split, str) else "train")


def _known(labels: Collection[str] | None, pages: Sequence[_Page]) -> Collection[str]:
    used = {label for page in pages for *_, label in page.spans}
    return labels if labels is not None else LABELS if used & set(LABELS) else used


def _within(page: _Page, known: Collection[str]) -> Iterator[tuple[str, str]]:
    for first, second in overlaps(page.spans):
        yield "overlap", f"{_named(first)} and {_named(second)}"
    for label in sorted({label for *_, label in page.spans} - set(known)):
        yield "label", f"{label!r} is not one of {', '.join(known)}"
    yield from (("cut", message) for message in _cuts(page))
    yield from (("gap", message) for message in _gaps(page))


def _cuts(page: _Page) -> Iterator[str]:
    text = page.text
    for edge in sorted({edge for start, end, _ in page.spans for edge in (start, end)}):
        if 0 < edge < len(text) and text[edge - 1].isalnum() and text[edge].isalnum():
            before, after = text[max(edge - _SHOWN // 3, 0) : edge], text[edge : edge + _SHOWN // 3]
            yield f"the offset {edge} cuts a word: {_shown(before)}|{_shown(after)}"


def _gaps(page: _Page) -> Iterator[str]:
    words = word_starts(page.text)
    inside = np.zeros(len(words), bool)
    if page.spans and not overlaps(page.spans):
        inside = labels_at(page.spans, words, sorted({label for *_, label in page.spans})) >= 0
    else:
        for start, end, _ in page.spans:
            inside |= (words >= start) & (words < end)
    edges = np.flatnonzero(np.diff(np.concatenate([[True], inside, [True]]).astype(np.int8)))
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        at = int(words[first])
        many = f"{last - first} word{'s' * (last - first > 1)}"
        end = int(words[last]) if last < len(words) else len(page.text)
        yield f"no span covers {many} from {at}: {_shown(page.text[at : min(end, at + _SHOWN)].rstrip())}"


def _between(pages: Sequence[_Page], share: float) -> Iterator[Finding]:
    lines: dict[str, list[_Page]] = defaultdict(list)
    for page in pages:
        if page.id is not None:
            lines[json.dumps(page.id, sort_keys=True)].append(page)
    for name, some in lines.items():
        yield from (Finding(page.where, "id", f"{name} is also the id of {some[0].where}") for page in some[1:])
    yield from _missing(pages)
    texts, splits = [page.text for page in pages], [page.split for page in pages]
    same = equal(texts)
    for first, second, _ in same:
        split = f" ({splits[first]} and {splits[second]})" * (splits[first] != splits[second])
        yield Finding(pages[second].where, "duplicate", f"the words of {pages[first].where}{split}")
    copies = {twin.second: twin.first for twin in same}
    for first, second, part in near(texts, splits, share):
        if copies.get(first, first) != copies.get(second, second):
            message = f"{part:.0%} of its runs of eight words stand in {pages[first].where} ({splits[first]})"
            yield Finding(pages[second].where, "near-duplicate", message + f", it is {splits[second]}")


def _missing(pages: Sequence[_Page]) -> Iterator[Finding]:
    learned = {label for page in pages for *_, label in page.spans if page.split == "train"}
    for split in sorted({page.split for page in pages} - {"train"} if learned else ()):
        told: set[str] = set(learned)
        for page in pages:
            for label in sorted({label for *_, label in page.spans} - told if page.split == split else ()):
                told.add(label)
                yield Finding(page.where, "label", f"{label!r} stands in {split}, and nowhere in train")


def _named(span: Span) -> str:
    return f"[{span[0]}, {span[1]}, {span[2]}]"


def _shown(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
