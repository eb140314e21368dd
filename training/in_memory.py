"""A ``Classifier`` from what training made, without a folder in between."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from classifier import artifact
from classifier.artifact import Manifest
from classifier.classify import Classifier


def classifier_of(manifest: Manifest, arrays: Mapping[str, NDArray[Any]]) -> Classifier:
    """Return the classifier that loading the artifact would give, checked in the same way."""
    with tempfile.TemporaryDirectory() as folder:
        artifact.save(Path(folder), manifest, arrays)
        return Classifier.load(folder)
