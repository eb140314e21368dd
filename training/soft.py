"""A teacher's verdicts on segments, stored without their text, as another declared input of training.

Where annotators chose one label, a teacher says how near the others were; a small model learns more from that than
from the label alone (Hinton, Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network").
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InputError

from .corpus import LabelledDocument, json_objects
from .groups import article_of

Floats = NDArray[np.float32]
_UNIT = 100  # probabilities are written in hundredths


class SoftLabels:
    """Probabilities by document and text of the segment, so that what is made of a page finds its page's.

    Attributes:
        labels: columns of the probabilities.
        digest: SHA-256 in hex of what was read.
    """

    def __init__(self, labels: Sequence[str], known: Mapping[tuple[str, str], Floats], digest: str = "") -> None:
        self.labels, self.digest, self._known = tuple(labels), digest, known

    def __len__(self) -> int:
        return len(self._known)

    def of(
        self, document: LabelledDocument, starts: NDArray[np.int64], ends: NDArray[np.int64], labels: Sequence[str]
    ) -> Floats:
        """Return the probabilities of a document's segments, float32 (n, k); NaN where nothing is known of one."""
        name, text = article_of(document), document.text
        found = np.full((len(starts), len(labels)), np.nan, np.float32)
        if tuple(labels) == self.labels:
            for i, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
                row = self._known.get((name, text[start:end]))
                if row is not None:
                    found[i] = row
        return found


def read_soft(path: Path, documents: Iterable[LabelledDocument]) -> SoftLabels:
    """Read a teacher's verdicts on ``documents``; those on others are passed over.

    A line is ``{"id", "sha256", "labels", "segments": [[start, length, hundredths...], ...]}``; ``start`` counts from
    the end of the segment before, and the hundredths are of all labels but the last.

    Raises:
        InputError: not such a file, or a document's text is not the one that was judged (its SHA-256 differs).
    """
    by_id = {json.dumps(d.id): d for d in documents}
    known: dict[tuple[str, str], Floats] = {}
    labels: tuple[str, ...] = ()
    for where, row in json_objects(path):
        document = by_id.get(json.dumps(row.get("id")))
        if document is None:
            continue
        if digest_of(document.text) != row.get("sha256"):
            raise InputError(where, f"{row.get('id')!r} has not the text that was judged (its digest differs)")
        try:
            labels = tuple(row["labels"])
            known.update(_verdicts(document, row["segments"], len(labels)))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise InputError(where, f"not a teacher's verdicts ({error!r})") from None
    return SoftLabels(labels, known, hashlib.sha256(path.read_bytes()).hexdigest())


def _verdicts(
    document: LabelledDocument, rows: Sequence[Sequence[int]], k: int
) -> Iterable[tuple[tuple[str, str], Floats]]:
    name, at = article_of(document), 0
    for gap, length, *shares in rows:
        if len(shares) != k - 1 or min(gap, length, *shares) < 0 or sum(shares) > _UNIT:
            raise ValueError([gap, length, *shares])
        start, at = at + gap, at + gap + length
        yield (name, document.text[start:at]), np.array([*shares, _UNIT - sum(shares)], np.float32) / np.float32(_UNIT)


def soft_record(
    document: LabelledDocument,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    proba: NDArray[Any],
    labels: Sequence[str],
) -> dict[str, Any]:
    """Return the line of ``read_soft`` for one document's segments; ``proba`` is (n, k)."""
    gaps, lengths = starts - np.append(0, ends[:-1]), ends - starts
    shares = np.floor(np.asarray(proba, np.float64)[:, :-1] * _UNIT + 0.5 - 1e-9).astype(np.int64)
    shares[:, 0] -= np.maximum(shares.sum(1) - _UNIT, 0)
    segments = np.concatenate([gaps[:, None], lengths[:, None], np.maximum(shares, 0)], axis=1).tolist()
    return {"id": document.id, "sha256": digest_of(document.text), "labels": list(labels), "segments": segments}


def targets(y: NDArray[np.int64], soft: Floats | None, share: float, k: int) -> Floats:
    """Return what a model should say, float32 (n, k): the label, and for a ``share`` what the teacher said.

    Rows without a label (``y`` of -1) are zero; where the teacher is silent (NaN) the label is all.
    """
    wanted = np.zeros((len(y), k), np.float32)
    rows = np.flatnonzero(y >= 0)
    wanted[rows, y[rows]] = 1.0
    if soft is not None and share:
        told = rows[np.isfinite(soft[rows]).all(axis=1)]
        wanted[told] += np.float32(share) * (soft[told] - wanted[told])
    return wanted


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
