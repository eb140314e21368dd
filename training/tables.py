"""A report, and mistakes, as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from classifier.labels import display_order

from .evaluate import Report
from .mistakes import Mistake

_SHOWN_MIN_SCORE = 0.9


def as_text(report: Report) -> str:
    """Return the report as tables."""
    parts = [_heading(report), _label_table(report), _document_lines(report), _confusion_table(report)]
    parts.append(_trust_table(report))
    return "\n\n".join([*parts, _group_table(report)] if report.by else parts)


def mistakes_as_text(found: Mapping[str, Sequence[Mistake]]) -> str:
    """Return mistakes for reading: where, what was meant and said, and the passage between its neighbours."""
    return "\n\n".join(
        "\n\n".join([_mistakes_heading(label, some), *map(_passage, some)]) for label, some in found.items()
    )


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells in columns: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_row(cells, widths) for cells in rows)


def share(value: float | None) -> str:
    """Return a figure with three decimals, ``-`` where there is none."""
    return "-" if value is None else f"{value:.3f}"


def bounds(pair: Sequence[float] | None) -> str:
    """Return an interval, ``-`` where there is none."""
    return "-" if pair is None else f"{pair[0]:.3f}-{pair[1]:.3f}"


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]).rstrip()


def _heading(report: Report) -> str:
    macro = f"macro-F1 {share(report.macro_f1)}  ({bounds(report.intervals['macro_f1'])})"
    return f"model {report.model}: {report.documents['all']:,} documents, {report.words:,} words\n{macro}"


def _label_table(report: Report) -> str:
    rows = [["label", "precision", "recall", "F1", "95 %", "words"]]
    for label, found in report.labels.items():
        interval = bounds(report.intervals["labels"][label]["f1"])
        figures = [share(found[part]) for part in ("precision", "recall", "f1")]
        rows.append([label, *figures, interval, f"{found['words']:,}"])
    return aligned(rows)


def _document_lines(report: Report) -> str:
    counts, rows = report.documents, []
    for name, title, part, whole in (
        ("trails_cut_exactly", "trails cut exactly", "cut_exactly", "with_comments"),
        ("clean", "comment-free documents left clean", "clean", "free_of_comments"),
    ):
        found = f"{counts.get(part, 0)} of {counts.get(whole, 0)}"
        rows.append([title, found, share(vars(report)[name]), bounds(report.intervals[name])])
    return aligned(rows)


def _confusion_table(report: Report) -> str:
    names = list(report.confusion)
    rows = [["gold \\ called", *names]]
    rows += [[gold, *(f"{report.confusion[gold][pred]:,}" for pred in names)] for gold in names]
    return aligned(rows)


def _trust_table(report: Report) -> str:
    least = f">= {_SHOWN_MIN_SCORE}"
    rows = [["label", "calibration error", "when called", f"precision {least}", f"recall {least}"]]
    for label in display_order(report.calibration):
        errors = report.calibration[label]
        (kept,) = [row for row in report.keep[label] if row["min_score"] == _SHOWN_MIN_SCORE]
        values = [errors["error"], errors["error_when_called"], kept["precision"], kept["recall"]]
        rows.append([label, *map(share, values)])
    return aligned(rows)


def _group_table(report: Report) -> str:
    rows = [["group", "documents", "words", "macro-F1", "95 %", *report.labels, "cut exactly", "clean"]]
    for name, group in report.by.items():
        f1 = [share(found["f1"]) for found in group.labels.values()]
        counts = [f"{group.documents['all']:,}", f"{group.words:,}"]
        macro = [share(group.macro_f1), bounds(group.intervals["macro_f1"])]
        rows.append([name, *counts, *macro, *f1, share(group.trails_cut_exactly), share(group.clean)])
    return aligned(rows)


def _mistakes_heading(label: str, found: Sequence[Mistake]) -> str:
    return (
        f"== {label}, called something else: the {len(found)} most confident" if found else f"== {label}: no mistakes"
    )


def _passage(mistake: Mistake) -> str:
    head = f"{mistake.id} [{mistake.start}:{mistake.end}]  {mistake.gold}, called {mistake.pred}"
    lines = [f"{head}  {mistake.score:.2f}  {mistake.words} words"]
    lines += [f"    | {_beside(mistake.before)}"] if mistake.before else []
    lines += [f"  > | {line}" for line in mistake.text.splitlines() if line.strip()]
    lines += [f"    | {_beside(mistake.after)}"] if mistake.after else []
    return "\n".join(lines)


def _beside(neighbour: tuple[str, str, str]) -> str:
    gold, pred, text = neighbour
    said = gold if gold == pred else f"{gold}, called {pred}"
    return f"({said}) {' '.join(text.split())}"
