"""Mistakes -> the passages they stand in, marked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .markup import escape, foreign

_NOTE = """\
<p class="note">The tinted passage is the mistake, in the colour of the label it was given; the lines around it are its
neighbours. Look for what the mistakes share: a kind of page, a turn of phrase, labels of yours that are themselves
wrong.</p>
"""


def mistakes(found: Mapping[str, Sequence[Mapping[str, Any]]], colours: Mapping[str, str]) -> str:
    """Return the mistakes of each label that has any, folded; the first label's stand open."""
    blocks: list[str] = []
    for label, some in found.items():
        if some:
            head = f"<summary>{foreign(label)}, called something else: the {len(some)} most confident</summary>\n"
            passages = "".join(_passage(mistake, colours) for mistake in some)
            blocks.append(f"<details{'' if blocks else ' open'}>{head}{passages}</details>\n")
    return _NOTE + "".join(blocks) if blocks else "<p>None.</p>\n"


def _passage(mistake: Mapping[str, Any], colours: Mapping[str, str]) -> str:
    where = f"{foreign(mistake['id'])} <span>{mistake['start']}-{mistake['end']}</span>"
    said = f"{_mark(mistake['gold'], colours)} called {_mark(mistake['pred'], colours)} with {mistake['score']:.2f}"
    text = _tinted(mistake["text"], mistake["pred"], colours, "wrong")
    return (
        f'<article><p class="where">{said} <span class="quiet">{where}, {mistake["words"]} words</span></p>\n'
        f"{_beside(mistake['before'], colours)}{text}{_beside(mistake['after'], colours)}</article>\n"
    )


def _mark(label: str, colours: Mapping[str, str]) -> str:
    return f'<span class="swatch {colours.get(label, "none")}">{foreign(label)}</span>'


def _beside(neighbour: Sequence[str] | None, colours: Mapping[str, str]) -> str:
    if neighbour is None:
        return '<p class="edge">the document’s edge</p>\n'
    gold, pred, text = neighbour
    note = "" if gold == pred else f", meant {escape(gold)}"
    return _tinted(text, pred, colours, "beside", note)


def _tinted(text: str, label: str, colours: Mapping[str, str], kind: str, note: str = "") -> str:
    lines = "<br>".join(foreign(line) for line in text.splitlines() if line.strip())
    return (
        f'<p class="{kind} {colours.get(label, "none")}"><span class="said">{escape(label)}{note}</span> {lines}</p>\n'
    )
