"""What is shipped: the same bytes from the same tree, the versions that are promised, nothing that is not ours."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TREE = ("classifier", "training", "models", "pyproject.toml", "README.md", "LICENSE", ".gitignore")
# Everything in the sdist that is neither code nor prose of a few lines; each was written or learned here.
DATA = (
    r"fuzz/lowest\.txt|data/sources\.json|data/(written|pages|fresh|trails)\.jsonl|data/(annotations|teacher)\.jsonl\.gz|data/pages/\w+\.txt",
    r"models/(default|accurate)/(manifest\.json|weights\.npz|README\.md|encoder\.onnx|tokenizer\.json)",
    r"classifier/lexicons/\w+\.txt|training/\w+\.txt|tests/.*\.(tsv|txt|json|jsonl|bin)|docs/.*\.(png|svg|json)",
    r"classifier/.*/assets/[\w.]+|benchmarks/.*\.(json|tsv)",
)
PROSE = (
    ".py",
    ".md",
    ".toml",
    ".typed",
    "Makefile",
    "LICENSE",
    "PKG-INFO",
    ".gitignore",
    ".sh",
    ".js",
    ".css",
    ".html",
)


def build(tree: Path, target: str, place: Path, clock: str) -> Path:
    settings = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"} | {"TZ": clock}
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(place)]
    done = subprocess.run(command, cwd=tree, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = place.iterdir()
    return built


def copy(place: Path, mode: int, stamp: int) -> Path:
    """A copy of the tree, made by somebody else at another time."""
    for name in TREE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, place / name)
    for path in place.rglob("*"):
        os.utime(path, (stamp, stamp))
        path.chmod(mode | 0o111 if path.is_dir() else mode)
    return place


def test_a_wheel_is_the_same_to_the_byte_whoever_builds_it_and_when(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    digests = []
    for name, mode, stamp, clock in (("a", 0o644, 1_600_000_000, "UTC"), ("b", 0o600, 1_700_000_000, "Asia/Tokyo")):
        (tmp_path / name / "tree").mkdir(parents=True)
        wheel = build(copy(tmp_path / name / "tree", mode, stamp), "wheel", tmp_path / name / "dist", clock)
        digests.append(hashlib.sha256(wheel.read_bytes()).hexdigest())
    assert digests[0] == digests[1]


def test_the_sdist_holds_code_and_data_that_are_known(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    shutil.copytree(ROOT, tmp_path / "tree", ignore=shutil.ignore_patterns("__pycache__", ".*", "build", "dist"))
    if (ROOT / ".gitignore").exists():
        shutil.copy(ROOT / ".gitignore", tmp_path / "tree")
    with tarfile.open(build(tmp_path / "tree", "sdist", tmp_path / "dist", "UTC")) as packed:
        names = [name.split("/", 1)[1] for name in packed.getnames()]
    unknown = [n for n in names if not n.endswith(PROSE) and not any(re.fullmatch(known, n) for known in DATA)]
    assert not unknown
    assert any(name.startswith("fuzz/") for name in names)


def test_each_dependency_has_a_lower_bound_and_the_table_of_tested_ones_names_it() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    (listed,) = re.findall(r"^dependencies = \[\n(.*?)^\]", text, re.M | re.S)
    needed = re.findall(r'"([\w-]+)>=([\d.]+)"', listed)
    assert len(needed) == len(listed.splitlines()) >= 6
    lowest = dict(re.findall(r"^([\w-]+)==([\d.]+)$", (ROOT / "fuzz" / "lowest.txt").read_text("utf-8"), re.M))
    for name, bound in needed:
        assert (lowest[name] + ".").startswith(bound + "."), f"{name}: {bound} is promised, {lowest[name]} is tested"
