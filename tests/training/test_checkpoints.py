from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.checkpoints import Checkpoints, key_of


def test_what_is_kept_comes_back_and_is_not_made_again(tmp_path: Path) -> None:
    kept = Checkpoints.beside(tmp_path / "model", "k1", resume=False)
    made = []

    def make() -> dict[str, np.ndarray]:
        made.append(1)
        return {"a": np.arange(3, dtype=np.int8)}

    one, two = kept.once("stage", make), kept.once("stage", make)
    assert made == [1] and (one["a"] == two["a"]).all() and two["a"].dtype == np.int8
    assert Checkpoints.beside(tmp_path / "model", "k1", resume=True).of("stage") is not None
    assert Checkpoints.beside(tmp_path / "model", "k2", resume=True).of("stage") is None


def test_without_resume_what_was_kept_is_thrown_away(tmp_path: Path) -> None:
    Checkpoints.beside(tmp_path / "model", "k", resume=False).keep("stage", {"a": np.ones(1)})
    assert Checkpoints.beside(tmp_path / "model", "k", resume=False).of("stage") is None


@pytest.mark.parametrize("damage", [b"", b"PK not a zip", b"\x93NUMPY"])
def test_a_damaged_stage_is_done_again(tmp_path: Path, damage: bytes) -> None:
    kept = Checkpoints(tmp_path)
    kept.keep("stage", {"a": np.ones(4)})
    (tmp_path / "stage.npz").write_bytes(damage)
    assert kept.of("stage") is None and (kept.once("stage", lambda: {"a": np.ones(4)})["a"] == 1).all()
    assert kept.of("stage") is not None


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "stage.npz", a=np.array([{"any": "object"}], object))
    assert Checkpoints(tmp_path).of("stage") is None


def test_clearing_leaves_nothing(tmp_path: Path) -> None:
    kept = Checkpoints.beside(tmp_path / "model", "k", resume=False)
    kept.within("part").keep("stage", {"a": np.ones(1)})
    assert list(tmp_path.iterdir())
    kept.clear()
    assert not list(tmp_path.iterdir())


def test_the_key_tells_everything_apart() -> None:
    assert key_of("a", [1, 2]) == key_of("a", [1, 2]) != key_of("a", [2, 1])
    assert key_of({"x": 1, "y": 2}) == key_of({"y": 2, "x": 1}) != key_of({"x": 1})
