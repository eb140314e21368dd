"""The same outputs whoever makes them. Ray and Dask are tried where they are installed."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest
from console import ARTICLE, outputs, winnow

from classifier.errors import ClassifierError
from classifier.shards import ENGINES, Where, start
from classifier.workers import Answer, Engine, Errand, Tell


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(ARTICLE)
    lines = [json.dumps({"id": i, "text": f"{ARTICLE} It was the {i}th time."}) for i in range(20)]
    (tmp_path / "in" / "b.jsonl").write_text("\n".join(lines))
    return tmp_path / "in"


@pytest.mark.parametrize(("engine", "package"), [("local", "joblib"), ("ray", "ray"), ("dask", "distributed")])
def test_an_engine_changes_nothing(engine: str, package: str, folder: Path) -> None:
    pytest.importorskip(package)
    options = ["--part", "4000", "--engine", engine, "--jobs", "2"]
    assert winnow("classify", folder, "--output", folder.parent / "out", *options) == (0, "", "")
    assert winnow("classify", folder, "--output", folder.parent / "alone") == (0, "", "")
    assert (
        outputs(folder.parent / "out") == outputs(folder.parent / "alone") and len(outputs(folder.parent / "out")) == 2
    )


@pytest.mark.parametrize(("engine", "package"), [("ray", "ray"), ("dask", "distributed")])
def test_a_worker_that_dies_is_told_of_and_does_not_end_the_engine(engine: str, package: str) -> None:
    pytest.importorskip(package)
    running = start(Where(engine, 2), lambda amount: None)
    try:
        answers = {}
        for number, errand in enumerate(errands()):
            running.give(number, errand)
            answers |= {answer.number: answer for answer in every(running)}
    finally:
        running.close()
    assert answers[0].value == 7 and answers[1].died and isinstance(answers[2].error, ZeroDivisionError)


def every(running: Engine) -> list[Answer]:
    found: list[Answer] = []
    while running.busy:
        found += running.wait(1)
    return found


def errands() -> list[Errand]:
    """What ends well, dies, and fails; defined in here so that they travel by value, as workers know no tests."""

    def seven(tell: Tell) -> int:
        return 7

    def killed(tell: Tell) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def failing(tell: Tell) -> float:
        return 1 / 0

    return [seven, killed, failing]


@pytest.mark.parametrize("engine", [name for name in ENGINES if name != "local"])
def test_an_engine_that_is_not_installed_names_its_extra(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("ray", "dask", "distributed"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ClassifierError, match=rf"newswinnow\[{engine}\]"):
        start(Where(engine), lambda amount: None)
