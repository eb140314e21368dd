"""What a training run has finished, kept beside its output so that an interrupted run can go on where it was.

Only arrays are kept, and nothing is unpickled. The folder is named by a digest of all that the run depends on: another
corpus, other settings or another version find nothing there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier import __version__

Arrays = dict[str, NDArray[Any]]
SUFFIX = ".winnow"


def key_of(*parts: Any) -> str:
    """Return a name, 16 hex digits, for everything (JSON values) that a run depends on, this version included."""
    content = json.dumps([__version__, np.__version__, *parts], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


class Checkpoints:
    """Finished stages by name; without a folder nothing is kept."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder

    @classmethod
    def beside(cls, output: Path, key: str, resume: bool) -> Checkpoints:
        """Return those of a run that makes ``output``; without ``resume`` what an earlier run kept is thrown away."""
        around = output.resolve().with_name(output.resolve().name + SUFFIX)
        if not resume:
            shutil.rmtree(around, ignore_errors=True)
        return cls(around / key)

    def within(self, name: str) -> Checkpoints:
        """Return those of a part of the run."""
        return Checkpoints(self.folder and self.folder / name)

    def of(self, name: str) -> Arrays | None:
        """Return what was kept under ``name``; None where nothing was, or it is damaged."""
        if self.folder is None:
            return None
        try:
            with np.load(self.folder / f"{name}.npz", allow_pickle=False) as kept:
                return {key: kept[key] for key in kept.files}
        except Exception:  # whatever a damaged file makes the reader raise, the stage is simply done again
            return None

    def keep(self, name: str, arrays: Mapping[str, Any]) -> None:
        """Keep the arrays of a finished stage, whole or not at all."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f".{name}.{os.getpid()}.tmp"
        try:
            with temporary.open("wb") as stream:
                np.savez_compressed(stream, **arrays)
            temporary.replace(self.folder / f"{name}.npz")
        finally:
            temporary.unlink(missing_ok=True)

    def once(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """Return what was kept under ``name``, or make and keep it."""
        found = self.of(name)
        if found is None:
            found = make()
            self.keep(name, found)
        return found

    def clear(self) -> None:
        """Throw everything away, and the folder around where nothing else is in it."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            if self.folder.parent.name.endswith(SUFFIX) and not any(self.folder.parent.glob("*")):
                self.folder.parent.rmdir()


NOTHING_KEPT = Checkpoints()
