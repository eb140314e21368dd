"""Runs that are ended from outside, and machines that have nothing left: nothing is half written or left running.

``python -m fuzz.faults N`` disturbs as many runs as one likes, at random moments.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from console import ROOT, winnow

from fuzz.faults import TEXT, Case, disturb

ROW = json.dumps({"text": TEXT}) + "\n"


@pytest.mark.parametrize(
    "case",
    [
        Case(signal.SIGINT, 1, True, True, 1.2),
        Case(signal.SIGINT, 2, False, True, 0.9),
        Case(signal.SIGTERM, 2, True, False, 1.6),
        Case(signal.SIGKILL, 2, False, False, 1.6),
    ],
    ids=["Ctrl-C", "Ctrl-C among workers", "SIGTERM among workers", "SIGKILL above workers"],
)
def test_a_run_that_is_ended_leaves_whole_outputs_and_no_process(case: Case, tmp_path: Path) -> None:
    disturb(case, tmp_path)


def limited(*limits: tuple[int, int]) -> Callable[[], None]:
    def lower() -> None:
        for kind, most in limits:
            resource.setrlimit(kind, (most, most))

    return lower


def run(*args: object, limits: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "classifier", *map(str, args)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=limits, timeout=300
    )


def one_line(ran: subprocess.CompletedProcess[str]) -> str:
    assert ran.returncode == 1 and len(ran.stderr.splitlines()) == 1, ran.stderr
    return ran.stderr


def test_a_disk_that_is_full_is_said_and_what_was_there_stays(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    (tmp_path / "in.jsonl").write_text(ROW * 3000)
    (tmp_path / "out.jsonl").write_text("old\n")
    full = limited((resource.RLIMIT_FSIZE, 1 << 16))
    said = one_line(run("classify", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl", limits=full))
    assert "out.jsonl: cannot be written (file too large)" in said
    assert (tmp_path / "out.jsonl").read_text() == "old\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_in_a_folder_what_has_room_stays_whole_and_the_rest_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, rows in (("a", 2), ("b", 3000), ("c", 2)):
        (folder / f"{name}.jsonl").write_text(ROW * rows)
    full = limited((resource.RLIMIT_FSIZE, 1 << 17))
    ran = run("classify", folder, "--output", f"{tmp_path}/out/", limits=full)
    assert ran.returncode == 1 and "Traceback" not in ran.stderr
    assert "b.jsonl" in ran.stderr or "no space left" in ran.stderr
    written = {path.name: path.read_text().count("\n") for path in (tmp_path / "out").glob("*.jsonl")}
    assert written.pop("a.jsonl") == 2 and written.pop("c.jsonl", 2) == 2 and not written


def test_an_output_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    for place in ("a.txt/out.jsonl", "none/such/out.jsonl", "a.txt/out/"):
        ran = winnow("classify", tmp_path / "a.txt", "--output", f"{tmp_path}/{place}")
        assert ran.status in (1, 2) and "cannot be" in ran.err and len(ran.err.splitlines()) == 1
    if Path("/proc/self").exists():
        assert "cannot be written" in winnow("classify", tmp_path / "a.txt", "--output", "/proc/out.jsonl").err
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_sixty_four_open_files_are_enough(jobs: int, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(150):
        (folder / f"{i}.txt").write_text("It rained.")
    few = limited((resource.RLIMIT_NOFILE, 64))
    ran = run("classify", folder, "--output", f"{tmp_path}/out/", "--jobs", jobs, limits=few)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(list((tmp_path / "out").glob("*.jsonl"))) == 150


def test_a_gigabyte_of_memory_is_enough_for_pages_and_a_giant_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(ROW * 500)
    little = limited((resource.RLIMIT_AS, 1 << 30))
    ran = run("classify", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl", limits=little)
    assert (ran.returncode, ran.stderr) == (0, "")
    with (tmp_path / "giant.txt").open("wb") as file:
        file.truncate(250 << 20)
    ran = run("classify", tmp_path / "giant.txt", "--output", tmp_path / "giant.jsonl", limits=little)
    assert ran.returncode == 1 and "memory" in ran.stderr and len(ran.stderr.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["giant.txt", "in.jsonl", "out.jsonl"]
    assert os.path.getsize(tmp_path / "out.jsonl") > 0  # noqa: PTH202
