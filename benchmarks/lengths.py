"""What one document costs, by its length: ``python benchmarks/lengths.py FOLDER LONGEST lines|line``.

One process, one document after the other, each longer. ``memory`` is the most (MB) that was held meanwhile, above what
was held before, the document included. Prints a list of {"megabytes", "seconds", "memory"}; ``plot`` draws such lists.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pages import MB, length, read_texts
from processes import held

from classifier import Classifier

LENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 25, 50)  # megabytes
_ENOUGH = 1.0  # seconds to measure a length for; the best of them counts
_WIDTH, _HEIGHT, _LEFT, _TOP = 720, 400, 70, 30
_COLOURS = ("#1f6feb", "#bc4c00")

Point = Mapping[str, float]


def documents(texts: Sequence[str], longest: float, shape: str) -> Iterator[str]:
    """Yield a document of each length, pages one below the other, or all in one line."""
    whole = "\n\n".join(texts)
    if shape == "line":
        whole = " ".join(whole.split())
    while length(whole) < longest * MB:
        whole += ("\n\n" if shape == "lines" else " ") + whole
    yield from (whole[: int(size * MB)] for size in LENGTHS if size <= longest)


def measured(texts: Sequence[str], longest: float, shape: str) -> list[Point]:
    """Return time and memory of each length."""
    classifier = Classifier.load()
    classifier.classify(texts[0])
    return [_measured(classifier, text) for text in documents(texts, longest, shape)]


def _measured(classifier: Classifier, text: str) -> Point:
    forget_the_peak()
    before = held(os.getpid(), "VmRSS")
    seconds = best(classifier, text)
    return {"megabytes": length(text) / MB, "seconds": seconds, "memory": held(os.getpid(), "VmHWM") - before}


def forget_the_peak() -> None:
    """Let the most memory this process ever held be what it holds now; on other systems than Linux do nothing."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def best(classifier: Classifier, text: str) -> float:
    """Return the shortest time that classifying ``text`` and writing the answer took."""
    times: list[float] = []
    while sum(times) < _ENOUGH and len(times) < 20:
        begun = time.perf_counter()
        classifier.classify(text).to_json()
        times.append(time.perf_counter() - begun)
    return min(times)


def slope(points: Sequence[Point], above: float = 0.1) -> float:
    """Return the exponent of cost against length among documents above so many MB: 1 is linear."""
    pairs = [(math.log(p["megabytes"]), math.log(p["seconds"])) for p in points if p["megabytes"] >= above]
    if len(pairs) < 2:
        return math.nan
    mean_x, mean_y = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
    rise = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    return float(rise / sum((x - mean_x) ** 2 for x, _ in pairs))


def plot(curves: Mapping[str, Sequence[Point]]) -> str:
    """Return an SVG of seconds against megabytes, both by powers of ten, a line for each name."""
    points = [point for curve in curves.values() for point in curve]
    across = _Scale([p["megabytes"] for p in points], _LEFT, _WIDTH - 20)
    up = _Scale([p["seconds"] for p in points], _HEIGHT - 50, _TOP)
    parts = [*_grid(across, up)]
    for (name, curve), colour, row in zip(curves.items(), _COLOURS, range(9), strict=False):
        at = [(across(p["megabytes"]), up(p["seconds"])) for p in curve]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in at]
        parts.append(f'<text x="{_LEFT + 12}" y="{_TOP + 16 + 18 * row}" fill="{colour}">{name}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="13">\n<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


class _Scale:
    """Places of numbers on an axis by powers of ten."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self.low, self.high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        self.high = max(self.high, self.low + 1)
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def powers(self) -> list[float]:
        """Every power of ten on the axis."""
        return [10.0**power for power in range(self.low, self.high + 1)]


def _grid(across: _Scale, up: _Scale) -> list[str]:
    left, right, bottom, top = across.start, across.end, up.start, up.end
    parts = []
    for value in across.powers():
        x = across(value)
        parts.append(f'<line x1="{x:.1f}" y1="{bottom}" x2="{x:.1f}" y2="{top}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{value:g}</text>')
    for value in up.powers():
        y = up(value)
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g} s</text>')
    parts.append(
        f'<text x="{(left + right) / 2}" y="{bottom + 40}" text-anchor="middle">megabytes in one document</text>'
    )
    return parts


def main() -> None:
    """Measure one shape."""
    folder, longest, shape = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    print(json.dumps(measured(read_texts(folder / "pages.jsonl", 10 * MB), longest, shape)))


if __name__ == "__main__":
    main()
