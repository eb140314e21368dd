"""The rows of ``tests/quality``: sentences and short pages of our own, and what each segment of them should be called.

``python -m tests.quality.sort`` moves the rows of ``known_failures.tsv`` that the shipped model has learned to the file
they belong in, and with ``--demote`` the rows that it fails the other way. Look at what it moved before you commit it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from classifier.classify import Classifier

FOLDER = Path(__file__).parent
FAILURES = "known_failures"
LABELS = {"r": "reporting", "o": "opinion", "c": "comment", "b": "boilerplate"}


@dataclass(frozen=True)
class Row:
    """``labels`` has a letter for each segment of ``text``, a full stop where any will do; ``file`` is its home."""

    file: str
    cause: str
    labels: str
    text: str

    def to_line(self) -> str:
        text = self.text.replace("\\", "\\\\").replace("\n", "\\n")
        return f"{self.cause}\t{self.labels}\t{text}\n"


def read(name: str) -> list[Row]:
    """Read the rows of one file; those of known failures say in their cause which file they come from."""
    rows = []
    for line in (FOLDER / f"{name}.tsv").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            cause, labels, text = line.split("\t")
            home = cause.partition(": ")[0] if name == FAILURES else name
            text = text.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")
            rows.append(Row(home, cause.removeprefix(f"{home}: "), labels, text))
    return rows


def files() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("*.tsv") if file.stem != FAILURES)


def called(row: Row, model: Classifier) -> str:
    """What the model calls each segment, in letters; a full stop where the row does not ask."""
    letters = {label: letter for letter, label in LABELS.items()}
    found = "".join(letters.get(label, "?") for label in model.classify(row.text).labels)
    if len(found) != len(row.labels):
        return found
    return "".join("." if wanted == "." else letter for letter, wanted in zip(found, row.labels, strict=True))


def main() -> None:
    model = Classifier.load("default")
    demote = "--demote" in sys.argv[1:]
    kept: dict[str, list[str]] = {name: [] for name in [*files(), FAILURES]}
    for name in kept:
        for row in read(name):
            passes = called(row, model) == row.labels
            failed = not passes if demote or name == FAILURES else False
            if failed != (name == FAILURES):
                print(f"{'fails' if failed else 'passes'}: {row.file}: {row.cause}: {row.text[:60]!r}")
            kept[FAILURES if failed else row.file].append((f"{row.file}: " if failed else "") + row.to_line())
    for name, lines in kept.items():
        path = FOLDER / f"{name}.tsv"
        head = [line + "\n" for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
        path.write_text("".join([*head, *lines]), "utf-8")


if __name__ == "__main__":
    main()
