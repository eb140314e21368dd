"""Two models' verdicts on the same documents -> whether the second is better, as a record and as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from classifier.labels import display_order

from ..metrics import RESAMPLES, compare, figure_names, figures
from ..mistakes import Mistake, worst
from ..tables import aligned, share
from ..trimmings import COMMENT
from ..verdicts import Verdicts

FORMAT = 1
BETTER, WORSE, UNDECIDED = "better", "worse", "undecided"
_SENTENCES = {
    BETTER: "{b} is better than {a}",
    WORSE: "{b} is worse than {a}",
    UNDECIDED: "Whether {b} is better or worse than {a} cannot be told from these documents",
}
_DECIMALS = 4


def comparison(
    a: Verdicts, b: Verdicts, names: tuple[str, str], seed: int = 0, resamples: int = RESAMPLES
) -> dict[str, Any]:
    """Compare by a paired bootstrap over documents; ``names`` are what people call the two.

    B is better where the 95 % interval of the difference in macro-F1 lies above 0, worse where it lies below.

    Raises:
        ValueError: the verdicts are not on the same documents, or not with the same labels.
    """
    if a.labels != b.labels:
        raise ValueError("the two models were not judged with the same labels")
    found = compare(a.tables, b.tables, a.labels, COMMENT, seed, resamples)
    values = [figures(verdicts.tables, a.labels, COMMENT)[0] for verdicts in (a, b)]
    columns = {"a": values[0], "b": values[1], **found._asdict()}
    rows = {name: _row(columns, i) for i, name in enumerate(figure_names(a.labels))}
    macro = rows[("macro_f1",)]
    verdict = _verdict(macro)
    return {
        "format": FORMAT,
        "a": names[0],
        "b": names[1],
        "documents": len(a.documents),
        "words": len(a.words.gold),
        "verdict": verdict,
        "sentence": _sentence(verdict, macro, names),
        "macro_f1": macro,
        "labels": {label: rows[("labels", label, "f1")] for label in display_order(a.labels)},
        "trails_cut_exactly": rows[("trails_cut_exactly",)],
        "clean": rows[("clean",)],
    }


def only_wrong(a: Verdicts, b: Verdicts, count: int) -> tuple[dict[str, list[Mistake]], dict[str, list[Mistake]]]:
    """Return the worst mistakes of A in what B gets right, and of B in what A gets right."""
    right = [verdicts.words.pred == verdicts.words.gold for verdicts in (a, b)]
    return worst(a, count, right[1]), worst(b, count, right[0])


def comparison_as_text(found: Mapping[str, Any]) -> str:
    """Return the comparison as a table and a sentence."""
    rows = [["", "A", "B", "B less A", "95 %", "B leads in"]]
    named = {"macro-F1": found["macro_f1"], **{f"{label} F1": row for label, row in found["labels"].items()}}
    named |= {"trails cut exactly": found["trails_cut_exactly"], "left clean": found["clean"]}
    rows += [[name, *_cells(row)] for name, row in named.items()]
    head = f"A {found['a']}, B {found['b']}: {found['documents']:,} documents, {found['words']:,} words"
    return f"{head}\n\n{aligned(rows)}\n\n{found['sentence']}"


def _row(columns: Mapping[str, Any], place: int) -> dict[str, float | None]:
    return {
        name: round(float(values[place]), _DECIMALS) if np.isfinite(values[place]) else None
        for name, values in columns.items()
    }


def _verdict(macro: Mapping[str, float | None]) -> str:
    if (macro["low"] or 0) > 0:
        return BETTER
    return WORSE if (macro["high"] or 0) < 0 else UNDECIDED


def _sentence(verdict: str, macro: Mapping[str, float | None], names: Sequence[str]) -> str:
    opening = _SENTENCES[verdict].format(a=names[0], b=names[1])
    a, b, less, low, high, better = (macro[part] for part in ("a", "b", "difference", "low", "high", "better"))
    if a is None or b is None or less is None or low is None or high is None or better is None:
        return f"{opening}: nothing could be measured."
    if low == high == 0:
        return f"{names[1]} does just what {names[0]} does on these documents: macro-F1 {a:.3f}."
    return (
        f"{opening}: macro-F1 {b:.3f} against {a:.3f}, a difference of {less:+.3f} (95 % interval {low:+.3f} to "
        f"{high:+.3f}); it leads in {100 * better:.1f} % of the resampled sets of documents."
    )


def _cells(row: Mapping[str, float | None]) -> list[str]:
    less, low, high, better = (row[part] for part in ("difference", "low", "high", "better"))
    if less is None or low is None or high is None or better is None:
        return [share(row["a"]), share(row["b"]), "-", "-", "-"]
    return [share(row["a"]), share(row["b"]), f"{less:+.3f}", f"{low:+.3f} to {high:+.3f}", f"{100 * better:.0f} %"]
