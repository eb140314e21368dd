"""``python -m fuzz.run TARGET... --seconds N --out DIR``: fuzz for so long; what breaks is written down, on it goes.

Seconds are those of a processor, so that a busy machine tries as much as an idle one.

With Atheris the inputs follow the branches of ``classifier``; without it they are damaged seeds. Each target leaves in
DIR ``TARGET.json`` with what was tried so far, and a file for each way in which it broke: input and traceback.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from random import Random

try:
    import atheris
except ImportError:
    atheris = None

MEMORY = 4 << 30  # bytes of address space
LONGEST = 1 << 14  # bytes of an input


class Watch:
    """Runs a target on inputs, and keeps the books."""

    def __init__(self, name: str, target: Callable[[bytes], None], out: Path, seconds: float) -> None:
        self.name, self._target, self._out, self._seconds = name, target, out, seconds
        self.inputs = self.size = 0
        self.slowest, self.slowest_size = 0.0, 0
        self.broken: dict[str, str] = {}
        self._began, self._told = time.process_time(), 0.0

    def __call__(self, data: bytes) -> None:
        """Try one input."""
        began = time.process_time()
        try:
            self._target(data)
        except Exception as error:
            self._note(error, data)
        took = time.process_time() - began
        self.inputs, self.size = self.inputs + 1, self.size + len(data)
        if took > self.slowest:
            self.slowest, self.slowest_size = took, len(data)
            self._check_time(took, data)
        if began - self._told > 5:
            self.tell()
        if self.over:
            self.tell()
            os._exit(0)  # libFuzzer has no other way out

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return time.process_time() - self._began > self._seconds

    def _check_time(self, took: float, data: bytes) -> None:
        from .invariants import longest

        if self.inputs > 20 and took > longest(len(data)):  # the first inputs load what there is to load
            self._note(TimeoutError("took too long"), data)

    def _note(self, error: Exception, data: bytes) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        place = (
            f"{type(error).__name__} at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else repr(error)
        )
        if place in self.broken:
            return
        self.broken[place] = hashlib.sha256(data).hexdigest()[:12]
        stem = self._out / f"{self.name}-{self.broken[place]}"
        stem.with_suffix(".bin").write_bytes(data)
        stem.with_suffix(".txt").write_text("".join(traceback.format_exception(error)), "utf-8", "backslashreplace")
        self.tell()

    def tell(self) -> None:
        """Write the books."""
        self._told = time.process_time()
        record = {
            "target": self.name, "engine": f"atheris {version('atheris')}" if atheris else "damaged seeds",
            "inputs": self.inputs, "bytes": self.size, "processor_seconds": round(self._told - self._began, 1),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
            "slowest_seconds": round(self.slowest, 3), "slowest_bytes": self.slowest_size, "broken": self.broken,
        }  # fmt: skip
        (self._out / f"{self.name}.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")


def fuzz(name: str, seconds: int, out: Path, seed: int) -> None:
    """Fuzz one target in this process; with Atheris this does not return."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    if atheris:
        with atheris.instrument_imports(include=["classifier"]):
            from .targets import TARGETS
    else:
        from .targets import TARGETS
    watch = Watch(name, TARGETS[name], out, seconds)
    seeds = _seeds(out)
    for data in seeds:
        watch(data)
    if not atheris:
        return _damage(watch, seeds, seed)
    corpus = out / f"corpus-{name}"
    corpus.mkdir(exist_ok=True)
    for i, data in enumerate(seeds):
        (corpus / f"seed-{i}").write_bytes(data)
    options = [
        f"-max_len={LONGEST}",
        "-timeout=600",
        "-rss_limit_mb=3000",
        f"-seed={seed}",
    ]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={out}/{name}-", str(corpus)], watch)
    atheris.Fuzz()


def _seeds(out: Path) -> list[bytes]:
    """Return our own pages and naughty strings in each reading, and whatever broke something before."""
    from .naughty import NAUGHTY

    root = Path(__file__).parents[1]
    pages = [page.read_bytes()[:4000] for page in sorted((root / "data" / "pages").glob("*.txt"))]
    texts = [*pages, *(s.encode("utf-8", "surrogatepass") for s in NAUGHTY)]
    rows = [b'\1\0\0{"id": 1, "text": %s, "x": [1e5, {"a": null}]}\n' % json.dumps(s).encode() for s in NAUGHTY[::4]]
    kept = [file.read_bytes() for file in sorted((root / "tests" / "hostile" / "inputs").glob("*.bin"))]
    random = Random(1)
    return [*(b"\0" + t for t in texts), *rows, *kept, *(b"\3" + random.randbytes(100) for _ in range(20))]


def _damage(watch: Watch, seeds: list[bytes], seed: int) -> None:
    """Try seeds that were cut, joined, overwritten and repeated, until the time is up."""
    random = Random(seed)
    while True:
        data = bytearray(random.choice(seeds))
        for _ in range(random.randrange(1, 6)):
            at, other = random.randrange(len(data) + 1), random.choice(seeds)
            act = random.randrange(4)
            if act == 0:
                data[at : at + random.randrange(9)] = random.randbytes(random.randrange(9))
            elif act == 1:
                data[at:at] = other[: random.randrange(400)]
            elif act == 2:
                del data[at : at + random.randrange(1, 400)]
            else:
                data[at:at] = data[at : at + random.randrange(1, 30)] * random.randrange(1, 200)
        watch(bytes(data[:LONGEST]))


def main() -> None:
    """Fuzz each target named in a process of its own, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m fuzz.run", description=__doc__)
    parser.add_argument("targets", nargs="+", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    if len(given.targets) == 1:
        return fuzz(given.targets[0], given.seconds, given.out, given.seed)
    for name in given.targets:
        command = [sys.executable, "-m", "fuzz.run", name, "--seconds", str(given.seconds), "--out", str(given.out)]
        with (given.out / f"{name}.log").open("wb") as log:
            subprocess.run([*command, "--seed", str(given.seed)], stdout=log, stderr=log, check=False)


if __name__ == "__main__":
    main()
