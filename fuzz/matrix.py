"""``python -m fuzz.matrix [--lowest] [TEST...]``: the same answers on every Python, and with the lowest versions.

Makes an environment for each interpreter that is there (``python3.10`` to ``python3.13``, pyenv's among them), with the
newest libraries, or with those of ``fuzz/lowest.txt`` on the oldest; says which were run, runs the tests named, and
compares the digests of ``fuzz.agree``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "build" / "matrix"
VERSIONS = ("3.10", "3.11", "3.12", "3.13")
NEWEST = (
    *("numpy", "scipy", "scikit-learn", "nltk", "joblib", "click", "zstandard", "pandas", "pyarrow", "rich"),
    *("pytest", "hypothesis", "hatchling"),
)


def interpreter(wanted: str) -> str | None:
    """Return a Python of that version, from pyenv or the path."""
    owned = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    for name in [*map(str, sorted(owned.glob(f"{wanted}.*/bin/python3"))), shutil.which(f"python{wanted}") or ""]:
        asked = "import sys; print('%d.%d' % sys.version_info[:2])"
        if name and subprocess.run([name, "-c", asked], capture_output=True, text=True).stdout.strip() == wanted:
            return name
    return None


def environment(name: str, python: str, packages: list[str]) -> Path:
    """Return the Python of an environment with ``packages``, in which this checkout is installed."""
    inside = PLACE / name / "bin" / "python"
    if not inside.exists():
        subprocess.run([python, "-m", "venv", str(PLACE / name)], check=True)
        for what in (packages, ["--no-deps", "-e", str(ROOT)]):
            subprocess.run([inside, "-m", "pip", "install", "-q", *what], check=True)
    return inside


def agree(python: Path) -> dict[str, str]:
    """Return what ``fuzz.agree`` says under an interpreter."""
    said = subprocess.run([python, "-m", "fuzz.agree"], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(said.stdout)


def main() -> None:
    """Run the matrix; end with status 1 where tests fail or answers differ."""
    parser = argparse.ArgumentParser(prog="python -m fuzz.matrix", description=__doc__)
    parser.add_argument("tests", nargs="*", metavar="TEST")
    parser.add_argument("--lowest", action="store_true")
    given = parser.parse_args()
    digests, failed = set(), False
    lowest = ["-r", str(ROOT / "fuzz" / "lowest.txt")]
    rounds = [("lowest", VERSIONS[0], lowest)] if given.lowest else [(v, v, list(NEWEST)) for v in VERSIONS]
    for name, version, packages in rounds:
        found = interpreter(version)
        if not found:
            print(f"no Python {version} here")
            continue
        python = environment(name, found, packages)
        told = agree(python)
        digests.add(told["digest"])
        print(json.dumps(told), flush=True)
        if given.tests:
            failed |= subprocess.run([python, "-m", "pytest", "-q", *given.tests], cwd=ROOT, check=False).returncode > 0
    if not given.lowest and len(digests) != 1:
        print(f"{len(digests)} different answers")
    sys.exit(failed or len(digests) != 1)


if __name__ == "__main__":
    main()
