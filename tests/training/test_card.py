from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from invented import page

from classifier import artifact
from classifier.artifact import Manifest
from training.card import CARD, card, main, record_scores
from training.config import TrainingConfig
from training.corpus import LabelledSentence, ReaderComment
from training.gather import Material
from training.origin import manifest_of
from training.terms import TERMS

ROOT = Path(__file__).parents[2]
SOURCES = {"own": {"documents": 1200}, "civil": {"comments": 30}, "attic": {"sentences": 4}}
MANIFEST = Manifest(
    "small",
    ("comment", "news"),
    {},
    created_with={"newswinnow": "0.1.0"},
    corpus={"digest": "d1", "documents": 1200, "comments": 30, "sentences": 4, "trails": 2, "sources": SOURCES},
    config={"seed": 3},
)


def test_a_card_names_every_source_with_its_terms_and_counts() -> None:
    text = card(MANIFEST)
    assert text.startswith("# Model card: small\n")
    assert f"| own | 1,200 |  |  | {TERMS['own']} |" in text
    assert f"| civil |  | 30 |  | {TERMS['civil']} |" in text
    assert "| attic |  |  | 4 | not known |" in text
    assert "1,200 documents, 30 comments, 4 sentences, 2 trails; SHA-256 of all of it `d1`." in text
    assert "| seed | 3 |" in text


def test_a_card_shows_what_was_measured_and_no_more() -> None:
    assert "Not measured yet" in card(MANIFEST)
    measured = {"pages": {"macro_f1": 0.81249}, "sentences": {"macro_f1": 0.7}}
    text = card(replace(MANIFEST, scores={"dev": measured}))
    assert "| judged on | figure | this model |\n" in text and "| pages | macro_f1 | 0.812 |" in text
    assert "Not measured" not in text
    both = card(replace(MANIFEST, scores={"dev": measured, "licensed_only": {"pages": {"macro_f1": 0.5}}}))
    assert "| pages | macro_f1 | 0.812 | 0.500 |" in both and "| sentences | macro_f1 | 0.700 |  |" in both


def test_the_manifest_counts_what_each_source_gave() -> None:
    material = Material(
        [page("a", ("One.", "reporting")), page("b", ("Two.", "opinion"), source="blogs", split="dev")],
        [LabelledSentence("s", "Three.", "opinion", source="blogs")],
        [ReaderComment("c", "Four."), ReaderComment("d", "Five.", source="civil")],
    )
    corpus = manifest_of("m", ("opinion", "reporting"), material, TrainingConfig()).corpus
    assert corpus["sources"] == {
        "own": {"documents": 1},
        "blogs": {"documents": 1, "sentences": 1},
        "civil": {"comments": 1},
    }
    assert [corpus[kind] for kind in ("documents", "sentences", "comments", "trails")] == [2, 1, 2, 0]


def test_the_card_lies_beside_the_model(tmp_path: Path) -> None:
    artifact.save(tmp_path / "small", MANIFEST, {"a": np.zeros(2)})
    ran = CliRunner().invoke(main, [str(tmp_path / "small")])
    assert ran.exit_code == 0, ran.output
    assert (tmp_path / "small" / CARD).read_text("utf-8") == card(artifact.read_manifest(tmp_path / "small"))


@pytest.mark.parametrize(("options", "status"), [(["missing"], 1), (["missing", "--licensed", "other"], 2)])
def test_what_cannot_be_done_is_said_in_a_line(options: list[str], status: int) -> None:
    ran = CliRunner().invoke(main, options)
    assert ran.exit_code == status and "Error" in ran.output and "Traceback" not in ran.output


def test_scores_are_recorded_in_the_manifest_and_nothing_else_changes(tmp_path: Path) -> None:
    model = tmp_path / "default"
    manifest, arrays = artifact.load(artifact.model_folder(None))
    artifact.save(model, manifest, arrays)
    weights = (model / artifact.WEIGHTS).read_bytes()
    record_scores(model, _corpus(tmp_path / "corpus"), model)
    scored = artifact.read_manifest(model)
    assert (model / artifact.WEIGHTS).read_bytes() == weights
    assert replace(scored, scores=manifest.scores) == manifest
    dev = scored.scores["dev"]
    assert set(dev) == {"pages", "composites", "sentences"} and 0 < dev["pages"]["macro_f1"] <= 1
    assert scored.scores["licensed_only"] == dev


def _corpus(folder: Path) -> Path:
    """A corpus in the shape of the one that is not ours to ship."""
    folder.mkdir()
    lines = [
        ("The harbour board voted on Monday to close the east pier, the chairman said.", "reporting"),
        ("It is a shameful decision and somebody should resign over it.", "opinion"),
        ("Share this page", "boilerplate"),
    ]
    comments = ["lol they closed it years ago", "My uncle fished there every Sunday, nobody asked him."]
    documents = [page("bare", *lines, split="dev")]
    documents.append(page("trailed", *lines[:2], *((c, "comment") for c in comments), split="dev"))
    rows = {
        "pages": [{"id": d.id, "split": "dev", "text": d.text, "spans": d.spans} for d in documents],
        "trails": [{"article": "bare", "split": "dev", "comments": comments}],
        "comments": [{"id": 0, "split": "dev", "thread": "t", "text": comments[0]}],
        "sentences": [
            {"id": i, "split": "dev_test", "text": text, "label": label} for i, (text, label) in enumerate(lines[:2])
        ],
    }
    for name, some in rows.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in some))
    return folder


def test_the_shipped_card_is_that_of_the_shipped_model() -> None:
    folder = ROOT / "models" / "default"
    assert (folder / CARD).read_text("utf-8") == card(artifact.read_manifest(folder)), "run `make card`"
    named = artifact.read_manifest(folder).corpus["sources"]
    assert set(named) <= set(TERMS), "a source whose terms training/terms.py does not state"
