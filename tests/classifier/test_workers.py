from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from itertools import count
from operator import mul, truediv

import pytest

from classifier.errors import ClassifierError
from classifier.workers import AHEAD, ONE_THREAD, in_order


class Counted:
    """An endless supply that knows how much of it was taken."""

    def __init__(self) -> None:
        self.taken = 0

    def __iter__(self) -> Iterator[int]:
        for self.taken in count(1):
            yield self.taken


def kill_oneself(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def surroundings(_: int) -> tuple[int, dict[str, str], str]:
    return os.getpid(), {name: os.environ[name] for name in ONE_THREAD}, str(signal.getsignal(signal.SIGINT))


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
    for pid, settings, interrupted in in_order(surroundings, range(3), 2):
        assert pid != os.getpid() and set(settings.values()) == {"1"} and interrupted == "1"
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
