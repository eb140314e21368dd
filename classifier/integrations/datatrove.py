"""datatrove: a filter that rewrites texts, and a step that writes labels into the metadata.

Needs the extra ``datatrove``. Both work on ``batch_size`` documents at once, several times as fast as one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..classify import Classifier
from ..errors import MissingExtra
from ..filter import Kept, filter_result
from ..result import DocumentResult, Segment
from .columns import Model, checked

try:
    from datatrove.data import Document
    from datatrove.pipeline.base import PipelineStep
    from datatrove.pipeline.filters.base_filter import BaseFilter
    from datatrove.pipeline.writers.disk_base import DiskWriter
    from datatrove.utils.batching import batched
    from datatrove.utils.typeshelper import StatHints
except ImportError as error:
    raise MissingExtra("this needs datatrove: pip install newswinnow[datatrove]") from error

BATCH = 256  # documents that a step holds at a time
FIELD = "winnow"  # of a document's metadata
NOTHING_KEPT, NO_TEXT = "nothing_kept", "no_text"  # why a document is dropped


class WinnowFilter(BaseFilter):  # type: ignore[misc]
    """Replaces each text by what is kept of it, and drops a document of which nothing is kept.

    What was taken out of a document that stays is in ``metadata["winnow"]["dropped"]``, with its text; a document that
    is dropped goes to the ``exclusion_writer`` whole, with ``filter_reason`` and its segments. Offsets are code points
    into the text as it came.

    Args:
        model: name or path, as for ``Classifier.load``.
        exclusion_writer: where dropped documents go.
        batch_size: documents judged together.
        rule: as for ``Rule``: ``keep`` or ``drop``, ``min_score``, ``when_unsure``, ``min_words``.

    Raises:
        InputError: the rule makes no sense.
        ModelError: the model cannot be used.
    """

    name = "🌾 winnow"

    def __init__(
        self, model: Model = None, exclusion_writer: DiskWriter = None, batch_size: int = BATCH, **rule: Any
    ) -> None:
        super().__init__(exclusion_writer, batch_size)
        self.model, self.rule = model, checked(rule, model)

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Judge one document, as ``filter_batch``."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: Sequence[Document]) -> list[bool | tuple[bool, str]]:
        """Rewrite the documents of which something is kept; say of each whether it stays, or why not."""
        return [self._decided(doc, result) for doc, result in zip(batch, _judged(batch, self.model), strict=True)]

    def _decided(self, doc: Document, result: DocumentResult) -> bool | tuple[bool, str]:
        kept = filter_result(result, self.rule)
        self.stat_update("kept_span", value=len(result) - len(kept.dropped))
        self.stat_update("removed_span", value=len(kept.dropped))
        doc.metadata[FIELD] = _told(result, kept)
        if not kept.text.strip():
            return False, NOTHING_KEPT if len(result) else NO_TEXT
        doc.text = kept.text
        return True


class WinnowAnnotator(PipelineStep):  # type: ignore[misc]
    """Writes the record of ``winnow classify`` into ``metadata["winnow"]``; neither text, number nor order changes.

    ``model`` is a name or path, ``batch_size`` the number of documents judged together. Raises ModelError for a model
    that cannot be used.
    """

    type = "✂️ - ANNOTATOR"
    name = "🌾 winnow"

    def __init__(self, model: Model = None, batch_size: int = BATCH) -> None:
        super().__init__()
        self.model, self.batch_size = model, batch_size
        Classifier.load(model)

    def run(self, data: Iterable[Document] | None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Yield the documents, annotated."""
        for batch in batched(data or (), self.batch_size):
            with self.track_time("batch"):
                for doc, result in zip(batch, _judged(batch, self.model), strict=True):
                    doc.metadata[FIELD] = {k: v for k, v in result.to_record().items() if k != "id"}
                    self.stat_update(StatHints.total, StatHints.forwarded)
            yield from batch


def _judged(batch: Sequence[Document], model: Model) -> list[DocumentResult]:
    return list(Classifier.load(model).classify_many([doc.text or "" for doc in batch]))


def _told(result: DocumentResult, kept: Kept) -> dict[str, Any]:
    return {
        "model": result.model,
        "kept": [list(r) for r in kept.ranges],
        "dropped": [_row(result.text, segment) for segment in kept.dropped],
    }


def _row(text: str, segment: Segment) -> dict[str, Any]:
    return {**segment._asdict(), "text": text[segment.start : segment.end]}
