"""``python -m fuzz.sweep``: all of Unicode in sentences, every pair of bytes, and what growing texts cost.

The first two assert the contract of spans; the last says how the time and memory of a shape grow when it is eight times
as long.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterable

from classifier.classify import Classifier
from classifier.io.decoding import decode

from .invariants import check_spans
from .naughty import GROWING

SIZES = (250_000, 2_000_000)  # characters


def _spans(texts: Iterable[str]) -> int:
    classifier, n = Classifier.load("default"), 0
    for result in classifier.classify_many(texts):
        check_spans(result.text, [(s.start, s.end) for s in result.segments])
        n += 1
    return n


def unicode() -> int:
    """Put every code point, surrogates too, into a line of its own; return how many."""
    lines = (f"A{c} b{c}. {c}C. {c} d\n" for c in map(chr, range(0x110000)))
    texts: list[str] = [next(lines)]
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == 1000:
            texts.append("".join(block))
            block = []
    _spans([*texts, "".join(block)])
    return 0x110000


def pairs() -> int:
    """Classify every pair of bytes as a document; return how many."""
    return _spans(decode(bytes([a, b]), None, lambda _: None) for a in range(256) for b in range(256))


def growth(shape: str) -> dict[str, float]:
    """Return seconds of a processor and peak megabytes at each of ``SIZES``, and the ratio of the times."""
    took, peak = [], []
    for size in SIZES:
        said = subprocess.run(
            [sys.executable, "-m", "fuzz.sweep", shape, str(size)], capture_output=True, text=True, check=True
        )
        seconds, megabytes = map(float, said.stdout.split())
        took.append(seconds)
        peak.append(megabytes)
    return {"seconds": took[0], "seconds_8": took[1], "ratio": took[1] / took[0], "mb": peak[0], "mb_8": peak[1]}


def _one(shape: str, size: int) -> None:
    classifier, text = Classifier.load("default"), GROWING[shape](size)
    classifier.classify("It rained, he said.").to_json()
    began = time.process_time()
    result = classifier.classify(text)
    result.to_json()
    classifier.filter(text, keep=["reporting"])
    took = time.process_time() - began
    print(round(took, 4), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)


def main() -> None:
    """Sweep, or measure the one shape named."""
    if len(sys.argv) == 3:
        return _one(sys.argv[1], int(sys.argv[2]))
    print("characters", unicode(), "pairs of bytes", pairs(), flush=True)
    for shape in GROWING:
        print(json.dumps({"shape": shape} | {key: round(value, 3) for key, value in growth(shape).items()}), flush=True)


if __name__ == "__main__":
    main()
