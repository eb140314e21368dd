"""What a command makes of a record: new values for some of its fields, which each format writes its own way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from ..filter import Kept
from ..result import DocumentResult
from .writing import dump


class Verdicts(NamedTuple):
    """The labels of a document, if asked with the probabilities of all labels."""

    result: DocumentResult
    probabilities: bool = False


Change = str | Verdicts | Kept | Mapping[str, str]


def as_json(change: Change) -> str:
    """Return ``change`` as JSON on one line."""
    if isinstance(change, Verdicts):
        return _verdicts(change)
    return dump(change.to_record() if isinstance(change, Kept) else change)


def as_cell(change: Change) -> str:
    """Return ``change`` as the cell of a table of text: text as itself, all else as JSON."""
    return change if isinstance(change, str) else as_json(change)


def _verdicts(change: Verdicts) -> str:
    result, drawn = change.result, change.result.drawn
    segments = (drawn.written_with_probabilities if change.probabilities else drawn.written)[result.place]
    warning = f', "warning": {json.dumps(result.warning)}' if result.warning else ""
    return f'{{"model": {json.dumps(result.model)}{warning}, "segments": [{segments}]}}'
