"""Polars: a Series of texts -> a Series of their segments, or of what is kept. Needs the extra ``polars``.

In an expression: ``pl.col("text").map_batches(segments, return_dtype=SEGMENTS)``.
"""

from __future__ import annotations

from typing import Any

from ..errors import MissingExtra
from .columns import Model, checked, judged, kept, rows

try:
    import polars as pl
except ImportError as error:
    raise MissingExtra("this needs Polars: pip install newswinnow[polars]") from error

SEGMENTS = pl.List(pl.Struct({"start": pl.Int64, "end": pl.Int64, "label": pl.String, "score": pl.Float64}))


def segments(texts: pl.Series, model: Model = None, n_jobs: int = 1) -> pl.Series:
    """Return the segments of each text, of type ``SEGMENTS`` and under the same name; null stays null.

    ``start`` and ``end`` are code points into the text, end exclusive. Raises InputError for what is no text,
    ModelError for a model that cannot be used.
    """
    found = [None if result is None else rows(result) for result in judged(texts, model, n_jobs)]
    return pl.Series(texts.name, found, SEGMENTS)


def filtered(texts: pl.Series, model: Model = None, n_jobs: int = 1, **rule: Any) -> pl.Series:
    """Return what is kept of each text, under the same name; null stays null.

    ``rule`` is as for ``Rule``: ``keep`` or ``drop``, ``min_score``, ``when_unsure``, ``min_words``. Raises InputError
    for a rule that makes no sense and for what is no text, ModelError for a model that cannot be used.
    """
    return pl.Series(texts.name, list(kept(texts, checked(rule, model), model, n_jobs)), pl.String)
