"""Runs ``winnow`` as somebody at a console would."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from classifier.cli import cli

ROOT = Path(__file__).parents[2]
ARTICLE = (
    "Council approves new tram line\n"
    "The city council voted on Tuesday to build a tram line to the harbour, the mayor said. Work begins in May.\n"
    "It is a foolish waste of money, and the harbour will be no better for it. The line has eleven stops.\n"
    "\n"
    "lol good luck with that, my street has been dug up for two years!!\n"
    "@harbourgirl exactly, I never believed a word they say\n"
    "Share this article | Subscribe to our newsletter\n"
)


class Ran(NamedTuple):
    """How a command ended and what it said."""

    status: int
    out: str
    err: str

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


def winnow(*args: object, stdin: bytes = b"") -> Ran:
    """Run a command in this process."""
    streams = [io.TextIOWrapper(io.BytesIO(data), "utf-8", newline="") for data in (stdin, b"", b"")]
    with patch.multiple(sys, stdin=streams[0], stdout=streams[1], stderr=streams[2]):
        try:
            cli([str(arg) for arg in args], prog_name="winnow")
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    out, err = (stream.detach().getvalue() if not stream.flush() else "" for stream in streams[1:])  # type: ignore[attr-defined, func-returns-value]
    assert b"Traceback" not in err
    return Ran(status, out.decode(), err.decode())


def process(*args: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    command = [sys.executable, "-m", "classifier", *map(str, args)]
    return subprocess.run(command, cwd=options.pop("cwd", ROOT), capture_output=True, text=True, check=False, **options)


def outputs(folder: Path) -> dict[str, bytes]:
    """What a run wrote below a folder, by relative path; what it keeps there for itself is not among it."""
    files = [path for path in folder.rglob("*") if path.is_file() and ".winnow" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(files)}
