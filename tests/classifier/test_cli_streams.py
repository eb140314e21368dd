"""Standard streams and signals, on real processes."""

from __future__ import annotations

import gzip
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from console import ARTICLE, ROOT, process, winnow

WINNOW = [sys.executable, "-m", "classifier"]
ROW = json.dumps({"text": ARTICLE}) + "\n"


def many(root: Path, n: int = 3000) -> Path:
    path = root / "many.jsonl"
    path.write_text(ROW * n)
    return path


def test_data_goes_to_standard_output_and_everything_else_to_standard_error(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(ROW + "broken\n")
    ran = process("classify", tmp_path / "a.jsonl")
    assert ran.returncode == 1 and len(ran.stdout.splitlines()) == 1 == len(ran.stderr.splitlines())


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_closed_pipe_ends_quietly(jobs: str, tmp_path: Path) -> None:
    command = [*WINNOW, "classify", str(many(tmp_path, 10_000)), "--jobs", jobs]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout and running.stderr
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b"" and running.wait(60) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
def test_a_full_standard_output_is_one_line_and_status_one(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [*WINNOW, "classify", str(many(tmp_path, 3))], cwd=ROOT, stdout=full, stderr=subprocess.PIPE
        )
    assert (ran.returncode, ran.stderr) == (1, b"winnow: error: -: cannot be written (no space left on device)\n")


def test_unbuffered_output_is_whole(tmp_path: Path) -> None:
    path = many(tmp_path, 500)
    ran = subprocess.run(
        [sys.executable, "-u", "-m", "classifier", "classify", str(path)], cwd=ROOT, capture_output=True
    )
    assert (ran.returncode, len(ran.stdout.splitlines())) == (0, 500)


@pytest.mark.parametrize("redirection", [">&-", "<&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_raise_nothing(redirection: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    for path in (str(tmp_path / "a.txt"), "-"):
        command = f"'{sys.executable}' -m classifier classify '{path}' {redirection}"
        ran = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
        assert ran.returncode in (0, 1) and "Traceback" not in ran.stderr and "Exception" not in ran.stderr


ENDINGS = {signal.SIGINT: (130, "winnow: interrupted\n"), signal.SIGTERM: (143, "winnow: terminated\n")}


@pytest.mark.parametrize("number", ENDINGS)
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupt_leaves_the_old_output_no_other_file_and_no_worker(
    jobs: int, number: signal.Signals, tmp_path: Path
) -> None:
    output, piped = tmp_path / "out.jsonl", jobs == 1
    output.write_text("old")
    source = "-" if piped else str(many(tmp_path, 100_000))
    before = sorted(p.name for p in tmp_path.iterdir())
    command = [*WINNOW, "classify", source, "--input-format", "jsonl", "--output", str(output), "--jobs", str(jobs)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as running:
        assert running.stdin and running.stderr
        if piped:
            running.stdin.write(ROW.encode() * 2000)
            running.stdin.flush()
        until(lambda: len(list(tmp_path.iterdir())) > len(before))
        os.killpg(running.pid, number) if number == signal.SIGINT else running.terminate()
        assert (running.wait(60), running.stderr.read().decode()) == ENDINGS[number]
    assert output.read_text() == "old" and sorted(p.name for p in tmp_path.iterdir()) == before
    until(lambda: not alive(running.pid))


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(group: int) -> bool:
    listed = subprocess.run(["ps", "-eo", "pgid,stat"], capture_output=True, text=True, check=True).stdout
    return any(line.split()[0] == str(group) and "Z" not in line for line in listed.splitlines())


def test_a_bar_is_drawn_on_a_terminal_only(tmp_path: Path) -> None:
    path = many(tmp_path, 300)
    master, slave = pty.openpty()
    with subprocess.Popen(
        [*WINNOW, "classify", str(path)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=slave
    ) as running:
        os.close(slave)
        drawn = b""
        try:
            while data := os.read(master, 4096):
                drawn += data
        except OSError:  # the terminal is gone
            pass
        assert running.wait() == 0
    os.close(master)
    assert b"100%" in drawn
    assert process("classify", path, "--output", tmp_path / "o.jsonl").stderr == ""


def test_memory_stays_flat_over_a_stream(tmp_path: Path) -> None:
    def peak(n: int) -> int:
        code = (
            "import resource, sys; from classifier.cli import cli\n"
            "try: cli(sys.argv[1:])\n"
            "except SystemExit: pass\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
        )
        command = [sys.executable, "-c", code, "filter", "--keep", "reporting", str(many(tmp_path, n))]
        ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
        return int(ran.stderr.split()[-1])

    assert peak(20_000) < peak(5_000) * 1.15


@pytest.mark.parametrize("name", ["a.jsonl", "a.txt", "a.jsonl.gz"])
def test_an_input_in_the_folder_is_not_taken_for_an_older_output(tmp_path: Path, name: str) -> None:
    text = b'{"text": "It rained on Monday."}\n' * 3
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    (tmp_path / "b.txt").write_text("It rained.")
    before = (tmp_path / name).read_bytes()
    ran = winnow("classify", str(tmp_path), "--output", str(tmp_path / name), "--format", "jsonl")
    assert ran.status == 2 and "may be one of them" in ran.err and name in ran.err
    assert (tmp_path / name).read_bytes() == before
