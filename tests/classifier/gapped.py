"""A column of texts with gaps in it, and what any host must make of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from classifier import Classifier

NEWS = "The council voted on Tuesday to build a tram line. It is a foolish waste of money.\n\nlol my street is dug up!!"
EMOJI = "\U0001f33e Wheat fell 4 % on Monday, the exchange said.\n\n\U0001f600\U0001f600 told you so"
TEXTS: list[str | None] = ["", None, NEWS, " \n\t", None, EMOJI, "Share this page", NEWS]
RULE = {"drop": "comment,boilerplate", "min_score": 0.3}


def rows_of(text: str | None, folder: Path) -> list[dict[str, Any]] | None:
    """The segments of a text as everybody writes them, or None where there is none."""
    if text is None:
        return None
    return [segment._asdict() for segment in Classifier.load(folder).classify(text).segments]


def kept_of(text: str | None, folder: Path) -> str | None:
    return (
        None if text is None else Classifier.load(folder).filter(text, drop=["comment", "boilerplate"], min_score=0.3)
    )
