from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from classifier import artifact
from classifier.classify import Classifier
from training.corpus import Trail, read_corpus
from training.evaluate import report
from training.fit import Material
from training.held_out import judged, record_scores
from training.split import halves, held_out
from training.verdicts import judge

ROOT = Path(__file__).parents[2]
PAGES = read_corpus([ROOT / "data" / "written.jsonl"])


@pytest.fixture
def folder(tiny_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_folder, tmp_path / "tiny"))


def test_figures_are_of_the_half_that_calibration_did_not_see(folder: Path) -> None:
    dev = held_out(PAGES)
    judging = [d for d, calibrates in zip(dev, halves(dev), strict=True) if not calibrates]
    assert 0 < len(judging) < len(dev)
    trails = [Trail(d.id, ("The pier is older than that.", "So it is."), "dev") for d in dev]
    before = artifact.load(folder)
    found = record_scores(folder, judged(folder, Material(PAGES, trails=trails)))
    assert set(found) == {"pages", "composites"}
    by_hand = report(judge(Classifier.load(folder), judging), resamples=1).to_record()
    assert found["pages"]["macro_f1"] == pytest.approx(by_hand["macro_f1"])
    manifest, arrays = artifact.load(folder)
    assert manifest.scores["judging_half"]["pages"]["macro_f1"] == round(by_hand["macro_f1"], 4)
    assert all((arrays[name] == array).all() for name, array in before[1].items())  # only the manifest has changed


def test_nothing_held_out_is_nothing_recorded(folder: Path) -> None:
    suites = judged(folder, Material([d for d in PAGES if d.split == "train"][:5]))
    assert suites == {} and record_scores(folder, suites) == {}
    assert Classifier.load(folder).classify("It rained.").labels
