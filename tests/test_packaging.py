"""What is built from this tree holds all that winnow needs, and no text that is not ours."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from classifier import artifact

ROOT = Path(__file__).parents[1]
LEFT_OUT = ("__pycache__", ".*", "build", "dist", "*.egg-info")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, unpacked as ``source``, and the wheel that is built from it."""
    pytest.importorskip("hatchling")
    tree, built = tmp_path_factory.mktemp("tree") / "winnow", tmp_path_factory.mktemp("dist")
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT))
    shutil.copy(ROOT / ".gitignore", tree)
    _build(tree, "sdist", built)
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(built / "unpacked")
    (built / "unpacked" / archive.name.removesuffix(".tar.gz")).rename(built / "source")
    _build(built / "source", "wheel", built)
    return built


def _build(tree: Path, target: str, place: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(place)]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _tracked_like(folder: str) -> set[str]:
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in files}


def test_the_wheel_holds_both_packages_their_word_lists_and_the_model(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if ".dist-info/" not in name}
        (entry,) = (name for name in packed.namelist() if name.endswith("entry_points.txt"))
        commands = packed.read(entry).decode()
    models = _tracked_like("models/default") | _tracked_like("models/accurate")
    model = {f"classifier/{name}" for name in models}
    assert names == _tracked_like("classifier") | _tracked_like("training") | model
    assert {"classifier/models/default/manifest.json", "classifier/lexicons/trail.txt", "classifier/py.typed"} <= names
    assert "winnow = classifier.cli:main" in commands


def test_the_wheel_works_from_its_own_place(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    page = ROOT / "data" / "pages" / "war.txt"
    command = [sys.executable, "-m", "classifier", "classify", str(page)]
    settings = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["model"] == "default"


def test_the_sdist_holds_what_tests_and_readme_need(built: Path) -> None:
    names = {path.relative_to(built / "source").as_posix() for path in (built / "source").rglob("*") if path.is_file()}
    for folder in (
        "classifier",
        "training",
        "tests",
        "data",
        "docs",
        "benchmarks",
        "models/default",
        "models/accurate",
    ):
        assert _tracked_like(folder) <= names, folder
    assert {"README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md", "Makefile", "pyproject.toml"} <= names


def test_nothing_that_is_shipped_holds_text_of_others(built: Path) -> None:
    for path in (built / "source").rglob("*.jsonl*"):
        for record in _records(path):
            assert "text" not in record or record["source"] in {"fresh", "own", "war", "written"}, path
    assert artifact.load(built / "source" / "models" / "default")  # numbers only: the loader refuses the rest


def _records(path: Path) -> list[dict[str, object]]:
    import gzip

    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_the_pages_to_try_are_ours_and_were_not_learned_from() -> None:
    ours = {
        record["text"].rstrip("\n"): record["split"]
        for name in ("written.jsonl", "pages.jsonl", "fresh.jsonl")
        for record in _records(ROOT / "data" / name)
    }  # fmt: skip
    pages = sorted((ROOT / "data" / "pages").glob("*.txt"))
    assert len(pages) >= 4
    assert {path.name: ours.get(path.read_text("utf-8").rstrip("\n")) for path in pages} == {
        path.name: "dev" for path in pages
    }  # fmt: skip


def test_the_readme_has_two_lines_to_paste_and_ci_runs_them() -> None:
    (lines,) = re.findall(r"^```sh\n(python3 -m venv.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
    install, tests = lines.splitlines()
    assert "pip install" in install and "winnow classify data/pages" in install
    assert "pip install" in tests and tests.endswith("pytest")
    ci = ROOT / ".ci" / "run"
    if ci.exists():  # it is not in an sdist
        listed = subprocess.run([ci, "--lines"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert listed.splitlines() == [install, tests]
        assert os.access(ci, os.X_OK)
