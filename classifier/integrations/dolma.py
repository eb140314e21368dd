"""Dolma: the tagger ``winnow``, whose spans the mixer can replace or filter by. Needs the extra ``dolma``.

``dolma tag --tagger_modules classifier.integrations.dolma --taggers winnow ...``
"""

from __future__ import annotations

from typing import ClassVar

from ..classify import Classifier
from ..errors import MissingExtra
from .columns import Model

try:
    from dolma.core.data_types import DocResult, Document, Span
    from dolma.core.registry import TaggerRegistry
    from dolma.core.taggers import BaseTagger
except ImportError as error:
    raise MissingExtra("this needs dolma: pip install newswinnow[dolma]") from error


@TaggerRegistry.add("winnow")
class WinnowTagger(BaseTagger):  # type: ignore[misc]
    """Gives every segment as a span: its label the span's type, its score the span's score.

    Every label is there for every document, if only as an empty list. For a model of your own make a subclass, in a
    module of yours that ``--tagger_modules`` names, with ``model`` set and a name of its own in the registry. Raises
    ModelError for a model that cannot be used.
    """

    model: ClassVar[Model] = None

    def __init__(self) -> None:
        self._classifier = Classifier.load(self.model)

    @property
    def defaults(self) -> list[str]:
        """Return the labels."""
        return self._classifier.classes_.tolist()

    def predict(self, doc: Document) -> DocResult:
        """Return the spans of a document, in order."""
        found = self._classifier.classify(doc.text).segments
        return DocResult(doc=doc, spans=[Span(s.start, s.end, s.label, s.score) for s in found])
