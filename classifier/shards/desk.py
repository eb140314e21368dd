"""Where documents are judged: stretches in, what was drawn of their documents out, in order, problems in their places.

A batch is decoded, parsed, judged and drawn in one go, here or in a worker, so that between processes nothing travels
but the places of bytes to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ClassifierError, InputError
from ..io import Caution, Fields, Record, Stretch, joined, records
from ..text import Document

if TYPE_CHECKING:
    from ..classify import Classifier
    from ..result import DocumentResult

Drawing = Callable[[Record, "DocumentResult"], Sequence[Any]]
UNKNOWN = -(10**12)  # the number of a stretch's first line, where nobody has counted those before it
BATCH = 1 << 19  # bytes to read in one go, about the text of one batch
_ITEM = 1 << 8  # what the smallest file counts for


class Unnumbered(ClassifierError):
    """A record bears the number of its line as its name, and that is not known."""


class Drawn(NamedTuple):
    """What was made of one document, or of several of one source: texts, or without a drawing record and result."""

    value: Any
    documents: int = 1
    foreign: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class Desk:
    """Stretches are read, judged and drawn; everything else is a mark that is passed on in its place.

    ``drawing`` makes of a document a text for each output, which will begin on a line of its own, or a row; None
    instead of the first leaves the document out. It may be run in a worker, so it must pickle. Where it has a method
    ``instead``, that is asked for what to write in the place of a record that cannot be read.
    """

    classifier: Classifier
    fields: Fields
    drawing: Drawing | None

    def __call__(self, batch: Sequence[Any]) -> list[Any]:
        """Return Drawn, InputError and Caution values and marks, in order; raises Unnumbered."""
        found: list[Any] = []
        for given in batch:
            found += self._read(given) if isinstance(given, Stretch) else [given]
        documents = [item.document for item in found if isinstance(item, Record)]
        results = iter(self.classifier.classify_many(documents))
        done: list[Any] = []
        for item in found:
            done += self._draw(item, next(results)) if isinstance(item, Record) else [item]
        return list(_on_sheets(done)) if self.drawing else done

    def _read(self, stretch: Stretch) -> list[Any]:
        found, path = list(records(stretch, self.fields)), stretch.source.path
        instead = getattr(self.drawing, "instead", None)  # where every document has its row, though it cannot be read
        if stretch.line < 0 and any(_bears_its_place(item, path, instead is not None) for item in found):
            raise Unnumbered(f"{path}: lines not counted")
        return list(_with_rows(found, path, instead)) if instead else found

    def _draw(self, record: Record, result: DocumentResult) -> list[Drawn | InputError]:
        foreign = result.warning == "language"
        if self.drawing is None:  # the rest of the record stays where it is
            bare = record._replace(document=Document(record.document.id, record.document.text), origin=None)
            return [Drawn((bare, result), foreign=foreign)]
        try:
            texts = self.drawing(record, result)
        except RecursionError:  # a record nested almost as deeply as Python reads
            return [Drawn((), foreign=foreign), InputError(record.where, "nested too deeply to be rewritten")]
        return [Drawn(texts, foreign=foreign, left_out=texts[0] is None)]


def batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield stretches and marks in lists that are worth the desk's while."""
    batch: list[Any] = []
    size = 0
    for item in items:
        weight = _ITEM + (item.weight if isinstance(item, Stretch) else 0)
        if batch and size + weight > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += weight
    if batch:
        yield batch


def _bears_its_place(item: Any, path: str, with_rows: bool) -> bool:
    if isinstance(item, Record):
        return bool(item.document.id == item.where)
    return with_rows and isinstance(item, InputError) and item.where != path


def _with_rows(found: Iterable[Any], path: str, instead: Callable[[str], Sequence[Any] | None]) -> Iterator[Any]:
    for item in found:
        yield item
        if isinstance(item, InputError) and item.where != path and (texts := instead(item.where)):
            yield Drawn(texts, documents=0)


def _on_sheets(done: Iterable[Any]) -> Iterator[Any]:
    """Put together what was drawn between one mark and the next."""
    drawn: list[Drawn] = []
    for item in done:
        if isinstance(item, Drawn):
            drawn.append(item)
        elif drawn and not isinstance(item, InputError | Caution):
            yield from (_sheet(drawn), item)
            drawn = []
        else:
            yield item
    if drawn:
        yield _sheet(drawn)


def _sheet(drawn: Sequence[Drawn]) -> Drawn:
    values, documents, foreign, left_out = zip(*drawn, strict=True)
    texts = [joined(column) for column in zip(*filter(None, values), strict=True)]
    return Drawn(texts, sum(documents), sum(foreign), sum(left_out))
