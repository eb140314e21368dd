"""What else could be done with the same text, timed in a fresh process: ``python benchmarks/rivals.py NAME FOLDER``.

Each rival reads what it needs, then only its own work is timed, which favours it: winnow's time is that of the whole
command. FOLDER is laid out by ``fit``. Prints {"megabytes", "seconds"}.
"""

from __future__ import annotations

import json
import pickle
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pages import MB, length, read_texts

from classifier import Classifier, Document
from training.corpus import LabelledDocument, labels_of, project

PAGES, ANSWERS, SENTENCES = "pages.jsonl", "answers.jsonl", "sentences.txt"
FASTTEXT = {"wordNgrams": 2, "dim": 50, "epoch": 5, "bucket": 500_000, "minCount": 2}  # small, for its speed
_SLOW, _MIDDLING = 1.0 * MB, 10.0 * MB  # a second of text says as much of a rival that needs minutes for all of it
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])|\s*\n\s*")

Timed = tuple[Callable[[], object], float]  # the work, and how many bytes of text it is about


def fit(folder: Path, documents: Sequence[LabelledDocument]) -> None:
    """Train each rival that is installed on the sentences of ``documents``, as winnow cuts them."""
    examples = list(labelled_sentences(documents))
    _fit_punkt(folder, [document.text for document in documents])
    _fit_sklearn(folder, examples)
    if installed("fasttext"):
        _fit_fasttext(folder, examples)


def labelled_sentences(documents: Sequence[LabelledDocument]) -> Iterator[tuple[str, str]]:
    """Yield each sentence that has a label, with it."""
    labels = labels_of(documents)
    results = Classifier.load().classify_many(Document(d.id, d.text) for d in documents)
    for document, result in zip(documents, results, strict=True):
        which = project(document, result.starts, result.ends, labels).tolist()
        spans = zip(result.starts.tolist(), result.ends.tolist(), which, strict=True)
        yield from ((document.text[start:end], labels[label]) for start, end, label in spans if label >= 0)


def _fit_punkt(folder: Path, texts: Sequence[str]) -> None:
    from nltk.tokenize.punkt import PunktSentenceTokenizer, PunktTrainer

    trainer = PunktTrainer()
    trainer.train("\n\n".join(texts)[:2_000_000], finalize=True)
    (folder / "punkt.pickle").write_bytes(pickle.dumps(PunktSentenceTokenizer(trainer.get_params())))


def _fit_sklearn(folder: Path, examples: Sequence[tuple[str, str]]) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True)
    model = make_pipeline(make_union(words, characters), LogisticRegression(max_iter=60, tol=1e-2))
    texts, labels = zip(*examples[:: max(1, len(examples) // 20_000)], strict=True)  # its speed needs no more
    (folder / "sklearn.pickle").write_bytes(pickle.dumps(model.fit(texts, labels)))


def _fit_fasttext(folder: Path, examples: Sequence[tuple[str, str]]) -> None:
    import fasttext  # type: ignore[import-not-found,import-untyped,unused-ignore]

    path = folder / "fasttext.txt"
    path.write_text("".join(f"__label__{label} {one_line(text)}\n" for text, label in examples), "utf-8", "replace")
    fasttext.train_supervised(str(path), thread=1, verbose=0, **FASTTEXT).save_model(str(folder / "fasttext.bin"))


def one_line(text: str) -> str:
    """Return ``text`` as fastText wants it: lower case, on one line, blanks around every mark."""
    return " ".join(re.sub(r"([^\w\s])", r" \1 ", text.lower()).split())


def write_sentences(folder: Path) -> None:
    """Cut the pages into the sentences that winnow found in them, one a line, for fastText."""
    with (
        (folder / ANSWERS).open() as answers,
        (folder / SENTENCES).open("w", encoding="utf-8", errors="replace") as out,
    ):
        for text, line in zip(read_texts(folder / PAGES), answers, strict=True):
            segments = json.loads(line)["segments"]
            out.write("".join(one_line(text[s["start"] : s["end"]]) + "\n" for s in segments))


def fasttext_predict(folder: Path) -> Timed:
    """fastText's bulk predict, two-word features, on sentences already split, lowered and spaced."""
    import fasttext  # type: ignore[import-not-found,import-untyped,unused-ignore]

    model = fasttext.load_model(str(folder / "fasttext.bin"))
    sentences = (folder / SENTENCES).read_text("utf-8").split("\n")[:-1]
    ready = [sentence + "\n" for sentence in sentences]
    size = sum(map(length, read_texts(folder / PAGES)))
    return lambda: model.f.multilinePredict(ready, 1, 0.0, "strict"), size


def sklearn_pipeline(folder: Path) -> Timed:
    """Punkt, TF-IDF of words and word pairs and of characters in words, logistic regression."""
    tokenizer, model = unpickled(folder, "punkt"), unpickled(folder, "sklearn")
    texts, size = some(folder, _SLOW)
    return lambda: model.predict_proba([s for text in texts for s in tokenizer.tokenize(text)]), size


def punkt(folder: Path) -> Timed:
    """NLTK's Punkt cutting sentences, nothing else."""
    tokenizer = unpickled(folder, "punkt")
    texts, size = some(folder, _MIDDLING)
    return lambda: [list(tokenizer.span_tokenize(text)) for text in texts], size


def regex(folder: Path) -> Timed:
    """One regular expression cutting sentences, nothing else."""
    texts, size = some(folder)
    return lambda: [_SENTENCE.split(text) for text in texts], size


def json_both(folder: Path) -> Timed:
    """The standard library reading the records and writing winnow's answers, which it is given."""
    texts, size = some(folder, _MIDDLING)
    with (folder / PAGES).open(encoding="utf-8") as pages, (folder / ANSWERS).open() as lines:
        records = [line for line, _ in zip(pages, texts, strict=False)]
        answers = [json.loads(line) for line, _ in zip(lines, texts, strict=False)]
    return lambda: ([json.loads(line) for line in records], [json.dumps(answer) for answer in answers]), size


def utf8(folder: Path) -> Timed:
    """Decoding the bytes of the records."""
    data = (folder / PAGES).read_bytes()
    return data.decode, sum(map(length, read_texts(folder / PAGES)))


def copy(folder: Path) -> Timed:
    """Copying the bytes of the records in memory."""
    data = np.frombuffer((folder / PAGES).read_bytes(), np.uint8)
    target = np.ones_like(data)
    return lambda: np.copyto(target, data), len(data)


def some(folder: Path, size: float = float("inf")) -> tuple[list[str], float]:
    """Return the first texts and how many bytes they have."""
    texts = read_texts(folder / PAGES, size)
    return texts, float(sum(map(length, texts)))


def unpickled(folder: Path, name: str) -> Any:
    """Return what ``fit`` left, which nobody else wrote."""
    return pickle.loads((folder / f"{name}.pickle").read_bytes())


def installed(package: str) -> bool:
    """Tell whether a package can be imported."""
    try:
        __import__(package)
    except ImportError:
        return False
    return True


RIVALS: dict[str, Callable[[Path], Timed]] = {
    "fastText, predict alone": fasttext_predict,
    "scikit-learn pipeline": sklearn_pipeline,
    "Punkt alone": punkt,
    "regular expression alone": regex,
    "JSON read and written": json_both,
    "UTF-8 decoded": utf8,
    "bytes copied": copy,
}


def main() -> None:
    """Time one rival."""
    work, size = RIVALS[sys.argv[1]](Path(sys.argv[2]))
    begun = time.perf_counter()
    work()
    print(json.dumps({"megabytes": size / MB, "seconds": time.perf_counter() - begun}))


if __name__ == "__main__":
    main()
