"""spaCy: the component ``winnow``, which writes ``doc.spans["winnow"]``. Needs the extra ``spacy``.

``nlp.add_pipe("winnow")``: spaCy finds it by an entry point, without an import.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Optional

from ..artifact import FILES, model_folder
from ..classify import Classifier
from ..errors import MissingExtra, ModelNotFound
from ..result import DocumentResult

try:
    import srsly
    from spacy.language import Language
    from spacy.pipeline import Pipe
    from spacy.tokens import Doc, SpanGroup
    from spacy.util import ensure_path, minibatch
except ImportError as error:
    raise MissingExtra("this needs spaCy: pip install newswinnow[spacy]") from error

SETTINGS = {"model": None, "spans_key": "winnow"}


class WinnowComponent(Pipe):  # type: ignore[misc]
    """Lays the segments of each text over its tokens.

    ``doc.spans[spans_key]`` has one span a segment, in order, each of all tokens that the segment touches; so two spans
    overlap where a token runs from one segment into the next. Its ``attrs`` hold, in the same order, ``scores`` and the
    segments' own offsets, ``starts`` and ``ends``, in characters; ``model``; and ``warning``, as a result has it.

    The model is loaded at the first document. It is saved with the pipeline, so that the pipeline needs no other file.
    """

    def __init__(self, name: str = "winnow", model: str | None = None, spans_key: str = "winnow") -> None:
        self.name, self.model, self.spans_key = name, model, spans_key

    @property
    def classifier(self) -> Classifier:
        """The model; raises ModelError where it cannot be used."""
        return Classifier.load(self.model)

    @property
    def labels(self) -> tuple[str, ...]:
        """The model's labels, sorted; none while it is not there, for spaCy asks before it has been read from disk."""
        try:
            return tuple(self.classifier.classes_.tolist())
        except ModelNotFound:
            return ()

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one document."""
        return next(self.pipe([doc], batch_size=1))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Annotate documents, ``batch_size`` at a time, in order."""
        failed: Callable[..., None] = self.get_error_handler()
        for docs in minibatch(stream, batch_size):
            try:
                self._annotate(docs)
            except Exception as error:
                failed(self.name, self, docs, error)
            else:
                yield from docs

    def _annotate(self, docs: Sequence[Doc]) -> None:
        for doc, result in zip(docs, self.classifier.classify_many([doc.text for doc in docs]), strict=True):
            doc.spans[self.spans_key] = _laid(doc, result, self.spans_key)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Return the model."""
        folder = model_folder(self.model)
        return srsly.msgpack_dumps({name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()})

    def from_bytes(self, content: bytes, *, exclude: Iterable[str] = ()) -> WinnowComponent:
        """Take the model of ``to_bytes``; raises ModelError where it cannot be used."""
        folder = Path(tempfile.mkdtemp(prefix="winnow-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        files = srsly.msgpack_loads(content)
        for name in files.keys() & set(FILES):
            (folder / name).write_bytes(files[name])
        return self._turn_to(folder)

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the model into the folder ``path``."""
        folder, target = model_folder(self.model), ensure_path(path)
        target.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            if (folder / name).exists():
                (target / name).write_bytes((folder / name).read_bytes())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> WinnowComponent:
        """Take the model in the folder ``path``; raises ModelError where it cannot be used."""
        return self._turn_to(ensure_path(path))

    def _turn_to(self, folder: Path) -> WinnowComponent:
        self.model = str(folder.resolve())
        Classifier.load(self.model)
        return self


def create(nlp: Language, name: str, model: Optional[str], spans_key: str) -> WinnowComponent:  # noqa: UP045
    """Make the component of a pipeline; ``model`` is a name or path, as for ``Classifier.load``."""
    return WinnowComponent(name, model, spans_key)


Language.factory("winnow", assigns=["doc.spans"], default_config=SETTINGS, func=create)


def _laid(doc: Doc, result: DocumentResult, key: str) -> SpanGroup:
    spans = [doc.char_span(s.start, s.end, label=s.label, alignment_mode="expand") for s in result.segments]
    attrs: dict[str, Any] = {
        "scores": result.scores.tolist(),
        "starts": result.starts.tolist(),
        "ends": result.ends.tolist(),
        "model": result.model,
        "warning": result.warning,
    }
    return SpanGroup(doc, name=key, attrs=attrs, spans=spans)
