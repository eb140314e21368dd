"""``python -m fuzz.metamorphic CORPUS.jsonl...``: what changes of a text that mean nothing change in its labels.

Prints, for each change, on how many of the words of the ``dev`` pages the label is another one.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from classifier.classify import Classifier
from classifier.result import DocumentResult
from training.corpus import LabelledDocument, read_corpus

FURNITURE = (
    "\n\nShare this page | Print | Subscribe to our newsletter\nPrivacy policy\nTerms of use\n© Orrin Press 2024\n"
)
MENU = "Home | News | Sport | Weather\nSubscribe\nSign in\n\n"
CHANGES: dict[str, Callable[[str], str]] = {
    "CRLF for LF": lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n"),
    "CR for LF": lambda text: text.replace("\r\n", "\n").replace("\n", "\r"),
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "blank lines doubled": lambda text: re.sub(r"\n([ \t]*\n)", r"\n\1\1", text),
    "every line break doubled": lambda text: text.replace("\n", "\n\n"),
    "blanks at the ends of lines": lambda text: re.sub(r"(?=\n)", "  ", text),
    "blanks doubled": lambda text: text.replace(" ", "  "),
    "no-break spaces": lambda text: text.replace(" ", "\xa0"),
    "straight quotes": lambda text: text.translate(dict(zip(map(ord, "‘’“”"), "''\"\"", strict=True))),
    "zero-width space at the end": lambda text: text + "\u200b",
    "blank lines at both ends": lambda text: "\n\n\n" + text + "\n\n\n",
    "furniture appended": lambda text: text + FURNITURE,
    "menu before": lambda text: MENU + text,
}


SURE = 0.7  # a score


def words(result: DocumentResult) -> list[tuple[str, float]]:
    """Return label and score of each whitespace-separated piece with a letter or digit in it, in order."""
    starts = np.array([s.start for s in result.segments])
    pieces = [m for m in re.finditer(r"\S+", result.text) if any(map(str.isalnum, m[0]))]
    owners = np.searchsorted(starts, [m.start() for m in pieces], side="right") - 1
    return [(result.labels[i], result.segments[i].score) for i in owners]


def changed(before: DocumentResult, after: DocumentResult, in_front: int = 0) -> list[float]:
    """Return the scores of the words whose label differs; ``after`` may have words ``in_front`` and behind."""
    old, new = words(before), words(after)
    mine = new[in_front : in_front + len(old)]
    assert len(mine) == len(old), (len(old), len(new))
    return [score for (a, score), (b, _) in zip(old, mine, strict=True) if a != b]


def footers(documents: Iterable[LabelledDocument]) -> list[str]:
    """Return what stands below the text of labelled pages: all behind the last span that is not boilerplate."""
    found = []
    for document in documents:
        ends = [end for _, end, label in document.spans if label != "boilerplate"]
        below = document.text[max(ends) :].strip() if ends else ""
        found += [below] if len(below.split()) >= 3 else []
    return found


def with_footers(footers: list[str]) -> dict[str, Callable[[str], str]]:
    """Return the changes, and one more: a page gets one of ``footers``, which its length chooses."""
    return {**CHANGES, "another page's footer": lambda text: text + "\n\n" + footers[len(text) % len(footers)]}


def measure(
    texts: list[str],
    classifier: Classifier,
    names: Iterable[str] = CHANGES,
    changes: Mapping[str, Callable[[str], str]] = CHANGES,
) -> Iterator[dict[str, Any]]:
    """Yield for each change the documents it changes, and on how many of their words the label is another one.

    ``sure``: the same among the words whose score was at least ``SURE``.
    """
    for name in names:
        touched = [text for text in texts if changes[name](text) != text]
        plain, other = (list(classifier.classify_many(some)) for some in (touched, map(changes[name], touched)))
        in_front = len(re.findall(r"\w+", MENU)) if name == "menu before" else 0
        scores = [changed(a, b, in_front) for a, b in zip(plain, other, strict=True)]
        flat = [score for some in scores for score in some]
        everything = [score for result in plain for _, score in words(result)]
        sure = [sum(score >= SURE for score in some) for some in (flat, everything)]
        yield {
            "change": name, "documents": len(touched), "words": len(everything), "changed": len(flat),
            "percent": _percent(len(flat), len(everything)), "sure_percent": _percent(*sure),
            "documents_with_changes": sum(map(bool, scores)),
        }  # fmt: skip


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 3) if whole else 0.0


def main() -> None:
    """Measure on the held-out pages of the corpora named."""
    documents = read_corpus(sys.argv[1:])
    texts = [document.text for document in documents if document.split == "dev"]
    changes = with_footers(footers(document for document in documents if document.split != "dev"))
    print(json.dumps({"documents": len(texts)}))
    for row in measure(texts, Classifier.load("default"), changes, changes):
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
