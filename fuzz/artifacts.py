"""Artifacts with damage where a fuzzer wants it, under a true digest, so that the loader has to look inside."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from classifier import artifact
from classifier.features.words import COLUMNS

from .inputs import Feed

LABELS = ["a", "b"]


@lru_cache(maxsize=1)
def small() -> dict[str, np.ndarray]:
    """Return the arrays of a model of two labels: the shipped one's tables, and weights of one hidden unit."""
    from classifier.features.context import context_width

    shipped = artifact.load(artifact.model_folder("default"))[1]
    none, d = np.zeros(2), context_width(2)
    rules = {name: array[:8] for name, array in shipped.items() if name.startswith("sentences.")}
    return rules | {
        "first.weights": np.ones((COLUMNS, 1), np.int8), "first.unit": np.array(0.1), "first.bias": np.zeros(1),
        "second.hidden": np.ones((d, 1), np.int16), "second.hidden_unit": np.ones(1, np.float32),
        "second.hidden_bias": np.ones(1, np.float32), "second.output": np.ones((1, 2), np.int16),
        "second.output_unit": np.array(0.01), "second.output_bias": none, "chain.temperature": np.array(1.0),
        "chain.offset": none, "chain.start": none + 1, "chain.follow": np.ones((3, 2, 2)),
    }  # fmt: skip


@lru_cache(maxsize=2)
def packed(stored: bool) -> bytes:
    """Return those arrays as an archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, array in small().items():
            if stored and name == "first.weights":
                continue  # half a megabyte of ones, which no damage makes more telling
            member = io.BytesIO()
            np.lib.format.write_array(member, array, version=(1, 0))
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue(), compress_type=archive.compression)
    return content.getvalue()


def manifest(digest: str) -> dict[str, object]:
    """Return a manifest that names weights of ``digest``."""
    return {"name": "n", "format": 1, "labels": LABELS, "languages": ["en"], "files": {artifact.WEIGHTS: digest}}


def damaged(folder: Path, data: bytes) -> None:
    """Write an artifact into ``folder``; ``data`` says what is wrong with it."""
    feed = Feed(data)
    how = feed.byte() % 4
    weights = _weights(how, feed)
    record = json.dumps(manifest(hashlib.sha256(weights).hexdigest())).encode()
    if how == 3:
        record = _edited(record, feed)
    (folder / artifact.WEIGHTS).write_bytes(weights)
    (folder / artifact.MANIFEST).write_bytes(record)


def _weights(how: int, feed: Feed) -> bytes:
    """Return weights: 0, edited where stored; 1, edited where deflated; 2, one member of any bytes; 3, whole."""
    if how < 2:
        return _edited(packed(how == 0), feed)
    if how == 3:
        return packed(False)
    names, content = sorted(small()), io.BytesIO()
    name = names[feed.byte() % len(names)]
    whole = {key: array for key, array in small().items() if key not in (name, "first.weights")}
    with zipfile.ZipFile(content, "w") as archive:
        for key, array in whole.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, version=(1, 0))
            archive.writestr(f"{key}.npy", member.getvalue())
        archive.writestr(f"{name}.npy", feed.rest())
    return content.getvalue()


def _edited(content: bytes, feed: Feed) -> bytes:
    """Return ``content`` with some bytes changed, taken out, doubled or cut off."""
    changed = bytearray(content)
    for _ in range(1 + feed.byte() % 4):
        at = feed.below(1 << 16) * (len(changed) or 1) // (1 << 16)
        act, value = feed.byte() % 4, feed.byte()
        if act == 0:
            changed[at : at + 1] = bytes([value])
        elif act == 1:
            del changed[at : at + 1 + value]
        elif act == 2:
            changed[at:at] = changed[at : at + value]
        elif value % 8 == 0:
            del changed[at:]
    return bytes(changed)
