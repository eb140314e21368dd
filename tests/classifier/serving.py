"""Starts a real server, as somebody would."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from asked import Server

ROOT = Path(__file__).parents[2]


class Process(subprocess.Popen[bytes]):
    """A server's process; ``warned`` is whether it warned of others who reach it."""

    warned = False


def start(model: Path, *options: str) -> tuple[Process, Server]:
    for package in ("starlette", "uvicorn", "prometheus_client"):
        pytest.importorskip(package, reason="needs the extra serve")
    command = [sys.executable, "-m", "classifier", "serve", "--port", "0", "--jobs", "1", "--model", str(model)]
    process = Process([*command, *options], cwd=ROOT, stderr=subprocess.PIPE)
    assert process.stderr is not None
    for line in process.stderr:
        process.warned |= b"warning: whoever reaches this address" in line
        if found := re.search(rb"listens on http://([\d.]+):(\d+)/", line):
            return process, Server(found[1].decode(), int(found[2]))
    raise AssertionError(f"it ended with status {process.wait()}")


def children(pid: int) -> list[int]:
    """The worker processes of a server (multiprocessing's resource tracker is not one)."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        pytest.skip("there is no /proc to look into")
    found = [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
    return [child for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
