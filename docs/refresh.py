"""Writes again what the documents show but do not decide: ``python docs/refresh.py``.

In README.md and the pages beside this file, below each command of a ``console`` block, its output; in data/README.md,
between the marks ``counts:begin`` and ``counts:end``, the size of each file by label.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from classifier.labels import LABELS

ROOT = Path(__file__).resolve().parents[1]
PROMPT = "$ "
TRANSCRIPTS = ("README.md", "docs/labelling.md", "docs/tutorial.md")
CORPORA = ("written.jsonl", "pages.jsonl", "fresh.jsonl", "annotations.jsonl.gz")
_CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.M | re.S)
_COUNTS = re.compile(r"(?<=<!-- counts:begin -->\n).*?(?=<!-- counts:end -->)", re.S)

Run = Callable[[str], str]


def transcribed(document: str, run: Run) -> str:
    """Return a Markdown document whose console blocks show what ``run`` returns for their commands."""
    return _CONSOLE.sub(lambda block: "".join(_transcript(block[0], run)), document)


def _transcript(block: str, run: Run) -> Iterator[str]:
    for line in block.splitlines():
        if line.startswith(PROMPT):
            yield f"{line}\n{run(line.removeprefix(PROMPT))}"


def console(folder: Path) -> Run:
    """Return what runs commands in ``folder``, where ``data/`` lies and ``winnow`` is that of this checkout.

    Standard error is shown with the output; a command that fails raises RuntimeError.
    """
    shutil.copytree(ROOT / "data", folder / "data")
    (folder / "bin").mkdir()
    winnow = folder / "bin" / "winnow"
    winnow.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m classifier "$@"\n')
    winnow.chmod(0o755)
    settings = {
        "PATH": f"{winnow.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "C.UTF-8",
    }

    def run(command: str) -> str:
        steps = ["bash", "-o", "pipefail", "-c", command]
        done = subprocess.run(
            steps, cwd=folder, env=os.environ | settings, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        output = done.stdout.decode()
        if done.returncode:
            raise RuntimeError(f"{command}: status {done.returncode}: {output}")
        return output if output.endswith("\n") or not output else output + "\n"

    return run


def counted(folder: Path) -> str:
    """Return the table of the corpora in ``folder``: pages, segments by label, words where there is text."""
    head = ["file", "pages", "of them dev", "with comments", *(f"{label} segments" for label in LABELS), "words"]
    rows = [head, ["---"] * len(head), *(_row(folder / name) for name in CORPORA)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(path: Path) -> list[str]:
    records = list(_records(path))
    labels = Counter(span[2] for record in records for span in record["spans"])
    trails = sum(any(span[2] == "comment" for span in record["spans"]) for record in records)
    words = sum(len(record.get("text", "").split()) for record in records)
    dev = sum(record["split"] == "dev" for record in records)
    counts = [len(records), dev, trails, *(labels[label] for label in LABELS), words]
    return [f"`{path.name}`", *(f"{count:,}" if count else "-" for count in counts)]


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def main() -> None:
    """Write every document."""
    datasheet = ROOT / "data" / "README.md"
    for name in TRANSCRIPTS:
        with tempfile.TemporaryDirectory() as folder:
            document = transcribed((ROOT / name).read_text("utf-8"), console(Path(folder)))
        (ROOT / name).write_text(document, "utf-8")
    datasheet.write_text(_COUNTS.sub(counted(datasheet.parent), datasheet.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
