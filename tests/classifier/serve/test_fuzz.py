"""The server against its own description, by schemathesis; ``make fuzz-serve`` does more of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from asked import Server

SECONDS = os.environ.get("WINNOW_FUZZ_SECONDS", "20")


def test_every_answer_is_as_described(server: Server, tmp_path: Path) -> None:
    pytest.importorskip("schemathesis", reason="needs schemathesis")
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "--config-file",
        str(Path(__file__).with_name("schemathesis.toml")),
    ]
    options = ["run", f"{server.address}/openapi.json", "--phases", "coverage,fuzzing", "--max-time", SECONDS]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
    assert " generated, " in done.stdout and server.ask("GET", "/health").status == 200
