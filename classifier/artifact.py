"""A model on disk: a folder with ``manifest.json`` and ``weights.npz``, read without running or trusting anything in
it.

Format 1. The manifest is checked first, then each file's size and digest, then every array's header against its
limits, and only then is memory taken for the numbers. Nothing is unpickled. A model may also have an encoder: a
network, ``encoder.onnx``, and its ``tokenizer.json``.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ModelMismatch, ModelNotFound

FORMAT = 1
MANIFEST, WEIGHTS = "manifest.json", "weights.npz"
NETWORK, TOKENIZER = "encoder.onnx", "tokenizer.json"
ENCODER = (NETWORK, TOKENIZER)  # both or neither
FILES = (MANIFEST, WEIGHTS, *ENCODER)
MAX_MANIFEST, MAX_WEIGHTS, MAX_NUMBERS = 4 << 20, 256 << 20, 512 << 20  # bytes; the last one unpacked
MAX_ENCODER = 40_000_000  # bytes of its two files together
MAX_ARRAYS = 1000
LARGEST = 1e12  # of any number, so that no product of a few of them overflows
_KINDS = "biuf"  # booleans and numbers: no objects, no strings
_PART = 1 << 20  # bytes that are looked at in one go
_RETRAIN = "train it again with this version, or install the version that wrote it"


@dataclass(frozen=True)
class Manifest:
    """What an artifact says of itself."""

    name: str
    labels: tuple[str, ...]
    files: Mapping[str, str]
    format: int = FORMAT
    languages: tuple[str, ...] = ("en",)
    created_with: Mapping[str, str] = field(default_factory=dict)
    corpus: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the manifest as plain JSON values."""
        return json.loads(json.dumps(asdict(self)))


def model_folder(model: str | os.PathLike[str] | None) -> Path:
    """Return the folder of a model given by name (``default``) or path; raise ModelNotFound with the places looked
    at."""
    name = os.fspath(model) if model is not None else "default"
    package = Path(__file__).resolve().parent
    places = [Path(name)] if os.sep in name or name.startswith(".") else []
    if not places:
        places = [package / "models" / name, package.parent / "models" / name, Path(name)]
    for place in places:
        if _is_plain(place / MANIFEST):
            return place
    raise ModelNotFound(f"no model {name!r}: no {MANIFEST} in {' or '.join(str(place) for place in places)}")


def _is_plain(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def load(folder: Path) -> tuple[Manifest, dict[str, NDArray[Any]]]:
    """Read an artifact.

    Raises:
        ModelNotFound: there is no manifest.
        ModelMismatch: another format, or anything at all that is damaged or does not add up.
    """
    manifest = read_manifest(folder)
    path = folder / WEIGHTS
    content = _whole(path, MAX_WEIGHTS, manifest.files[WEIGHTS], "weights")
    try:
        return manifest, _unpack(content)
    except Exception as error:  # hostile bytes can make the parsers of zip, deflate and NPY raise anything
        raise ModelMismatch(f"{path} cannot be read as weights ({error}); {_RETRAIN}") from error


def load_encoder(folder: Path, manifest: Manifest) -> dict[str, bytes]:
    """Read the files of the encoder, by name; none where the manifest names none.

    Raises:
        ModelMismatch: one is missing, too large, or not the file that the manifest names.
    """
    found: dict[str, bytes] = {}
    for name in ENCODER:
        if name in manifest.files:
            room = MAX_ENCODER - sum(map(len, found.values()))
            found[name] = _whole(folder / name, room, manifest.files[name], "part of an encoder")
    return found


def _whole(path: Path, limit: int, digest: str, what: str) -> bytes:
    """Read a file and hold it against its digest."""
    try:
        content = _read(path, limit)
    except (OSError, ValueError) as error:
        raise ModelMismatch(f"{path} cannot be read as {what} ({error}); {_RETRAIN}") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelMismatch(f"{path} is not the file its manifest names (its digest differs); copy it again")
    return content


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest alone; errors as ``load``."""
    path = folder / MANIFEST
    if not _is_plain(path):
        raise ModelNotFound(f"no {MANIFEST} in {folder}")
    try:
        record = json.loads(_read(path, MAX_MANIFEST))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelMismatch(f"{path} is not a manifest ({error})") from error
    if not isinstance(record, dict) or type(record.get("format")) is not int:
        raise ModelMismatch(f"{path} is not a manifest: it states no format")
    if record["format"] != FORMAT:
        raise ModelMismatch(f"{path} is of format {record['format']}, this version reads {FORMAT}; {_RETRAIN}")
    return _manifest(path, record)


def _manifest(path: Path, record: dict[str, Any]) -> Manifest:
    labels, files = record.get("labels"), record.get("files")
    good_labels = isinstance(labels, list) and all(isinstance(label, str) and label for label in labels)
    if not good_labels or sorted(set(labels)) != labels or not 2 <= len(labels) <= 20:  # type: ignore[arg-type]
        raise ModelMismatch(f"{path}: labels must be two to twenty different names, sorted")
    if not isinstance(files, dict) or set(files) not in ({WEIGHTS}, {WEIGHTS, *ENCODER}):
        raise ModelMismatch(f"{path}: must name exactly the file {WEIGHTS}, or it and {' and '.join(ENCODER)}")
    if not isinstance(record.get("name"), str):
        raise ModelMismatch(f"{path}: must have a name")
    mappings = ("created_with", "corpus", "config", "scores")
    if not all(isinstance(record.get(part, {}), dict) for part in mappings):
        raise ModelMismatch(f"{path}: {', '.join(mappings)} must be objects")
    languages = record.get("languages")
    if not isinstance(languages, list) or not all(isinstance(language, str) for language in languages):
        raise ModelMismatch(f"{path}: languages must be a list of names")
    known = {f.name: record[f.name] for f in fields(Manifest) if f.name in record}
    return Manifest(**{**known, "labels": tuple(labels), "languages": tuple(languages)})


def _read(path: Path, limit: int) -> bytes:
    if path.exists() and not path.is_file():
        raise ValueError("not a plain file")
    with path.open("rb") as stream:
        content = stream.read(min(limit, os.fstat(stream.fileno()).st_size) + 1)  # room is made for what is asked for
    if len(content) > limit:
        raise ValueError(f"larger than {limit >> 20} MiB")
    return content


def _unpack(content: bytes) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if len({member.filename for member in members}) < len(members) or len(members) > MAX_ARRAYS:
            raise ValueError("holds arrays of one name, or too many")
        if sum(member.file_size for member in members) > MAX_NUMBERS:
            raise ValueError(f"unpacks to more than {MAX_NUMBERS >> 20} MiB")
        return {member.filename.removesuffix(".npy"): _array(archive, member) for member in members}


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        if version != (1, 0):
            raise ValueError(f"{member.filename} is of NPY version {version}")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
        if dtype.kind not in _KINDS or dtype.hasobject or fortran or any(side < 0 for side in shape):
            raise ValueError(f"{member.filename} holds {dtype}, not plain numbers")
        size = int(np.prod(shape, dtype=object)) * dtype.itemsize
        if size > member.file_size:
            raise ValueError(f"{member.filename} claims {size} bytes and has {member.file_size}")
        array = np.frombuffer(stream.read(size), dtype).reshape(shape)
    if dtype.kind == "f" and not all(_is_sound(part) for part in np.array_split(array.reshape(-1), 1 + size // _PART)):
        raise ValueError(f"{member.filename} holds numbers that are not finite, or too large for any model")
    return array


def _is_sound(numbers: NDArray[Any]) -> bool:
    return bool((np.abs(numbers.astype(np.float64)) < LARGEST).all())


def save(
    folder: Path,
    manifest: Manifest,
    arrays: Mapping[str, NDArray[Any]],
    encoder: Mapping[str, bytes] | None = None,
) -> None:
    """Write an artifact, whole or not at all: the files are made beside it and moved into place, the manifest last.

    Args:
        folder: where.
        manifest: what it says; its digests are written anew.
        arrays: the learned numbers.
        encoder: the files of an encoder. None keeps the one the manifest names, which lies in the folder already.
    """
    contents = {WEIGHTS: _pack(arrays), **(encoder or {})}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    if encoder is None:
        digests = {**{name: manifest.files[name] for name in ENCODER if name in manifest.files}, **digests}
    record = {**manifest.to_dict(), "files": digests}
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (*contents.items(), (MANIFEST, text.encode())):
        temporary = folder / f".{name}.{os.getpid()}.tmp"
        try:
            temporary.write_bytes(content)
            temporary.replace(folder / name)
        finally:
            temporary.unlink(missing_ok=True)


def _pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Pack arrays as NPZ, the same bytes for the same numbers (no clock in it)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(arrays[name], order="C"), version=(1, 0), allow_pickle=False)
            member = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content.getvalue())
    return packed.getvalue()
