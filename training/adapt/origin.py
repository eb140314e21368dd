"""The model one starts from."""

from __future__ import annotations

import os
from typing import NamedTuple

from classifier import artifact
from classifier.artifact import Manifest
from classifier.classify import Classifier
from classifier.decode import Chain
from classifier.errors import ModelMismatch
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
        """Load a model by name or folder; raises ModelNotFound and ModelMismatch as ``Classifier`` does.

        A model with an encoder is a ModelMismatch, too: its second verdict reads what adapting does not make.
        """
        folder = artifact.model_folder(model)
        if artifact.NETWORK in artifact.read_manifest(folder).files:
            raise ModelMismatch(f"{folder} has an encoder, which cannot be adapted; start from default")
        Classifier.load(model)  # checks that the parts fit together
        manifest, arrays = artifact.load(folder)
        parts = SentenceRules.from_arrays(arrays), Model.from_arrays(arrays), Chain.from_arrays(arrays)
        return cls(manifest, *parts)
