"""A million documents through each engine: time, memory, and whether the outputs are the same to the byte."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click

from benchmarks.pages import labelled, write_jsonl
from benchmarks.processes import watched
from training.gate import CORPUS

ENGINES = {
    "local-1": ["--jobs", "1"],
    "local-2": ["--jobs", "2"],
    "ray-1": ["--engine", "ray", "--jobs", "1"],
    "ray-2": ["--engine", "ray", "--jobs", "2"],
}
ALONE = "two-alone"


def command(source: Path, output: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "classifier", "classify", str(source), "--output", f"{output}/", *options]


def timed(source: Path, output: Path, options: list[str], cores: int) -> dict[str, Any]:
    """Run once into a new folder."""
    shutil.rmtree(output, ignore_errors=True)
    begun = time.perf_counter()
    with watched(command(source, output, *options), cores) as running:
        pass
    seconds = time.perf_counter() - begun
    size = source.stat().st_size
    return {
        "seconds": round(seconds, 1),
        "MB/s": round(size / seconds / 1e6, 2),
        "peak MB of each process": [round(peak) for peak in running.peaks],
        "digest": digest(output / source.name),
    }


def independent(source: Path, output: Path, cores: int) -> dict[str, Any]:
    """Two processes that know nothing of each other, each over all of it: what the machine gives at best."""
    begun = time.perf_counter()
    with watched(command(source, output / "a"), cores), watched(command(source, output / "b"), cores):
        pass
    seconds = time.perf_counter() - begun
    return {"seconds": round(seconds, 1), "MB/s": round(2 * source.stat().st_size / seconds / 1e6, 2)}


def digest(path: Path) -> str:
    taken = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            taken.update(block)
    return taken.hexdigest()[:16]


def make(path: Path, corpus: Path, documents: int, megabytes: float) -> None:
    """Write so many documents of so many bytes together: pages, each cut where its share ends."""
    texts = [page.text for page in labelled(corpus)]
    share = int(megabytes * 1e6 / documents)
    write_jsonl(path, [text[:share] for text in texts if len(text) >= share] or texts, megabytes * 1e6)


@click.command()
@click.option("--documents", default=1_000_000, show_default=True)
@click.option("--megabytes", default=2000.0, show_default=True, help="Of text.")
@click.option("--cores", default=2, show_default=True)
@click.option("--rounds", default=1, show_default=True, help="The engines take turns.")
@click.option("--only", multiple=True, type=click.Choice([*ENGINES, ALONE]))
@click.option("--source", type=click.Path(path_type=Path), help="A JSONL file that is there.")
@click.option("--corpus", type=click.Path(path_type=Path), default=CORPUS, show_default=True)
def main(
    documents: int, megabytes: float, cores: int, rounds: int, only: tuple[str, ...], source: Path | None, corpus: Path
) -> None:
    """Print one JSON object for each run."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        given = source or root / "crawl.jsonl"
        if not source:
            make(given, corpus, documents, megabytes)
        for _ in range(rounds):
            for name in only or [ALONE, *ENGINES]:
                figures = (
                    independent(given, root / name, cores)
                    if name == ALONE
                    else timed(given, root / name, ENGINES[name], cores)
                )
                click.echo(json.dumps({name: figures}))
                shutil.rmtree(root / name)


if __name__ == "__main__":
    main()
