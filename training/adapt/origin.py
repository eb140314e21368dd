"""The model one starts from."""

from __future__ import annotations

import os
from typing import NamedTuple

from classifier import artifact
from classifier.artifact import Manifest
from classifier.classify import Classifier
from classifier.decode import Chain
from classifier.model import Model
from classifier.segments import SentenceRules


class Base(NamedTuple):
    """A model in its parts."""

    manifest: Manifest
    rules: SentenceRules
    model: Model
    chain: Chain

    @classmethod
    def load(cls, model: str | os.PathLike[str]) -> Base:
        """Load a model by name or folder; raises ModelNotFound and ModelMismatch as ``Classifier`` does."""
        Classifier.load(model)  # checks that the parts fit together
        manifest, arrays = artifact.load(artifact.model_folder(model))
        parts = SentenceRules.from_arrays(arrays), Model.from_arrays(arrays), Chain.from_arrays(arrays)
        return cls(manifest, *parts)
