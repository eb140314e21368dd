"""A small real model, trained once a session on the pages of ``data/``; Hypothesis's settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from classifier.classify import Classifier

ROOT = Path(__file__).parents[1]
WRITTEN = ROOT / "data" / "written.jsonl"

settings.register_profile("winnow", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("winnow")


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the small model."""
    from classifier import artifact
    from training.config import TrainingConfig
    from training.corpus import read_corpus
    from training.fit import Material, fit

    folder = tmp_path_factory.mktemp("models") / "tiny"
    config = TrainingConfig(hidden=16, epochs=30, folds=2, first_iterations=20)
    artifact.save(folder, *fit(Material(read_corpus([WRITTEN])), config, "tiny"))
    return folder


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> Classifier:
    """The small model, loaded as anybody would."""
    from classifier.classify import Classifier

    return Classifier.load(tiny_folder)


@pytest.fixture(scope="session")
def shipped() -> Classifier:
    """The default model."""
    from classifier.classify import Classifier

    return Classifier.load("default")
