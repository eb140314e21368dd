"""``python -m fuzz.agree``: one digest of all answers to fixed texts, to compare interpreters and libraries."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path
from random import Random

from classifier.classify import Classifier

from .inputs import VOCABULARY
from .naughty import GROWING, NAUGHTY

ROOT = Path(__file__).parents[1]


def texts() -> list[str]:
    """Return our own pages, naughty strings, monotonous texts and a thousand random ones; the same everywhere."""
    rows = [json.loads(line)["text"] for line in (ROOT / "data" / "written.jsonl").open(encoding="utf-8")]
    random = Random(20261122)
    drawn = ["".join(VOCABULARY[int(random.random() * len(VOCABULARY))] for _ in range(i % 80)) for i in range(1000)]
    return [*rows, *NAUGHTY, *(shape(3000) for shape in GROWING.values()), *drawn]


def digest() -> str:
    """Return the SHA-256 of every result as it is written, with all probabilities to four decimals."""
    whole = hashlib.sha256()
    for result in Classifier.load("default").classify_many(texts()):
        whole.update(result.to_json(probabilities=True).encode() + b"\n")
    return whole.hexdigest()


def main() -> None:
    """Print the digest and what it was made with."""
    made = {name: version(name) for name in ("numpy", "scikit-learn", "scipy", "nltk", "joblib", "click")}
    print(json.dumps({"digest": digest(), "texts": len(texts()), "python": platform.python_version()} | made))


if __name__ == "__main__":
    main()
