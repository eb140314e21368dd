"""Corpora written to a file, and what a command made of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from classifier.errors import InputError
from classifier.io import Caution
from training.labelling.exchange import export, read
from training.labelling.records import Item, item_of

TEXT = "Rain fell in Orrin, the mayor said. It was awful!\nLol same here\n"
SPANS = [[0, 35, "reporting"], [36, 49, "opinion"], [50, 63, "comment"]]
RECORD: dict[str, Any] = {"id": "rain", "source": "own", "tags": ["wet", None], "text": TEXT, "spans": SPANS}


class Told:
    """Keeps what it is told, as ``where: reason``."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.cautions: list[str] = []

    def __call__(self, problem: InputError | Caution) -> None:
        kept = self.errors if isinstance(problem, InputError) else self.cautions
        kept.append(f"{problem.where}: {problem.reason}")


def items(*records: dict[str, Any]) -> list[Item]:
    return [item_of(f"pages.jsonl:{i}", record) for i, record in enumerate(records, 1)]


def carried(records: Iterable[dict[str, Any]], name: str, path: Path) -> list[dict[str, Any]]:
    """Records after a journey to the format ``name`` and back."""
    told = Told()
    export(items(*records), name, str(path), told)
    back = [json.loads(item.to_line()) for item in read(str(path), name, told)]
    assert told.errors == []
    return back


def write(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path
