"""Models from strangers: what ``tests/classifier/test_artifact.py`` does not try."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from console import ROOT, winnow
from damage import GOOD, manifest, npy, npz, write

from classifier.artifact import MANIFEST, MAX_ARRAYS, WEIGHTS, load
from classifier.classify import Classifier
from classifier.errors import ModelError, ModelMismatch
from fuzz.artifacts import packed, small


def twice() -> bytes:
    """An archive with two members of one name: readers differ in which of them they see."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.npy", npy(np.zeros(1)))
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.npy", npy(np.ones(1)))
    return content.getvalue()


@pytest.mark.parametrize("outside", ["../../etc/passwd", "/etc/passwd", "..\\weights.npz", "sub/weights.npz", "", "."])
def test_a_manifest_names_no_file_outside_its_folder(outside: str, tmp_path: Path) -> None:
    (tmp_path / "weights.npz").write_bytes(GOOD)
    digest = hashlib.sha256(GOOD).hexdigest()
    for files in ({outside: digest}, {WEIGHTS: digest, outside: digest}):
        write(tmp_path / "m", GOOD, manifest(files=files))
        with pytest.raises(ModelMismatch, match="name exactly the file"):
            load(tmp_path / "m")


def test_names_inside_the_archive_are_never_paths(tmp_path: Path) -> None:
    names = ["../evil.npy", "/tmp/evil-winnow.npy", "C:\\evil.npy", "a/../../evil.npy"]
    write(tmp_path / "m", npz({name: npy(np.zeros(1)) for name in names}))
    with pytest.raises(ModelMismatch, match="do not fit"):
        Classifier.load(tmp_path / "m")
    assert [path.name for path in tmp_path.iterdir()] == ["m"] and not Path("/tmp/evil-winnow.npy").exists()


def test_two_arrays_of_one_name_and_too_many_arrays_are_refused(tmp_path: Path) -> None:
    for content in (twice(), npz({f"{i}.npy": npy(np.zeros(1)) for i in range(MAX_ARRAYS + 1)})):
        write(tmp_path, content)
        with pytest.raises(ModelMismatch, match="one name, or too many"):
            load(tmp_path)


def test_a_format_that_is_true_is_none(tmp_path: Path) -> None:
    write(tmp_path, GOOD, manifest(format=True))
    with pytest.raises(ModelMismatch, match="states no format"):
        load(tmp_path)


def test_small_numbers_are_not_blown_up_to_be_looked_at(tmp_path: Path) -> None:
    """64 MiB of half-precision numbers would take eight times as much as doubles and their absolutes."""
    write(tmp_path, npz({"a.npy": npy(np.zeros(1 << 25, np.float16))}))
    code = f"from pathlib import Path\nfrom classifier.artifact import load\nload(Path({str(tmp_path)!r}))"
    limit = 700 << 20
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-500:]


class Trap:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(Path(os.environ["WINNOW_TRAP"])),)


@pytest.mark.parametrize("how", ["alone", "as an array", "as a member", "as the manifest"])
def test_nothing_pickled_is_run(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WINNOW_TRAP", str(tmp_path / "sprung"))
    array = np.array([Trap(), None], object)
    weights = {
        "alone": pickle.dumps(Trap()), "as an array": npz({"a.npy": npy(array)}),
        "as a member": npz({"a.npy": pickle.dumps(Trap()), "b.pkl": pickle.dumps(Trap())}), "as the manifest": GOOD,
    }[how]  # fmt: skip
    write(tmp_path / "m", weights)
    if how == "as the manifest":
        (tmp_path / "m" / MANIFEST).write_bytes(pickle.dumps(Trap()))
    with pytest.raises(ModelMismatch):
        Classifier.load(tmp_path / "m")
    assert not (tmp_path / "sprung").exists()


def test_a_model_swapped_under_its_digest_is_refused(tmp_path: Path) -> None:
    digest = hashlib.sha256(packed(False)).hexdigest()
    write(tmp_path, packed(False), manifest(labels=["a", "b"], files={WEIGHTS: digest}))
    assert Classifier.load(tmp_path).classify("It rained.").labels == ["a"]
    swapped = io.BytesIO()
    arrays = {**small(), "second.output_bias": np.array([0.0, 9.0])}
    np.savez(swapped, **arrays)  # type: ignore[arg-type]
    (tmp_path / WEIGHTS).write_bytes(swapped.getvalue())
    with pytest.raises(ModelMismatch, match="digest differs"):
        load(tmp_path)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e13])
@pytest.mark.parametrize("name", [name for name, array in small().items() if array.dtype.kind == "f"])
def test_no_number_of_any_array_may_be_nan_or_endless(name: str, bad: float, tmp_path: Path) -> None:
    arrays = {key: npy(array) for key, array in small().items()} | {name: npy(np.full_like(small()[name], bad))}
    write(tmp_path, npz({f"{key}.npy": member for key, member in arrays.items()}))
    with pytest.raises(ModelMismatch, match="not finite, or too large"):
        Classifier.load(tmp_path)


def test_the_command_line_says_one_line_and_gives_status_two(tmp_path: Path) -> None:
    write(tmp_path / "m", GOOD, manifest(labels=["a\x1b[31m", "b\n"]))
    (tmp_path / "m" / WEIGHTS).write_bytes(b"")
    for arguments in (["classify", "-"], ["info"]):
        ran = winnow(*arguments, "--model", f"{tmp_path}/m", stdin=b"It rained.")
        assert ran.status == 2 and ran.out == "" and len(ran.err.splitlines()) == 1 and "\x1b" not in ran.err


def test_labels_of_a_stranger_move_no_cursor(tmp_path: Path) -> None:
    digest = hashlib.sha256(packed(False)).hexdigest()
    labels = ["a\x1b[31m\r", "b\t\n\u202e"]
    write(tmp_path / "m", packed(False), manifest(labels=labels, files={WEIGHTS: digest}, name="\x1b]0;owned\x07"))
    said = winnow("classify", "--model", f"{tmp_path}/m", "--format", "text", stdin=b"It rained.")
    assert said.status == 0 and "\x1b" not in said.out and "\r" not in said.out
    table = winnow("classify", "--model", f"{tmp_path}/m", "--format", "tsv", stdin=b"It rained.")
    assert len(table.out.splitlines()) == 2
    (record,) = winnow("classify", "--model", f"{tmp_path}/m", stdin=b"It rained.").records()
    assert record["segments"][0]["label"] in labels
    info = winnow("info", "--model", f"{tmp_path}/m")
    assert info.status == 0 and "\x1b" not in info.out and "\x07" not in info.out
    with pytest.raises(ModelError):
        Classifier.load(tmp_path / "none")
    assert json.loads(winnow("info", "--model", f"{tmp_path}/m", "--json").out or "{}") is not None
