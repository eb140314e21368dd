"""Commands in fresh processes, held to some cores: how long they take, and how much memory each process ever held."""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from training.gate import ROOT

HERE = Path(__file__).resolve().parent
WINNOW = (sys.executable, "-m", "classifier")
_EVERY = 0.1  # seconds between two looks at the memory
_KIB = 1024 / 1e6


class Ran(NamedTuple):
    """Wall time, and what the process and its children had of the processor, in seconds."""

    seconds: float
    cpu: float


def pinned(command: Sequence[str], cores: int) -> list[str]:
    """Return ``command`` held to the first ``cores`` cores, where the system can do that."""
    if not hasattr(os, "sched_getaffinity") or not shutil.which("taskset"):
        return list(command)
    mine = sorted(os.sched_getaffinity(0))[:cores]
    return ["taskset", "-c", ",".join(map(str, mine)), *command]


def timed(command: Sequence[str], cores: int = 1) -> Ran:
    """Run a command to its end; CalledProcessError where it fails."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(pinned(command, cores), cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Ran(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def asked(script: str, *args: object, cores: int = 1) -> Any:
    """Return what a script of this folder prints, read as JSON."""
    command = [sys.executable, str(HERE / script), *map(str, args)]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    held_to = pinned(command, cores)
    ran = subprocess.run(held_to, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(ran.stdout)


def interleaved(commands: Mapping[str, Sequence[str]], runs: int, cores: int = 1) -> dict[str, float]:
    """Return the median wall time of each command; they take turns, so that what else happens happens to all."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(timed(command, cores).seconds)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


class Watched:
    """A running command and the processes it started.

    ``peaks`` holds the most memory (MB, resident) that each process ever had, the command's own first; one that stays
    below 25 MB is no worker, but keeps an eye on them.
    """

    def __init__(self, running: subprocess.Popen[bytes]) -> None:
        self.running = running
        self._peaks: dict[int, float] = {}

    def look(self) -> None:
        """Take note of every process that is there now."""
        for pid in [self.running.pid, *descendants(self.running.pid)]:
            self._peaks[pid] = max(self._peaks.get(pid, 0.0), held(pid, "VmHWM"))

    @property
    def peaks(self) -> list[float]:
        """The most memory of each process, in the order in which they were seen."""
        return [peak for peak in self._peaks.values() if peak > 25]


@contextmanager
def watched(command: Sequence[str], cores: int, **streams: Any) -> Iterator[Watched]:
    """Run a command and look at its memory until it ends; CalledProcessError where it fails."""
    with subprocess.Popen(pinned(command, cores), cwd=ROOT, stderr=subprocess.DEVNULL, **streams) as running:
        watching, over = Watched(running), threading.Event()

        def keep_looking() -> None:
            while not over.wait(_EVERY):
                watching.look()

        thread = threading.Thread(target=keep_looking)
        thread.start()
        try:
            yield watching
            running.wait()
        finally:
            over.set()
            thread.join()
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, list(command))


def held(pid: int, what: str) -> float:
    """Return a figure of a process's memory (VmRSS: now, VmHWM: the most ever) in MB; 0 where it is gone."""
    with suppress(OSError, ValueError, IndexError):
        status = Path(f"/proc/{pid}/status").read_text()
        return float(status.split(f"{what}:")[1].split()[0]) * _KIB
    return 0.0


def descendants(pid: int) -> list[int]:
    """Return the processes that ``pid`` started, and those started by them."""
    with suppress(OSError):
        children = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return [found for child in children for found in (child, *descendants(child))]
    return []
