"""An artifact is written whole, or not at all; what cannot be written is known before time is spent."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier import artifact
from classifier.artifact import LARGEST, Manifest
from classifier.errors import InputError, ModelError

ROOM = 64 << 20  # bytes that a model and what is kept while training may take


def check_room(output: Path) -> None:
    """Raise InputError where ``output`` cannot be made or the disk is as good as full."""
    place = next(folder for folder in (output.absolute(), *output.absolute().parents) if folder.exists())
    if not place.is_dir():
        raise InputError(str(output), f"{place} is a file")
    if not os.access(place, os.W_OK | os.X_OK):
        raise InputError(str(output), f"{place} may not be written to")
    if (free := shutil.disk_usage(place).free) < ROOM:
        raise InputError(str(output), f"the disk has {free >> 20} MiB left; make room for {ROOM >> 20}")


def save(output: Path, manifest: Manifest, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write an artifact.

    Raises:
        ModelError: numbers that are not finite, or too large for any model.
        InputError: the disk is full, or the folder may not be written to; what was there before is still there.
    """
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not (np.abs(array.astype(np.float64)) < LARGEST).all():
            raise ModelError(f"{name} holds numbers that are not finite: the training went astray; try another --seed")
    try:
        artifact.save(output, manifest, arrays)
    except OSError as error:
        raise InputError(str(output), f"the model cannot be written ({error.strerror or error})") from None
