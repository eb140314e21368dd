from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from classifier.errors import InputError
from training.config import TrainingConfig


def written(tmp_path: Path, settings: Any) -> Path:
    path = tmp_path / "settings.json"
    path.write_text(settings if isinstance(settings, str) else json.dumps(settings))
    return path


def test_settings_come_from_the_file_and_what_is_given_wins(tmp_path: Path) -> None:
    path = written(tmp_path, {"hidden": 8, "alpha": 1, "seed": 4})
    assert TrainingConfig.read(path, seed=None) == TrainingConfig(hidden=8, alpha=1, seed=4)
    assert TrainingConfig.read(path, seed=0).seed == 0
    assert TrainingConfig.read(None) == TrainingConfig()


def test_settings_survive_being_written_down(tmp_path: Path) -> None:
    config = TrainingConfig(seed=3, alpha=0.5, epochs=1)
    assert TrainingConfig.read(written(tmp_path, config.to_dict())) == config
    assert json.loads(json.dumps(config.to_dict())) == config.to_dict()


NO_SETTINGS: list[Any] = [
    *("", "[1]", "5", "null", '"a"', "{", "[" * 9999, '{"alpha": NaN}', '{"alpha": Infinity}'),
    *({"hiden": 8}, {"hidden": "8"}, {"hidden": 8.5}, {"hidden": True}, {"hidden": None}, {"epochs": [1]}),
    *({"seed": -1}, {"seed": "a"}, {"folds": 1}, {"hidden": 0}, {"epochs": 0}, {"first_c": 0}, {"learning_rate": 0}),
    *({"emphasised": 5}, {"emphasised": ["written"]}),
]


@pytest.mark.parametrize("settings", NO_SETTINGS, ids=repr)
def test_what_is_no_setting_is_refused_with_the_files_name(settings: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"settings\.json"):
        TrainingConfig.read(written(tmp_path, settings))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing"):
        TrainingConfig.read(tmp_path / "missing.json")
