"""pandas: a Series of texts -> a frame of their segments, or a Series of what is kept. Needs the extra ``pandas``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..classify import Classifier
from ..errors import MissingExtra
from .columns import Model, checked, judged, kept

try:
    import pandas as pd
except ImportError as error:
    raise MissingExtra("this needs pandas: pip install newswinnow[pandas]") from error


def segments(texts: pd.Series, model: Model = None, n_jobs: int = 1) -> pd.DataFrame:
    """Return one row a segment, under the index of its text; a missing or blank text has none.

    Columns: ``start``, ``end`` (int64, code points into the text, end exclusive), ``label`` (category), ``score``
    (float64), ``text`` (the segment's own). Raises InputError for what is no text, ModelError for a model that cannot
    be used.
    """
    starts, ends, columns, scores = [_NONE], [_NONE], [_NONE], [np.empty(0)]
    counts, pieces = [], []
    for result in judged(present(texts), model, n_jobs):
        counts.append(len(result) if result else 0)
        if result:
            for parts, part in zip((starts, ends, columns), (result.starts, result.ends, result.columns), strict=True):
                parts.append(part)
            scores.append(result.scores)
            pieces += [result.text[s:e] for s, e in zip(result.starts.tolist(), result.ends.tolist(), strict=True)]
    classes = Classifier.load(model).classes_
    found = {
        "start": np.concatenate(starts),
        "end": np.concatenate(ends),
        "label": pd.Categorical.from_codes(np.concatenate(columns), classes),
        "score": np.concatenate(scores),
        "text": pd.Series(pieces, dtype=_text_type(texts)).array,
    }
    return pd.DataFrame(found, index=texts.index.repeat(np.array(counts, np.int64)))


def filtered(texts: pd.Series, model: Model = None, n_jobs: int = 1, **rule: Any) -> pd.Series:
    """Return what is kept of each text, under the same index and name; what is missing stays missing.

    ``rule`` is as for ``Rule``: ``keep`` or ``drop``, ``min_score``, ``when_unsure``, ``min_words``. Raises InputError
    for a rule that makes no sense and for what is no text, ModelError for a model that cannot be used.
    """
    made = kept(present(texts), checked(rule, model), model, n_jobs)
    values = [old if new is None else new for old, new in zip(texts, made, strict=True)]
    return pd.Series(values, texts.index, _text_type(texts), texts.name)


def present(texts: pd.Series) -> list[Any]:
    """Return the values, None where one is missing (None, NaN, ``pd.NA``)."""
    return [None if gone else text for text, gone in zip(texts, texts.isna(), strict=True)]


_NONE = np.empty(0, np.int64)


def _text_type(texts: pd.Series) -> Any:
    """Return the type of the Series, where it is one that holds any text."""
    return texts.dtype if isinstance(texts.dtype, pd.StringDtype) else object
