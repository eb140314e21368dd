from __future__ import annotations

import contextlib
import os
import resource
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from damage import ARRAYS, BAD_MANIFESTS, BAD_WEIGHTS, GOOD, LABELS, manifest, npy, npz, write
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.artifact import MANIFEST, WEIGHTS, Manifest, load, model_folder, save
from classifier.classify import Classifier
from classifier.errors import ModelMismatch, ModelNotFound

MADE = Manifest("made", tuple(LABELS), {}, corpus={"digest": "é"}, scores={"macro_f1": 0.5})


@contextlib.contextmanager
def little_memory(spare: int = 256 << 20) -> Iterator[None]:
    """Within, taking more than ``spare`` bytes fails."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + spare, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def listing(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    save(tmp_path / "deep" / "m", MADE, ARRAYS)
    found, arrays = load(tmp_path / "deep" / "m")
    assert found.to_dict() == {**MADE.to_dict(), "files": found.to_dict()["files"]}
    assert {name: (a.dtype, a.shape, a.tolist()) for name, a in arrays.items()} == {
        name: (a.dtype, a.shape, a.tolist()) for name, a in ARRAYS.items()
    }
    assert listing(tmp_path / "deep" / "m") == [MANIFEST, WEIGHTS]


def test_the_same_numbers_are_the_same_bytes_however_they_lie_in_memory(tmp_path: Path) -> None:
    save(tmp_path / "a", MADE, ARRAYS)
    fortran = {name: np.asarray(array, order="F") for name, array in reversed(ARRAYS.items())}
    save(tmp_path / "b", MADE, fortran)
    for name in (MANIFEST, WEIGHTS):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_saving_again_replaces_and_a_failure_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, MADE, ARRAYS)
    save(tmp_path, MADE, {"other": np.ones(3)})
    assert list(load(tmp_path)[1]) == ["other"]

    def full(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        save(tmp_path, MADE, ARRAYS)
    assert list(load(tmp_path)[1]) == ["other"] and listing(tmp_path) == [MANIFEST, WEIGHTS]


def test_a_model_is_found_by_name_and_by_path(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert model_folder(None) == model_folder("default")
    assert model_folder(tiny_folder) == model_folder(str(tiny_folder)) == tiny_folder
    monkeypatch.chdir(tiny_folder.parent)
    assert model_folder("tiny").resolve() == tiny_folder == model_folder("./tiny").resolve()
    (tmp_path / "default").mkdir()
    monkeypatch.chdir(tmp_path)
    assert model_folder("default").parent.name == "models"  # a folder here does not hide the shipped one


@pytest.mark.parametrize("name", ["no-such", "./no-such", "..", "", "/", "a\0b", "../../etc", "x" * 5000, "\ud800"])
def test_a_model_that_is_not_there_is_not_found_and_the_places_are_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelNotFound, match=MANIFEST):
        Classifier.load(name)


def test_a_file_or_a_folder_without_manifest_is_not_a_model(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"")
    for place in (tmp_path, tmp_path / WEIGHTS):
        with pytest.raises(ModelNotFound):
            Classifier.load(place)
        with pytest.raises(ModelNotFound):
            load(place)


@pytest.mark.parametrize("content", BAD_MANIFESTS.values(), ids=BAD_MANIFESTS)
def test_a_manifest_that_is_none_is_refused(content: bytes, tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    (tmp_path / MANIFEST).write_bytes(content)
    with pytest.raises(ModelMismatch, match=r"(manifest\.json|weights\.npz)"):
        load(tmp_path)


def test_a_newer_format_says_what_to_do(tmp_path: Path) -> None:
    write(tmp_path, GOOD, manifest(format=2, labels="of another kind"))
    with pytest.raises(ModelMismatch, match=r"format 2.*reads 1; train it again"):
        load(tmp_path)


def test_weights_that_are_missing_swapped_or_cut_off_are_refused(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert set(load(tmp_path)[1]) == set(ARRAYS)
    for content in (GOOD[:-1], GOOD[1:], b"", GOOD.replace(b"unit", b"tinu"), npz({"unit.npy": npy(1.0)})):
        (tmp_path / WEIGHTS).write_bytes(content)
        with pytest.raises(ModelMismatch, match="digest"):
            load(tmp_path)
    (tmp_path / WEIGHTS).unlink()
    with pytest.raises(ModelMismatch, match="cannot be read"):
        load(tmp_path)
    (tmp_path / WEIGHTS).mkdir()
    with pytest.raises(ModelMismatch, match="cannot be read"):
        load(tmp_path)


@pytest.mark.parametrize("name", [MANIFEST, WEIGHTS])
def test_what_is_no_plain_file_is_not_opened(name: str, tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    for target in ("fifo", "/dev/zero"):
        (tmp_path / name).unlink()
        if target == "fifo":
            os.mkfifo(tmp_path / name)  # opening it would wait for ever
        else:
            (tmp_path / name).symlink_to(target)
        with pytest.raises((ModelMismatch, ModelNotFound)):
            load(tmp_path)


@pytest.mark.parametrize("content", BAD_WEIGHTS.values(), ids=BAD_WEIGHTS)
def test_weights_that_are_none_are_refused_before_memory_is_taken(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "m", content)
    with little_memory(), pytest.raises(ModelMismatch, match="cannot be read as weights"):
        load(tmp_path / "m")
    assert listing(tmp_path) == ["m"]  # nothing ran


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255), st.booleans())
@settings(max_examples=200)
def test_damage_anywhere_is_refused_or_harmless(at: int, by: int, cut: bool) -> None:
    content = bytearray(GOOD)
    content[at] = (content[at] + by) % 256
    with TemporaryDirectory() as folder:
        write(Path(folder), bytes(content[:at] if cut else content))
        with contextlib.suppress(ModelMismatch):  # anything else ends the test
            assert all(array.nbytes < 1000 for array in load(Path(folder))[1].values())


def edited(arrays: dict[str, Any], name: str) -> dict[str, Any]:
    """Every way in which one array can have the wrong type, shape or sign."""
    array = arrays[name]
    wrong = {
        "missing": None,
        "another type": array.astype(np.int64 if array.dtype.kind != "f" else np.float16),
        "another byte order": array.astype(array.dtype.newbyteorder()) if array.dtype.itemsize > 1 else None,
        "one dimension more": array[None],
    }
    if array.ndim:
        wrong |= {"one row less": array[:-1], "one row more": np.concatenate([array, array[:1]]), "empty": array[:0]}
    if array.ndim > 1:
        wrong |= {"turned": np.ascontiguousarray(np.swapaxes(array, 0, 1)), "a column less": array[:, :-1]}
    return {case: value for case, value in wrong.items() if value is not None or case == "missing"}


@pytest.fixture(scope="session")
def loaded(tiny_folder: Path) -> tuple[Manifest, dict[str, Any]]:
    return load(tiny_folder)


TABLES_OF_ANY_LENGTH = ("abbreviations", "titles", "collocations", "starters")


def test_arrays_that_do_not_fit_together_are_refused(loaded: tuple[Manifest, dict[str, Any]], tmp_path: Path) -> None:
    arrays = loaded[1]
    members = {name: npy(array) for name, array in arrays.items()}
    for name in arrays:
        for case, value in edited(arrays, name).items():
            if name.endswith(TABLES_OF_ANY_LENGTH) and case in ("one row less", "one row more", "empty"):
                continue
            changed = {key: member for key, member in members.items() if key != name}
            changed |= {} if value is None else {name: npy(value)}
            write(tmp_path, npz({f"{key}.npy": member for key, member in changed.items()}, zipfile.ZIP_STORED))
            with pytest.raises(ModelMismatch, match="do not fit together") as caught:
                Classifier.load(tmp_path)
            assert name.split("_")[0] in str(caught.value), (name, case)


def test_labels_and_arrays_must_agree(loaded: tuple[Manifest, dict[str, Any]], tmp_path: Path) -> None:
    made, arrays = loaded
    save(tmp_path, Manifest("fewer", made.labels[:3], {}), arrays)
    with pytest.raises(ModelMismatch, match="do not fit together"):
        Classifier.load(tmp_path)


def test_numbers_too_large_to_add_up_exactly_are_refused(
    loaded: tuple[Manifest, dict[str, Any]], tmp_path: Path
) -> None:
    made, arrays = loaded
    save(tmp_path, made, {**arrays, "second.hidden": np.full_like(arrays["second.hidden"], 32767)})
    with pytest.raises(ModelMismatch, match="too large"):
        Classifier.load(tmp_path)


@pytest.mark.parametrize("extreme", [9e11, -9e11, 1e-300])
def test_whatever_numbers_are_let_in_answers_are_probabilities(
    extreme: float, loaded: tuple[Manifest, dict[str, Any]], tmp_path: Path
) -> None:
    arrays = loaded[1]
    for name in [name for name, array in arrays.items() if array.dtype.kind == "f"]:
        other = {key: npy(array) for key, array in arrays.items()} | {name: npy(np.full_like(arrays[name], extreme))}
        write(tmp_path, npz({f"{key}.npy": member for key, member in other.items()}, zipfile.ZIP_STORED))
        with contextlib.suppress(ModelMismatch):
            result = Classifier.load(tmp_path).classify("It rained. What a shame!\nlol")
            for proba in (result.proba, result.alone):
                np.testing.assert_allclose(proba.sum(axis=1), 1, err_msg=name)
            assert result.to_json(probabilities=True)


def test_a_copy_of_a_model_is_that_model_and_a_changed_one_is_loaded_anew(tiny_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_folder, copy)
    one = Classifier.load(copy)
    assert Classifier.load(copy) is one  # loading is cheap to repeat
    made, arrays = load(copy)
    save(copy, Manifest("changed", made.labels, {}), dict(arrays))
    assert Classifier.load(copy).name == "changed" and one.name == "tiny"


def test_the_shipped_manifest_says_where_it_comes_from(shipped: Classifier) -> None:
    record = shipped.manifest.to_dict()
    assert record["labels"] == LABELS and record["languages"] == ["en"]
    assert {"numpy", "scikit-learn", "nltk", "python"} <= set(record["created_with"])
    assert len(record["corpus"]["digest"]) == 64 and record["config"]["seed"] >= 0
    folder = model_folder("default")
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 40e6
