"""Two second verdicts as one: that of the fast model, which hears no encoder, and one that does, averaged.

The fast one has seen many more composites and crops than an encoder could be asked about in reasonable time, so it
knows better who speaks; the other knows better what is said.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.features.context import context_width
from classifier.model import ACTIVE, EXACT, SecondVerdict

from ..adapt.kinship import vote_columns

_LARGEST = 32767


def averaged(fast: SecondVerdict, hearing: SecondVerdict, k: int) -> SecondVerdict:
    """Return what says the mean of both logits; both layers stand side by side.

    Args:
        fast: upon first verdicts alone, ``context_width(k)`` features.
        hearing: upon those and an encoder's, ``context_width(2 * k)`` features.
        k: how many labels there are.
    """
    outputs = [one.output.astype(np.float64) * float(one.output_unit) / 2 for one in (fast, hearing)]
    output = np.concatenate(outputs)
    unit = max(np.abs(output).sum(axis=0).max() * ACTIVE / EXACT, np.abs(output).max() / _LARGEST) + 1e-12
    return SecondVerdict(
        hidden=np.concatenate([_widened(fast.hidden, k), hearing.hidden], axis=1),
        hidden_unit=np.concatenate([fast.hidden_unit, hearing.hidden_unit]),
        hidden_bias=np.concatenate([fast.hidden_bias, hearing.hidden_bias]),
        output=np.trunc(output / unit).astype(np.int16),
        output_unit=np.array(unit),
        output_bias=(fast.output_bias + hearing.output_bias) / 2,
    )


def _widened(hidden: NDArray[np.int16], k: int) -> NDArray[np.int16]:
    """Return weights that read the same among twice as many votes, and nothing of the encoder's."""
    narrow, wide = vote_columns(k), vote_columns(2 * k)
    plain, beside = (np.setdiff1d(np.arange(context_width(n)), c) for n, c in ((k, narrow), (2 * k, wide)))
    made = np.zeros((context_width(2 * k), hidden.shape[1]), np.int16)
    made[beside] = hidden[plain]
    made[wide[:k].ravel()] = hidden[narrow.ravel()]
    return made
