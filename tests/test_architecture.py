"""The order of the house: who may import whom, and what importing may cost."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# A file may import only what stands before it; the files of some folders have an order, too.
ROAD = [
    "errors",
    "labels",
    "text",
    "tokens",
    "segments",
    "features",
    "sheets",
    "language",
    "model",
    "encoder",
    "decode",
    "rows",
    "drawn",
    "result",
    "filter",
    "artifact",
    "processes",
    "workers",
    "classify",
    "io",
    "view",
    "diff",
    "serve",
    "shards",
    "commands",
    "integrations",
    "cli",
    "__main__",
]
INSIDE = {
    "features": ["counts", "words", "cues", "surface", "manner", "place", "context"],
    "encoder": ["windows", "graph", "judging", "__init__"],
}
HEAVY = ("sklearn", "nltk", "scipy", "pandas", "joblib", "onnxruntime", "tokenizers", "training")
NAMELESS = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc"}


def files(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(file): file for file in files("classifier", "training")}


def imports(file: Path) -> Iterator[tuple[str, int]]:
    """Yield each module of ours that ``file`` imports, wherever in it, and how relatively (0: by its full name)."""
    package = file.parent.relative_to(ROOT).parts
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((name.name, 0) for name in node.names if name.name.split(".")[0] in ("classifier", "training"))
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            source = ".".join([*above, *([node.module] if node.module else [])])
            if source.split(".")[0] in ("classifier", "training"):
                for name in node.names:
                    whole = f"{source}.{name.name}"
                    yield (whole if whole in MODULES else source), node.level


def stage_of(module: str) -> tuple[int, int]:
    """Where on the road a module of ``classifier`` stands: its stage, and its place inside the stage's folder."""
    _, stage, *rest = module.split(".")
    inside = INSIDE.get(stage, [])
    return ROAD.index(stage), inside.index(rest[0]) if inside and rest else -1


def test_every_file_has_its_place_on_the_road() -> None:
    stages = {module.split(".")[1] for module in MODULES if module.startswith("classifier.")}
    assert stages == set(ROAD)
    features = {module.split(".")[2] for module in MODULES if module.startswith("classifier.features.")}
    assert features == set(INSIDE["features"])


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("classifier.")])
def test_a_stage_imports_only_what_stands_before_it(module: str) -> None:
    mine = stage_of(module)
    for other, _ in imports(MODULES[module]):
        if other != "classifier":
            theirs = stage_of(other)
            unordered = theirs[0] == mine[0] and -1 in (mine[1], theirs[1])
            assert theirs < mine or unordered, f"{module} imports {other}"


def test_nothing_imports_in_a_circle() -> None:
    graph = {name: {other for other, _ in imports(file)} - {name} for name, file in MODULES.items()}
    graph["classifier"] = set()  # its names are resolved when they are asked for
    assert set(TopologicalSorter(graph).static_order()) >= set(MODULES)


def test_imports_are_relative_inside_a_package_and_absolute_across() -> None:
    for module, file in MODULES.items():
        for other, level in imports(file):
            same = other.split(".")[0] == module.split(".")[0]
            assert (level > 0) == same, f"{module} imports {other}"


def test_training_is_known_to_the_command_line_by_name_only() -> None:
    for module, file in MODULES.items():
        if module.startswith("classifier"):
            assert not [other for other, _ in imports(file) if other.startswith("training")], module
            assert "training" not in strings(file) or module == "classifier.cli", module


def strings(file: Path) -> set[str]:
    """First parts of the dotted names that stand in a file as text."""
    nodes = (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Constant))
    return {node.value.split(".")[0] for node in nodes if isinstance(node.value, str) and " " not in node.value}


def test_training_leaves_the_command_line_alone() -> None:
    for module, file in MODULES.items():
        if module.startswith("training"):
            wrong = ("classifier.cli", "classifier.commands")
            assert not [other for other, _ in imports(file) if other.startswith(wrong)], module


def loaded_by(code: str) -> set[str]:
    """Top-level packages that a fresh interpreter has loaded after running ``code``."""
    report = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    command = [sys.executable, "-c", report]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return set(printed.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code", ["import classifier.cli", "import classifier; classifier.LABELS, classifier.InputError"]
)
def test_importing_the_command_line_loads_nothing_that_takes_time(code: str) -> None:
    loaded = loaded_by(code)
    assert "classifier" in loaded and not loaded & {"numpy", *HEAVY}


@pytest.mark.parametrize(
    "code",
    [
        "import classifier.classify",
        "import classifier; classifier.Classifier.load().filter('Rain fell. It was awful!', keep=['reporting'])",
        "from classifier.cli import cli\ncli(['info'], standalone_mode=False)",
    ],
)
def test_inference_imports_numpy_and_nothing_heavier(code: str) -> None:
    loaded = loaded_by(code)
    assert "numpy" in loaded and not loaded & set(HEAVY)


@pytest.mark.parametrize("name", ["Classifier", "Document", "DocumentResult", "Segment", "WinnowFilter", "LABELS"])
def test_the_package_gives_its_names_when_asked(name: str) -> None:
    import classifier

    assert name in classifier.__all__ and getattr(classifier, name)
    with pytest.raises(AttributeError, match="no attribute 'classify_all'"):
        _ = classifier.classify_all


@pytest.mark.parametrize("file", files("classifier", "training", "tests", "benchmarks"), ids=module_of)
def test_a_file_can_be_read_in_one_sitting(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= 300
    assert file.stem not in NAMELESS


def test_most_functions_are_short() -> None:
    trees = [ast.parse(file.read_text("utf-8")) for file in files("classifier", "training")]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    lengths = [node.end_lineno - node.body[0].lineno + 1 for node in functions if node.end_lineno]
    assert len(lengths) > 300
    assert sum(length < 20 for length in lengths) >= 0.9 * len(lengths)
