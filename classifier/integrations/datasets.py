"""Hugging Face ``datasets``: functions for ``map(..., batched=True)``. Needs the extra ``datasets``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ..classify import Classifier
from ..errors import MissingExtra
from .columns import Model, checked, judged, kept, rows

try:
    from datasets import Features, Value
except ImportError as error:
    raise MissingExtra("this needs datasets: pip install newswinnow[datasets]") from error

Batch = Mapping[str, Sequence[Any]]


class _Mapped:
    """What both functions hold: the column of texts, and a model by its place and digest.

    The digest is there for ``map``, whose cache goes by the function's attributes: another model is another result.
    """

    def __init__(self, text: str, model: Model) -> None:
        self.text, self.model = text, None if model is None else os.fspath(model)
        self.digest = dict(Classifier.load(model).manifest.files)


class WinnowAnnotator(_Mapped):
    """Adds a column of segments, each ``{"start", "end", "label", "score"}``; a text that is None has None.

    ``dataset.map(annotate, batched=True, features=annotate.features(dataset.features))``: without ``features`` a first
    batch of blank texts would settle the column's type wrongly. Raises ModelError for a model that cannot be used.
    """

    def __init__(self, text: str = "text", to: str = "segments", model: Model = None) -> None:
        super().__init__(text, model)
        self.to = to

    def __call__(self, batch: Batch) -> dict[str, list[Any]]:
        """Return the new column of a batch; raises InputError for what is neither text nor None."""
        found = judged(batch[self.text], self.model)
        return {self.to: [None if result is None else rows(result) for result in found]}

    def features(self, features: Mapping[str, Any]) -> Features:
        """Return what the columns are once this one is added."""
        segment = {"start": Value("int64"), "end": Value("int64"), "label": Value("string"), "score": Value("float64")}
        return Features({**features, self.to: [segment]})


class WinnowFilter(_Mapped):
    """Replaces each text by what is kept of it, which may be nothing; None stays None.

    ``rule`` is as for ``Rule``: ``keep`` or ``drop``, ``min_score``, ``when_unsure``, ``min_words``. Raises InputError
    for a rule that makes no sense, ModelError for a model that cannot be used.
    """

    def __init__(self, text: str = "text", model: Model = None, **rule: Any) -> None:
        super().__init__(text, model)
        self.rule = checked(rule, model)

    def __call__(self, batch: Batch) -> dict[str, list[Any]]:
        """Return the column of texts of a batch; raises InputError for what is neither text nor None."""
        return {self.text: list(kept(batch[self.text], self.rule, self.model))}
