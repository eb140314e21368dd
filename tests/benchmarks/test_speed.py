from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SPEED = ROOT / "benchmarks" / "speed.py"


def test_every_figure_is_measured() -> None:
    command = [sys.executable, SPEED, "--megabytes", "0.05", "--runs", "1", "--corpus", "nowhere", "--json"]
    settings = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    assert 0.05 <= figures.pop("MB of text") < 0.1
    assert len(figures) == 5 and all(value > 0 for value in figures.values())
    assert figures["python -c pass, s"] < figures["classify one short page, s"]


def test_the_table_is_markdown() -> None:
    shown = runpy.run_path(str(SPEED))["table"]({"classify, MB/s": 3.14159, "--help, s": 0.1})
    assert shown.splitlines() == [
        "| measured | median |",
        "| --- | --- |",
        "| classify, MB/s | 3.14 |",
        "| --help, s | 0.10 |",
    ]
