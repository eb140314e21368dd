"""A format whose package is not installed is named with its extra, and the rest is done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CODE = "import sys; sys.modules.update(dict.fromkeys(sys.argv.pop(1).split()))\nfrom classifier.cli import main\nmain()"
MISSING = "pyarrow resiliparse fastwarc fsspec"


def winnow_without(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CODE, MISSING, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_format_names_its_extra(tmp_path: Path) -> None:
    extras = {"a.parquet": "arrow", "a.feather": "arrow", "a.html": "html", "a.warc": "warc"}
    for name in extras:
        (tmp_path / name).write_text("x")
    (tmp_path / "a.txt").write_text("Rain fell.")
    ran = winnow_without("classify", *(tmp_path / name for name in extras), "memory://a.jsonl", tmp_path / "a.txt")
    assert ran.returncode == 1 and len(ran.stdout.splitlines()) == 1
    lines = ran.stderr.splitlines()
    for line, (name, extra) in zip(lines, extras.items(), strict=False):
        assert line.startswith(f"winnow: error: {tmp_path / name}: needs the package ")
        assert line.endswith(f": pip install newswinnow[{extra}]")
    assert lines[4] == "winnow: error: memory://a.jsonl: needs the package fsspec: pip install newswinnow[remote]"
    assert len(lines) == 5


@pytest.mark.parametrize(("name", "extra"), [("o.parquet", "arrow"), ("memory://o.jsonl", "remote")])
def test_so_does_an_output(name: str, extra: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rain fell.")
    ran = winnow_without("classify", tmp_path / "a.txt", "--output", name if "://" in name else tmp_path / name)
    assert ran.returncode == 1 and f"pip install newswinnow[{extra}]" in ran.stderr and "Traceback" not in ran.stderr
