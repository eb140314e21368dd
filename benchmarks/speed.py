"""How fast is the whole command: ``python benchmarks/speed.py [--megabytes N] [--runs N] [--json]``.

From a file on disk to a file on disk, process start, reading, cutting, judging and writing included, on one core and on
two. The text is the corpus where it is, else the pages of ``data/``, repeated. Medians over the runs.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from pathlib import Path

import click

from training.corpus import read_corpus
from training.gate import CORPUS, ROOT

OURS = ROOT / "data"
PAGE = OURS / "pages" / "agency.txt"
WINNOW = (sys.executable, "-m", "classifier")


def measured(megabytes: float, runs: int, corpus: Path) -> dict[str, float]:
    """Return each figure by name: MB/s of text, and seconds."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        size = lay_out(source, megabytes * 1e6, corpus)

        def seconds(*command: str, cores: int = 1) -> float:
            return median_seconds(command, cores, runs)

        classify = (*WINNOW, "classify", str(source), "--output", str(target))
        return {
            "MB of text": size / 1e6,
            "classify, one core, MB/s": size / 1e6 / seconds(*classify),
            "classify --jobs 2, two cores, MB/s": size / 1e6 / seconds(*classify, "--jobs", "2", cores=2),
            "classify one short page, s": seconds(*WINNOW, "classify", str(PAGE)),
            "--help, s": seconds(*WINNOW, "--help"),
            "python -c pass, s": seconds(sys.executable, "-c", "pass"),
        }


def lay_out(target: Path, size: float, corpus: Path) -> int:
    """Write documents to ``target`` until their text has ``size`` bytes; return how many it has."""
    given = corpus / "pages.jsonl"
    paths = [given] if given.exists() else [OURS / "written.jsonl", OURS / "pages.jsonl"]
    texts = [document.text for document in read_corpus(paths)]
    written = 0
    with target.open("w", encoding="utf-8") as lines:
        for number, text in enumerate(cycle(texts)):
            if written >= size:
                return written
            lines.write(json.dumps({"id": number, "text": text}) + "\n")
            written += len(text.encode("utf-8", "replace"))
    raise AssertionError("a cycle has no end")


def median_seconds(command: Sequence[str], cores: int, runs: int) -> float:
    """Return the median wall time of a command, held to the first ``cores`` cores where the system can do that."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, preexec_fn=_held_to(cores))
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def table(figures: Mapping[str, float]) -> str:
    """Return the figures as a table in Markdown."""
    rows = [["measured", "median"], ["---", "---"], *([name, f"{value:.2f}"] for name, value in figures.items())]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _held_to(cores: int) -> Callable[[], None] | None:
    if not hasattr(os, "sched_setaffinity"):
        return None
    mine = sorted(os.sched_getaffinity(0))[:cores]
    return lambda: os.sched_setaffinity(0, mine)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--megabytes", type=click.FloatRange(min=0, min_open=True), default=20, show_default=True)
@click.option("--runs", type=click.IntRange(1), default=5, show_default=True)
@click.option("--corpus", type=click.Path(path_type=Path), default=CORPUS, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One object instead of the table.")
def main(megabytes: float, runs: int, corpus: Path, as_json: bool) -> None:
    """Print the table of figures."""
    figures = measured(megabytes, runs, corpus)
    click.echo(json.dumps(figures) if as_json else table(figures))


if __name__ == "__main__":
    main()
