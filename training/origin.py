"""The manifest of a new model: what it learned from, with what settings, made by what."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version

from classifier import __version__
from classifier.artifact import WEIGHTS, Manifest

from .config import TrainingConfig
from .corpus import corpus_digest
from .gather import Material


def manifest_of(
    name: str, labels: Sequence[str], material: Material, config: TrainingConfig, base: Manifest | None = None
) -> Manifest:
    """Return the manifest of a model that learned from ``material``, and from a ``base`` where there is one."""
    groups = material.records
    counts = {name: len(records) for name, records in groups.items()}
    corpus = {"digest": corpus_digest(*groups.values()), **counts, "sources": _sources(material)}
    if material.teacher is not None:
        corpus["teacher"] = {"digest": material.teacher.digest, "segments": len(material.teacher)}
    if base is not None:
        digests = {"digest": base.corpus.get("digest"), "weights": base.files.get(WEIGHTS)}
        corpus["base"] = {"name": base.name, **digests}
    libraries = {name: version(name) for name in ("numpy", "scipy", "scikit-learn", "nltk")}
    created = {"newswinnow": __version__, "python": platform.python_version(), **libraries}
    languages = base.languages if base is not None else ("en",)
    return Manifest(name, tuple(labels), {}, 1, languages, created, corpus, config.to_dict())


def _sources(material: Material) -> dict[str, dict[str, int]]:
    """Return how many documents, sentences and comments each named source gave; trails name none."""
    found: dict[str, dict[str, int]] = {}
    for kind in ("documents", "sentences", "comments"):
        for source, count in Counter(record.source for record in getattr(material, kind)).items():
            if source:
                found.setdefault(source, {})[kind] = count
    return found
