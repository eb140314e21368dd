"""The pages of the corpus, repeated until there are enough, on disk: as JSONL and as a folder of text files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from training.corpus import LabelledDocument, read_corpus
from training.gate import ROOT

MB = 1e6
OURS = ROOT / "data"
_A_FOLDER = 1000  # text files in one


def labelled(corpus: Path) -> list[LabelledDocument]:
    """Return the labelled pages of ``corpus``, or ours where it is not there."""
    given = corpus / "pages.jsonl"
    return read_corpus([given] if given.exists() else [OURS / "written.jsonl", OURS / "pages.jsonl"])


def repeated(texts: list[str], size: float) -> Iterator[str]:
    """Yield ``texts`` over and over until they have ``size`` bytes."""
    for text in cycle(texts):
        if size <= 0:
            return
        size -= length(text)
        yield text


def length(text: str) -> int:
    """Return the bytes of ``text`` as UTF-8: what is meant by its megabytes."""
    return len(text.encode("utf-8", "replace"))


def write_jsonl(path: Path, texts: list[str], size: float) -> int:
    """Write records of ``size`` bytes of text, each with an id of its own; return how many bytes they have."""
    written = 0
    with path.open("w", encoding="utf-8", errors="replace") as file:
        for number, text in enumerate(repeated(texts, size)):
            file.write(json.dumps({"id": f"{number:08d}", "text": text}, ensure_ascii=False) + "\n")
            written += length(text)
    return written


def write_folder(root: Path, texts: list[str], size: float) -> int:
    """Write text files of ``size`` bytes in folders of a thousand; return how many bytes they have."""
    written = 0
    for number, text in enumerate(repeated(texts, size)):
        folder = root / f"{number // _A_FOLDER:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        written += (folder / f"{number:08d}.txt").write_bytes(text.encode("utf-8", "replace"))
    return written


def read_texts(path: Path, size: float = float("inf")) -> list[str]:
    """Return the first texts of a JSONL file, ``size`` bytes of them."""
    texts: list[str] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if size <= 0:
                break
            texts.append(json.loads(line)["text"])
            size -= length(texts[-1])
    return texts
