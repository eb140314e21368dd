from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from operator import mul, truediv
from pathlib import Path

import pytest

from classifier.errors import ClassifierError
from classifier.workers import AHEAD, ONE_THREAD, Pool, Tell, in_order

ROOT = Path(__file__).parents[2]


class Counted:
    """An endless supply that knows how much of it was taken."""

    def __init__(self) -> None:
        self.taken = 0

    def __iter__(self) -> Iterator[int]:
        for self.taken in count(1):
            yield self.taken


def kill_oneself(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def surroundings(_: int) -> tuple[int, dict[str, str], bool]:
    deaf = signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    return os.getpid(), {name: os.environ[name] for name in ONE_THREAD}, deaf


def children() -> set[str]:
    listed = subprocess.run(["ps", "-ww", "-o", "pid,args", "--ppid", str(os.getpid())], capture_output=True, text=True)
    return {line.split()[0] for line in listed.stdout.splitlines() if "LokyProcess" in line}


@pytest.mark.parametrize("n_jobs", [1, 2, -1])
def test_results_come_in_the_order_of_the_pieces(n_jobs: int) -> None:
    assert list(in_order(partial(mul, 2), range(50), n_jobs)) == [2 * i for i in range(50)]
    assert list(in_order(partial(mul, 2), [], n_jobs)) == []


def test_pieces_are_taken_when_there_is_room_and_workers_end_with_the_results() -> None:
    supply, before = Counted(), children()
    results = in_order(partial(mul, 10), supply, 2)
    for i in range(1, 20):
        assert next(results) == 10 * i
        assert supply.taken <= i + 2 * AHEAD
    assert len(children() - before) == 2
    results.close()  # type: ignore[attr-defined]
    assert children() <= before


def test_what_goes_wrong_in_a_worker_is_raised_at_its_place() -> None:
    results = in_order(partial(truediv, 6), [1, 2, 0, 3], 2)
    assert [next(results), next(results)] == [6, 3]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_a_worker_that_dies_ends_the_work_with_a_reason() -> None:
    with pytest.raises(ClassifierError, match=r"a worker died.*SIGKILL"):
        list(in_order(kill_oneself, range(3), 2))


def test_workers_are_other_processes_of_one_thread_that_hear_no_interrupt() -> None:
    for pid, settings, deaf in in_order(surroundings, range(3), 2):
        assert pid != os.getpid() and set(settings.values()) == {"1"} and deaf
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_they_may_be_started_from_any_thread() -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.extend(in_order(partial(mul, 3), range(4), 2)))
    thread.start()
    thread.join()
    assert found == [0, 3, 6, 9]


def test_a_script_needs_no_guard_around_its_main_part(tmp_path: object) -> None:
    script = "from classifier.workers import in_order\nfrom math import sqrt\nprint(list(in_order(sqrt, [1, 4], 2)))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "[1.0, 2.0]\n" and ran.stderr == ""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 always looks there first")
@pytest.mark.parametrize("name", ["multiprocessing", "joblib", "argparse", "numpy"])
def test_nothing_is_imported_from_the_folder_they_run_in(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.py").write_text("raise SystemExit('run by a worker')\n")
    script = tmp_path / "elsewhere" / "script.py"
    script.parent.mkdir()
    script.write_text(
        "from classifier.workers import in_order\nfrom math import sqrt\nprint(*in_order(sqrt, [1, 4], 2))\n"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, script], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "1.0 2.0\n", "")


def test_a_pool_goes_on_where_one_of_its_workers_was_killed() -> None:
    pool, answers = Pool(2), []
    try:
        for number, errand in enumerate([partial(slowly, 1), partial(killed, 2)]):
            pool.give(number, errand)
        assert pool.room == 0
        while pool.busy:
            answers += pool.wait(10)
        pool.give(7, partial(slowly, 3))
        while pool.busy:
            answers += pool.wait(10)
    finally:
        pool.close()
    done = {answer.number: answer for answer in answers if answer.told is None}
    assert "SIGKILL" in done[1].died and (done[0].value, done[7].value) == (1, 3)
    assert [answer.told for answer in answers if answer.number == 7] == [5, None]


def slowly(value: int, tell: Tell) -> int:
    tell(5)
    return value


def killed(value: int, tell: Tell) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_workers_end_with_the_process_that_started_them_however_it_ends() -> None:
    script = (
        "import os, signal, time\nfrom classifier.workers import Pool\n"
        "pool = Pool(2)\n"
        "for i in (0, 1):\n    pool.give(i, lambda tell: (tell(os.getpid()), time.sleep(600)))\n"
        "told = set()\n"
        "while len(told) < 2:\n    told |= {answer.told for answer in pool.wait(10)}\n"
        "print(*told, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in ran.stdout.split()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_answer_that_cannot_be_sent_is_an_error() -> None:
    with pytest.raises(ClassifierError, match="could not be sent"):
        list(in_order(unsendable, range(2), 2))


def unsendable(_: int) -> object:
    return threading.Lock()
