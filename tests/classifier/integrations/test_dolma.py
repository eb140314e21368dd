"""Dolma tags files of ours, and its mixer takes out what was tagged."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from gapped import TEXTS

from classifier import Classifier

pytest.importorskip("dolma", reason="the extra dolma is not installed")
from dolma.core.data_types import Document
from dolma.core.registry import TaggerRegistry

from classifier.integrations.dolma import WinnowTagger

ROOT = Path(__file__).parents[3]
PAGES = [text for text in TEXTS if text is not None]
MODULE = """
from classifier.integrations.dolma import WinnowTagger
from dolma import add_tagger

@add_tagger("mine")
class Mine(WinnowTagger):
    model = {model!r}
"""


def rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def dolma(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "dolma.cli", *arguments]
    settings = {"PYTHONPATH": f"{ROOT}:{folder}", "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    ran = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_the_tagger_is_in_the_registry_and_gives_every_label(shipped: Classifier) -> None:
    assert TaggerRegistry.get("winnow") is WinnowTagger
    tagger = WinnowTagger()
    for text in PAGES:
        doc = Document(source="s", id="1", text=text)
        spans = [(span.start, span.end, span.type, span.score) for span in tagger.predict(doc).spans]
        assert spans == [tuple(segment) for segment in shipped.classify(text).segments]
        assert set(tagger.group_output(tagger.predict(doc))) == set(shipped.classes_)


def test_dolma_tags_a_folder_and_its_mixer_takes_comments_out(tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MODULE.format(model=str(tiny_folder)))
    documents = tmp_path / "wiki" / "documents" / "a.jsonl.gz"
    documents.parent.mkdir(parents=True)
    with gzip.open(documents, "wt", encoding="utf-8") as lines:
        for i, text in enumerate(PAGES):
            lines.write(json.dumps({"id": str(i), "text": text, "source": "ours"}) + "\n")
    dolma(tmp_path, "tag", "--documents", f"{documents.parent}/*.jsonl.gz", "--experiment", "voices",
          "--taggers", "mine", "--tagger_modules", "mine", "--processes", "1")  # fmt: skip
    tagged = rows(tmp_path / "wiki" / "attributes" / "voices" / "a.jsonl.gz")
    assert [row["id"] for row in tagged] == [str(i) for i in range(len(PAGES))]
    classifier = Classifier.load(tiny_folder)
    for row, text in zip(tagged, PAGES, strict=True):
        expected: dict[str, list[Any]] = {f"voices__mine__{label}": [] for label in classifier.classes_}
        for start, end, label, score in classifier.classify(text).segments:
            expected[f"voices__mine__{label}"].append([start, end, score])
        assert row["attributes"] == expected
    assert mixed(tmp_path, documents) == [replaced(text, row) for text, row in zip(PAGES, tagged, strict=True)]


def mixed(folder: Path, documents: Path) -> list[str]:
    """The texts that the mixer leaves when the spans called comment are replaced by nothing."""
    stream = {
        "name": "out",
        "documents": [f"{documents.parent}/*"],
        "attributes": ["voices"],
        "output": {"path": str(folder / "out"), "max_size_in_bytes": 1 << 30},
        "span_replacement": [{"span": "$.attributes.voices__mine__comment", "min_score": 0.0, "replacement": ""}],
    }
    (folder / "mix.json").write_text(json.dumps({"streams": [stream], "processes": 1}))
    dolma(folder, "-c", "mix.json", "mix")
    return [row["text"] for path in sorted((folder / "out").glob("*.gz")) for row in rows(path)]


def replaced(text: str, row: dict[str, Any]) -> str:
    for start, end, _ in reversed(row["attributes"]["voices__mine__comment"]):
        text = text[:start] + text[end:]
    return text
