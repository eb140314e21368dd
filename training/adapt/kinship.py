"""How the labels of a base are related to those of a new model, and where its second verdict reads their votes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.segments import SentenceRules

from ..corpus import LabelledDocument
from ..laid import lay

Floats = NDArray[np.float64]
_LINES = 60  # of a page long enough that every kind of neighbour is there
_TABLES = ("abbreviations", "titles", "collocations", "starters", "ortho_keys")
_NO_RULES = {f"sentences.{name}": np.zeros(0, np.uint64) for name in _TABLES} | {
    "sentences.ortho_flags": np.zeros(0, np.uint8)
}


def by_name(theirs: Sequence[str], ours: Sequence[str]) -> Floats:
    """Return the map from their labels to ours, (theirs, ours): 1 where the names are the same, else 0."""
    return np.array([[float(one == other) for other in ours] for one in theirs])


def likeness(theirs: Floats, ours: Floats, named: Floats, ridge: float = 100.0) -> Floats:
    """Return the map (ours, theirs) that reads our votes as theirs: least squares, drawn to the map by name.

    Args:
        theirs, ours: votes of both models on the same segments, (n, k) each.
        named: what ``by_name`` says of both.
    """
    rest = theirs - ours @ named.T
    moment = ours.T @ ours + ridge * np.eye(ours.shape[1])
    return named.T + np.linalg.solve(moment, ours.T @ rest)


def vote_columns(k: int) -> NDArray[np.int64]:
    """Return which features of the second verdict carry the votes for each label, (k, places), in one order for all."""
    none = SentenceRules.from_arrays(_NO_RULES)
    laid = lay([LabelledDocument("probe", "\n".join(["It rains in the hills."] * _LINES), ())], (), none)
    silent = np.zeros((len(laid), k), np.int32)
    before = laid.contexts(silent)
    found = []
    for label in range(k):
        spoken = silent.copy()
        spoken[:, label] = 100
        found.append(np.flatnonzero((laid.contexts(spoken) != before).any(axis=0)))
    return np.stack(found)


def translated(hidden: Floats, votes: Floats) -> Floats:
    """Return a base's hidden weights (d, m) for the features of another label set; ``votes`` is (ours, theirs)."""
    k, theirs = votes.shape
    mine, its = vote_columns(k), vote_columns(theirs)
    width = len(hidden) + mine.size - its.size
    plain, its_plain = (np.setdiff1d(np.arange(d), c) for d, c in ((width, mine), (len(hidden), its)))
    made = np.zeros((width, hidden.shape[1]))
    made[plain] = hidden[its_plain]
    for place in range(mine.shape[1]):
        made[mine[:, place]] = votes @ hidden[its[:, place]]
    return made
