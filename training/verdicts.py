"""A model and labelled documents -> what it said of every word and segment, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InputError
from classifier.result import DocumentResult
from classifier.text import Document

from .corpus import LabelledDocument, LabelledSentence, labels_at, labels_of, project, word_starts
from .metrics import count_words

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_FIELDS = ("source", "site", "split", "license")


class Judge(Protocol):
    """What evaluation needs of a model; ``classifier.Classifier`` has it, and so do the baselines of the benchmarks."""

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def classes_(self) -> NDArray[Any]:
        """Its labels, sorted."""

    def classify_many(self, documents: Iterable[Document], *, n_jobs: int = 1) -> Iterator[DocumentResult]:
        """Yield one result a document, in order."""


@dataclass(frozen=True)
class Words:
    """Every word of the documents, in order; all (n,).

    ``document`` and ``segment`` are indices (``segment`` is -1 where none covers the word), ``gold`` and ``pred``
    indices into the labels (-1 where no span covers it), ``score`` the probability of ``pred``, 0 where there is none.
    """

    document: Ints
    segment: Ints
    gold: Ints
    pred: Ints
    score: Floats


@dataclass(frozen=True)
class Calls:
    """Every segment the model made, in order.

    ``document``, ``start``, ``end``, ``words``, ``gold`` (label of most of its words, -1 where none) and ``pred`` are
    int64 (n,); ``score`` is (n,), ``proba`` (n, k) with columns in the order of the labels.
    """

    document: Ints
    start: Ints
    end: Ints
    words: Ints
    gold: Ints
    pred: Ints
    score: Floats
    proba: Floats


@dataclass(frozen=True)
class Verdicts:
    """What a model said of documents; ``labels`` are its own and the corpus's, sorted."""

    model: str
    labels: tuple[str, ...]
    documents: tuple[LabelledDocument, ...]
    words: Words
    calls: Calls

    @cached_property
    def tables(self) -> Ints:
        """Words by document, gold label and given label; see ``metrics.count_words``."""
        words = self.words
        return count_words(words.document, words.gold, words.pred, len(self.documents), len(self.labels))

    def groups(self, by: str) -> Mapping[str, Ints]:
        """Return the indices of the documents of each value of a field: ``source``, ``site`` or any other.

        Raises InputError where no document has that field.
        """
        if by not in _FIELDS and not any(by in document.meta for document in self.documents):
            raise InputError("corpus", f"no document has the field {by!r}")
        names = np.array([_value(document, by) for document in self.documents])
        return {str(name): np.flatnonzero(names == name) for name in np.unique(names)}

    def only(self, documents: Ints) -> Verdicts:
        """Return the verdicts on the documents with these (ascending) indices."""
        place = np.full(len(self.documents), -1)
        place[documents] = np.arange(len(documents))
        word, call = place[self.words.document] >= 0, place[self.calls.document] >= 0
        segment = np.append(np.cumsum(call) - 1, -1)  # the last entry answers for -1
        words = {name: values[word] for name, values in vars(self.words).items()}
        calls = {name: values[call] for name, values in vars(self.calls).items()}
        words |= {"document": place[words["document"]], "segment": segment[words["segment"]]}
        calls |= {"document": place[calls["document"]]}
        chosen = tuple(self.documents[i] for i in documents.tolist())
        return Verdicts(self.model, self.labels, chosen, Words(**words), Calls(**calls))


def pooled(parts: Sequence[Verdicts]) -> Verdicts:
    """Return verdicts on different documents as one; raises ValueError where their labels differ, or there are none."""
    if len({verdicts.labels for verdicts in parts}) != 1:
        raise ValueError("verdicts with different labels cannot be pooled")
    words, calls, documents, segments = [], [], 0, 0
    for verdicts in parts:
        mine, theirs = verdicts.words, verdicts.calls
        segment = np.where(mine.segment >= 0, mine.segment + segments, -1)
        words.append(replace(mine, document=mine.document + documents, segment=segment))
        calls.append(replace(theirs, document=theirs.document + documents))
        documents, segments = documents + len(verdicts.documents), segments + len(theirs.document)
    judged = tuple(document for verdicts in parts for document in verdicts.documents)
    return Verdicts(parts[0].model, parts[0].labels, judged, Words(*_joined(words)), Calls(*_joined(calls)))


def judge(
    model: Judge,
    documents: Iterable[LabelledDocument],
    n_jobs: int = 1,
    watch: Callable[[Iterator[DocumentResult]], Iterator[DocumentResult]] = iter,
    also: Iterable[str] = (),
) -> Verdicts:
    """Let ``model`` classify ``documents`` and lay its answers beside the gold; InputError if there are none.

    ``watch`` is handed the results and passes them on, for whoever shows progress. ``also`` names labels of another
    model that this one's verdicts shall be comparable with.
    """
    documents = tuple(documents)
    if not documents:
        raise InputError("corpus", "no documents to judge")
    labels = tuple(sorted({*map(str, model.classes_), *labels_of(documents), *map(str, also)}))
    results = model.classify_many([Document(d.id, d.text) for d in documents], n_jobs=n_jobs)
    words, calls, before = [], [], 0
    for number, (document, result) in enumerate(zip(documents, watch(results), strict=True)):
        calls.append(_calls(number, document, result, labels))
        words.append(_words(number, document, calls[-1], labels, before))
        before += len(result)
    return Verdicts(model.name, labels, documents, Words(*_joined(words)), Calls(*_joined(calls)))


def judge_sentences(
    model: Judge, sentences: Iterable[LabelledSentence], n_jobs: int = 1
) -> tuple[tuple[str, ...], Ints]:
    """Let ``model`` classify each sentence as a document; return the sentences' labels and one table a sentence.

    The label is the one of most probability among those the sentences bear: opinion against reporting.
    """
    sentences = list(sentences)
    labels = tuple(sorted({sentence.label for sentence in sentences}))
    results = model.classify_many([Document(s.id, s.text) for s in sentences], n_jobs=n_jobs)
    pred = np.array([_heaviest(result, labels) for result in results], np.int64)
    gold = np.array([labels.index(sentence.label) for sentence in sentences], np.int64)
    return labels, count_words(np.arange(len(sentences)), gold, pred, len(sentences), len(labels))


def _heaviest(result: DocumentResult, labels: Sequence[str]) -> int:
    if not len(result):
        return -1
    mass = np.maximum(result.words, 1) @ _columns(result, labels)
    return int(mass.argmax())


def _columns(result: DocumentResult, labels: Sequence[str]) -> Floats:
    """The probabilities with one column for each of ``labels``; zeros for a label the model does not know."""
    padded = np.column_stack([result.proba, np.zeros(len(result))])
    return padded[:, [result.classes.index(label) if label in result.classes else -1 for label in labels]]


def _calls(number: int, document: LabelledDocument, result: DocumentResult, labels: Sequence[str]) -> Calls:
    owner = np.array([labels.index(name) for name in result.classes], np.int64)
    gold = project(document, result.starts, result.ends, labels)
    place = np.full(len(result), number, np.int64)
    given, proba = owner[result.columns], _columns(result, labels)
    words = result.words.astype(np.int64)
    return Calls(place, result.starts, result.ends, words, gold, given, result.scores, proba)


def _words(number: int, document: LabelledDocument, calls: Calls, labels: Sequence[str], before: int) -> Words:
    starts = word_starts(document.text)
    gold = labels_at(document.spans, starts, labels)
    holder = np.searchsorted(calls.start, starts, side="right") - 1
    covered = (holder >= 0) & (starts < np.append(calls.end, 0)[holder])
    pred = np.where(covered, np.append(calls.pred, -1)[holder], -1)
    score = np.where(covered, np.append(calls.score, 0.0)[holder], 0.0)
    return Words(np.full(len(starts), number, np.int64), np.where(covered, holder + before, -1), gold, pred, score)


def _joined(parts: Sequence[Words] | Sequence[Calls]) -> list[Any]:
    return [np.concatenate(arrays) for arrays in zip(*(vars(part).values() for part in parts), strict=True)]


def _value(document: LabelledDocument, field: str) -> str:
    value = getattr(document, field) if field in _FIELDS else document.meta.get(field)
    return "none" if value is None else str(value)
