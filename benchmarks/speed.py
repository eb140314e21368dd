"""How fast is the whole command, beside others: ``python benchmarks/speed.py [--megabytes N] [--json OUT]``.

From files on disk to a file on disk: start of the process, reading, cutting, judging, decoding and writing included, on
one core, median of the runs; rivals take turns with it on the same core and the same text, and only their own call is
timed. The text is the corpus where it is, else the pages of ``data/``, repeated; megabytes are those of the text alone.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from lengths import plot, slope
from pages import MB, OURS, labelled, write_folder, write_jsonl
from processes import WINNOW, Ran, asked, held, interleaved, pinned, timed, watched
from rivals import ANSWERS, PAGES, RIVALS, fit, installed, write_sentences
from tables import markdown

from training.gate import CORPUS, ROOT

Figures = dict[str, Any]
PAGE = OURS / "pages" / "agency.txt"
DOCS, README = ROOT / "docs" / "speed.md", ROOT / "README.md"
COLD_RUNS = 11
INTO = {"one file": "labels.jsonl", "a folder": "parts/"}
BEGIN, END = "<!-- figures:begin speed -->\n", "<!-- figures:end -->\n"


class Bench:
    """A folder with the repeated corpus, and the measurements that can be made on it."""

    def __init__(self, folder: Path, corpus: Path, megabytes: float, runs: int) -> None:
        self.folder, self.runs, self.megabytes = folder, runs, megabytes
        self.documents = labelled(corpus)
        self.texts = [document.text for document in self.documents]
        self.size = write_jsonl(folder / PAGES, self.texts, megabytes * MB) / MB
        timed(self.classify(PAGES, ANSWERS))

    def classify(self, source: str, target: str, *options: str) -> list[str]:
        """Return the command that classifies a file of the folder."""
        return [*WINNOW, "classify", str(self.folder / source), "--output", f"{self.folder}/{target}", *options]

    def throughput(self) -> Figures:
        """Whole commands, and rivals in turn with them: MB/s, median of the runs."""
        fit(self.folder, self.documents)
        write_sentences(self.folder)
        size = write_folder(self.folder / "texts", self.texts, self.megabytes * MB) / MB
        rivals = [name for name in RIVALS if "fastText" not in name or installed("fasttext")]
        taken: dict[str, list[float]] = {}
        for _ in range(self.runs):
            for name, source, amount in (("JSONL", PAGES, self.size), ("text files", "texts", size)):
                ran = timed(self.classify(source, "labels.jsonl"))
                taken.setdefault(f"winnow classify, {name}", []).append(amount / ran.seconds)
            for name in rivals:
                said = asked("rivals.py", name, self.folder)
                taken.setdefault(name, []).append(said["megabytes"] / said["seconds"])
        return {name: statistics.median(rates) for name, rates in taken.items()}

    def cold(self) -> Figures:
        """Seconds from nothing, median of eleven."""
        commands = {
            "winnow classify, one short page": [*WINNOW, "classify", str(PAGE)],
            "winnow --help": [*WINNOW, "--help"],
            "python -c pass": [sys.executable, "-c", "pass"],
        }
        return interleaved(commands, COLD_RUNS)

    def workers(self) -> Figures:
        """One worker and two, on two cores, in turn, by where they write; the most memory of each process with two."""
        size = write_jsonl(self.folder / "many.jsonl", self.texts, 10 * self.megabytes * MB) / MB
        taken: dict[tuple[str, str], list[Ran]] = {}
        for _ in range(self.runs):
            for into, target in INTO.items():
                for jobs in ("1", "2"):
                    shutil.rmtree(self.folder / target, ignore_errors=True)
                    ran = timed(self.classify("many.jsonl", target, "--jobs", jobs), cores=2)
                    taken.setdefault((into, jobs), []).append(ran)
        with watched(self.classify("many.jsonl", "labels.jsonl", "--jobs", "2"), cores=2) as run:
            pass
        (self.folder / "many.jsonl").unlink()
        rows = [_row(into, jobs, size, ran) for (into, jobs), ran in taken.items()]
        return {"megabytes": size, "rows": rows, "peaks": run.peaks}

    def stream(self) -> Figures:
        """The memory of one worker after a quarter of a long stream through a pipe, and after all of it."""
        data = (self.folder / PAGES).read_bytes()
        command = [*WINNOW, "classify", "-", "--input-format", "jsonl"]
        with watched(command, cores=1, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as run:
            assert run.running.stdin
            seen = []
            for part in range(1, 13):
                run.running.stdin.write(data)
                if part in (3, 12):
                    seen.append(held(run.running.pid, "VmHWM"))
            run.running.stdin.close()
        return {"megabytes": 12 * self.size, "at 25 %": seen[0], "at 100 %": seen[1], "growth": seen[1] - seen[0]}

    def lengths(self) -> Figures:
        """One document of every length, in many lines and in one."""
        longest = min(50.0, self.megabytes / 2)
        return {
            name: asked("lengths.py", self.folder, longest, shape)
            for name, shape in (("many lines", "lines"), ("one line", "line"))
        }

    def stages(self) -> Figures:
        """Seconds spent in each stage of one run: that of the median total."""
        found: list[Figures] = [asked("stages.py", self.folder / PAGES) for _ in range(self.runs)]
        return sorted(found, key=lambda stages: sum(stages.values()))[len(found) // 2]


def _row(into: str, jobs: str, size: float, ran: Sequence[Ran]) -> Figures:
    rate = size / statistics.median(one.seconds for one in ran)
    return {"into": into, "jobs": jobs, "rate": rate, "cpu": statistics.median(one.cpu for one in ran)}


PARTS: dict[str, Callable[[Bench], Figures]] = {
    "throughput": Bench.throughput,
    "cold": Bench.cold,
    "workers": Bench.workers,
    "stream": Bench.stream,
    "lengths": Bench.lengths,
    "stages": Bench.stages,
}


def machine() -> Figures:
    """What the figures were taken on, and how busy it was just before."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        named = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = named[0] if named else model
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    about = {"processor": model, "cores": os.cpu_count(), "python": platform.python_version(), "load": load}
    return {**about, "pinned": pinned(["x"], 1) != ["x"]}


def measured(corpus: Path, megabytes: float, runs: int, parts: Sequence[str]) -> Figures:
    """Return the figures of ``parts``, by part."""
    about = machine()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), corpus, megabytes, runs)
        figures: Figures = {"megabytes": bench.size, "runs": runs, "machine": about}
        for part in parts:
            click.echo(f"{part} ...", err=True)
            figures[part] = PARTS[part](bench)
    if "lengths" in figures:
        figures["slopes"] = {name: slope(curve) for name, curve in figures["lengths"].items()}
    return figures


def filled(document: str, table: str) -> str:
    """Return a Markdown document with ``table`` between its marks."""
    head, _, rest = document.partition(BEGIN)
    return head + BEGIN + table + END + rest.partition(END)[2]


def write_docs(figures: Figures) -> None:
    """Put the tables into docs/speed.md and the plot beside it, the first of them into the README."""
    for path, parts in ((DOCS, ()), (README, ("throughput", "cold", "workers"))):
        path.write_text(filled(path.read_text("utf-8"), markdown(figures, parts)), "utf-8")
    if "lengths" in figures:
        DOCS.with_suffix(".svg").write_text(plot(figures["lengths"]), "utf-8")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--megabytes", type=click.FloatRange(min=0, min_open=True), default=100.0, show_default=True)
@click.option("--runs", type=click.IntRange(1), default=5, show_default=True)
@click.option("--corpus", type=click.Path(path_type=Path), default=CORPUS, show_default=True)
@click.option("--only", type=click.Choice(list(PARTS)), multiple=True, help="Measure this only; may be repeated.")
@click.option("--json", "output", type=click.Path(path_type=Path), help="Write the figures to this file, too.")
@click.option("--from", "given", type=click.Path(path_type=Path, exists=True), help="Measure nothing, show this file.")
@click.option("--docs", is_flag=True, help="Put them into docs/speed.md and README.md.")
def main(only: tuple[str, ...], output: Path | None, given: Path | None, docs: bool, **amount: Any) -> None:
    """Print the tables in Markdown."""
    figures = json.loads(given.read_text()) if given else measured(parts=only or list(PARTS), **amount)
    if output:
        output.write_text(json.dumps(figures, indent=1) + "\n")
    if docs:
        write_docs(figures)
    click.echo(markdown(figures), nl=False)


if __name__ == "__main__":
    main()
