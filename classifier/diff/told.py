"""Differences -> a summary and the changes one by one, for a person or for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import nlargest
from typing import Any

from ..io import dump, visible
from ..labels import display_order
from ..view import Line, drawn_lines
from .changes import Change, Difference

_PLAIN = -1
_LONGEST = 400  # characters of a change that are shown


def told_as_record(difference: Difference, names: tuple[str, str]) -> str:
    """Return a document's changes as one JSON line."""
    text = difference.b.text
    changes = [{**c._asdict(), "weight": round(c.weight, 4), "text": text[c.start : c.end]} for c in difference.changes]
    record: dict[str, Any] = {"id": difference.id, "a": names[0], "b": names[1], "words": int(difference.words.sum())}
    record |= {"words_changed": sum(c["words"] for c in changes), "weight": round(difference.weight, 4)}
    return dump(record | {"changes": changes}) + "\n"


def told(differences: Sequence[Difference], names: tuple[str, str], top: int, colours: bool) -> str:
    """Return the summary, then the ``top`` most telling changes of all."""
    listed = [(difference, change) for difference in differences for change in difference.changes]
    labels = display_order({label for _, change in listed for label in (change.was, change.label)})
    lines = [*_summary(differences, listed, names)]
    for difference, change in nlargest(top, listed, key=lambda pair: pair[1].weight):
        lines += _told(difference, change, labels)
    if len(listed) > top:
        lines.append(
            Line(_PLAIN, 1.0, f"\n... and {len(listed) - top} more (--top, --format jsonl, --output PAGE.html)")
        )
    return drawn_lines(lines, "\n", colours) + "\n"


def _summary(
    differences: Sequence[Difference], listed: Sequence[tuple[Difference, Change]], names: tuple[str, str]
) -> Iterator[Line]:
    words = sum(int(difference.words.sum()) for difference in differences)
    changed = sum(change.words for _, change in listed)
    yield Line(_PLAIN, 1.0, f"A {visible(names[0])}\nB {visible(names[1])}")
    touched = sum(bool(difference.changes) for difference in differences)
    share = f" ({100 * changed / words:.1f} %)" if words else ""
    yield Line(
        _PLAIN, 1.0, f"{changed:,} of {words:,} words{share} in {touched:,} of {len(differences):,} documents changed"
    )
    moved: Counter[tuple[str, str]] = Counter()
    for _, change in listed:
        moved[change.was, change.label] += change.words
    for (was, label), n in moved.most_common():
        yield Line(_PLAIN, 1.0, f"{n:>9,}  {visible(was)} -> {visible(label)}")


def _told(difference: Difference, change: Change, labels: Sequence[str]) -> list[Line]:
    name = difference.id if isinstance(difference.id, str) else dump(difference.id)
    flip = f"{visible(change.was)} {change.was_score:.2f} -> {visible(change.label)} {change.score:.2f}"
    text = visible(difference.b.text[change.start : change.end][: _LONGEST + 1])
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + " ..."
    head = Line(_PLAIN, 1.0, f"\n{visible(name)} {change.start}-{change.end}  {flip}")
    return [head, Line(labels.index(change.label), change.score, f"    {shown}")]
