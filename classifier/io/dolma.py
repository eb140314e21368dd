"""Labels as the attributes that Dolma's mixer reads beside its documents: as many rows, in the same order."""

from __future__ import annotations

from typing import Any

from ..result import DocumentResult
from .writing import dump

EXPERIMENT = "winnow"


def attributes(result: DocumentResult) -> str:
    """Return the row of a document: for each label the spans that carry it, as start, end and score."""
    tagger = _part(result.model) or "default"
    spans: dict[str, list[list[Any]]] = {f"{EXPERIMENT}__{tagger}__{_part(label)}": [] for label in result.classes}
    keys = list(spans)
    rows = zip(
        result.columns.tolist(), result.starts.tolist(), result.ends.tolist(), result.scores.tolist(), strict=True
    )
    for column, start, end, score in rows:
        spans[keys[column]].append([start, end, score])
    return dump({"id": result.id, "attributes": spans}) + "\n"


def nothing(where: str) -> str:
    """Return the row of a document that could not be read, so that those after it stay beside theirs."""
    return dump({"id": where, "attributes": {}}) + "\n"


def _part(name: str) -> str:
    """Return ``name`` as one of the three parts of a key, between which stand two underscores."""
    return "_".join(part for part in name.replace(" ", "_").split("_") if part)
