"""Where a host is not installed, its adapter says which extra brings it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EXTRAS = {"dolma": "dolma", "datasets": "datasets", "datatrove": "datatrove", "pandas": "pandas", "polars": "polars"}
EXTRAS |= {"pyspark": "spark", "spacy": "spacy"}
CODE = """
import sys
sys.modules[{host!r}] = None  # as if it were not there
from classifier.errors import ClassifierError
try:
    import classifier.integrations.{extra}
except ImportError as error:
    assert isinstance(error, ClassifierError)
    print(error)
"""


@pytest.mark.parametrize("host", EXTRAS)
def test_the_error_names_the_extra(host: str) -> None:
    code = CODE.format(host=host, extra=EXTRAS[host])
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert ran.stdout.endswith(f": pip install newswinnow[{EXTRAS[host]}]\n") and ran.stdout.count("\n") == 1


def test_every_adapter_has_an_extra_a_page_and_a_line_in_the_readme() -> None:
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    adapters = {path.stem for path in (ROOT / "classifier" / "integrations").glob("*.py")} - {"__init__", "columns"}
    assert adapters == {*EXTRAS.values(), "sklearn"}
    for name in adapters:
        assert name == "sklearn" or re.search(rf"^{name} = \[", settings, re.M), name
        assert (ROOT / "docs" / "integrations" / f"{name}.md").exists(), name
        assert f"(docs/integrations/{name}.md)" in readme, name
