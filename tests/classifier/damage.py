"""Artifacts made by hand, whole and hostile."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from classifier.artifact import FORMAT, MANIFEST, WEIGHTS

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
