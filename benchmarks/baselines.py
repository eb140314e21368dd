"""What others would do with plain text, each labelling the same segments that winnow makes.

A baseline reads the texts of one document's segments, in order, and returns probabilities. A package that the product
does not need is imported only where its baseline is asked for.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.result import DocumentResult
from classifier.text import Document
from training.verdicts import Judge

Floats = NDArray[np.float64]
Call = Callable[[Sequence[str]], Floats]  # texts of a document's segments -> (n, k), columns by the baseline's labels
Example = tuple[str, str]  # text of a segment, its label


class Missing(Exception):
    """A package that only this baseline needs is not installed."""


class Baseline:
    """A labeller of segments in the shape of a classifier: ``segmenter`` cuts, ``call`` labels."""

    def __init__(self, name: str, classes: Sequence[str], call: Call, segmenter: Judge) -> None:
        self.name = name
        self.classes_ = np.array(sorted(classes))
        self._call = call
        self._segmenter = segmenter

    def classify_many(self, documents: Iterable[Document], *, n_jobs: int = 1) -> Iterator[DocumentResult]:
        for result in self._segmenter.classify_many(documents, n_jobs=n_jobs):
            texts = [result.text[s:e] for s, e in zip(result.starts.tolist(), result.ends.tolist(), strict=True)]
            yield self._called(result, self._call(texts) if texts else np.zeros((0, len(self.classes_))))

    def _called(self, result: DocumentResult, proba: Floats) -> DocumentResult:
        labels = self.classes_[proba.argmax(1)].tolist()
        rows = zip(result.starts.tolist(), result.ends.tolist(), labels, proba.tolist(), strict=True)
        classes = self.classes_.tolist()
        return DocumentResult.of(result.id, result.text, classes, list(rows), self.name, result.words.tolist())


def first_four(segmenter: Judge) -> Baseline:
    """The rule event coders use: the first four sentences of at least 120 characters are the news."""

    def call(texts: Sequence[str]) -> Floats:
        taken = [i for i, text in enumerate(texts) if len(text) >= 120][:4]
        reporting = np.zeros(len(texts))
        reporting[taken] = 1.0
        return np.column_stack([1 - reporting, reporting])

    return Baseline("first four sentences of 120 characters", ("boilerplate", "reporting"), call, segmenter)


def textblob_subjectivity(segmenter: Judge) -> Baseline:
    """TextBlob's subjectivity, from a lexicon, as the probability of opinion."""
    try:
        from textblob import TextBlob
    except ImportError:
        raise Missing("TextBlob is not installed: pip install textblob") from None

    def call(texts: Sequence[str]) -> Floats:
        opinion = np.array([TextBlob(text).sentiment.subjectivity for text in texts])
        return np.column_stack([opinion, 1 - opinion])

    return Baseline("TextBlob subjectivity", ("opinion", "reporting"), call, segmenter)


def tfidf_regression(examples: Sequence[Example], segmenter: Judge, seed: int = 0) -> Baseline:
    """Words and word pairs, TF-IDF, logistic regression; one sentence at a time."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True, token_pattern=r"\w+|[^\w\s]")
    model = make_pipeline(words, LogisticRegression(C=4.0, max_iter=1000, tol=1e-3, random_state=seed))
    texts, labels = zip(*examples, strict=True)
    model.fit(texts, labels)
    return Baseline("TF-IDF, logistic regression", sorted(set(labels)), model.predict_proba, segmenter)


def fasttext_supervised(examples: Sequence[Example], segmenter: Judge, seed: int = 0) -> Baseline:
    """fastText's supervised classifier with word pairs; one sentence at a time."""
    try:
        import fasttext
    except ImportError:
        raise Missing("fastText is not installed: pip install fasttext-wheel") from None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        path.write_text("".join(f"__label__{label} {_tokens(text)}\n" for text, label in examples), "utf-8")
        settings = {"epoch": 8, "lr": 0.1, "dim": 50, "wordNgrams": 2, "minCount": 2, "bucket": 500_000}
        model = fasttext.train_supervised(str(path), thread=1, seed=seed, verbose=0, **settings)
    classes = sorted({label for _, label in examples})

    def call(texts: Sequence[str]) -> Floats:
        out = np.zeros((len(texts), len(classes)))
        for row, text in enumerate(texts):
            # Not model.predict: given a list it repeats the first probability, given a text it fails on NumPy 2.
            for value, name in model.f.predict(f"{_tokens(text)}\n", len(classes), 0.0, "strict"):
                out[row, classes.index(name.removeprefix("__label__"))] = value
        return out / np.maximum(out.sum(1, keepdims=True), 1e-12)

    return Baseline("fastText", classes, call, segmenter)


def _tokens(text: str) -> str:
    spaced = "".join(c if c.isalnum() or c.isspace() else f" {c} " for c in text.lower())
    return " ".join(spaced.split())
