from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from classifier.errors import InputError
from classifier.shards.lock import Lock

HOLD = (
    "import sys, time\nfrom classifier.shards.lock import Lock\n"
    "with Lock(sys.argv[1]):\n    print('held', flush=True)\n    time.sleep(600)\n"
)


def test_a_second_run_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    told = rf"another run is writing here \(process {os.getpid()} on "
    with Lock(str(tmp_path)), pytest.raises(InputError, match=told):
        Lock(str(tmp_path)).__enter__()
    with Lock(str(tmp_path)):
        pass


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        with pytest.raises(InputError, match=f"process {holder.pid}"):
            Lock(str(tmp_path)).__enter__()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with Lock(str(tmp_path)):
        pass


@pytest.fixture()
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system, or a network's file system, that has no locks."""
    monkeypatch.setitem(sys.modules, "fcntl", None)


def test_without_locks_of_the_system_a_file_does(tmp_path: Path, without_locks: None) -> None:
    with (
        Lock(str(tmp_path)),
        pytest.raises(InputError, match=r"process .* if that run is no more, remove .*lock\.held"),
    ):
        Lock(str(tmp_path)).__enter__()
    with Lock(str(tmp_path)):
        pass


def test_a_file_left_by_a_process_of_this_machine_that_is_no_more_is_passed_over(
    tmp_path: Path, without_locks: None
) -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    held = tmp_path / ".winnow" / "lock.held"
    held.parent.mkdir()
    name = {"pid": int(ended.stdout), "host": socket.gethostname()}
    held.write_text(json.dumps(name))
    with Lock(str(tmp_path)):
        assert json.loads(held.read_text())["pid"] == os.getpid()
    for left in (json.dumps({**name, "host": "elsewhere"}), "nonsense"):
        held.write_text(left)
        with pytest.raises(InputError, match="another run"):
            Lock(str(tmp_path)).__enter__()
