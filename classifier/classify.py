"""The road from text to result, one call to a stage."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain as chained
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import artifact
from .artifact import Manifest
from .decode import Chain, decode, softmax
from .drawn import Drawn
from .errors import ModelMismatch
from .features.context import contexts
from .filter import Rule, filter_result
from .language import looks_english
from .model import Model, in_steps
from .result import DocumentResult
from .segments import SentenceRules
from .sheets import BATCH_CHARACTERS, Sheet, lay_down
from .text import Document
from .workers import in_order

Floats = NDArray[np.float64]
BATCH_DOCUMENTS = 512


class _Parts(NamedTuple):
    rules: SentenceRules
    model: Model
    chain: Chain


class _Judged(NamedTuple):
    """A batch of texts, judged; for each whether it looks English."""

    drawn: Drawn
    english: list[bool]


class Classifier:
    """Labels every sentence of a document.

    Loading is cheap to repeat, an instance may be shared between threads, and pickling sends only the model's place.

    Attributes:
        name: the model's name.
        manifest: what the artifact says of itself.
        classes_: str (k,), sorted; the columns of every ``proba``.
    """

    def __init__(self, manifest: Manifest, parts: _Parts, place: str) -> None:
        self.manifest, self.name = manifest, manifest.name
        self.classes_ = np.array(manifest.labels)
        self._labels, self._parts, self._place = manifest.labels, parts, place

    @classmethod
    def load(cls, model: str | os.PathLike[str] | None = None) -> Classifier:
        """Load a model by name (``None`` is ``default``) or from a folder.

        Raises:
            ModelNotFound: nothing there; names the places looked at.
            ModelMismatch: damaged, or of another format.
        """
        folder = artifact.model_folder(model)
        stamp = tuple(
            (folder / name).stat().st_mtime_ns
            for name in (artifact.MANIFEST, artifact.WEIGHTS)
            if (folder / name).exists()
        )
        return _loaded(os.fspath(folder), stamp)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).load, (self._place,)

    def classify(self, text: str) -> DocumentResult:
        """Classify one text; the result's id is None."""
        return self._judge([Document(None, text)])[0]

    def classify_many(
        self, documents: Iterable[Document | str], batch_size: int = BATCH_DOCUMENTS, n_jobs: int = 1
    ) -> Iterator[DocumentResult]:
        """Classify documents lazily, in order.

        Args:
            documents: documents, or texts, whose ids become their positions.
            batch_size: documents taken together at most; fewer where they are long. It changes the speed, never an
            answer.
            n_jobs: worker processes, as joblib counts them; 1 stays in this process.
        """
        batches = _batches(documents, batch_size)
        if n_jobs == 1:
            return chained.from_iterable(map(self._judge, batches))
        return self._judge_apart(batches, n_jobs)

    def filter(
        self,
        text: str,
        keep: Sequence[str] | None = None,
        drop: Sequence[str] | None = None,
        min_score: float = 0.0,
        when_unsure: str | None = None,
    ) -> str:
        """Return what is kept of ``text``; exactly one of ``keep`` and ``drop`` names labels.

        Segments whose score is below ``min_score`` are unsure: dropped under ``keep`` and kept under ``drop`` unless
        ``when_unsure`` (``"keep"`` or ``"drop"``) says otherwise.

        Raises:
            InputError: both or neither of ``keep`` and ``drop``, an unknown label, a score outside 0 to 1.
        """
        rule = Rule(keep, drop, min_score, when_unsure)
        return filter_result(self.classify(text), rule).text

    def _judge(self, documents: Sequence[Document]) -> list[DocumentResult]:
        return self._named(documents, self._drawn([document.text for document in documents]))

    def _judge_apart(self, batches: Iterator[list[Document]], n_jobs: int) -> Iterator[DocumentResult]:
        """Judge in workers, to which only texts go, and from which only what was drawn up comes back."""
        taken: deque[list[Document]] = deque()

        def texts() -> Iterator[list[str]]:
            for batch in batches:
                taken.append(batch)
                yield [document.text for document in batch]

        for judged in in_order(partial(_drawn_by, self), texts(), n_jobs):
            yield from self._named(taken.popleft(), judged)

    def _named(self, documents: Sequence[Document], judged: _Judged) -> list[DocumentResult]:
        drawn, english = judged
        rows = enumerate(zip(documents, english, strict=True))
        return [
            DocumentResult(d.id, d.text, self.name, drawn, i, None if fine else "language") for i, (d, fine) in rows
        ]

    def _drawn(self, texts: Sequence[str]) -> _Judged:
        model, chain = self._parts.model, self._parts.chain
        laid = lay_down(texts, self._parts.rules, model.first.logits)
        if laid is None:
            return self._blank(len(texts))
        blocks = contexts(in_steps(laid.alone), laid.manner, laid.segments)
        second = np.concatenate([model.second.logits(block) for block in blocks])
        return self._results(laid, decode(second, laid.segments, chain), len(texts))

    def _results(self, laid: Sheet, final: Floats, documents: int) -> _Judged:
        document, described = laid.segments.document, laid.manner
        edges = np.searchsorted(document, np.arange(documents + 1)).tolist()
        best, alone = final.argmax(axis=1), softmax(laid.alone)
        drawn = Drawn(self._labels, laid.starts, laid.ends, best, final, alone, described.words, edges)
        return _Judged(drawn, looks_english(described.english, described.read, document, documents).tolist())

    def _blank(self, documents: int) -> _Judged:
        """Return what is drawn up of documents without a segment."""
        none, rows = np.empty(0, np.int64), np.empty((0, len(self._labels)))
        drawn = Drawn(self._labels, none, none, none, rows, rows, none.astype(np.int32), [0] * (documents + 1))
        return _Judged(drawn, [True] * documents)


def _drawn_by(classifier: Classifier, texts: Sequence[str]) -> _Judged:
    return classifier._drawn(texts)


@lru_cache(maxsize=8)
def _loaded(folder: str, stamp: tuple[int, ...]) -> Classifier:
    from pathlib import Path

    manifest, arrays = artifact.load(Path(folder))
    try:
        rules = SentenceRules.from_arrays(arrays)
        parts = _Parts(rules, Model.from_arrays(arrays), Chain.from_arrays(arrays))
        parts.model.check(len(manifest.labels))
        parts.chain.check(len(manifest.labels))
    except (KeyError, ValueError) as error:
        raise ModelMismatch(f"{folder}: the weights do not fit together ({error}); train it again") from error
    return Classifier(manifest, parts, folder)


def _batches(documents: Iterable[Document | str], batch_size: int) -> Iterator[list[Document]]:
    batch: list[Document] = []
    size = 0
    for position, item in enumerate(documents):
        document = Document(position, item) if isinstance(item, str) else item
        if batch and (len(batch) >= batch_size or size + len(document.text) > BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += len(document.text)
    if batch:
        yield batch
