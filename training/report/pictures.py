"""Figures -> inline SVG. Colours and lines are classes of the page's style sheet: a strict policy allows no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .markup import escape

SIDE, LEFT, TOP, BOTTOM = 170, 34, 8, 34
_TICKS = (0.0, 0.5, 1.0)
Point = tuple[float, float]


def reliability_picture(bins: Sequence[Mapping[str, float]], label: str, colour: str) -> str:
    """Return a square: how probable the model said it was, against how often it was so; a dot's size is its words."""
    most = max((row["words"] for row in bins), default=1)
    points = [(row["probability"], row["share"]) for row in bins]
    sizes = [2 + 5 * (row["words"] / most) ** 0.5 for row in bins]
    marks = [_line([(0, 0), (1, 1)], "ideal"), _line(points, f"drawn {colour}")]
    marks += [_dot(point, size, colour) for point, size in zip(points, sizes, strict=True)]
    return _square(marks, f"Reliability of {label}", "probability said", "share that was so")


def curve_picture(curve: Mapping[str, Any], label: str, colour: str) -> str:
    """Return a square: precision by recall."""
    points = list(zip(curve["recall"], curve["precision"], strict=True))
    marks = [_line(points, f"drawn {colour}")] if points else []
    return _square(marks, f"Precision by recall of {label}", "recall", "precision")


def interval_picture(value: float | None, bounds: Sequence[float] | None, name: str, colour: str) -> str:
    """Return a bar from 0 to 1 with a dot at ``value`` and a whisker over ``bounds``; empty where there is no value."""
    if value is None:
        return ""
    low, high = bounds or (value, value)
    spoken = f"{name}: {value:.3f}" + (f", 95 % interval {low:.3f} to {high:.3f}" if bounds else "")
    return (
        f'<svg class="bar" viewBox="0 0 230 16" role="img" aria-label="{escape(spoken)}">'
        f'<line class="rule" x1="5" y1="8" x2="225" y2="8"/>'
        f'<line class="whisker {colour}" x1="{5 + 220 * low:.1f}" y1="8" x2="{5 + 220 * high:.1f}" y2="8"/>'
        f'<circle class="dot {colour}" cx="{5 + 220 * value:.1f}" cy="8" r="4"/></svg>'
    )


def _x(value: float) -> float:
    return LEFT + SIDE * value


def _y(value: float) -> float:
    return TOP + SIDE * (1 - value)


def _line(points: Iterable[Point], kind: str) -> str:
    where = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    return f'<polyline class="{kind}" points="{where}"/>'


def _dot(point: Point, size: float, colour: str) -> str:
    return f'<circle class="dot {colour}" cx="{_x(point[0]):.1f}" cy="{_y(point[1]):.1f}" r="{size:.1f}"/>'


def _square(marks: Iterable[str], title: str, across: str, up: str) -> str:
    width, height = LEFT + SIDE + 8, TOP + SIDE + BOTTOM
    grid = [
        f'<line class="rule" x1="{_x(0):.0f}" y1="{_y(t):.0f}" x2="{_x(1):.0f}" y2="{_y(t):.0f}"/>'
        f'<line class="rule" x1="{_x(t):.0f}" y1="{_y(0):.0f}" x2="{_x(t):.0f}" y2="{_y(1):.0f}"/>'
        f'<text class="tick" x="{_x(t):.0f}" y="{_y(0) + 12:.0f}" text-anchor="middle">{t:g}</text>'
        f'<text class="tick" x="{_x(0) - 5:.0f}" y="{_y(t) + 4:.0f}" text-anchor="end">{t:g}</text>'
        for t in _TICKS
    ]
    middle = _y(0.5)
    names = (
        f'<text class="axis" x="{_x(0.5):.0f}" y="{height - 5}" text-anchor="middle">{escape(across)}</text>'
        f'<text class="axis" x="10" y="{middle:.0f}" text-anchor="middle" transform="rotate(-90 10 {middle:.0f})">'
        f"{escape(up)}</text>"
    )
    head = f'<svg class="square" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
    return head + "".join(grid) + "".join(marks) + names + "</svg>"
