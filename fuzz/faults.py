"""``python -m fuzz.faults N``: end runs of ``winnow`` by signals at random moments, and look at what is left.

What must hold: the run ends, says one line at most (Python says more where it is interrupted while it still loads),
leaves every output whole or as it was, no other file, no process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PATIENCE = 60  # seconds
TEXT = "The board met on Monday, its chairman said. It was a disgrace!\nlol who pays for it\n" * 8


class Case(NamedTuple):
    """A run and how it is disturbed: ``whole`` sends the signal to all of its processes, as a terminal does."""

    sign: signal.Signals
    jobs: int
    folder: bool
    whole: bool
    after: float


def prepare(root: Path, folder: bool, records: int = 4000) -> tuple[Path, int]:
    """Write inputs; return their path and the records in each."""
    rows = "".join(json.dumps({"id": i, "text": TEXT}) + "\n" for i in range(records // (8 if folder else 1)))
    inputs = root / ("in" if folder else "in.jsonl")
    if folder:
        inputs.mkdir()
        for i in range(8):
            (inputs / f"{i}.jsonl").write_text(rows)
    else:
        inputs.write_text(rows)
    return inputs, rows.count("\n")


def disturb(case: Case, root: Path) -> dict[str, object]:
    """Run ``winnow`` below ``root`` and disturb it; return status and seconds.

    Raises AssertionError for what is left behind.
    """
    inputs, records = prepare(root, case.folder)
    output = root / ("out" if case.folder else "out.jsonl")
    if not case.folder:
        output.write_text("old\n")
    command = [sys.executable, "-m", "classifier", "classify", str(inputs), "--jobs", str(case.jobs)]
    with (root / "said").open("w+b") as said:
        running = subprocess.Popen(
            [*command, "--output", str(output) + "/" * case.folder], cwd=ROOT, stderr=said, start_new_session=True
        )
        time.sleep(case.after)
        (os.killpg if case.whole else os.kill)(running.pid, case.sign) if running.poll() is None else None
        began = time.monotonic()
        status = running.wait(PATIENCE)
        took = time.monotonic() - began
        said.seek(0)
        told = said.read().decode()
    _check_ending(case, status, told)
    _check_files(case, root, output, records, status)
    _check_processes(running.pid)
    return {"status": status, "seconds": round(took, 2)}


def _check_ending(case: Case, status: int, told: str) -> None:
    expected = {signal.SIGINT: (0, 130, -2), signal.SIGTERM: (0, 143, -15), signal.SIGKILL: (0, -9)}[case.sign]
    if told.endswith("\nKeyboardInterrupt\n") and ", in main\n" not in told:
        return  # Python was still loading the program
    assert status in expected, f"status {status}: {told[-1500:]}"
    assert "Traceback" not in told and "Exception" not in told and told.count("\n") <= 1, told[-3000:]


def _check_files(case: Case, root: Path, output: Path, records: int, status: int) -> None:
    outputs = sorted(output.glob("*.jsonl")) if case.folder and output.is_dir() else []
    for path in outputs if case.folder else [output]:
        lines = path.read_text().split("\n")
        old = lines == ["old", ""] and status != 0
        assert old or (len(lines) == records + 1 and all(json.loads(line) for line in lines[:-1])), (
            f"{path} is not whole"
        )
    if case.sign is signal.SIGKILL:
        return  # nobody was left to tidy up
    known = {root / "said", root / "in.jsonl", root / "in", output, *outputs, *(root / "in").glob("*")}
    found = {path for path in root.rglob("*") if not (case.folder and ".winnow" in path.relative_to(root).parts)}
    assert found <= known, f"left behind: {sorted(map(str, found - known))}"
    assert not list(root.rglob("*.tmp")), "a temporary file was left"


def _check_processes(group: int) -> None:
    """Assert that within some seconds no process of the run's session is left; nor, then, may there be one."""
    until = time.monotonic() + 15
    while alive := _alive(group):
        assert time.monotonic() < until, f"still running: {alive}"
        time.sleep(0.1)


def _alive(session: int) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "sid,pid,stat,args"], capture_output=True, text=True, check=True).stdout
    rows = (line.split(None, 3) for line in listed.splitlines()[1:])
    return [row[1] + " " + row[3][:80] for row in rows if row[0] == str(session) and "Z" not in row[2]]


def cases(n: int, seed: int) -> list[Case]:
    """Return ``n`` random cases; the moments lie between the first import and the end."""
    random = Random(seed)
    signs = [signal.SIGINT, signal.SIGINT, signal.SIGTERM, signal.SIGTERM, signal.SIGKILL]
    found = []
    for _ in range(n):
        sign = random.choice(signs)
        whole = sign is signal.SIGINT and random.random() < 0.8
        after = random.choice([random.uniform(0, 0.6), random.uniform(0, 6)])
        found.append(Case(sign, random.choice([1, 2, 2]), random.random() < 0.5, whole, after))
    return found


def main() -> None:
    """Disturb so many runs, and print what each left that it should not have."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job, and its children, ignore it
    n, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    ended: Counter[str] = Counter()
    for case in cases(n, seed):
        with tempfile.TemporaryDirectory() as folder:
            try:
                outcome = disturb(case, Path(folder))
                ended[f"{case.sign.name} {outcome['status']}"] += 1
            except (AssertionError, subprocess.TimeoutExpired) as error:
                ended["wrong"] += 1
                print(json.dumps({"case": [str(part) for part in case], "wrong": str(error)}), flush=True)
    print(json.dumps(ended))


if __name__ == "__main__":
    main()
