"""The evidence for a model: a page for people, the same as JSON, and a card for the model's folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from classifier import artifact
from classifier.io import OneFile

from ..verdicts import Verdicts
from .evidence import GIVEN, HELD_OUT, Basis, crossed, evidence
from .model_card import model_card
from .page import page

__all__ = ["GIVEN", "HELD_OUT", "Basis", "crossed", "evidence", "page", "write_page", "write_report"]

PAGE, CARD = "report.html", "README.md"


def write_report(
    folder: Path,
    verdicts: Verdicts,
    basis: Basis,
    path: Path | None = None,
    also: Mapping[str, Verdicts] | None = None,
    seed: int = 0,
) -> list[Path]:
    """Write the report and the card of the artifact in ``folder``; return what was written.

    Args:
        folder: the artifact; the card goes into it as ``README.md``.
        verdicts: what the model said of documents that it did not learn from.
        basis: which documents these are: ``HELD_OUT`` or ``crossed(parts)``.
        path: of the page, ``report.html`` in ``folder`` unless given; JSON stands beside it.
        also: further suites by name, of which the report gives figures only.
        seed: of the resampling for intervals.

    Raises:
        InputError: a file cannot be written; each is written whole or not at all.
        ModelError: there is no artifact in ``folder``.
    """
    record = evidence(verdicts, basis, artifact.read_manifest(folder), also, seed)
    written = write_page(record, path or folder / PAGE)
    card = folder / CARD
    _write(card, model_card(record, written[0].name if path is None else None))
    return [*written, card]


def write_page(record: Mapping[str, Any], path: Path) -> list[Path]:
    """Write a record of ``evidence`` as a page at ``path`` and as JSON beside it; raises InputError."""
    beside = path.with_suffix(".json") if path.suffix != ".json" else path.with_suffix(".record.json")
    _write(path, page(record))
    _write(beside, json.dumps(record, indent=1, allow_nan=False) + "\n")
    return [path, beside]


def _write(path: Path, content: str) -> None:
    with OneFile(str(path)) as file:
        file.write(content)
