"""Breaks runs into an output folder in every way it can, runs them again, and compares with an undisturbed one."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from benchmarks.pages import labelled
from benchmarks.processes import descendants
from training.gate import ROOT

WINNOW = [sys.executable, "-m", "classifier", "classify"]
_PART = 1 << 18  # bytes
_KILLER = """
import os
from classifier.shards import work
make = work.Bench.__call__
def call(self, parts, tell):
    if any("poison" in part.source.path for part in parts):
        os.kill(os.getpid(), 9)
    return make(self, parts, tell)
work.Bench.__call__ = call
"""


class Range:
    """Inputs, what an undisturbed run makes of them, and a place to break things in."""

    def __init__(self, root: Path, megabytes: float, seed: int) -> None:
        self.root, self.inputs, self.output = root, root / "in", root / "out"
        self.random = random.Random(seed)
        self._write([page.text for page in labelled(Path("none"))], int(megabytes * 1e6))
        begun = time.monotonic()
        running = self.start()
        while not self.workers(running):
            time.sleep(0.02)
        started = time.monotonic()
        running.communicate()
        assert running.returncode == 0
        self.seconds, self.working = time.monotonic() - begun, time.monotonic() - started
        self.sound = self.found()

    def _write(self, texts: list[str], size: int) -> None:
        (self.inputs / "pages").mkdir(parents=True)
        for number, text in enumerate(texts[:60]):
            (self.inputs / "pages" / f"{number:03d}.txt").write_text(text)
        rows = [json.dumps({"id": i, "text": texts[i % len(texts)]}) for i in range(size // 1000)]
        nameless = [json.dumps({"text": texts[i % len(texts)]}) for i in range(size // 1000)]
        for name, lines in (("named", rows), ("nameless", nameless)):
            data, total = [], 0
            for line in lines:
                data.append(line)
                total += len(line)
                if total > size:
                    break
            (self.inputs / f"{name}.jsonl").write_text("\n".join(data) + "\n")
        (self.inputs / "packed.jsonl.gz").write_bytes(gzip.compress("\n".join(rows[:200]).encode(), mtime=0))

    def start(self, *options: str, **more: Any) -> subprocess.Popen[str]:
        command = [*WINNOW, str(self.inputs), "-o", str(self.output), "--jobs", "2", "--part", str(_PART), *options]
        return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, **more)

    def run(self, *options: str, **more: Any) -> subprocess.CompletedProcess[str]:
        running = self.start(*options, **more)
        _, err = running.communicate()
        return subprocess.CompletedProcess([], running.returncode, "", err)

    @staticmethod
    def workers(running: subprocess.Popen[str]) -> list[int]:
        return [pid for pid in descendants(running.pid) if "popen_loky" in _command(pid)]

    def found(self) -> dict[str, bytes]:
        files = [path for path in self.output.rglob("*") if path.is_file() and ".winnow" not in path.parts]
        return {path.relative_to(self.output).as_posix(): path.read_bytes() for path in files}

    def clear(self) -> None:
        shutil.rmtree(self.output, ignore_errors=True)

    def sleep(self) -> None:
        """Wait for a random moment of a run."""
        time.sleep(self.random.uniform(0, self.seconds))

    def whole(self) -> bool:
        """Tell whether the outputs are those of an undisturbed run, and nothing else is left."""
        parts = self.output / ".winnow" / "parts"
        return self.found() == self.sound and not list(parts.iterdir())


def killed_workers(place: Range, times: int) -> dict[str, Any]:
    good = hits = 0
    for _ in range(times):
        place.clear()
        running = place.start()
        while running.poll() is None and not place.workers(running):
            time.sleep(0.02)
        time.sleep(place.random.uniform(0, place.working))
        if workers := place.workers(running):
            with suppress(ProcessLookupError):
                os.kill(place.random.choice(workers), signal.SIGKILL)
                hits += 1
        running.communicate()
        good += running.returncode == 0 and place.whole()
    return {"runs": times, "killed": hits, "whole without a rerun": good}


def killed_drivers(place: Range, times: int) -> dict[str, Any]:
    good = orphans = hits = 0
    for _ in range(times):
        place.clear()
        running = place.start()
        place.sleep()
        workers = descendants(running.pid)
        hits += running.poll() is None
        running.kill()
        running.communicate()
        orphans += sum(map(_lives, workers))
        good += place.run().returncode == 0 and place.whole()
    return {"runs": times, "killed": hits, "whole after a rerun": good, "orphans": orphans}


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


def _lives(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
                return False
        except OSError:
            return False
        time.sleep(0.05)
    return True


def full_disk(place: Range) -> dict[str, Any]:
    place.clear()
    place.output.mkdir()
    size = sum(map(len, place.sound.values()))
    mounted = not subprocess.call(
        ["mount", "-t", "tmpfs", "-o", f"size={size // 2}", "tmpfs", str(place.output)], stderr=subprocess.DEVNULL
    )
    try:
        limit = None if mounted else _limited(size // 4)
        first = place.run(preexec_fn=limit)
        kept = len(place.found())
        if mounted:
            subprocess.check_call(["mount", "-o", f"remount,size={size * 4}", str(place.output)])
        again = place.run()
        return {
            "how": "a small tmpfs" if mounted else "a limit on the size of a file",
            "status": first.returncode,
            "said": first.stderr.strip().splitlines()[-1].replace(str(place.root), ""),
            "outputs kept": kept,
            "whole after a rerun": again.returncode == 0 and place.whole(),
        }
    finally:
        if mounted:
            subprocess.call(["umount", str(place.output)])


def _limited(size: int) -> Callable[[], None]:
    import resource

    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def poison(place: Range) -> dict[str, Any]:
    place.clear()
    bad = place.inputs / "pages" / "poison.txt"
    bad.write_text("Rain fell.")
    (place.root / "killer").mkdir(exist_ok=True)
    (place.root / "killer" / "sitecustomize.py").write_text(_KILLER)
    killer = os.environ | {"PYTHONPATH": os.pathsep.join([str(place.root / "killer"), str(ROOT)])}
    first = place.run(env=killer)
    rest = place.whole()
    again = place.run(env=killer)
    bad.unlink()
    mended = place.run()
    return {
        "status": first.returncode,
        "said": [line.replace(str(place.root), "") for line in first.stderr.strip().splitlines() if "poison" in line],
        "all others whole": rest,
        "a rerun names it again": "poison" in again.stderr and again.returncode == 1,
        "status without it": mended.returncode,
    }


def damaged(place: Range) -> dict[str, Any]:
    place.clear()
    packed = place.inputs / "packed.jsonl.gz"
    sound = packed.read_bytes()
    middle = len(sound) // 2
    packed.write_bytes(sound[:middle] + bytes(64) + sound[middle + 64 :])
    first = place.run()
    rest = {name: data for name, data in place.found().items() if not name.startswith("packed")}
    packed.write_bytes(sound)
    again = place.run()
    return {
        "status": first.returncode,
        "said": first.stderr.strip().splitlines()[0].replace(str(place.root), ""),
        "all others whole": rest == {k: v for k, v in place.sound.items() if not k.startswith("packed")},
        "whole after a rerun": again.returncode == 0 and place.whole(),
    }


def clock(place: Range) -> dict[str, Any]:
    """Times of inputs in the future; and then one changed to another text of the same size and time."""
    place.clear()
    later = time.time() + 86400 * 365
    for path in place.inputs.rglob("*"):
        os.utime(path, (later, later))
    running = place.start()
    time.sleep(place.seconds / 2)
    running.kill()
    running.communicate()
    first = place.run().returncode == 0 and place.whole()
    page = place.inputs / "pages" / "000.txt"
    text, times = page.read_text(), page.stat()
    page.write_text(text[::-1])
    os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
    place.run()
    noticed = place.found() != place.sound
    page.write_text(text)
    again = place.run().returncode == 0 and place.whole()
    return {"whole after a rerun": first, "change of same size and time noticed": noticed, "and back": again}


def twice(place: Range) -> dict[str, Any]:
    place.clear()
    running = place.start()
    lock = place.output / ".winnow" / "lock"
    while not (lock.exists() and lock.stat().st_size) and running.poll() is None:
        time.sleep(0.01)
    second = place.run()
    running.communicate()
    return {
        "status of the second": second.returncode,
        "said": second.stderr.strip().replace(str(place.root), ""),
        "the first is whole": running.returncode == 0 and place.whole(),
    }


@click.command()
@click.option("--megabytes", default=3.0, show_default=True, help="Size of each of two large inputs.")
@click.option("--times", default=20, show_default=True, help="How often workers, and runs, are killed.")
@click.option("--seed", default=6, show_default=True)
@click.option("--only", multiple=True, help="Parts of it, by name.")
def main(megabytes: float, times: int, seed: int, only: tuple[str, ...]) -> None:
    """Break runs and say what came of it, as one JSON object."""
    faults: dict[str, Callable[[Range], dict[str, Any]]] = {
        "workers": lambda place: killed_workers(place, times),
        "drivers": lambda place: killed_drivers(place, times),
        "disk": full_disk,
        "poison": poison,
        "damaged": damaged,
        "clock": clock,
        "twice": twice,
    }
    with tempfile.TemporaryDirectory() as folder:
        place = Range(Path(folder), megabytes, seed)
        click.echo(f"undisturbed: {place.seconds:.1f} s, {len(place.sound)} outputs", err=True)
        for name in only or faults:
            click.echo(json.dumps({name: faults[name](place)}))


if __name__ == "__main__":
    main()
