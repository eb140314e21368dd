"""Figures of ``speed.py`` -> tables in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WHOLE = "winnow classify, JSONL"
WHAT = {
    WHOLE: "whole command",
    "winnow classify, text files": "whole command",
    "fastText, predict alone": "call on sentences already split",
    "scikit-learn pipeline": "call on texts in memory",
    "Punkt alone": "sentences cut, nothing labelled",
    "regular expression alone": "sentences cut, nothing labelled",
    "JSON read and written": "a limit: the formats alone",
    "UTF-8 decoded": "a limit",
    "bytes copied": "a limit",
}


def markdown(figures: Mapping[str, Any], parts: Sequence[str] = ()) -> str:
    """Return a table for each part (of ``parts``, if given) that was measured, and a line on the machine."""
    sections = [SECTIONS[part](figures) for part in SECTIONS if part in figures and part in (parts or SECTIONS)]
    return "\n".join([*sections, _about(figures)])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; every column but the first is set to the right where it holds figures."""
    figures = [all(row[i][:1].isdigit() or row[i] == "-" for row in rows) for i in range(len(head))]
    rule = ["---:" if right else "---" for right in figures]
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, rule, *rows))


def _throughput(figures: Mapping[str, Any]) -> str:
    rates = figures["throughput"]
    ours = rates[WHOLE]
    rows = [[name, WHAT[name], f"{rate:,.2f}", f"{ours / rate:,.2f}"] for name, rate in rates.items()]
    return table(["one core", "what is timed", "MB/s of text", "winnow is so many times as fast"], rows)


def _cold(figures: Mapping[str, Any]) -> str:
    cold = figures["cold"]
    least = cold["python -c pass"]
    rows = [[name, f"{seconds:.3f}", f"{seconds / least:.1f}"] for name, seconds in cold.items()]
    return table(["from nothing", "seconds", "times python -c pass"], rows)


def _workers(figures: Mapping[str, Any]) -> str:
    found = figures["workers"]
    alone = {row["into"]: row["rate"] for row in found["rows"] if row["jobs"] == "1"}
    rows = [
        [
            f"into {row['into']}, `--jobs {row['jobs']}`",
            f"{row['rate']:.2f}",
            f"{row['rate'] / alone[row['into']]:.2f}",
            f"{row['cpu']:.1f}",
        ]
        for row in found["rows"]
    ]
    peaks = ", ".join(f"{peak:.0f}" for peak in found["peaks"])
    head = [f"two cores, {found['megabytes']:.0f} MB", "MB/s of text", "times one worker", "CPU seconds"]
    said = "Most memory of each process with two workers on one file, the first of which only reads and writes"
    return table(head, rows) + f"\n{said}: {peaks} MB.\n"


def _stream(figures: Mapping[str, Any]) -> str:
    found = figures["stream"]
    row = [f"{found['megabytes']:.0f} MB", *(f"{found[name]:.1f}" for name in ("at 25 %", "at 100 %", "growth"))]
    return table(["a stream of", "most memory after 25 %, MB", "after 100 %, MB", "growth, MB"], [row])


def _lengths(figures: Mapping[str, Any]) -> str:
    curves = figures["lengths"]
    names = list(curves)
    rows = []
    for points in zip(*curves.values(), strict=True):
        cells = [f"{p['megabytes'] / p['seconds']:.1f}" for p in points] + [f"{p['memory']:.0f}" for p in points]
        rows.append([f"{points[0]['megabytes']:.3f}", *cells])
    head = [
        "MB in one document",
        *(f"MB/s, {name}" for name in names),
        *(f"memory for it, {name}, MB" for name in names),
    ]
    grown = ", ".join(f"{name} {slope:.2f}" for name, slope in figures["slopes"].items())
    return table(head, rows) + f"\nCost grows with length to the power of (above 0.1 MB): {grown}.\n"


def _stages(figures: Mapping[str, Any]) -> str:
    stages, size = figures["stages"], figures["megabytes"]
    whole = sum(stages.values())
    rows = [[name, f"{s / size * 1000:.2f}", f"{s / whole * 100:.1f} %"] for name, s in stages.items()]
    return table(["stage", "ms for a MB", "share"], rows)


def _about(figures: Mapping[str, Any]) -> str:
    about = figures["machine"]
    where = f"{about['processor']}, {about['cores']} cores, Python {about['python']}"
    load = "unknown" if about["load"] is None else f"{about['load']:.1f}"
    held = "" if about["pinned"] else ", not held to a core"
    return f"{figures['megabytes']:.0f} MB, medians of {figures['runs']}; {where}, load before the run {load}{held}.\n"


SECTIONS = {
    "throughput": _throughput,
    "cold": _cold,
    "workers": _workers,
    "stream": _stream,
    "lengths": _lengths,
    "stages": _stages,
}
