"""Artifacts made by hand, whole and hostile."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from classifier.artifact import FORMAT, MANIFEST, MAX_MANIFEST, WEIGHTS

LABELS = ["boilerplate", "comment", "opinion", "reporting"]


def npy(array: Any = None, **header: Any) -> bytes:
    """An NPY file: of ``array``, or of a header that claims what it likes over eight bytes of zeros."""
    content = io.BytesIO()
    if header:
        claim = {"descr": "<f8", "fortran_order": False, "shape": (1,), **header}
        np.lib.format.write_array_header_1_0(content, claim)
        return content.getvalue() + bytes(8)
    np.lib.format.write_array(content, np.asarray(array), version=(1, 0))
    return content.getvalue()


def npz(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of ``members``."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def manifest(**changes: Any) -> dict[str, Any]:
    """A manifest; a change to None takes a field out."""
    record = {
        "name": "made",
        "labels": LABELS,
        "languages": ["en"],
        "format": FORMAT,
        "files": {WEIGHTS: ""},
        **changes,
    }
    return {key: value for key, value in record.items() if value is not None}


def write(folder: Path, weights: bytes, record: Any = None) -> Path:
    """Write an artifact whose manifest names the weights' true digest."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(weights)
    record = record if record is not None else manifest(files={WEIGHTS: hashlib.sha256(weights).hexdigest()})
    (folder / MANIFEST).write_text(json.dumps(record))
    return folder


ARRAYS: dict[str, Any] = {"a.b": np.arange(6, dtype=np.int16).reshape(2, 3), "unit": np.array(0.5), "none": np.zeros(0)}
GOOD = npz({f"{name}.npy": npy(array) for name, array in ARRAYS.items()})
BAD_MANIFESTS = {
    "empty": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"format": "\xff"}',
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "nested too deep": b"[" * 100_000,
    "an object nested too deep": b'{"a":' * 100_000,
    "a number of many digits": b'{"format": ' + b"9" * 100_000 + b"}",
    "too large": b'{"format": 1, "x": "' + b" " * MAX_MANIFEST + b'"}',
} | {
    name: json.dumps(manifest(**changes)).encode()
    for name, changes in {
        "no format": {"format": None},
        "format as text": {"format": "1"},
        "newer format": {"format": 2},
        "older format": {"format": 0},
        "no name": {"name": None},
        "name a number": {"name": 5},
        "no labels": {"labels": None},
        "labels not sorted": {"labels": ["b", "a"]},
        "labels twice": {"labels": ["a", "a"]},
        "one label": {"labels": ["a"]},
        "too many labels": {"labels": sorted(f"label {i}" for i in range(21))},
        "labels of numbers": {"labels": [1, 2]},
        "labels of lists": {"labels": [[], []]},
        "a label without letters": {"labels": ["", "a"]},
        "labels one text": {"labels": "abcd"},
        "no languages": {"languages": None},
        "languages one text": {"languages": "en"},
        "no files": {"files": None},
        "files a list": {"files": [WEIGHTS]},
        "no weights among the files": {"files": {}},
        "a digest that is a number": {"files": {WEIGHTS: 5}},
        "a file outside": {"files": {"../weights.npz": "0" * 64}},
        "an absolute file beside": {"files": {WEIGHTS: "0" * 64, "/etc/passwd": "0" * 64}},
        "config not an object": {"config": [1]},
        "scores not an object": {"scores": "good"},
    }.items()
}


class _Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("pickle-was-run",)


def lying(size: int) -> bytes:
    """An archive whose directory claims that a member unpacks to ``size`` bytes."""
    content = bytearray(npz({"a.npy": npy(np.zeros(1))}, zipfile.ZIP_STORED))
    entry = content.index(b"PK\1\2")
    struct.pack_into("<I", content, entry + 24, size)
    return bytes(content)


def encrypted() -> bytes:
    content = bytearray(npz({"a.npy": npy(np.zeros(1))}))
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(signature) + flags] |= 1
    return bytes(content)


def garbled(compression: int, at: int = 60) -> bytes:
    content = bytearray(npz({"a.npy": npy(np.arange(1000.0))}, compression))
    content[at : at + 200] = bytes([0xA5, 0x5A]) * 100
    return bytes(content)


NPZ = npy(np.zeros(1))
BAD_WEIGHTS = {
    "not a zip": b"PK\3\4 but not really",
    "empty": b"",
    "cut off": GOOD[: len(GOOD) // 2],
    "end only": GOOD[-22:],
    "a pickle": pickle.dumps(_Bomb()),
    "a pickle in the zip": npz({"a.npy": pickle.dumps(_Bomb())}),
    "a folder in the zip": npz({"a/": b""}),
    "pickled objects": npz({"a.npy": npy(np.array([_Bomb(), None], object))}),
    "objects inside records": npz({"a.npy": npy(descr=[("x", "|O")])}),
    "text": npz({"a.npy": npy(np.array(["a"]))}),
    "bytes": npz({"a.npy": npy(np.array([b"a"]))}),
    "times": npz({"a.npy": npy(np.array([0], "M8[s]"))}),
    "complex": npz({"a.npy": npy(np.array([1j]))}),
    "records": npz({"a.npy": npy(np.zeros(1, [("x", "f8")]))}),
    "columns first": npz({"a.npy": npy(np.asfortranarray(np.ones((2, 3))))}),
    "NaN": npz({"a.npy": npy(np.array([1.0, np.nan]))}),
    "infinite": npz({"a.npy": npy(np.array([-np.inf], np.float32))}),
    "too large": npz({"a.npy": npy(np.array(1e300))}),
    "too small": npz({"a.npy": npy(np.array([-1e30], np.float32))}),
    "claims 100 GB": npz({"a.npy": npy(shape=(100 << 30,))}),
    "claims more than there is": npz({"a.npy": npy(shape=(2,))}),
    "claims 2 ** 200": npz({"a.npy": npy(shape=(1 << 100, 1 << 100))}),
    "claims overflowing sides": npz({"a.npy": npy(shape=(1 << 32, 1 << 32, 0))}),
    "claims a side below zero": npz({"a.npy": npy(shape=(-1,))}),
    "claims sides below zero": npz({"a.npy": npy(shape=(-1, -1))}),
    "claims a side of text": npz({"a.npy": npy(shape=("1",))}),
    "claims an unknown type": npz({"a.npy": npy(descr="what?")}),
    "claims no type": npz({"a.npy": npy(descr=None)}),
    "claims empty items": npz({"a.npy": npy(descr="|V0", shape=(1 << 40,))}),
    "claims unicode of great length": npz({"a.npy": npy(descr="<U2000000000")}),
    "a header that is code": npz({"a.npy": NPZ.replace(b"{'descr'", b"exit('a'")}),
    "a header nested deep": npz({"a.npy": b"\x93NUMPY\1\0" + struct.pack("<H", 9000) + b"-" * 8999 + b"1"}),
    "a header of brackets": npz({"a.npy": b"\x93NUMPY\1\0" + struct.pack("<H", 9000) + b"(" * 9000}),
    "a header that is too long": npz({"a.npy": b"\x93NUMPY\1\0" + struct.pack("<H", 65535) + b" " * 65535}),
    "a header cut off": npz({"a.npy": NPZ[:40]}),
    "no header": npz({"a.npy": b""}),
    "version 2": npz({"a.npy": b"\x93NUMPY\2\0" + NPZ[8:]}),
    "version 9": npz({"a.npy": b"\x93NUMPY\x09\0" + NPZ[8:]}),
    "a bomb": npz({f"{i}.npy": npy(np.zeros(1 << 24, np.uint8)) for i in range(33)}),
    "a directory that claims 4 GB": lying(0xFFFFFFF0),
    "a directory that claims less": lying(10),
    "encrypted": encrypted(),
    "garbled, deflated": garbled(zipfile.ZIP_DEFLATED),
    "garbled, bzip2": garbled(zipfile.ZIP_BZIP2),
    "garbled, lzma": garbled(zipfile.ZIP_LZMA),
    "an unknown compression": garbled(zipfile.ZIP_STORED, at=0),
}
