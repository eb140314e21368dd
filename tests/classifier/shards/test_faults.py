"""What breaks while a run goes on, on real processes; the large version of it is ``benchmarks/faults.py``."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from console import ARTICLE, ROOT, outputs, winnow
from told import Told

from classifier.classify import Classifier
from classifier.io import Fields, Record, walk
from classifier.result import DocumentResult
from classifier.shards import Desk, Orders, Run, Shape
from classifier.shards.runner import ATTEMPTS
from classifier.workers import Answer, Errand, Pool


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    """Six pages and a file of records that is cut into parts."""
    root = tmp_path / "in"
    root.mkdir()
    for name in "abcdef":
        (root / f"{name}.txt").write_text(f"{ARTICLE}{name}\n")
    lines = [json.dumps({"text": f"{ARTICLE} It was the {i}th time."}) for i in range(40)]
    (root / "rows.jsonl").write_text("\n".join(lines))
    return root


def drawn(record: Record, result: DocumentResult) -> tuple[str]:
    return (result.to_json() + "\n",)


def drawn_or_killed(record: Record, result: DocumentResult) -> tuple[str]:
    if record.document.text.endswith("d\n"):
        os.kill(os.getpid(), signal.SIGKILL)
    return drawn(record, result)


def a_run(folder: Path, told: Told, drawing: Callable[..., Any] = drawn, **orders: Any) -> Run:
    desk = Desk(Classifier.load(), Fields(), drawing)
    shape = Shape(lambda source: ".jsonl")
    return Run(Orders(str(folder.parent / "out"), [shape], "test", part=4000, **orders), desk, told)


class Harassed(Pool):
    """Workers one of which is killed whenever a part is given, some times."""

    def __init__(self, kills: int) -> None:
        super().__init__(2)
        self.kills = kills

    def give(self, number: int, errand: Errand) -> None:
        super().give(number, errand)
        if self.kills:
            self.kills -= 1
            (worker, *_) = [worker for worker in self._workers if worker and number in worker.errands]
            os.kill(worker._process.pid, signal.SIGKILL)

    def wait(self, seconds: float) -> list[Answer]:
        return super().wait(seconds)


def test_parts_whose_worker_was_killed_are_done_by_another(folder: Path) -> None:
    a_run(folder, Told()).run(walk([str(folder)]), partial(_pool, 0))
    sound = outputs(folder.parent / "out")
    told = Told()
    a_run(folder, told, overwrite=True).run(walk([str(folder)]), partial(_pool, 4))
    assert outputs(folder.parent / "out") == sound and len(sound) == 7
    assert told.problems == [] and told.documents == 46 and told.done == sum(p.stat().st_size for p in folder.iterdir())


def _pool(kills: int, tell: object) -> Harassed:
    return Harassed(kills)


def test_what_kills_its_worker_every_time_is_found_out_and_takes_nothing_with_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.shards.seal._TICK", 0)  # else the input is too young to be known by its times
    told, out = Told(), folder.parent / "out"
    a_run(folder, told, drawn_or_killed).run(walk([str(folder)]), partial(_pool, 0))
    assert told.problems == [f"{folder}/d.txt: a worker died (SIGKILL), {ATTEMPTS} times"]
    assert sorted(outputs(out)) == ["a.jsonl", "b.jsonl", "c.jsonl", "e.jsonl", "f.jsonl", "rows.jsonl"]
    again = Told()
    a_run(folder, again, drawn).run(walk([str(folder)]), partial(_pool, 0))  # it would do no harm now
    assert again.problems == told.problems and "d.jsonl" not in outputs(out)
    a_run(folder, Told(), drawn, retry_failed=True).run(walk([str(folder)]), partial(_pool, 0))
    assert "d.jsonl" in outputs(out)


def test_an_input_that_is_damaged_gives_what_stands_before_and_is_remembered(folder: Path) -> None:
    packed = gzip.compress(b"".join(json.dumps({"text": ARTICLE}).encode() + b"\n" for _ in range(9)), 0)
    (folder / "g.jsonl.gz").write_bytes(packed[:3000])
    out = folder.parent / "out"
    first = winnow("classify", folder, "--output", out)
    assert first.status == 1 and f"{folder}/g.jsonl.gz: cannot be read" in first.err
    assert 0 < len(gzip.decompress(outputs(out)["g.jsonl.gz"]).splitlines()) < 9
    assert winnow("classify", folder, "--output", out) == first
    rows = winnow("classify", folder, "--output", out, "--dry-run").out.splitlines()
    assert [row.split("\t")[0] for row in rows] == ["done"] * 6 + ["failed", "done"]
    (folder / "g.jsonl.gz").write_bytes(packed)
    assert winnow("classify", folder, "--output", out).status == 0
    assert len(gzip.decompress(outputs(out)["g.jsonl.gz"]).splitlines()) == 9


@pytest.mark.parametrize(("number", "status"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_run_that_was_ended_is_finished_by_the_next(number: signal.Signals, status: int, folder: Path) -> None:
    out = folder.parent / "out"
    command = [sys.executable, "-m", "classifier", "classify", str(folder), "--output", str(out)]
    command += ["--jobs", "2", "--part", "4000"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True) as running:
        deadline = time.monotonic() + 120
        while not (out / ".winnow" / "ledger").exists():
            assert running.poll() is None and time.monotonic() < deadline
            time.sleep(0.005)
        running.send_signal(number)
        assert running.wait(60) in (status, 0) and running.stderr and b"Traceback" not in running.stderr.read()
    until(lambda: not alive(running.pid))
    if number != signal.SIGKILL:
        assert not list((out / ".winnow" / "parts").glob(".*"))
    assert winnow("classify", folder, "--output", out, "--part", "4000") == (0, "", "")
    assert winnow("classify", folder, "--output", folder.parent / "fresh").status == 0
    assert outputs(out) == outputs(folder.parent / "fresh") and not list((out / ".winnow" / "parts").iterdir())


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(group: int) -> bool:
    listed = subprocess.run(["ps", "-eo", "pgid,stat"], capture_output=True, text=True, check=True).stdout
    return any(line.split()[0] == str(group) and "Z" not in line for line in listed.splitlines())


def test_of_two_runs_at_once_the_second_is_refused(folder: Path) -> None:
    class Second(Told):
        """Starts another run as soon as the first has done something."""

        tried = None

        def count(self, *given: Any, **more: Any) -> None:
            super().count(*given, **more)
            self.tried = self.tried or winnow("classify", folder, "--output", folder.parent / "out")

    told = Second()
    a_run(folder, told).run(walk([str(folder)]), partial(_pool, 0))
    assert told.tried and told.tried.status == 1
    assert told.tried.err.startswith(f"winnow: error: {folder.parent}/out: another run is writing here (process ")
    assert len(outputs(folder.parent / "out")) == 7


def test_clocks_do_not_matter(folder: Path) -> None:
    out = folder.parent / "out"
    later = time.time() + 10**8
    for path in folder.iterdir():
        os.utime(path, (later, later))
    assert winnow("classify", folder, "--output", out, "--part", "4000").status == 0
    for path in [*folder.iterdir(), *out.rglob("*")]:
        os.utime(path, (1, 1))
    rows = winnow("classify", folder, "--output", out, "--dry-run").out.splitlines()
    assert len(rows) == 7 and all(row.startswith("done") for row in rows)
