"""Spark: functions for ``DataFrame.mapInPandas``. Needs the extra ``spark``, and this package on every executor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..errors import MissingExtra
from .columns import Model, checked, judged, kept, rows

try:
    import pandas as pd
    from pyspark.sql.types import ArrayType, DoubleType, IntegerType, StringType, StructField, StructType

    from .pandas import present
except ImportError as error:
    raise MissingExtra("this needs pyspark and pandas: pip install newswinnow[spark]") from error


class WinnowAnnotator:
    """Adds a column of segments, each ``(start, end, label, score)``; a text that is null has null.

    ``frame.mapInPandas(annotate, annotate.schema(frame.schema))``. ``model`` is a name, or a path that every executor
    can read.
    """

    def __init__(self, text: str = "text", to: str = "segments", model: Model = None) -> None:
        self.text, self.to, self.model = text, to, model

    def __call__(self, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Yield each frame with its new column; raises InputError for what is neither text nor null."""
        for frame in frames:
            found = judged(present(frame[self.text]), self.model)
            values = [None if result is None else rows(result) for result in found]
            yield frame.assign(**{self.to: pd.Series(values, frame.index, object)})

    def schema(self, schema: StructType) -> StructType:
        """Return the columns there are once this one is added."""
        kinds = {"start": IntegerType(), "end": IntegerType(), "label": StringType(), "score": DoubleType()}
        segment = StructType([StructField(name, kind, nullable=False) for name, kind in kinds.items()])
        others = [field for field in schema.fields if field.name != self.to]
        return StructType([*others, StructField(self.to, ArrayType(segment, containsNull=False))])


class WinnowFilter:
    """Replaces each text by what is kept of it, which may be nothing; null stays null.

    ``frame.mapInPandas(keep, frame.schema)``. ``rule`` is as for ``Rule``: ``keep`` or ``drop``, ``min_score``,
    ``when_unsure``, ``min_words``. Raises InputError for a rule that makes no sense, ModelError for a model that cannot
    be used.
    """

    def __init__(self, text: str = "text", model: Model = None, **rule: Any) -> None:
        self.text, self.model, self.rule = text, model, checked(rule, model)

    def __call__(self, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Yield each frame with its texts replaced; raises InputError for what is neither text nor null."""
        for frame in frames:
            values = list(kept(present(frame[self.text]), self.rule, self.model))
            yield frame.assign(**{self.text: pd.Series(values, frame.index, object)})
