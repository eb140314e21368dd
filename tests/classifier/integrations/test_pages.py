"""What docs/integrations shows really runs, where the host is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "docs" / "integrations").glob("*.md"))
NEEDS = {"spark": ["pyspark", "pandas"]}
_BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$", re.M | re.S)


def run(command: list[str], folder: Path) -> str:
    binaries = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"PYTHONPATH": str(ROOT), "PATH": binaries, "PYSPARK_PYTHON": sys.executable}
    own |= {"HF_DATASETS_CACHE": str(folder / "cache"), "HF_HUB_OFFLINE": "1"}
    ran = subprocess.run(command, cwd=folder, env=os.environ | own, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_example_runs(page: Path, tmp_path: Path) -> None:
    if not all(map(find_spec, NEEDS.get(page.stem, [page.stem]))):
        pytest.skip(f"{page.stem} is not installed")
    if page.stem == "spark" and not shutil.which("java"):
        pytest.skip("Spark needs Java")
    (tmp_path / "data").mkdir()
    shutil.copytree(ROOT / "data" / "pages", tmp_path / "data" / "pages")
    shutil.copy(ROOT / "data" / "pages.jsonl", tmp_path / "data")
    blocks = _BLOCK.findall(page.read_text("utf-8"))
    (tmp_path / "example.py").write_text("\n".join(code for kind, code in blocks if kind == "python"), "utf-8")
    said = run([sys.executable, "example.py"], tmp_path)
    for kind, code in blocks:
        said += run(["bash", "-euc", code], tmp_path) if kind == "sh" else ""
    made = [path for path in tmp_path.rglob("*") if path.is_file() and "data" not in path.relative_to(tmp_path).parts]
    assert re.search(r"\b(reporting|comment|boilerplate)\b", said) or len(made) > 1, said
